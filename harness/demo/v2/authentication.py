"""Who sent a request to the second API, and whether they may write. The same at every build."""

from harness.demo.accounts import GUEST, Account, Accounts
from harness.demo.call import Call
from harness.demo.v2.replies import refused

SCHEME = "token"
READING = ("GET", "HEAD", "OPTIONS")


def authenticate(call: Call, accounts: Accounts) -> Account:
    """The account of the call's token; the guest for another scheme or none. 401 for a token that is not good."""
    scheme, *parts = call.authorization.split() or [""]
    if scheme.lower() != SCHEME:
        return GUEST
    if not parts:
        raise refused(401, "Invalid token header. No credentials provided.")
    if len(parts) > 1:
        raise refused(401, "Invalid token header. Token string should not contain spaces.")
    account = accounts.with_token(parts[0])
    if account is None:
        raise refused(401, "Invalid token.")
    if not account.is_active:
        raise refused(401, "User inactive or deleted.")
    return account


def permit(call: Call) -> None:
    """Lets everybody read and staff write; 401 asks a guest who they are, 403 tells others that it is no use."""
    if call.method in READING or call.user.is_staff:
        return
    if call.user is GUEST:
        raise refused(401, "Authentication credentials were not provided.")
    raise refused(403, "You do not have permission to perform this action.")

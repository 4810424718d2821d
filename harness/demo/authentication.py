"""Who sent a request to the first API: the key check, and the classes in which the builds differ on it.

Before the check, `call.user` is whoever the session cookie speaks for; what it leaves there is whom the API obeys.

The defect of 2014 is kept as it was made, not imitated. The key check asks a hook what to do when something is missing
or wrong; the answer of the hook is the answer of the check. A subclass that wants to let guests in overrides the hook,
and from then on a wrong key is answered like no key at all: go on. By then the check has looked up the named account.

Source: django-tastypie's `ApiKeyAuthentication`, and python/pythondotorg before and after pull requests 2946 and 3015.
"""

import hmac

from harness.demo.accounts import GUEST, Account, Accounts
from harness.demo.call import Call

SCHEME = "apikey"
CREDENTIAL_PARAMETERS = ("username", "api_key")


class KeyAuthentication:
    """A user name and a key, from the Authorization header or else from the query or a form."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def authenticate(self, call: Call) -> bool:
        """Whether the call may go on; puts the account it speaks for into `call.user`."""
        try:
            username, key = self.credential(call)
        except ValueError:
            return self.incomplete()
        if not username or not key:
            return self.incomplete()
        account = self.account(username)
        if account is None:
            return self.failed()
        verified = self.check_key(account, key)
        if verified:
            call.user = account
        return verified

    def credential(self, call: Call) -> tuple[str, str]:
        """User name and key as sent; ValueError for a header of our scheme that does not hold two parts."""
        scheme, _, data = call.authorization.partition(" ")
        if scheme.lower() != SCHEME or not data:
            return call.sent("username"), call.sent("api_key")
        username, key = data.split(":", 1)
        return username, key

    def account(self, username: str) -> Account | None:
        """The account that the credential names."""
        return self._accounts.find(username)

    def check_key(self, account: Account, key: str) -> bool:
        """Whether `key` is the key of `account`."""
        if account.key is None or not hmac.compare_digest(account.key.encode(), key.encode()):
            return self.failed()
        return True

    def incomplete(self) -> bool:
        """What a credential that is missing, or not made as ours are, means for the call."""
        return self.failed()

    def failed(self) -> bool:
        """What a wrong credential means for the call."""
        return False


class GuestsThroughTheHook(KeyAuthentication):
    """2014: guests are welcome, said in the hook that also answers for a wrong key."""

    def failed(self) -> bool:
        return True


class GuestsApart(KeyAuthentication):
    """2026-02-24: a wrong key is a refusal; whoever shows no complete credential is still a guest, or in a session."""

    def incomplete(self) -> bool:
        return True


class HeaderAlone(KeyAuthentication):
    """2026-06-04: one well-formed header of an active account, or nothing at all; sessions are for people."""

    def authenticate(self, call: Call) -> bool:
        call.user = GUEST
        if any(call.carries(name) for name in CREDENTIAL_PARAMETERS):
            return False
        if not call.authorization:
            return True
        return super().authenticate(call)

    def account(self, username: str) -> Account | None:
        account = super().account(username)
        return account if account is not None and account.is_active else None

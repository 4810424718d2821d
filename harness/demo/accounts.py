"""Who the API knows: five fixed user names, a key and a token for four of them, and a session of one.

Names are data that a target file may quote. Secrets are random for every process and come in through the environment,
so neither a file of the project nor a process listing ever holds one.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ADMIN = "release-manager"
SECOND = "second-manager"
KEYLESS = "keyless-manager"
PLAIN = "plain-user"
GONE = "gone-manager"

KEY_VARIABLES: Mapping[str, str] = {
    ADMIN: "HOLDFAST_DEMO_ADMIN_KEY",
    SECOND: "HOLDFAST_DEMO_SECOND_KEY",
    PLAIN: "HOLDFAST_DEMO_PLAIN_KEY",
    GONE: "HOLDFAST_DEMO_GONE_KEY",
}
"""The environment variable that carries each user's key for the first API; `KEYLESS` was never given one."""
TOKEN_VARIABLES: Mapping[str, str] = {
    ADMIN: "HOLDFAST_DEMO_ADMIN_TOKEN",
    SECOND: "HOLDFAST_DEMO_SECOND_TOKEN",
    PLAIN: "HOLDFAST_DEMO_PLAIN_TOKEN",
    GONE: "HOLDFAST_DEMO_GONE_TOKEN",
}
"""The same for the tokens of the second API."""
SESSION_VARIABLE = "HOLDFAST_DEMO_SESSION"
"""The environment variable that carries the value of the session cookie of `ADMIN`, who is logged in on the site."""
SECRET_VARIABLES = (*KEY_VARIABLES.values(), *TOKEN_VARIABLES.values(), SESSION_VARIABLE)

STAFF = frozenset({ADMIN, SECOND, KEYLESS, GONE})
INACTIVE = frozenset({GONE})


@dataclass(frozen=True, slots=True)
class Account:
    """One user."""

    username: str
    """Case-sensitive; empty for the guest."""
    is_staff: bool = False
    """May write, and sees unpublished releases."""
    is_active: bool = True
    """False for an account that was closed without being removed."""
    key: str | None = field(default=None, repr=False)
    """The user's key for the first API; None where none was ever issued."""
    token: str | None = field(default=None, repr=False)
    """The user's token for the second API; None where none was ever issued."""


GUEST = Account(username="")


class Accounts:
    """The users of one process, by name, by token and by session."""

    def __init__(self, secrets_by_variable: Mapping[str, str]) -> None:
        """Takes a value for each of `SECRET_VARIABLES`."""
        self._by_name = {account.username: account for account in _known(secrets_by_variable)}
        self._by_token = {account.token: account for account in self._by_name.values() if account.token}
        self._by_session = {secrets_by_variable[SESSION_VARIABLE]: self._by_name[ADMIN]}

    def find(self, username: str) -> Account | None:
        """The account of exactly this name."""
        return self._by_name.get(username)

    def with_token(self, token: str) -> Account | None:
        """The account that this token was issued to."""
        return self._by_token.get(token)

    def in_session(self, cookie: str) -> Account:
        """The account that is logged in with this session cookie; the guest where nobody is."""
        return self._by_session.get(cookie, GUEST)


def fresh_keys() -> dict[str, str]:
    """A random value of 40 hexadecimal digits for each of `SECRET_VARIABLES`."""
    return {variable: secrets.token_hex(20) for variable in SECRET_VARIABLES}


def _known(values: Mapping[str, str]) -> Iterator[Account]:
    for username in (ADMIN, SECOND, KEYLESS, PLAIN, GONE):
        issued = username in KEY_VARIABLES
        yield Account(
            username=username,
            is_staff=username in STAFF,
            is_active=username not in INACTIVE,
            key=values[KEY_VARIABLES[username]] if issued else None,
            token=values[TOKEN_VARIABLES[username]] if issued else None,
        )

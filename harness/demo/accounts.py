"""Who the API knows: five fixed user names, and a key for four of them.

Names are data that a target file may quote. Keys are random for every process and come in through the environment,
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
"""The environment variable that carries each user's key; `KEYLESS` was never given one."""

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
    """The user's API key; None where none was ever issued."""


GUEST = Account(username="")


class Accounts:
    """The users of one process, by name."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """`keys` maps the variables of `KEY_VARIABLES` to keys."""
        self._by_name = {account.username: account for account in _known(keys)}

    def find(self, username: str) -> Account | None:
        """The account of exactly this name."""
        return self._by_name.get(username)


def fresh_keys() -> dict[str, str]:
    """A random key of 40 hexadecimal digits for each variable of `KEY_VARIABLES`."""
    return {variable: secrets.token_hex(20) for variable in KEY_VARIABLES.values()}


def _known(keys: Mapping[str, str]) -> Iterator[Account]:
    for username in (ADMIN, SECOND, KEYLESS, PLAIN, GONE):
        variable = KEY_VARIABLES.get(username)
        yield Account(
            username=username,
            is_staff=username in STAFF,
            is_active=username not in INACTIVE,
            key=None if variable is None else keys[variable],
        )

"""Who the index knows: users, their roles and their tokens."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TOKEN_VARIABLES: Mapping[str, str] = {
    "owner": "LAB_OWNER_TOKEN",
    "second": "LAB_SECOND_TOKEN",
    "member": "LAB_MEMBER_TOKEN",
    "former": "LAB_FORMER_TOKEN",
}
"""The environment variable that carries each user's token; `deputy` was never given one."""

PREFIX = "idx_"
DIGITS = 40


@dataclass(frozen=True, slots=True)
class User:
    """One user."""

    name: str
    """As told by people."""
    role: Literal["maintainer", "member"]
    """A maintainer writes, a member reads."""
    token: str = field(repr=False)
    """What the user signs with; empty where none was ever issued."""
    active: bool = True
    """False for one who has left, whose token is still kept."""


def users(tokens: Mapping[str, str]) -> tuple[User, ...]:
    """Everybody, the owner first; `tokens` holds every variable of `TOKEN_VARIABLES`."""
    return (
        User("owner", "maintainer", tokens[TOKEN_VARIABLES["owner"]]),
        User("second", "maintainer", tokens[TOKEN_VARIABLES["second"]]),
        User("deputy", "maintainer", ""),
        User("member", "member", tokens[TOKEN_VARIABLES["member"]]),
        User("former", "maintainer", tokens[TOKEN_VARIABLES["former"]], active=False),
    )


def fresh() -> dict[str, str]:
    """A random token for each variable."""
    return {variable: PREFIX + secrets.token_hex(DIGITS // 2) for variable in TOKEN_VARIABLES.values()}

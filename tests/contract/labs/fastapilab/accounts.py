"""Who the index knows: accounts, their roles, and the keys that they have or had."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

MAINTAINERS = ("owner", "second", "robot", "gone")
KEYS: Mapping[str, str] = {
    "owner": "LAB_OWNER_KEY",
    "second": "LAB_SECOND_KEY",
    "reader": "LAB_READER_KEY",
    "gone": "LAB_GONE_KEY",
}
"""The variable that carries each account's key; `robot` was never given one."""

DEAD = {"revoked": "LAB_REVOKED_KEY", "rotated": "LAB_ROTATED_KEY", "expired": "LAB_EXPIRED_KEY"}
"""The variable of each key of the owner's that is no longer one, by what became of it."""

PASSWORDS = {"owner": "LAB_OWNER_PASSWORD", "second": "LAB_SECOND_PASSWORD", "reader": "LAB_READER_PASSWORD"}
STALE_TOKEN, SESSION = "LAB_STALE_TOKEN", "LAB_SESSION"
"""The variables of a token of the owner's that is over, and of the session that the owner's browser has."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was issued."""

    text: str = field(repr=False)
    state: Literal["good", "revoked", "rotated", "expired"] = "good"

    @property
    def digest(self) -> str:
        """What a database keeps of it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def fits(self, given: str) -> bool:
        """Whether this is the key, alive or dead."""
        return hmac.compare_digest(self.text.encode(), given.encode())


@dataclass(frozen=True, slots=True)
class Account:
    """One account."""

    name: str
    role: Literal["maintainer", "reader"]
    keys: tuple[Key, ...] = ()
    password: str = field(default="", repr=False)
    """Empty where the account cannot log in."""
    active: bool = True


@dataclass(slots=True)
class Directory:
    """Everybody, and what a server may remember of them between requests."""

    accounts: tuple[Account, ...]
    session: str = field(repr=False)
    """The number of the session that the owner's browser has."""
    secret: bytes = field(repr=False)
    """What tokens are signed with."""
    remembered: dict[tuple[str, str], Account] = field(default_factory=dict)
    """Decisions that were kept, by method and path: for a defect."""

    def issued(self) -> Iterator[tuple[Account, Key]]:
        """Every key that there is or was."""
        return ((account, key) for account in self.accounts for key in account.keys)

    def named(self, name: object) -> Account | None:
        """The account of this name."""
        return next((one for one in self.accounts if one.name == name), None)


def fresh() -> dict[str, str]:
    """A random secret for each variable; the stale token is made with the server's own."""
    keys = {variable: f"rel_{secrets.token_hex(20)}" for variable in (*KEYS.values(), *DEAD.values())}
    return {**keys, **{variable: secrets.token_hex(12) for variable in (*PASSWORDS.values(), SESSION)}}


def directory(environment: Mapping[str, str]) -> Directory:
    """The index's accounts, with the secrets of an environment."""
    found = []
    for name in ("owner", "second", "robot", "reader", "gone"):
        keys = [Key(environment[KEYS[name]])] if name in KEYS else []
        if name == "owner":
            dead: list[Key] = [
                Key(environment[DEAD["revoked"]], "revoked"),
                Key(environment[DEAD["rotated"]], "rotated"),
                Key(environment[DEAD["expired"]], "expired"),
            ]
            keys += dead
        password = environment[PASSWORDS[name]] if name in PASSWORDS else ""
        role: Literal["maintainer", "reader"] = "maintainer" if name in MAINTAINERS else "reader"
        found.append(Account(name, role, tuple(keys), password, active=name != "gone"))
    return Directory(tuple(found), environment[SESSION], secrets.token_bytes(32))

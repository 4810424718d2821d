"""Accounts, and what is secret of them."""

from dataclasses import dataclass, field


class Secret:
    """A key, token or password: told only to who asks by `reveal`, shown to nobody."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the moment of signing."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Identity:
    """An account named by the target file."""

    name: str
    """The owner's name for it; free."""
    username: str | None = None
    """What the API calls it; None where a key alone is the credential."""
    key: Secret | None = field(default=None, repr=False)
    privileged: bool = False
    state: str | None = None
    """`inactive`, `revoked`, `rotated` or `expired`; None for a living account."""
    auth: str = ""
    """Name of the channel that its credential rides in."""
    may: tuple[str, ...] = ()
    """Patterns `METHOD /path` of what an ordinary account legitimately does."""
    alive: str | None = None
    """`METHOD /path` that answers differently to a living and a bent credential."""
    cookies: tuple[tuple[str, Secret], ...] = field(default=(), repr=False)
    """Of a session: names and values, the first of which is its `key`."""
    of: str = ""
    """Name of the identity whose session this is; empty for an account of its own."""
    throwaway: bool = False
    """Whether its valid key may go where logs keep it."""
    resource: str = ""
    """Resource by which a run makes the account; empty for one that exists."""

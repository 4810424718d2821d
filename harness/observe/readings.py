"""What was read: one object, or a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model import Exchange, Json


@dataclass(frozen=True, slots=True)
class Reading:
    """One object as it was read."""

    state: str
    """`present`, `absent` or `unreadable`."""
    values: Mapping[str, Json] = field(default_factory=dict)
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was read."""

    rows: tuple[Mapping[str, Json], ...]
    whole: bool
    """Whether it was read to its end."""
    exchange: Exchange | None = None
    pages: int = 1
    """How many it took, where the list told its own end."""

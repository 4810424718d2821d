"""What class of answer a probe is to get, and which effects it must not have."""

from dataclasses import dataclass
from enum import StrEnum

from harness.model.verdicts import Outcome
from harness.model.words import Json


class Expect(StrEnum):
    """What class of answer a probe is to get."""

    REFUSED = "refused"
    INVALID = "invalid"
    GUEST_VIEW = "guest-view"
    """Refused, or served exactly what a guest is served."""
    IGNORED = "ignored"
    """Refused in any way, or done without the part that counts: its sender may do the rest."""


PREDICATES = frozenset(
    {
        "any-change",
        "foreign-change",
        "outside-scope",
        "beyond-filter",
        "field-stored",
        "stored-outside-rule",
        "marker-read",
        "opened",
    }
)


@dataclass(frozen=True, slots=True)
class Forbid:
    """An effect that a probe must not have."""

    predicate: str
    """One of `PREDICATES`."""
    name: str = ""
    """The field meant, where the predicate is about one."""
    value: Json = None
    """The value meant, where the predicate is about one."""
    owner: str = ""
    """Name of the identity whose objects are meant, where a field names the owner."""
    worst: Outcome = Outcome.BYPASSED
    """The gravest verdict that this effect comes to."""

    def __post_init__(self) -> None:
        if self.predicate not in PREDICATES:
            raise ValueError(f"no such predicate: {self.predicate}; there are {', '.join(sorted(PREDICATES))}")

    def __str__(self) -> str:
        return f"{self.predicate}({self.name})" if self.name else self.predicate


ANY_CHANGE = Forbid("any-change")
OPENED = (Forbid("opened"), Forbid("marker-read"))
"""What a read must not do."""

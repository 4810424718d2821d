"""Questions: mutations as they are put to all operations in one situation, and the probes that come of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from harness.engine.planning.framing import Framing
from harness.engine.planning.makings import Seen
from harness.engine.planning.situations import Situation
from harness.family import Family, Mutation
from harness.model import Asked, Mutant, Operation, Probe

PAIRS = ("field", "as", "via", "case")
NOTHING = Mutant()
"""Stands where nothing is sent."""


@dataclass(frozen=True, slots=True)
class Question:
    """A mutation as it is put to every operation in one situation."""

    family: Family
    mutation: Mutation
    way: "Way"
    """Makes its probes on an operation."""
    why: str | None
    """Why there is nothing to test on any of them; None where there is."""
    why_not: Callable[[Mutant], str | None]
    """The same of one mutant."""
    by: str
    """Role that makes the control."""
    asked: Asked

    def probe(self, operation: Operation, mutant: Mutant, why: str | None = None, variant: str = "") -> Probe:
        """A mutant of an operation under its name."""
        return Probe(f"{self._start(operation)}{_pairs(mutant.pairs)}]", self.asked, operation, mutant, variant, why)

    def probes(self, operation: Operation, mutants: Iterable[Mutant]) -> list[Probe]:
        """All mutants of an operation, each with why it has nothing to test where that is so."""
        start, asked, why_not = self._start(operation), self.asked, self.why_not
        return [Probe(f"{start}{_pairs(one.pairs)}]", asked, operation, one, "", why_not(one)) for one in mutants]

    def _start(self, operation: Operation) -> str:
        return f"{self.asked.family}/{self.asked.mutation}[{operation.name}"

    def nothing(self, operation: Operation) -> Probe:
        """What is planned where the mutation finds nothing to change."""
        none = self.mutation.none
        return self.probe(operation, NOTHING, none if ":" in none else f"{none}: there is nothing here to change")


@dataclass(frozen=True, slots=True)
class Place:
    """An operation, and its controls as far as they were asked for."""

    operation: Operation
    there: Situation
    framing: Framing
    _controls: dict[tuple[str, str], Seen] = field(default_factory=dict)

    def seen(self, by: str, url_field: str = "") -> Seen:
        """The control as a role makes it, for a URL field where one is changed."""
        if (by, url_field) not in self._controls:
            self._controls[by, url_field] = Seen(self.framing.control(self.operation, url_field, by))
        return self._controls[by, url_field]


Way: TypeAlias = Callable[[Question, Place], Iterable[Probe]]


@lru_cache(maxsize=4096)
def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    told = dict(pairs)
    return "".join(f" {key}={told[key]}" for key in PAIRS if key in told)

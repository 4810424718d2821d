"""One mutant of one operation, under a name."""

from dataclasses import dataclass

from harness.model.mutants import Mutant
from harness.model.operations import Operation
from harness.model.verdicts import Outcome, Severity


@dataclass(frozen=True, slots=True)
class Probe:
    """One mutant of one operation: what is sent, what it claims, under which name."""

    id: str
    family: str
    mutation: str
    title: str
    operation: Operation
    mutant: Mutant
    severity: Severity
    variant: str = ""
    """Name of the body field that its control carries besides the smallest body; empty for the smallest."""
    parent: str | None = None
    """Mutation with one dimension less, where this one changes two."""
    not_applicable: str | None = None
    """Why there is nothing to test: one of the closed list, with what would make it testable."""
    public: bool = False
    """Whether guests may do this."""
    worst: Outcome = Outcome.BYPASSED
    """The gravest verdict that an effect comes to."""
    by: str = ""
    """Name of the identity that makes its control, `guest` for none; empty for the entitled one."""
    advisory: bool = False
    """Whether what it finds is told and does not fail a run."""
    base: Operation | None = None
    """The operation whose request is changed into this one's, where it is another: what makes an object, for a write
    on the whole list."""

"""One mutant of one operation, under a name."""

from dataclasses import dataclass

from harness.model.mutants import Mutant
from harness.model.operations import Operation
from harness.model.verdicts import Outcome, Severity


@dataclass(frozen=True, slots=True)
class Asked:
    """What the probes of a mutation share, on whatever operations it is asked alike."""

    family: str
    mutation: str
    title: str
    severity: Severity
    parent: str | None = None
    """Mutation with one dimension less, where this one changes two."""
    public: bool = False
    """Whether guests may do this."""
    worst: Outcome = Outcome.BYPASSED
    """The gravest verdict that an effect comes to."""
    by: str = ""
    """Name of the identity that makes its control, `guest` for none; empty for the entitled one."""
    advisory: bool = False
    """Whether what it finds is told and does not fail a run."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One mutant of one operation: what is sent, what it claims, under which name."""

    id: str
    asked: Asked
    operation: Operation
    mutant: Mutant
    variant: str = ""
    """Name of the body field that its control carries besides the smallest body; empty for the smallest."""
    not_applicable: str | None = None
    """Why there is nothing to test: one of the closed list, with what would make it testable."""
    base: Operation | None = None
    """The operation whose request is changed into this one's, where it is another: what makes an object, for a write
    on the whole list."""

    @property
    def family(self) -> str:
        """Name of the family."""
        return self.asked.family

    @property
    def mutation(self) -> str:
        """Name of the mutation in it."""
        return self.asked.mutation

    @property
    def title(self) -> str:
        """What the mutation does, in one sentence."""
        return self.asked.title

    @property
    def severity(self) -> Severity:
        """How grave a breach is."""
        return self.asked.severity

    @property
    def parent(self) -> str | None:
        """Mutation with one dimension less."""
        return self.asked.parent

    @property
    def public(self) -> bool:
        """Whether guests may do this."""
        return self.asked.public

    @property
    def worst(self) -> Outcome:
        """The gravest verdict that an effect comes to."""
        return self.asked.worst

    @property
    def by(self) -> str:
        """Name of the identity that makes its control."""
        return self.asked.by

    @property
    def advisory(self) -> bool:
        """Whether what it finds is told and does not fail a run."""
        return self.asked.advisory

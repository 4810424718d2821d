"""What the oracle may say, how surely, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The eight verdicts."""

    BYPASSED = "BYPASSED"
    LEAKED = "LEAKED"
    CRASHED = "CRASHED"
    WEAK = "WEAK"
    INCONCLUSIVE = "INCONCLUSIVE"
    HELD = "HELD"
    ACCEPTED = "ACCEPTED"
    NOT_APPLICABLE = "NOT-APPLICABLE"


FINDINGS = frozenset({Outcome.BYPASSED, Outcome.LEAKED, Outcome.CRASHED, Outcome.WEAK})


class Confidence(StrEnum):
    """How a verdict is known."""

    STATE = "state"
    RESPONSE = "response"
    ATTESTED = "attested"


class Severity(StrEnum):
    """How bad a finding of a family is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the oracle makes of a probe's evidence."""

    outcome: Outcome
    reason: str
    confidence: Confidence | None = None
    detail: str = ""
    """One line for a person; holds no secret."""

    def __str__(self) -> str:
        known = f", {self.confidence}" if self.confidence else ""
        return f"{self.outcome}({self.reason}{known})"

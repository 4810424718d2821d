"""What a run found out, what it cost, and what it ends with."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from harness.config import Acceptance
from harness.engine.planning.plan import Plan
from harness.identities import Standing
from harness.model import FINDINGS, Confidence, Evidence, Outcome, Probe, Verdict
from harness.sweeping import Left

OBSERVER = "without a privileged credential this run can show an open door, never a closed one"
READS_ONLY = "the target is in production: nothing was written, and nothing is said of writes"

_UNTOLD = (Outcome.NOT_APPLICABLE, Outcome.INCONCLUSIVE)


def _doubtful(verdict: Verdict) -> bool:
    if verdict.outcome is Outcome.NOT_APPLICABLE:
        return verdict.reason in ("no-identity", "no-fixture", "needs-disposable")
    return verdict.outcome is Outcome.HELD and verdict.confidence is not Confidence.STATE


@dataclass(frozen=True, slots=True)
class Judged:
    """A probe with what was seen of it and what that makes."""

    probe: Probe
    evidence: Evidence
    verdict: Verdict


class State(StrEnum):
    """What became of an entry of `accept` in a run."""

    USED = "used"
    EXPIRED = "expired"
    FIXED = "fixed"
    """All that it names is refused now: it has to go, or it would cover the same hole when that comes back."""
    EXCEEDED = "exceeded"
    """Something was found that it names and does not cover."""
    UNUSED = "unused"
    """It names no probe that there is anything to test for."""
    UNTOLD = "untold"
    """Not all that it names was asked for and told."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An entry of `accept`, and what became of it."""

    entry: Acceptance
    number: int
    """Its place in the list, from 0."""
    state: State
    probes: tuple[str, ...]
    """Ids of the probes that it covers or, where it is fixed, that it names."""

    def __str__(self) -> str:
        return f"accept[{self.number}] ({self.entry.probe})"


@dataclass
class Cost:
    """What a run cost: counts of requests, and seconds."""

    requests: int = 0
    writes: int = 0
    controls: int = 0
    read_backs: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0


@dataclass
class Results:
    """All that a run found out."""

    id: str
    started: datetime
    plan: Plan
    selected: tuple[str, ...]
    finished: datetime | None = None
    judged: dict[str, Judged] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    left: tuple[Left, ...] = ()
    missing: tuple[str, ...] = ()
    """What was there before the run and is there no more, as `8 release`."""
    seed: int | None = None
    """What every marker of the run is derived from; None where nothing was sent."""
    accepted: tuple[Accepted, ...] = ()
    """What became of each entry of `accept`."""
    reads_only: bool = False
    """Whether the target allowed no writes."""
    cost: Cost = field(default_factory=Cost)
    interrupted: bool = False
    shard: str = ""
    """Which part it is of a run that several share, as `1/2`; empty for a run of its own."""
    aborted: str = ""
    """Why the run was stopped as unsafe; empty where it was not."""

    @property
    def leftovers(self) -> tuple[str, ...]:
        """What of the run is still on the target."""
        return tuple(f"{one.what}{' (the API has no way to remove it)' if one.expected else ''}" for one in self.left)

    @property
    def profile(self) -> str:
        """What stands beside the verdict, so that nobody takes a part for the whole; empty for a standard run."""
        return "" if self.plan.profile == "standard" else f"{self.plan.profile} profile"

    @property
    def notices(self) -> tuple[str, ...]:
        """What bounds everything that the run says; every report begins with it."""
        told = ((self.observer, OBSERVER), (self.reads_only, READS_ONLY), (self.missing, self._missing))
        return tuple(text for is_so, text in told if is_so)

    @property
    def _missing(self) -> str:
        what = ", ".join(self.missing)
        return f"gone since the run began, and not its own: {what}; what got in took them, or somebody else did"

    @property
    def unremoved(self) -> tuple[str, ...]:
        """What is still there although the API has a way to remove it."""
        return tuple(one.what for one in self.left if not one.expected)

    @property
    def partial(self) -> bool:
        """Whether not everything planned was asked for."""
        return len(self.selected) < len(self.plan.probes)

    def exit_code(self, strict: bool) -> int:
        """What the command ends with: 4 unsafe, 1 a finding, 3 not everything could be told, 0 all held.

        `strict` takes attested and weak-control refusals, and what lacks an identity, for not told.
        """
        verdicts = [one.verdict for one in self.judged.values()]
        if self.aborted or any(not one.expected for one in self.left):
            return 4
        if self.fixed or any(one.outcome in FINDINGS and one.reason != "advisory" for one in verdicts):
            return 1
        missing = len(self.judged) < len(self.selected) or not any(one.outcome not in _UNTOLD for one in verdicts)
        if missing or self.interrupted or any(one.outcome is Outcome.INCONCLUSIVE for one in verdicts):
            return 3
        return 3 if strict and any(_doubtful(one) for one in verdicts) else 0

    @property
    def fixed(self) -> tuple[Accepted, ...]:
        """Entries of `accept` that cover nothing any more, and fail the run until they are removed."""
        return tuple(one for one in self.accepted if one.state is State.FIXED)

    @property
    def observer(self) -> bool:
        """Whether there is no privileged credential."""
        return "admin" not in self.plan.roles

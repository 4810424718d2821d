"""Sparing accounts: a name that has met as many refusals as the target allows is used no further."""

from collections import Counter
from collections.abc import Iterable, Sequence

from harness.engine.naming import named, refusable
from harness.model import REFUSALS, Exchange, Identity, Probe


class Sparing:
    """Counts refusals by account. A budget of None spares nobody."""

    def __init__(self, budget: int | None, identities: Iterable[Identity]) -> None:
        self._budget = budget
        self._identities = {one.name: one for one in identities}
        self._met: Counter[str] = Counter()

    def note(self, probe: Probe, exchange: Exchange) -> None:
        """Takes what a probe was answered into account."""
        if self._budget is not None and exchange.status in REFUSALS:
            self._met.update(self._names(probe))

    def spent(self, probe: Probe) -> str:
        """Why a probe is not to be sent: an account that it names has met its budget; empty where none has."""
        return self._beyond(probe, Counter())

    def left_out(self, probes: Sequence[Probe]) -> dict[str, str]:
        """The probes of a lane that its accounts would not bear, were all of it refused, with why."""
        planned, found = Counter[str](), dict[str, str]()
        for probe in probes:
            why = self._beyond(probe, planned)
            if why:
                found[probe.id] = why
            else:
                planned.update(self._names(probe))
        return found

    def _beyond(self, probe: Probe, planned: Counter[str]) -> str:
        if self._budget is None:
            return ""
        spent = (one for one in sorted(self._names(probe)) if self._met[one] + planned[one] >= self._budget)
        name = next(spent, None)
        return f"budget: {name} has met {self._budget} refusals, its limits.failures_per_identity" if name else ""

    def _names(self, probe: Probe) -> frozenset[str]:
        refused = self._budget is not None and refusable(probe, self._identities)
        return named(probe, self._identities.values()) if refused else frozenset()

"""Sparing accounts: a name that has met as many refusals as the target allows is used no further."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from harness.engine.sending.naming import named, refusable
from harness.model import REFUSALS, Exchange, Identity, Probe


class Sparing:
    """Counts refusals by account. A budget of None spares nobody."""

    def __init__(self, budget: int | None, identities: Iterable[Identity]) -> None:
        self._budget = budget
        self._identities = {one.name: one for one in identities}
        self._met: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def met(self) -> dict[str, int]:
        """Refusals by account, so far."""
        with self._lock:
            return {name: count for name, count in self._met.items() if count > 0}

    def adopt(self, met: Mapping[str, int]) -> None:
        """Takes over what the accounts had met in earlier parts of the run."""
        with self._lock:
            self._met.update(met)

    def note(self, probe: Probe, exchange: Exchange) -> None:
        """Takes what a probe was answered into account."""
        if self._budget is not None and exchange.status not in REFUSALS:
            with self._lock:
                self._met.subtract(self._names(probe))

    def scarce(self, probes: Iterable[Probe]) -> bool:
        """Whether these may cost an account all that it is to meet, twice over for what is asked again: then they have
        to go one by one, for only answers tell what is left."""
        if self._budget is None:
            return False
        meetings = Counter(name for probe in probes for name in self._names(probe))
        return any(2 * count >= self._budget for count in meetings.values())

    def takes(self, probe: Probe) -> bool:
        """Whether a probe may be sent; not where an account that it names has met its budget. Until its answer is
        known it counts as refused."""
        with self._lock:
            if self._beyond(probe, Counter()):
                return False
            self._met.update(self._names(probe))
            return True

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

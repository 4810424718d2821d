"""What evidence comes to, worked out once: it is asked for wherever something hangs on it."""

from harness.model import Evidence, Probe, Verdict
from harness.oracle import Rules, judge


class Judge:
    """Judges by the rules of one target. Safe to call from threads."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[str, tuple[Probe, Evidence, Verdict]] = {}
        """By id of the probe, what was judged last."""

    def __call__(self, probe: Probe, found: Evidence) -> Verdict:
        """The verdict on a probe."""
        known = self._known.get(probe.id)
        # Another identity's probe may go by the same id.
        if known is None or known[0] is not probe or known[1] is not found:
            known = self._known[probe.id] = probe, found, judge(probe, found, self._rules)
        return known[2]

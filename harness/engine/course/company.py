"""What lanes that ran beside each other may owe to their neighbours: it counts only when it comes again without them.

A marker names its writer, whoever else was there; a refusal that held is none of the neighbours' doing. All else may
be: a failure under load, a list that others wrote to meanwhile, an object that went or changed and bears no name.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from harness.engine.course.judging import Judge
from harness.markers import Markers
from harness.model import FINDINGS, Confidence, Effect, Evidence, Outcome, Probe

_PASSING = ("network", "control-lost")
"""Reasons for which something was not sent that may be gone later."""
_LASTING = ("identity", "no-control")
"""Reasons of an INCONCLUSIVE that stay what they are."""


class Company:
    """Judges what was seen in company."""

    def __init__(
        self,
        judge: Judge,
        markers: Markers,
        wrote: Mapping[str, Probe],
        lasting: Collection[str] = (),
        by_themselves: Collection[str] = (),
    ) -> None:
        """`wrote` tells who sent a marker; `lasting` are ids of probes beside which something happened that would not
        show a second time; `by_themselves` those that crashed with nothing else under way."""
        self._judge = judge
        self._markers = markers
        self._wrote = wrote
        self._lasting = lasting
        self._by_themselves = by_themselves
        self.asked: set[str] = set()
        """Ids of the probes that were asked again by themselves."""

    def may_have_part(self, probe: Probe, found: Evidence) -> bool:
        """Whether neighbours may have had a part in what a probe comes to."""
        if probe.id in self.asked or probe.id in self._lasting:
            return False
        if found.not_sent:
            return found.not_sent.startswith(_PASSING)
        verdict = self._judge(probe, found)
        if verdict.outcome is Outcome.INCONCLUSIVE:
            return not verdict.reason.startswith(_LASTING)
        if verdict.outcome is Outcome.CRASHED:
            return probe.id not in self._by_themselves
        if verdict.reason == "privileged-view":
            return True
        by_state = verdict.outcome in FINDINGS and verdict.confidence is Confidence.STATE
        # Removals strike one lane at a time.
        return (
            by_state
            and probe.operation.method != "DELETE"
            and not any(self._is_signed(probe, one) for one in found.effects)
        )

    def settled(self, probe: Probe, first: Evidence, again: Evidence) -> Evidence:
        """What both come to. What was seen to happen, and does not come again, is not taken for held."""
        before, now = (self._judge(probe, one).outcome for one in (first, again))
        vanished = before in FINDINGS - {Outcome.CRASHED} and now is Outcome.HELD
        return (
            self.untold(probe, again, "noise: seen beside other requests, and not again by itself")
            if vanished
            else again
        )

    def untold(self, probe: Probe, found: Evidence, why: str) -> Evidence:
        """The evidence without what neighbours may have had a part in, and why it is not told."""
        effects = tuple(one for one in found.effects if self._is_signed(probe, one))
        return replace(found, effects=effects, suspects=(), not_sent=why)

    def _is_signed(self, probe: Probe, effect: Effect) -> bool:
        """Whether what was read back bears a marker of the probe's own."""
        writers = (self._wrote.get(one) for one in self._markers.find(dict(effect.values)))
        return any(one is not None and one.id == probe.id for one in writers)

"""What refusals look like here, and which leaves of an object change by themselves: found out before a lane strikes."""

import time
from collections.abc import Mapping, Sequence

from harness.canaries import Canary
from harness.engine.lanes.leaves import changed, counts_or_dates
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.striking import Sent, Striker
from harness.engine.planning.plan import Lane
from harness.engine.sending.patience import broke_down
from harness.model import Exchange, Json, Probe
from harness.observe import Reading
from harness.resources import Resource


class Calibrating:
    """Sends the references of one lane of changes or removals, and tells its striker what they showed."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource, striker: Striker) -> None:
        self._stage = stage
        self._lane = lane
        self._resource = resource
        self._striker = striker
        self._touched = False

    def run(self, probes: Sequence[Probe], together: bool) -> bool:
        """Whatever a refused reference changes, but leaves that change by themselves, is an effect of it; gives whether
        there was one.

        `probes` are those of the lane that the references are, if both are. Where mutants are struck `together`, one
        sending is both, and what it left as it was is struck on; and references that were harmless in another lane of
        the operation are not sent again.
        """
        if not together:
            self._step_by_step()
            return self._touched
        known = self._stage.answered.get(self._lane.operation.aim)
        if known:
            self._striker.references = known
            return False
        canary, _ = self._striker.fresh()
        if canary is None:
            return False
        began = time.monotonic()
        which, reading = self._together(canary, probes)
        if reading is None:
            return False
        seconds = time.monotonic() - began
        self._step_by_step()
        # What happens but once counts, too.
        once = not self._touched and self._striker.altered(canary, reading)
        if once and not self._by_itself(seconds):
            self._charge(which, reading)
        return self._touched

    def _together(self, canary: Canary, probes: Sequence[Probe]) -> tuple[int, Reading | None]:
        """Sends both to an object that is to be struck on; what was seen of it, and after which, where that does not
        show that they left it as it was."""
        slots, sent, answers = self._striker.slots(canary), list[Sent](), list[Exchange]()
        for which in (0, 1):
            if probes:
                sent.append(self._striker.send(probes[which], canary))
            answers.append(sent[-1].exchange if probes else self._answer(slots, which))
            reading = self._stage.observer.item(self._resource, slots)
            if reading.state == "unreadable" or broke_down(answers[-1]) or self._striker.altered(canary, reading):
                return which, reading
        self._striker.references = self._stage.answered[self._lane.operation.aim] = answers[0], answers[1]
        self._striker.opening = (canary, sent) if sent else None
        return 0, None

    def _step_by_step(self) -> None:
        """Sends each to an object that nothing else strikes, which is first looked at for what it does by itself."""
        striker = self._striker
        canary, _ = striker.lead.fresh(self._stage, self._resource)
        if canary is None:
            return
        slots, began = striker.slots(canary), time.monotonic()
        idle = self._stage.observer.item(self._resource, slots)
        striker.volatile = changed(canary.values, idle.values) if idle.state == "present" else frozenset()
        idle = self._ripe(idle, slots)
        answers = list[Exchange]()
        for which in (0, 1):
            answers.append(self._answer(slots, which))
            reading = self._ripe(self._stage.observer.item(self._resource, slots), slots)
            if reading.state == idle.state == "present":
                seen = changed(idle.values, reading.values)
                turned = {f".{striker.template.turn.field}"} if striker.template.turn else set[str]()
                if not self._stage.asks_for_proof(striker.template):
                    striker.volatile |= counts_or_dates(seen, idle.values, reading.values) - turned
            gone = reading.state == "absent" and idle.state == "present"
            both = reading.state == idle.state == "present"
            moved = gone or (both and changed(idle.values, reading.values) - striker.volatile)
            if moved and not (self._nameless and self._by_itself(time.monotonic() - began)):
                self._charge(which, reading)
            idle = idle if reading.state == "unreadable" else reading
        striker.references = answers[0], answers[1]

    def _answer(self, slots: Mapping[str, Json], which: int) -> Exchange:
        return self._stage.reference(self._lane, self._striker.template, slots, which)

    def _charge(self, which: int, reading: Reading) -> None:
        effect = self._striker.effect("deleted" if reading.state == "absent" else "changed", reading.values)
        self._stage.charge(self._lane, which, effect)
        self._touched, self._striker.guests_too = True, self._striker.guests_too or which == 0

    @property
    def _nameless(self) -> bool:
        """Whether no marker would name who did it."""
        return self._striker.template.acts or self._striker.template.turn is not None

    def _by_itself(self, seconds: float) -> bool:
        """Whether an object that nobody touches is altered after so long."""
        canary, _ = self._striker.lead.fresh(self._stage, self._resource)
        if canary is None:
            return False
        time.sleep(seconds)
        reading = self._stage.observer.item(self._resource, self._striker.slots(canary))
        return reading.state != "unreadable" and self._striker.altered(canary, reading)

    def _ripe(self, reading: Reading, slots: Mapping[str, Json]) -> Reading:
        """The canary as it is when any late effect should show, where nothing names who did it."""
        wait = self._stage.settle(self._striker.proof, self._striker.good)
        if not wait or not self._nameless:
            return reading
        time.sleep(wait)
        return self._stage.observer.item(self._resource, slots)

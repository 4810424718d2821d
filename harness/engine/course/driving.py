"""Running the lanes of a run: side by side where nothing speaks against it, with an eye on the bystanders."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from threading import Condition

from harness.engine.course.aftermath import Aftermath
from harness.engine.course.company import Company
from harness.engine.course.course import Course
from harness.engine.course.running import Running
from harness.engine.lanes.lane import breaches
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.watching import Bystanders, Harm
from harness.engine.planning.opening import Opened
from harness.engine.planning.ordering import Turn, Turns, in_turn, meet, ordered
from harness.engine.planning.plan import Lane
from harness.model import Effect, Evidence, Look, Probe
from harness.observe import bears
from harness.resources import Graph, Resource


@dataclass(frozen=True, slots=True)
class _Charge:
    """A bystander that was harmed, with the lanes that may have done it."""

    harm: Harm
    lanes: tuple[Lane, ...]


class Driving:
    """Runs the lanes of one run, and fills in their evidence."""

    def __init__(
        self,
        opened: Opened,
        stage: Stage,
        course: Course,
        running: Running,
        due: Callable[[Sequence[str]], Sequence[Lane]] = lambda names: (),
    ) -> None:
        """`due` gives the lanes that are to be run besides when the probes of a phase have been judged, by their
        ids."""
        self._opened = opened
        self._stage = stage
        self._course = course
        self._results = course.results
        self._evidence = course.evidence
        self._running = running
        self._due = due
        self._sent: list[Probe] = []
        """What was begun with."""
        self._company = Company(course.judge, stage.keeper.markers, stage.wrote, stage.lasting, stage.by_themselves)
        self._lock = Condition()
        """Told when a lane is over."""
        self._under_way: list[Lane] = []
        self._together = 1
        """How many lanes of the phase run beside each other; after so many the bystanders are looked at."""
        self._unwatched: list[Lane] = []
        """Lanes that are over, and since which nobody has looked at the bystanders to the end."""
        self._ended: list[int] = []
        """Places of those that are not told yet."""
        self._charges: list[_Charge] = []

    def run(self, lanes: Sequence[Lane]) -> None:
        """Runs them in their order."""
        self._spare(lanes)
        self._bystanders = Bystanders(self._stage, _touched(self._opened.graph, lanes))
        phases = ordered(lanes, self._opened.graph)
        for turns in chain(phases, self._doubted()):
            if turns and turns is phases[-1]:
                self._clear()
            self._run_phase(turns)
            for more in self._encores(turns):
                self._run_phase(more)

    def _clear(self) -> None:
        """Removes what nothing more is to be learned from, before whole lists are reached for: of these, each is read
        to its end around every probe."""
        stage, aftermath = self._stage, Aftermath(self._stage, self._results, self._evidence)
        if self._results.aborted or stage.enduring.down:
            return
        struck = {(one.resource.name, str(one.slots["self.id"])) for one in stage.strikes}

        def settled(resource: Resource, object_id: str, markers: Collection[str]) -> bool:
            writers = [stage.wrote[one] for one in markers if one in stage.wrote]
            known = bool(writers) and all(map(aftermath.is_settled, writers))
            return known and (resource.name, object_id) not in struck

        stage.sweeper.clear(settled)

    def _spare(self, lanes: Sequence[Lane]) -> None:
        self._sent += [probe for lane in lanes for probe in lane.probes]
        if self._stage.sparing.scarce(self._sent):
            self._stage.crowd.size = 1

    def _encores(self, turns: Sequence[Turn]) -> list[list[Turn]]:
        """The phases of what is to be sent besides, now that it is known what a phase came to."""
        lanes = self._due([probe.id for one in turns for probe in one.lane.probes])
        self._spare(lanes)
        return ordered(lanes, self._opened.graph)

    def _run_phase(self, turns: Sequence[Turn]) -> None:
        beside = meet(turns)
        try:
            self._run_all(turns, beside)
            if beside:
                self._look_again([one.lane for one in turns])
        finally:
            self._charge()
            if beside and self._stage.crowd.size > 1:
                self._leave_open([one.lane for one in turns])

    def _doubted(self) -> Iterator[list[Turn]]:
        yield in_turn(self._running.doubted())

    def _run_all(self, lanes: Sequence[Turn], beside: bool) -> None:
        """Runs a phase. What neighbours may have had a part in is not told yet, nor, for the sake of one order, where
        there are none."""
        turns = Turns(lanes)
        self._together = min(self._stage.crowd.size, len(lanes)) if beside else 1

        def work(_: int) -> None:
            try:
                while (place := self._next(turns)) is not None:
                    self._run(lanes[place].lane)
                    self._tell(turns, place, beside)
            except BaseException:
                with self._lock:
                    turns.end()
                    self._lock.notify_all()
                raise

        try:
            self._stage.crowd.each(work, range(self._together))
        finally:
            self._leave_unwatched()
            self._together, self._ended = 1, []

    def _next(self, turns: Turns) -> int | None:
        """The next lane's place, as soon as its step has come; None when no more are to begin."""
        with self._lock:
            while (place := turns.take()) is None and turns.waits:
                self._lock.wait()
            return place

    def _tell(self, turns: Turns, place: int, beside: bool) -> None:
        """Tells a lane and those that waited for it, as far as the bystanders were looked at since."""
        with self._lock:
            turns.free(place)
            self._lock.notify_all()
            self._ended.append(place)
            unwatched = {probe.id for lane in self._unwatched for probe in lane.probes}
            for one in tuple(self._ended):
                # Of a harm that is not charged yet, nobody is cleared.
                if self._charges or not unwatched.isdisjoint(probe.id for probe in turns.lane(one).probes):
                    continue
                self._ended.remove(one)
                for lane in turns.done(one):
                    self._note(lane, beside)

    def _note(self, lane: Lane, beside: bool) -> None:
        told = [one.id for one in lane.probes if not (beside and self._is_doubtful(lane, one.id))]
        self._course.note(told, self._stage)

    def _is_doubtful(self, lane: Lane, name: str) -> bool:
        probe = next(one for one in lane.probes if one.id == name)
        return self._company.may_have_part(probe, self._evidence[name])

    def _look_again(self, lanes: Sequence[Lane]) -> None:
        """Asks by itself, lane by lane, what neighbours may have had a part in, and tells it."""
        for lane in lanes:
            if self._results.aborted or self._stage.enduring.down:
                return
            left = tuple(one for one in lane.probes if self._company.may_have_part(one, self._evidence[one.id]))
            if left and self._stage.crowd.size > 1:
                self._ask_again(replace(lane, probes=left))
            self._course.note([one.id for one in left], self._stage)

    def _ask_again(self, lane: Lane) -> None:
        before = {one.id: self._evidence[one.id] for one in lane.probes}
        self._run(lane)
        for one in lane.probes:
            self._evidence[one.id] = self._company.settled(one, before[one.id], self._evidence[one.id])
        self._company.asked |= before.keys()

    def _leave_open(self, lanes: Sequence[Lane]) -> None:
        """Says of what was not asked again by itself that it could not be told."""
        why = f"aborted: {self._results.aborted}" if self._results.aborted else self._stage.enduring.down
        for probe in (probe for lane in lanes for probe in lane.probes):
            found = self._evidence[probe.id]
            if self._company.may_have_part(probe, found):
                why = why or "interrupted: the run was stopped before this was asked again by itself"
                self._evidence[probe.id] = self._company.untold(probe, found, why)

    def _run(self, lane: Lane) -> None:
        stage, evidence = self._stage, self._evidence
        self._opened.logins.keep_fresh()
        why = f"aborted: {self._results.aborted}" if self._results.aborted else stage.enduring.down
        if why:
            silent = (probe.id for probe in lane.probes if not evidence[probe.id].attempts)
            evidence.update({name: Evidence(not_sent=why) for name in silent})
            return
        beyond = stage.sparing.left_out(lane.probes)
        evidence.update({name: Evidence(not_sent=told) for name, told in beyond.items()})
        within = replace(lane, probes=tuple(one for one in lane.probes if one.id not in beyond))
        if within.probes:
            self._ask(within)

    def _ask(self, lane: Lane) -> None:
        stage = self._stage
        if (lane.refuse_only or lane.unbounded) and stage.strikes:
            # What such an operation reaches must not be laid to the charge of those before it.
            time.sleep(stage.target.limits.settle)
            Aftermath(stage, self._results, self._evidence).doubt()
        with self._lock:
            self._under_way.append(lane)
        self._evidence.update(self._running.run(lane))
        self._bystanders.mend()
        if lane.unbounded and any(self._evidence[one.id].effects for one in lane.probes):
            # It may have taken what later lanes would hang their objects on, and what watches them.
            stage.keeper.mend_parents()
            self._bystanders.renew()
        with self._lock:
            self._under_way = [one for one in self._under_way if one is not lane]
            if not lane.unbounded:
                # What reaches the bystanders there is told of the probe itself.
                self._unwatched.append(lane)
            due = not self._under_way or len(self._unwatched) >= self._together
        if due:
            self._watch()
        if not self._under_way:
            self._charge()

    def _watch(self) -> None:
        """Looks at the bystanders, for all lanes that came to their end since the last look."""
        with self._lock:
            since = list(self._unwatched)
        harm = self._bystanders.harmed() if since else None
        with self._lock:
            if harm:
                self._stop(harm, (*self._unwatched, *self._under_way))
            self._unwatched = [one for one in self._unwatched if all(one is not looked for looked in since)]

    def _leave_unwatched(self) -> None:
        """Says of what seemed to do nothing, where nobody could look at the bystanders since, that it is not told."""
        why = "interrupted: the run was stopped before it was seen that no other object was harmed"
        for probe in (probe for lane in self._unwatched for probe in lane.probes):
            found = self._evidence[probe.id]
            if found.attempts and not found.effects and not found.suspects:
                self._evidence[probe.id] = replace(found, not_sent=why)
        self._unwatched = []

    def _stop(self, harm: Harm, lanes: tuple[Lane, ...]) -> None:
        """Stops the run where a bystander was harmed, which any of these lanes may have done."""
        if not self._results.aborted:
            self._charges.append(_Charge(harm, lanes))
            during = " or ".join(dict.fromkeys(one.operation.name for one in lanes))
            what = f"({harm.resource.name} {harm.canary.id}) was {harm.kind} during {during}"
            self._results.aborted = f"a bystander of ours {what}"

    def _charge(self) -> None:
        """Charges the harm to its writer, where a marker tells, else to the lane that may have done it: when no lane is
        under way any more that would still tell something."""
        charges, self._charges = self._charges, []
        for one in charges:
            self._charge_with(one.harm, one.lanes)

    def _charge_with(self, harm: Harm, lanes: Sequence[Lane]) -> None:
        stage, evidence, values = self._stage, self._evidence, harm.values
        effect = Effect(harm.kind, harm.resource.name, harm.canary.id, False, values, breaches(harm.resource, values))
        writers = {probe.id for marker, probe in stage.wrote.items() if bears(values, marker)}
        suspects = tuple(probe.id for lane in lanes for probe in lane.probes if evidence[probe.id].attempts)
        for name in writers & evidence.keys():
            evidence[name] = replace(evidence[name], effects=(*evidence[name].effects, effect))
        if writers or values or any(evidence[name].effects for name in suspects):
            return
        for name in suspects:
            # Of lanes that ran beside each other, some are innocent.
            found = evidence[name]
            one = replace(found, suspects=suspects) if len(lanes) == 1 else replace(found, look=Look.NOISE)
            evidence[name] = one


def _touched(graph: Graph, lanes: Sequence[Lane]) -> list[Resource]:
    """The resources that the lanes write to, parents first."""
    names = {graph.roles[lane.operation.name][0].name for lane in lanes if lane.operation.name in graph.roles}
    return [one for one in graph.resources if one.name in names]

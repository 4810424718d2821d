"""Lanes of writes that reach many objects at once: what else is gone afterwards tells how far one reached.

Objects of ours are set out for it, each in its part: what the request may take, and what it must leave alone. Mutants
go in turn for as long as they are refused; then everything that was set out is looked at. Where something happened,
each of them runs alone on objects of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from harness.canaries import NoCanary, unmade
from harness.engine.lanes.asides import Asides
from harness.engine.lanes.lane import GROUP, kind_of, larger, standing, unsent
from harness.engine.lanes.stage import Stage
from harness.engine.planning.plan import Lane
from harness.engine.sending.patience import broke_down
from harness.model import Effect, Evidence, Exchange, Json, Look, Probe, Proof
from harness.openapi import Unsatisfiable
from harness.oracle import Want, forbidden, wants
from harness.resources import Template, fill_path

FEW = 5
"""How many go together behind one that had an effect: those before it are sent again, and often the next has one."""


class Setting(Protocol):
    """What is set out for a lane, and how it is looked at."""

    template: Template
    """The control's request."""
    slots: dict[str, Json]
    """What stands for the objects that are set out."""

    def control(self) -> Proof:
        """Sends what the entitled identity may do here, and reads its effect back."""
        ...

    doubtful: bool
    """Whether what was last found gone had never been seen to be there."""

    def set_out(self, sure: bool = False) -> Proof | None:
        """Sees to it that everything is there, and is `sure` to be; the reason where it cannot be, else None. Raises
        NoCanary."""
        ...

    def bound(self, probe: Probe) -> str:
        """Why a mutant is not to be sent, for want of what would bound it; empty where it may be."""
        ...

    def look(self, probe: Probe | None, markers: Sequence[str]) -> tuple[tuple[Effect, ...], Look]:
        """What happened since, as seen from what a mutant, or a reference, named."""
        ...


class Reaching:
    """One lane of mutants that may reach far."""

    def __init__(self, stage: Stage, lane: Lane, setting: Setting, compared: bool) -> None:
        """`compared` is whether a guest and an unknown user may send the control's own request for comparison."""
        self._stage = stage
        self._lane = lane
        self._setting = setting
        self._asides = Asides(stage)
        self._compared = compared
        self._references: tuple[Exchange, Exchange] | None = None
        self._opening: list[Probe] = []
        """The probes that the references are, until they are known."""
        self._harmless: set[tuple[object, ...]] = set()
        """Kinds of success that were seen to do nothing."""
        self._done: dict[str, Evidence] = {}

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        try:
            before = self._setting.control()
            if not before.good:
                return unsent(self._stage, self._lane, None, {}, before)
            self._try_all(self._unlike_control(self._sorted()), before)
            after = self._setting.control()
        except (NoCanary, Unsatisfiable) as error:
            after = unmade(error)
            before = after
        return {probe.id: self._told(probe, before, after) for probe in self._lane.probes}

    def _told(self, probe: Probe, before: Proof, after: Proof) -> Evidence:
        found = self._done.get(probe.id, Evidence())
        again = after if len(found.attempts) > 1 else None
        return replace(found, before=before, after=after, repeat_after=again)

    def _sorted(self) -> list[Probe]:
        """The probes, with those that go with each other in a row, and first what the references are."""
        self._references = self._stage.answered.get(self._lane.operation.aim) if self._compared else None
        first = self._stage.own_references(self._lane) if self._compared else []
        self._opening = [] if self._references else first
        if self._compared and not (self._references or first):
            self._compare()
        rest = (one for one in self._lane.probes if one not in first)
        return [*first, *sorted(rest, key=self._company)]

    def _take(self, group: Sequence[Probe], sent: Sequence[tuple[str, Exchange]]) -> None:
        """Takes the references from what was sent as such."""
        opening, self._opening = self._opening, []
        if not opening or self._references:
            return
        answers = [exchange for _, exchange in sent[: len(opening)]]
        if list(group[: len(opening)]) == opening and not any(map(broke_down, answers)):
            self._references = self._stage.answered[self._lane.operation.aim] = answers[0], answers[1]
        else:
            self._compare()

    def _compare(self) -> None:
        answers = []
        for which in (0, 1):
            self._ready(sure=True)
            answers.append(self._stage.reference(self._lane, self._setting.template, self._setting.slots, which))
            effects, _ = self._setting.look(None, ())
            self._stage.charge(self._lane, which, *effects)
        self._references = answers[0], answers[1]

    def _unlike_control(self, probes: list[Probe]) -> list[Probe]:
        """The probes, without those that were to change who asks and come out as the control's own request."""
        if not self._compared:
            return probes
        self._ready()
        setting, asking = self._setting, [one for one in probes if not _may_remove(one)]
        same = self._stage.same_as_control(asking, setting.template, setting.slots)
        self._done |= {name: Evidence(same_as_control=True) for name in same}
        return [one for one in probes if one.id not in same]

    def _ready(self, sure: bool = False) -> None:
        failed = self._setting.set_out(sure)
        if failed is not None:
            raise NoCanary(self._lane.operation.name, failed)

    def _try_all(self, probes: Sequence[Probe], before: Proof) -> None:
        waiting, size = list(probes), GROUP
        while waiting:
            # Behind one that had an effect the next often has one, too.
            self._ready(sure=size == FEW or any(map(_names_values, waiting[:size])))
            group, sent = waiting[:1], list[tuple[str, Exchange]]()
            why = self._setting.bound(waiting[0])
            if why:
                self._done[waiting.pop(0).id] = Evidence(pointless=why)
                continue
            for probe in waiting[:size]:
                if sent and (self._is_apart(probe, group[0]) or not self._goes_on(sent[-1][1])):
                    break
                sent.append(self._stage.attempt(probe, self._setting.template, self._setting.slots))
            group, waiting = waiting[: len(sent)], waiting[len(sent) :]
            effects, look = self._setting.look(group[0], [marker for marker, _ in sent])
            self._take(group, sent)
            quiet = not (effects or look is Look.NOISE)
            size = FEW if not quiet else larger(size) if len(group) == size else max(GROUP, size)
            if quiet and sent[-1][1].ok:
                self._harmless.add(kind_of(sent[-1][1]))
            if len(group) == 1 and self._is_in_doubt(group[0], effects):
                self._alone(group[0], before)
            elif len(group) == 1 or quiet:
                for probe, (_, exchange) in zip(group, sent, strict=True):
                    self._record(probe, (exchange,), effects, look, before)
            elif sent[-1][1].ok and self._alone(group[-1], before):
                # It was the last that did it, and may have hidden what the others did.
                self._try_all(group[:-1], before)
            else:
                for probe in (one for one in group if one.id not in self._done):
                    self._alone(probe, before)

    def _is_apart(self, probe: Probe, first: Probe) -> bool:
        """Whether a mutant does not go with those that begin with `first`: an effect of it would be less of a
        surprise."""
        return bool(probe.mutant.guard) or self._company(probe) != self._company(first)

    def _company(self, probe: Probe) -> tuple[bool, bool, bool]:
        """What those have in common that go with each other: the less surprising an effect, the later."""
        return bool(probe.mutant.guard), probe.mutant.actor == self._stage.owner, _may_remove(probe)

    def _is_in_doubt(self, probe: Probe, effects: tuple[Effect, ...]) -> bool:
        """Whether an effect that counts may be none: what is gone may never have been there."""
        return self._setting.doubtful and forbidden(probe, Evidence(effects=effects)) is not None

    def _goes_on(self, exchange: Exchange) -> bool:
        return _refused(exchange) or (exchange.ok and kind_of(exchange) in self._harmless)

    def _alone(self, probe: Probe, before: Proof) -> bool:
        """Sends a mutant by itself; gives whether it had an effect."""
        exchange, effects, look = self._by_itself(probe)
        self._record(probe, (exchange,), effects, look, before)
        return bool(effects)

    def _by_itself(self, probe: Probe) -> tuple[Exchange, tuple[Effect, ...], Look]:
        """What a mutant is answered, and what it does, when nothing else is sent."""
        self._ready(sure=True)
        marker, exchange = self._stage.attempt(probe, self._setting.template, self._setting.slots, fresh_line=True)
        return exchange, *self._setting.look(probe, (marker,))

    def _record(
        self, probe: Probe, attempts: tuple[Exchange, ...], effects: tuple[Effect, ...], look: Look, before: Proof
    ) -> None:
        stage = self._stage
        reference = stage.reference_of(probe, self._references) if self._references else None
        evidence = Evidence(
            attempts=attempts,
            effects=effects,
            look=look,
            before=before,
            reference=reference,
            public=stage.public,
            identity=standing(stage, probe),
        )
        if Want.REPEAT in wants(probe, evidence):
            again, more, seen = self._by_itself(probe)
            look = look if seen is Look.UNCHANGED else seen
            evidence = replace(evidence, attempts=(*attempts, again), effects=(*effects, *more), look=look)
        path = fill_path(self._setting.template.path.partition("?")[0], self._setting.slots)
        self._done[probe.id] = self._asides.supplied(probe, evidence, path)


def _refused(exchange: Exchange) -> bool:
    return exchange.status is not None and 400 <= exchange.status < 500 and exchange.status != 429


def _may_remove(probe: Probe) -> bool:
    """Whether a mutant may rightly take what its query names: where it does, no refusal beside it is in doubt."""
    return probe.mutant.raw_query is not None


def _names_values(probe: Probe) -> bool:
    """Whether a mutant names what an object holds, so that it has to be read."""
    return "{one." in (probe.mutant.raw_query or "") + probe.mutant.guard

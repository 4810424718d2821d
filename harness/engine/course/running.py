"""One lane: who runs it, and what is asked again where the target was away meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from harness.canaries import FRESH
from harness.engine.course.judging import Judge
from harness.engine.lanes.changing import Changing
from harness.engine.lanes.creating import Creating
from harness.engine.lanes.entering import Entering
from harness.engine.lanes.kindred import Kindred
from harness.engine.lanes.lane import unsent
from harness.engine.lanes.list_setting import ListSetting
from harness.engine.lanes.living import EXPIRED, Living
from harness.engine.lanes.reaching import Reaching, Setting
from harness.engine.lanes.reading import Looking
from harness.engine.lanes.refusing import Refusing
from harness.engine.lanes.scope_setting import ScopeSetting
from harness.engine.lanes.sounding import Sounding
from harness.engine.lanes.stage import Stage
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Lane, Plan
from harness.engine.rehearsing.entitling import candidates, entitled, lane_of, refused
from harness.model import Evidence, Exchange, Outcome, Probe, Proof
from harness.openapi import Unsatisfiable
from harness.resources import Resource

UNREST = "network: the target fails requests that nothing is wrong with, too"
ROUNDS = 4
"""How often a probe is asked while the target comes and goes."""


class Running:
    """Runs the lanes of one run."""

    def __init__(self, opened: Opened, plan: Plan, stage: Stage, unmade: Mapping[str, str], judge: Judge) -> None:
        """`unmade` tells why an account could not be made."""
        self._plan = plan
        self._living = Living(opened, stage)
        self._opened = opened
        self._stage = stage
        self._unmade = unmade
        self._judge = judge
        self._early: list[Lane] = []
        """Crashes that came before the target had failed anything else."""

    def doubted(self) -> Iterator[Lane]:
        """Crashes that are to be asked again: the target has since failed what nothing is wrong with, too."""
        if self._stage.enduring.unrest:
            yield from self._early

    def run(self, lane: Lane) -> dict[str, Evidence]:
        """Evidence for every probe of the lane. What could not be told is asked again where that may be the target's
        doing, which fails what the entitled identity sends, too."""
        enduring, told = self._stage.enduring, dict[str, Evidence]()
        for turn in range(ROUNDS):
            outages, unrest = enduring.outages, enduring.unrest
            asked = tuple(probe for probe in lane.probes if probe.id not in told)
            found = self._once(replace(lane, probes=asked))
            if unrest == enduring.unrest and not enduring.down:
                doubtful = {one.id for one in asked if enduring.unrest and self._broken(one, found[one.id])}
            else:
                away = outages != enduring.outages
                doubtful = {one.id for one in asked if self._doubtful(one, found[one.id], away)}
            told |= {name: one for name, one in found.items() if name not in doubtful}
            if not doubtful or enduring.down or turn == ROUNDS - 1:
                break
            self._stage.keeper.mend_parents()
        early = tuple(one for one in lane.probes if one.id in told and self._broken(one, told[one.id]))
        if early and not enduring.unrest:
            self._early.append(replace(lane, probes=early))
        return told | {name: self._given_up(lane, name, found[name]) for name in doubtful}

    def _given_up(self, lane: Lane, name: str, found: Evidence) -> Evidence:
        if self._stage.enduring.down:
            return Evidence(not_sent=self._stage.enduring.down)
        probe = next(one for one in lane.probes if one.id == name)
        every_time = self._broken(probe, found) and not any(_fine(one) for one in found.attempts)
        untold = self._judge(probe, found).outcome is Outcome.INCONCLUSIVE
        return found if untold or every_time else replace(found, effects=(), suspects=(), not_sent=UNREST)

    def _doubtful(self, probe: Probe, found: Evidence, away: bool) -> bool:
        """Whether the target's trouble may be what made this evidence. A target that was `away` may have forgotten
        what it held: nobody need have removed that."""
        gone = all(one.kind == "deleted" for one in found.effects)
        if away and (found.suspects or found.effects) and gone:
            return True
        untold = self._judge(probe, found).outcome is Outcome.INCONCLUSIVE
        return (untold and not found.not_sent) or self._broken(probe, found)

    def _broken(self, probe: Probe, found: Evidence) -> bool:
        """Whether it is a crash: one that the target's trouble makes does not come again and again."""
        return self._judge(probe, found).outcome is Outcome.CRASHED

    def _once(self, lane: Lane) -> dict[str, Evidence]:
        """Evidence of a lane. Where a control with several fields does not work, each of them has one of its own."""
        found = self._living.assured(lane, self._entitled(lane), self._entitled)
        proofs = [one.before for one in found.values() if one.before]
        if len(lane.variants) > 1 and proofs and not lane.refuse_only and not any(one.good for one in proofs):
            apart = [self._entitled(part) for part in lane.parts()]
            found |= {name: one for part in apart for name, one in part.items() if not found[name].effects}
        return found

    def _entitled(self, lane: Lane) -> dict[str, Evidence]:
        """Evidence of a lane, whose control is made by the first who is entitled to it. Who that is, is found out where
        the first privileged identity is refused."""
        found = self._evidence(lane)
        status = None if lane.by or lane.refuse_only or lane.unbounded else refused(found)
        if status is None:
            return found
        for identity in candidates(self._opened.identities, self._stage, lane.operation, status):
            now, pointless = lane_of(self._plan, self._opened, lane, identity)
            told = self._evidence(now) if now.probes else {}
            if entitled(told):
                return found | told | pointless
            found |= {name: one for name, one in told.items() if one.effects or one.suspects}
        return found

    def _evidence(self, lane: Lane) -> dict[str, Evidence]:
        stage, role = self._stage.within(lane), self._opened.graph.roles.get(lane.operation.name)
        if any(probe.mutant.login for probe in lane.probes):
            return Entering(stage, lane, self._opened.logins).run()
        if lane.operation.broken:
            return {probe.id: Evidence(not_sent=f"schema: {lane.operation.broken}") for probe in lane.probes}
        if lane.refuse_only:
            return Refusing(stage, lane, role[0] if role else None).run()
        scope = self._opened.graph.scopes.get(lane.operation.name)
        if scope:
            acting = stage.acting(lane.by, lends=True)
            return _reaching(lane, acting, lambda: ScopeSetting(acting, scope), compared=True)
        if not lane.operation.writes:
            acting = stage.acting(lane.by, lends=True)
            return Looking(acting, lane, role[0] if role and not role[0].singleton else None).run()
        itself = lane.by in {one.name for one in self._opened.made}
        if role and (role[0].singleton or itself) and lane.by not in stage.keeper.accounts:
            why = f"control: {self._unmade.get(lane.by, FRESH)}"
            return {probe.id: Evidence(not_sent=why) for probe in lane.probes}
        if role is None:
            why = (
                f"control: {lane.operation.name} is no write on an object that could be read back; "
                "say that it is public, or never sent, if it is"
            )
            return {probe.id: Evidence(not_sent=why) for probe in lane.probes}
        if lane.unbounded:
            return _reaching(lane, stage, lambda: ListSetting(stage, lane, role[0]), compared=False)
        if lane.operation.undeclared:
            return _sounded(stage.acting(lane.by, lends=True), lane, role[0])
        creates = self._opened.graph.place(lane.operation) in ("list", "create")
        acting = stage.acting(lane.by, lends=not creates)
        apart = tuple(probe for probe in lane.probes if probe.mutant.kin)
        together = replace(lane, probes=tuple(probe for probe in lane.probes if not probe.mutant.kin))
        found = _written(acting, together, role[0], creates) if together.probes else {}
        if apart:
            worked = next((one.after for one in reversed(found.values()) if one.after and one.after.good), None)
            found |= Kindred(acting, replace(lane, probes=apart), role[0], creates, worked).run()
        return {
            probe.id: found.get(probe.id, Evidence(not_sent="not-sent: its lane ended early")) for probe in lane.probes
        }


def _reaching(lane: Lane, stage: Stage, setting: Callable[[], Setting], compared: bool) -> dict[str, Evidence]:
    try:
        return Reaching(stage, lane, setting(), compared).run()
    except Unsatisfiable as error:
        return unsent(stage, lane, None, {}, Proof(None, False, str(error)))


def _sounded(stage: Stage, lane: Lane, resource: Resource) -> dict[str, Evidence]:
    """The evidence of a lane of a method that nobody need be served."""
    sounding = Sounding(stage, lane, resource)
    return sounding.run() or sounding.kept(_written(stage, lane, resource, creates=False))


def _fine(exchange: Exchange) -> bool:
    return exchange.status is not None and exchange.status < 500


def _written(stage: Stage, lane: Lane, resource: Resource, creates: bool) -> dict[str, Evidence]:
    """The evidence of a lane of writes. Where a token expired in the course of it, who was silent is asked once
    more: a valid credential may have been refused for its age."""
    kind = Creating if creates else Changing
    found: dict[str, Evidence] = {}
    for _ in range(2):
        tokens = stage.tokens.total()
        asked = tuple(probe for probe in lane.probes if probe.id not in found)
        if not asked:
            return found
        found |= kind(stage, replace(lane, probes=asked), resource).run()
        if tokens == stage.tokens.total():
            return found
        told = {name: one for name, one in found.items() if one.effects or one.suspects}
        lost = {name: replace(one, not_sent=EXPIRED) for name, one in found.items() if name not in told}
        found = told
    return lost | told

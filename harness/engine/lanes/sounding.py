"""Methods that no document mentions: whether anybody is served them. Mostly nobody is, and that takes few requests."""

from collections.abc import Mapping
from dataclasses import replace

from harness.canaries import Canary, NoCanary
from harness.controls import materialise
from harness.engine.lanes.lane import standing
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.striking import After, Sent, Striker
from harness.engine.planning.plan import Lane
from harness.model import Evidence, Exchange, Look, Outcome, Probe, Proof
from harness.openapi import Unsatisfiable
from harness.oracle import judge
from harness.resources import Resource


class Sounding:
    """One lane of a method that the document does not mention, on an object or on what is done to one."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource) -> None:
        self._stage = stage
        self._lane = lane
        self._resource = resource
        self._striker = Striker(stage, lane, resource)
        self._found: After | None = None

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id; for none where an effect was seen, or where it takes more to
        tell: then groups, references and controls have to."""
        striker = self._striker
        try:
            striker.prepare()
        except (Unsatisfiable, NoCanary) as error:
            return {one.id: Evidence(pointless=f"no-body: {error}") for one in self._lane.probes}
        canary, made = self._stage.keeper.make(self._resource)
        if canary is None:
            return {}
        striker.proof = striker.good = made
        with striker.alone:
            sent = [striker.send(one, canary) for one in self._lane.probes]
            self._found = found = striker.look(canary, sent, more_to_come=True)
            if found.state != "same":
                return {}
            # Whoever is entitled comes last: it may remove what it is let in to.
            own = self._stage.controls.write(striker.template, canary, striker.parents)
        if own.exchange and not own.exchange.ok:
            striker.look_later(canary, sent, found.values)
        evidence = {one.probe.id: self._evidence(one, own, canary) for one in sent}
        told = (judge(one, evidence[one.id], self._stage.rules).outcome for one in self._lane.probes)
        return {} if Outcome.INCONCLUSIVE in told else evidence

    def kept(self, found: Mapping[str, Evidence]) -> dict[str, Evidence]:
        """What was found out besides, with the effect that was seen first, should it not come again: a marker names its
        writer, and of what is gone all who were there are told."""
        seen, told = self._found, dict(found)
        if seen is None or any(one.effects or one.suspects for one in found.values()):
            return told
        names = tuple(told)
        for probe in self._lane.probes:
            if probe.id in seen.writers:
                told[probe.id] = replace(told[probe.id], effects=self._striker.effects(probe, seen))
            elif seen.state == "gone":
                told[probe.id] = replace(told[probe.id], suspects=names)
        return told

    def _evidence(self, one: Sent, own: Proof, canary: Canary) -> Evidence:
        evidence = Evidence(
            attempts=(one.exchange,),
            look=Look.UNCHANGED,
            before=own,
            after=own,
            public=self._stage.public,
            identity=standing(self._stage, one.probe),
        )
        if not one.exchange.ok:
            return evidence
        read = self._read(one.probe, canary)
        hidden = (canary.marker,) if read.status is not None and 400 <= read.status < 429 else ()
        return replace(evidence, guest_item=read, hidden=hidden)

    def _read(self, probe: Probe, canary: Canary) -> Exchange:
        """What the same caller is answered who reads there."""
        stage, mutant = self._stage, replace(probe.mutant, method="GET", bodiless=True)
        slots = {**self._striker.slots(canary), "marker": "-", "unique": "-"}
        request = materialise(self._striker.template, mutant, slots, stage.signer)
        return stage.send(request, f"as {mutant.actor}" if mutant.actor else "mutant")

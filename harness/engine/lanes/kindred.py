"""Lanes of writes that are told by objects of another kind: what stands inside a body may change or make one, and a
removal may take those along that hang on what is removed.

Each mutant has an object of its own to leave alone, and is sent alone. What it nests bears a marker of its own, which
belongs to the other kind of object: found there, it is the proof, and clean-up knows it for ours.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.canaries import Canary, NoCanary, unmade, why_unmade
from harness.engine.lanes.asides import Asides
from harness.engine.lanes.lane import breaches, standing, unsent
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.watching import Collection
from harness.engine.planning.plan import Lane
from harness.model import Effect, Evidence, Exchange, Json, Look, Mutant, Probe, Proof, shown
from harness.observe import bears
from harness.openapi import Unsatisfiable
from harness.oracle import Want, wants
from harness.resources import Resource, fill, fill_path, read_path


@dataclass(frozen=True)
class _Scene:
    """What is set out for one sending of a mutant."""

    kin: Resource
    there: Canary
    """The object that is to be left alone."""
    there_slots: Mapping[str, Json]
    others: Collection
    """Its siblings."""
    slots: Mapping[str, Json]
    """Of the mutant's own request."""
    nested: str
    """Marker of what the mutant nests."""


class Kindred:
    """One lane of mutants that are told by objects of another kind."""

    def __init__(
        self, stage: Stage, lane: Lane, resource: Resource, creates: bool, before: Proof | None = None
    ) -> None:
        """`before` is the lane's control, where one has just worked."""
        self._stage = stage
        self._base = stage.base or stage
        self._asides = Asides(stage)
        self._lane = lane
        self._resource = resource
        self._creates = creates
        self._before = before
        self._parents: dict[str, Json] = {}

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        list_path = read_path(self._resource, "list")
        try:
            self._template = self._stage.keeper.template(self._resource, self._lane.operation)
            self._parents = self._stage.keeper.parents(self._resource)
            before = self._before or self._control()
        except (Unsatisfiable, NoCanary) as error:
            before = unmade(error)
        if not before.good:
            return unsent(self._stage, self._lane, None, {}, before, fill_path(list_path, self._parents))
        path = fill_path(list_path, self._parents)
        tried = [(probe, self._tried(probe, before), path) for probe in self._lane.probes]
        found = self._asides.all_supplied(tried)
        after = self._control()
        return {
            name: replace(one, after=after, repeat_after=after if len(one.attempts) > 1 else None)
            for name, one in found.items()
        }

    def _control(self) -> Proof:
        """The lane's own request with nothing nested in it, on what nothing hangs on."""
        if self._creates:
            return self._stage.keeper.make(self._resource, by=self._lane.operation)[1]
        canary, proof = self._stage.keeper.make(self._resource)
        return self._stage.controls.write(self._template, canary, self._parents) if canary else proof

    def _tried(self, probe: Probe, before: Proof) -> Evidence:
        evidence = Evidence(
            before=before, public=self._stage.public, identity=standing(self._stage, probe), look=Look.UNCHANGED
        )
        evidence = self._sent(probe, evidence, before, fresh_line=False)
        if Want.REPEAT in wants(probe, evidence):
            evidence = self._sent(probe, evidence, before, fresh_line=True)
        return evidence

    def _sent(self, probe: Probe, evidence: Evidence, before: Proof, fresh_line: bool) -> Evidence:
        """The evidence with one sending more, and what came of it."""
        try:
            scene = self._set_out(probe)
        except (Unsatisfiable, NoCanary) as error:
            if self._hangs_loosely(probe) and not evidence.attempts:
                return replace(evidence, pointless=f"no-field: nothing shows that it hangs there: {error}")
            return evidence if evidence.attempts else replace(evidence, not_sent=why_unmade(error))
        mutant = self._nesting(probe.mutant, scene)
        sent = replace(probe, mutant=mutant)
        self._stage.wrote[scene.nested] = probe
        marker, exchange = self._stage.attempt(sent, self._template, scene.slots, fresh_line)
        self._base.keeper.holdings.hearing.settle(scene.kin.creators[0], scene.nested)
        settle = self._stage.settle(before)
        effects, look = self._seen(scene, marker, exchange, settle)
        if settle and not any(not one.inside for one in effects):
            effects, look = self._seen(scene, marker, exchange, settle)
        kept = look if evidence.look is Look.UNCHANGED else evidence.look
        return replace(
            evidence, attempts=(*evidence.attempts, exchange), effects=(*evidence.effects, *effects), look=kept
        )

    def _set_out(self, probe: Probe) -> _Scene:
        """An object that the mutant must leave alone, and, for a change or removal, one that it is aimed at. Raises
        NoCanary, or Unsatisfiable."""
        kin = self._stage.graph.resource(probe.mutant.kin)
        group = f"kin of {self._lane.operation.name}"
        aimed = None if self._creates else self._made(self._stage, self._resource, "")
        fields = self._hung(kin, aimed) if aimed and probe.mutant.hanging else {}
        there = self._made(self._base, kin, group, fields)
        if self._hangs_loosely(probe) and any(shown(there.values, name) in (None, "") for name in fields):
            raise Unsatisfiable(f"a new {kin.name} does not keep its {', '.join(fields)}")
        above = self._base.keeper.parents(kin, group)
        slots = {**self._parents, **(aimed.slots("self") if aimed else {})}
        nested = self._base.keeper.new_marker(kin.creators[0], probe.id)
        return _Scene(kin, there, {**above, **there.slots("self")}, Collection(self._base, kin, above), slots, nested)

    def _made(self, stage: Stage, resource: Resource, group: str, fields: Mapping[str, Json] | None = None) -> Canary:
        canary, proof = stage.keeper.make(resource, group=group, fields=fields or None)
        if canary is None:
            raise NoCanary(resource.name, proof)
        return canary

    def _hung(self, kin: Resource, on: Canary) -> dict[str, Json]:
        """The fields by which an object of the kind hangs on this one: those that it must have, or one that it may."""
        slots = on.slots("self")
        needed = [link for link in kin.links if link.resource == self._resource.name]
        free = [link for link in kin.loose if link.resource == self._resource.name][:1]
        return {link.field: slots[f"self.{link.form}"] for link in needed or free}

    def _hangs_loosely(self, probe: Probe) -> bool:
        kin = self._stage.graph.resource(probe.mutant.kin) if probe.mutant.hanging else None
        return kin is not None and all(link.resource != self._resource.name for link in kin.links)

    def _nesting(self, mutant: Mutant, scene: _Scene) -> Mutant:
        """The mutant with what it nests in the place of its slots."""
        slots = scene.there.slots("kin") | {"kin.marker": scene.nested}
        if "{kin.body}" in str(mutant.fields):
            made = self._base.keeper.template(scene.kin, scene.kin.creators[0]).body
            own = {"marker": scene.nested, "unique": scene.nested}
            slots["kin.body"] = fill(made, {**scene.there_slots, **own})
        return replace(mutant, fields=tuple((name, fill(value, slots)) for name, value in mutant.fields))

    def _seen(self, scene: _Scene, marker: str, exchange: Exchange, settle: float) -> tuple[tuple[Effect, ...], Look]:
        """What the mutant did to the other kind of objects, and to its own."""
        time.sleep(settle)
        kin, base = scene.kin, self._base
        reading, now = base.observer.item(kin, scene.there_slots), scene.others.read()
        effects = list(self._own(scene, marker))
        if reading.state == "absent":
            effects.append(Effect("deleted", kin.name, scene.there.id, inside=False))
        elif bears(reading.values, scene.nested):
            effects.append(self._effect("changed", kin, scene.there.id, reading.values))
        for row in now.rows:
            known = base.observer.identify(kin, row)
            if known != scene.there.id and bears(row, scene.nested):
                effects.append(self._effect("created", kin, known or "?", row))
        if reading.state == "unreadable" or not now.whole:
            return tuple(effects), Look.UNREADABLE
        return tuple(effects), Look.NOISE if scene.others.strange(now) else Look.UNCHANGED

    def _effect(self, kind: str, kin: Resource, object_id: str, values: Mapping[str, Json]) -> Effect:
        return Effect(kind, kin.name, object_id, False, values, breaches(kin, values))

    def _own(self, scene: _Scene, marker: str) -> list[Effect]:
        """What became of the object that the request itself names, or makes."""
        name, observer = self._resource.name, self._stage.observer
        if self._creates:
            rows = observer.listing(self._resource, self._parents).rows
            made = [row for row in rows if bears(row, marker)]
            return [Effect("created", name, observer.identify(self._resource, row) or "?", True, row) for row in made]
        reading = observer.item(self._resource, scene.slots)
        if reading.state == "absent":
            return [Effect("deleted", name, str(scene.slots["self.id"]))]
        changed = bears(reading.values, marker)
        return [Effect("changed", name, str(scene.slots["self.id"]), True, reading.values)] if changed else []

"""Lanes of operations that are only ever to be refused: no valid key is sent to them, so no control shows that they
work, and only the state can tell what a mutant did.

An object of ours is set out in every list that the operation may reach. It is looked at after each mutant; once one
had an effect, nothing more is sent.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from harness.canaries import Canary, NoCanary, why_unmade
from harness.engine.lanes.lane import standing
from harness.engine.lanes.leaves import changed
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.watching import Collection, restless
from harness.engine.planning.plan import Lane
from harness.model import Effect, Evidence, Exchange, Json, Look, Probe
from harness.observe import Listing, holds
from harness.openapi import Unsatisfiable
from harness.resources import Resource, Template
from harness.resources.paths import shape


@dataclass
class _Watch:
    """A list, with an object of ours in it."""

    resource: Resource
    canary: Canary
    slots: Mapping[str, Json]
    collection: Collection


class Refusing:
    """One lane of mutants without a control."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource | None) -> None:
        self._stage = stage
        self._lane = lane
        self._resource = resource
        self._settle = 0.0

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        try:
            watches = [self._watch(one) for one in self._reached()]
            made, slots = self._template(watches)
        except (Unsatisfiable, NoCanary) as error:
            return {probe.id: Evidence(not_sent=why_unmade(error)) for probe in self._lane.probes}
        if not watches:
            why = "unobserved: no list shows what it would do"
            return {probe.id: Evidence(not_sent=why) for probe in self._lane.probes}
        references: list[Exchange] = []
        for which in (0, 1):
            references.append(self._stage.reference(self._lane, made, slots, which))
            found, _ = self._look(watches, "")
            if found:
                return self._charged(which, found)
        done: dict[str, Evidence] = {}
        for probe in self._lane.probes:
            if any(one.effects for one in done.values()):
                done[probe.id] = Evidence(not_sent=f"aborted: {self._lane.operation.name} had an effect before")
            else:
                done[probe.id] = self._struck(probe, made, slots, watches, (references[0], references[1]))
        return done

    def _reached(self) -> list[Resource]:
        """The resources that the operation may reach: its own, or those in whose lists its path lies, or all."""
        if self._resource:
            return [self._resource]
        lists = [one for one in self._stage.graph.resources if one.creators and one.operation("GET", "list")]
        path = shape(self._lane.operation.path)
        near = [one for one in lists if f"{path}/".startswith(f"{shape(one.list_path)}/")]
        return near or [one for one in lists if not one.parents]

    def _watch(self, resource: Resource) -> _Watch:
        """Sets an object out. Raises NoCanary, also where the list does not show it."""
        slots = self._stage.keeper.parents(resource, "refuse-only")
        canary, proof = self._stage.keeper.make(resource, group="refuse-only")
        if canary is None:
            raise NoCanary(resource.name, proof)
        self._settle = max(self._settle, self._stage.settle(proof))
        collection = Collection(self._stage, resource, slots)
        listing = collection.read()
        if not listing.whole or not any(holds(dict(row), canary.marker) for row in listing.rows):
            raise Unsatisfiable(f"the list of {resource.name} does not show all that is in it")
        return _Watch(resource, canary, {**slots, **canary.slots("self"), **canary.slots("other")}, collection)

    def _template(self, watches: list[_Watch]) -> tuple[Template, dict[str, Json]]:
        operation = self._lane.operation
        slots = {name: value for one in watches for name, value in one.slots.items()}
        if self._resource:
            made = self._stage.keeper.template(self._resource, operation)
            return made, slots | made.turned(watches[0].canary.values)
        if "{" in operation.path:
            raise Unsatisfiable(f"{operation.path} hangs on objects that no POST of the document makes")
        return Template(operation, Resource("", operation.path, "", "", {}), operation.path), slots

    def _struck(
        self,
        probe: Probe,
        made: Template,
        slots: Mapping[str, Json],
        watches: list[_Watch],
        references: tuple[Exchange, Exchange],
    ) -> Evidence:
        marker, exchange = self._stage.attempt(probe, made, slots)
        effects, look = self._look(watches, marker)
        return Evidence(
            attempts=(exchange,),
            effects=effects,
            look=look,
            reference=self._stage.reference_of(probe, references),
            public=self._stage.public,
            identity=standing(self._stage, probe),
            uncontrolled=True,
        )

    def _look(self, watches: list[_Watch], marker: str) -> tuple[tuple[Effect, ...], Look]:
        """What happened to our objects, and whether that is all that happened."""
        time.sleep(self._settle)
        effects, look = list[Effect](), Look.UNCHANGED
        for one in watches:
            now = one.collection.read()
            effects += self._effects(one, now, marker)
            if not now.whole:
                look = Look.UNREADABLE
            elif one.collection.strange(now):
                look = Look.NOISE
        return tuple(effects), look

    def _effects(self, watch: _Watch, now: Listing, marker: str) -> list[Effect]:
        name, reading = watch.resource.name, self._stage.observer.item(watch.resource, watch.slots)
        effects = []
        if reading.state == "absent":
            effects.append(Effect("deleted", name, watch.canary.id))
        elif reading.state == "present":
            moved = changed(watch.canary.values, reading.values)
            if moved and moved - restless(self._stage, watch.resource):
                effects.append(Effect("changed", name, watch.canary.id, True, reading.values))
        made = [row for row in now.rows if marker and holds(dict(row), marker)]
        ids = [self._stage.observer.identify(watch.resource, row) or "?" for row in made]
        return effects + [
            Effect("created", name, key, True, row)
            for key, row in zip(ids, made, strict=True)
            if key != watch.canary.id
        ]

    def _charged(self, which: int, effects: tuple[Effect, ...]) -> dict[str, Evidence]:
        """A reference had an effect: that is a finding of the probe that it is."""
        self._stage.charge(self._lane, which, *effects)
        why = Evidence(not_sent=f"aborted: {self._lane.operation.name} had an effect before")
        return {one.id: why for one in self._lane.probes}

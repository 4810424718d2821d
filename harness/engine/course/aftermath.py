"""The last look: effects that came after their verdict's own reads."""

import time
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace

from harness.engine.course.results import Results
from harness.engine.lanes.lane import breaches
from harness.engine.lanes.leaves import changed, leaves
from harness.engine.lanes.stage import Stage, Strike
from harness.engine.lanes.watching import restless
from harness.model import Effect, Evidence, Json, Look, Probe
from harness.observe import Reading
from harness.oracle import forbidden


class Aftermath:
    """What is seen late, and whom it is charged to."""

    def __init__(self, stage: Stage, results: Results, evidence: MutableMapping[str, Evidence]) -> None:
        """Changes `evidence`, and selects a probe of `results` that a reference turned out to be."""
        self._stage = stage
        self._results = results
        self._evidence = evidence

    def look(self) -> None:
        """At the end of a run: markers of silent probes that stand in a list, and struck canaries that changed
        since."""
        stage = self._stage
        if stage.wrote and not self._results.interrupted:
            time.sleep(stage.target.limits.settle)
        for probe, effect in sorted(stage.charges, key=lambda one: one[0].id):
            self._charge(probe, effect, late=False)
        for resource in stage.graph.resources:
            for slots in stage.sweeper.places(resource):
                for object_id, one in (stage.sweeper.ours(resource, slots) or {}).items():
                    for probe in (stage.wrote[marker] for marker in sorted(one.markers & stage.wrote.keys())):
                        if self.is_settled(probe):
                            continue
                        kind = "created" if probe.operation.method == "POST" else "changed"
                        as_known = self._knows(probe, object_id, one.row)
                        there = {**slots, "self.id": object_id}
                        reading = Reading("present", one.row) if as_known else stage.sweeper.read(resource, there)
                        inside = stage.observer.seen_inside(resource, object_id, reading)
                        values = {**reading.values, **inside.values}
                        # What a request nests bears a marker of the other kind of object.
                        role = stage.graph.roles.get(probe.operation.name)
                        own = role is None or role[0].name == resource.name
                        effect = Effect(kind, resource.name, object_id, own, values, breaches(resource, values))
                        self._charge(probe, effect, late=True)
        self.doubt()

    def doubt(self) -> None:
        """Looks once more at every canary that seemed untouched, and is done with it."""
        together = dict[tuple[Json, ...], list[Strike]]()
        for one in filter(self._silent, self._stage.strikes):
            above = [one.slots.get(name) for name in sorted(one.resource.place)]
            together.setdefault((one.resource.name, one.observer.who, *above), []).append(one)
        told = self._stage.crowd.each(
            lambda some: self._unlisted(some) if len(some) > 1 else some, [*together.values()]
        )
        waiting = [one for some in told for one in some]
        readings = self._stage.crowd.each(lambda one: one.observer.item(one.resource, one.slots), waiting)
        for strike, reading in zip(waiting, readings, strict=True):
            self._doubt(strike, reading)
        self._stage.strikes.clear()

    def _unlisted(self, strikes: Sequence[Strike]) -> list[Strike]:
        """Those of one list that it does not show just as they were. Only one that was seen to drop what was removed
        tells that."""
        first, rows = strikes[0], dict[str | None, Mapping[str, Json]]()
        for row in first.observer.listing(first.resource, first.slots).rows:
            rows[first.observer.identify(first.resource, row)] = row
        mine = (one for one in self._stage.keeper.holdings.made if one.resource.name == first.resource.name)
        gone = {str(one.slots["self.id"]) for one in mine if one.gone}
        if not gone or gone & rows.keys():
            return list(strikes)
        late = [one for one in strikes if any(self._evidence[name].late for name in one.probes)]
        return [
            one for one in strikes if one in late or not _is_as_it_was(one, rows.get(str(one.slots["self.id"]), {}))
        ]

    def is_settled(self, probe: Probe) -> bool:
        """Whether whatever else a probe did would change nothing."""
        found = self._evidence.get(probe.id)
        return found is not None and bool(forbidden(probe, found) or found.suspects)

    def _knows(self, probe: Probe, object_id: str, row: Mapping[str, Json]) -> bool:
        """Whether an object is listed just as it was read when the probe was charged with it."""
        effects = self._evidence.get(probe.id, Evidence()).effects
        return any(one.object_id == object_id and not changed(one.values, row) for one in effects)

    def _charge(self, probe: Probe, effect: Effect, late: bool) -> None:
        """Adds an effect to a probe's evidence, unless it was charged with one of the kind already."""
        found = self._evidence.get(probe.id)
        if found is None:
            self._results.selected = (*self._results.selected, probe.id)
            found = Evidence()
        if self.is_settled(probe):
            return
        self._evidence[probe.id] = replace(found, effects=(*found.effects, effect), late=late)

    def _silent(self, strike: Strike) -> tuple[str, ...]:
        """Ids of those who struck it, and are charged with nothing."""
        found = self._evidence
        return tuple(name for name in strike.probes if not found[name].effects and not found[name].suspects)

    def _doubt(self, strike: Strike, reading: Reading) -> None:
        """Charges those who struck a canary with what happened to it since. Where a late change names its writer, it
        may have covered those of the others: their silence says nothing any more."""
        evidence, silent = self._evidence, self._silent(strike)
        if not silent:
            return
        forgotten = reading.state == "absent" and strike.outages != self._stage.enduring.outages
        if forgotten or any(evidence[name].late for name in strike.probes):
            for name in silent:
                evidence[name] = replace(evidence[name], look=Look.UNREADABLE)
            return
        if reading.state == "unreadable":
            return
        moved = changed(strike.values, reading.values) - strike.volatile
        if reading.state == "present" and not (moved and moved - restless(self._stage, strike.resource)):
            return
        kind = "deleted" if reading.state == "absent" else "changed"
        broken = breaches(strike.resource, reading.values)
        effect = Effect(kind, strike.resource.name, "canary", True, reading.values, broken)
        for name in silent:
            alone = (effect,) if len(strike.probes) == 1 else ()
            evidence[name] = replace(evidence[name], effects=alone, suspects=() if alone else silent, late=True)


def _is_as_it_was(strike: Strike, row: Mapping[str, Json]) -> bool:
    """Whether a row holds every leaf that a canary had when it was last read by itself."""
    return bool(row) and leaves(strike.values).items() <= leaves(row).items()

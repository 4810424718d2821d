"""An object of ours on a list that could be emptied; the control is the making of one."""

import time
from collections.abc import Sequence

from harness.canaries import Canary
from harness.engine.lanes.leaves import changed
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.watching import Collection, restless
from harness.engine.planning.plan import Lane
from harness.model import Effect, Json, Look, Probe, Proof
from harness.observe import bears
from harness.resources import Resource


class ListSetting:
    """What is set out where a whole list may be written over."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource) -> None:
        self._stage = stage
        self._resource = resource
        self._making = lane.operation
        self._group = 0
        self._canary: Canary | None = None
        self._spare: Canary | None = None
        """What the first control made, until it is set out."""
        self._settle = 0.0
        self.template = stage.keeper.template(resource, lane.operation)
        self.slots: dict[str, Json] = {}
        self.doubtful = False

    def control(self) -> Proof:
        """Makes one more object."""
        self._parents()
        canary, proof = self._stage.keeper.make(self._resource, group=self._named(), by=self._making)
        self._settle = self._stage.settle(proof)
        self._spare = None if self._group else canary
        self._group = max(self._group, 1)
        return proof

    def set_out(self, sure: bool = False) -> Proof | None:
        """An object, on parents that are there: those of the last one may have been taken with it."""
        if self._canary is not None:
            return None
        self._canary, self._spare = self._spare, None
        if self._canary is None:
            self._group += 1
            self._parents()
            self._canary, proof = self._stage.keeper.make(self._resource, group=self._named(), by=self._making)
        if self._canary is None:
            return proof
        parents = self._parents()
        self.slots = {**parents, **self._canary.slots("self"), **self._canary.slots("other")}
        self._collection = Collection(self._stage, self._resource, parents)
        return None

    def bound(self, probe: Probe) -> str:
        """Nothing bounds these, and nothing is asked to."""
        return ""

    def look(self, probe: Probe | None, markers: Sequence[str]) -> tuple[tuple[Effect, ...], Look]:
        """What happened to our object, to those of others, and what came to be."""
        time.sleep(self._settle)
        canary, name = self._canary, self._resource.name
        assert canary is not None
        reading, now = self._stage.observer.item(self._resource, self.slots), self._collection.read()
        moved = changed(canary.values, reading.values) if reading.state == "present" else frozenset[str]()
        effects = list[Effect]()
        if reading.state == "absent":
            effects.append(Effect("deleted", name, canary.id))
        elif moved and moved - restless(self._stage, self._resource):
            effects.append(Effect("changed", name, canary.id, True, reading.values))
        effects += [
            Effect("created", name, self._stage.observer.identify(self._resource, row) or "?", True, row)
            for row in now.rows
            if any(bears(row, one) for one in markers)
        ]
        gone = self._collection.gone(now)
        if effects and gone:
            effects.append(Effect("deleted", name, f"and {gone} of others", False))
        if effects:
            self._canary = None
        if reading.state == "unreadable" or not now.whole:
            return tuple(effects), Look.UNREADABLE
        return tuple(effects), Look.NOISE if self._collection.strange(now) else Look.UNCHANGED

    def _parents(self) -> dict[str, Json]:
        return self._stage.keeper.parents(self._resource, self._named())

    def _named(self) -> str:
        return f"list {self._resource.name} {self._group}"

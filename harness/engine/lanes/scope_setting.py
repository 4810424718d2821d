"""Objects of ours in three places: two where a query points, one beside, and one apart that no query names.

The control takes what is in a fourth place. Every place is one that was made for it, so that what is taken tells how
far a query reached.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.canaries import Canary, refused, until
from harness.controls import materialise
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.watching import Collection
from harness.model import Effect, Json, Look, Mutant, Probe, Proof
from harness.observe import Listing, holds
from harness.openapi import Unsatisfiable
from harness.resources import Scope, Template, fill, sub_path

PLACES = {"apart": 1, "beside": 1, "scope": 2}
"""How many objects are set out where; what may not be taken comes first."""


class ScopeSetting:
    """What is set out for a write that reaches every object of what its query names."""

    def __init__(self, stage: Stage, scope: Scope) -> None:
        """Raises Unsatisfiable where its path hangs on what no canary fills."""
        self._stage = stage
        self._scope = scope
        self._out: dict[str, list[Canary]] = {name: [] for name in PLACES}
        self._shown = set[str]()
        """Ids of what was seen to be there."""
        self.doubtful = False
        self._settle = 0.0
        self._others: Collection | None = None
        path = sub_path(scope.resource, scope.operation.path)
        if "{self.id}" in path:
            raise Unsatisfiable(f"{scope.operation.path} is below one object, and names no others")
        self.template = Template(scope.operation, scope.resource, f"{path}?{scope.parameter}={{scope}}")
        self.slots: dict[str, Json] = {}

    def control(self) -> Proof:
        """Takes an object that is there for it, by its own request."""
        keeper, resource = self._stage.keeper, self._scope.resource
        canary, proof = self._made("control")
        if canary is None:
            return proof
        self._settle = self._stage.settle(proof)
        slots = {**self._parents("control"), **canary.slots("self"), "scope": self._value("control")}
        own = Mutant(self._stage.signer.own(self._stage.owner), actor=self._stage.owner)
        exchange = self._stage.send(materialise(self.template, own, slots, self._stage.signer), keeper.line)
        if not exchange.ok:
            return Proof(exchange, False, refused(self._scope.operation, exchange))
        reading, waited = until(
            lambda: self._stage.observer.item(resource, slots),
            lambda one: one.state == "absent",
            self._stage.target.limits.settle,
        )
        if reading.state != "absent":
            return Proof(exchange, False, f"{self._scope.operation.name}: {exchange.status}, but nothing went")
        keeper.holdings.forget(resource, slots)
        return Proof(exchange, True, settle=waited)

    def set_out(self, sure: bool = False) -> Proof | None:
        """Puts an object wherever one is missing; where it is to be `sure`, sees that each is there."""
        for place, count in PLACES.items():
            while len(self._out[place]) < count:
                canary, proof = self._made(place, read=False)
                if canary is None:
                    return proof
                self._out[place].append(canary)
        failed = self._see_all() if sure else None
        if failed is not None:
            return failed
        first = self._out["scope"][0]
        self.slots = {
            **self._parents("scope"),
            "scope": self._value("scope"),
            "beside": self._value("beside"),
            **{f"one.{name}": value for name, value in first.values.items() if isinstance(value, str)},
        }
        if self._others is None:
            self._others = Collection(self._stage, self._scope.resource, self._parents("scope"))
        return None

    def _see_all(self) -> Proof | None:
        """Sees that everything is there, and what the one holds that may be named; what is not there is made again,
        and read back."""
        unseen = [(place, one) for place, out in self._out.items() for one in out if one.id not in self._shown]
        rows = (
            self._stage.observer.listing(self._scope.resource, self._parents("scope")).rows if len(unseen) > 1 else ()
        )
        found = {self._stage.observer.identify(self._scope.resource, row): row for row in rows}
        for place, one in unseen:
            canary: Canary | None = replace(one, values=found[one.id]) if one.id in found else None
            if canary is None:
                canary, proof = self._made(place)
            if canary is None:
                return proof
            self._out[place][self._out[place].index(one)] = canary
            self._shown.add(canary.id)
        if not self._out["scope"][0].values:
            self._out["scope"][0] = self._read(self._out["scope"][0])
        return None

    def bound(self, probe: Probe) -> str:
        """Whether the server heeds the filter that is to bound a mutant, as the entitled identity is shown."""
        if not probe.mutant.guard:
            return ""
        own = Mutant(
            self._stage.signer.own(self._stage.owner),
            actor=self._stage.owner,
            raw_query=probe.mutant.guard,
            names="one",
        )
        first = self._out["scope"][0].id
        self._stage.send(materialise(self.template, own, self.slots, self._stage.signer), self._stage.keeper.line)
        effects, look = self._seen("one")
        failed = self.set_out()
        if failed is None and look is Look.UNCHANGED and [one.object_id for one in effects] == [first]:
            return ""
        return "needs-disposable: no filter is heeded beside the scope, so that nothing would bound it"

    def look(self, probe: Probe | None, markers: Sequence[str]) -> tuple[tuple[Effect, ...], Look]:
        """What is gone, and whether the request named it."""
        return self._seen(probe.mutant.names if probe else "scope")

    def _seen(self, names: str) -> tuple[tuple[Effect, ...], Look]:
        assert self._others is not None
        time.sleep(self._settle)
        now, effects, unread = self._others.read(), list[Effect](), False
        self.doubtful = False
        for place in PLACES:
            for number, canary in enumerate(list(self._out[place])):
                state = self._state(place, canary, now)
                unread |= state == "unreadable"
                self._shown |= {canary.id} if state == "present" else set()
                if state == "absent":
                    self._out[place].remove(canary)
                    self.doubtful |= canary.id not in self._shown
                    # The control has shown that what this operation removes cannot be read under its id, either.
                    self._stage.keeper.holdings.forget(
                        self._scope.resource, {**self._parents(place), **canary.slots("self")}
                    )
                    effects.append(self._effect(place, number, canary, names))
        gone, strange = self._others.gone(now), self._others.strange(now)
        if strange:
            # What has happened to them is told once.
            self._others = None
        if gone and any(not one.inside for one in effects):
            effects.insert(0, Effect("deleted", self._scope.resource.name, f"and {gone} of others", False))
        if unread:
            return tuple(effects), Look.UNREADABLE
        return tuple(effects), Look.NOISE if strange else Look.UNCHANGED

    def _effect(self, place: str, number: int, canary: Canary, names: str) -> Effect:
        inside = {"scope": names != "none", "beside": names == "both", "apart": False}[place]
        asked = names != "one" or number == 0
        return Effect("deleted", self._scope.resource.name, canary.id, inside, asked=asked)

    def _state(self, place: str, canary: Canary, now: Listing) -> str:
        resource, observer = self._scope.resource, self._stage.observer
        if now.whole:
            there = any(
                observer.identify(resource, row) == canary.id or holds(dict(row), canary.marker) for row in now.rows
            )
            return "present" if there else "absent"
        return observer.item(resource, {**self._parents(place), **canary.slots("self")}).state

    def _read(self, canary: Canary) -> Canary:
        slots = {**self._parents("scope"), **canary.slots("self")}
        return replace(canary, values=self._stage.observer.item(self._scope.resource, slots).values)

    def _made(self, place: str, read: bool = True) -> tuple[Canary | None, Proof]:
        return self._stage.keeper.make(self._scope.resource, group=self._named(place), read=read)

    def _parents(self, place: str) -> Mapping[str, Json]:
        return self._stage.keeper.parents(self._scope.resource, self._named(place))

    def _value(self, place: str) -> Json:
        return fill(self._scope.value, self._parents(place))

    def _named(self, place: str) -> str:
        return f"{place} of {self._scope.operation.name}"

"""Whose an object is, and what a field holds that not everybody may set: found out before a lane strikes, and read
off its effects afterwards.

A field says something only where a reader was shown two values of it: the one that counts, and the usual one that an
object holds which the same identity made without the mutant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from harness.canaries import Canary
from harness.engine.lanes.leaves import changed
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.watching import restless
from harness.engine.planning.plan import Lane
from harness.model import Effect, Evidence, Forbid, Json, Look, Probe
from harness.observe import holds
from harness.resources import Resource

RAISED = "control: an earlier probe gave the account such a right already; mend that, and run again"


@dataclass(frozen=True)
class _Victim:
    """An object of somebody whom mutants name as the owner."""

    stage: Stage
    canary: Canary
    slots: Mapping[str, Json]


@dataclass
class Owning:
    """What a lane has to know of owners and rights; empty for lanes that are about neither."""

    stage: Stage
    resource: Resource
    slots: dict[str, Json] = field(default_factory=dict)
    """What stands for the foreign owners in a mutant's fields."""
    _victims: dict[str, _Victim] = field(default_factory=dict)
    _usual: dict[Forbid, dict[str, Json]] = field(default_factory=dict)
    _foreign: dict[Forbid, Json] = field(default_factory=dict)
    _pointless: set[Forbid] = field(default_factory=set)
    _raised: set[Forbid] = field(default_factory=set)
    """Those on a field of an account that holds what an earlier mutant gave it: nothing shows what the next does."""

    def prepare(self, lane: Lane, own: Canary) -> None:
        """Finds out what the fields hold that the lane's mutants are about; `own` was made without them."""
        for forbid in dict.fromkeys(one for probe in lane.probes for one in probe.mutant.forbids if one.name):
            if forbid.predicate == "field-stored":
                self._learn_right(forbid, own)
            elif forbid.predicate == "foreign-change" and forbid.owner:
                self._learn_owner(forbid, own)

    def pointless(self, probe: Probe) -> bool:
        """Whether what the mutant sets is what the field holds anyway."""
        return not (self._pointless | self._raised).isdisjoint(probe.mutant.forbids)

    def told(self, sent: Mapping[str, Iterable[str]], done: Mapping[str, Evidence], lane: Lane) -> dict[str, Evidence]:
        """The evidence of a lane with what it means for owners; `sent` gives the markers of each probe by its id."""
        told = dict(done)
        for probe in lane.probes:
            forbid = next((one for one in probe.mutant.forbids if one.name and one.predicate in _ABOUT), None)
            evidence = told.get(probe.id)
            if forbid in self._raised:
                told[probe.id] = Evidence(not_sent=RAISED)
            elif forbid and evidence:
                effects = tuple(replace(one, foreign=self._is_foreign(forbid, one)) for one in evidence.effects)
                effects += tuple(self._seen_by(forbid, sent.get(probe.id, ())))
                told[probe.id] = replace(evidence, effects=effects, usual=self._usual.get(forbid, {}))
        return self._harmed(sent, told)

    def _learn_right(self, forbid: Forbid, own: Canary) -> None:
        usual, account = own.values.get(forbid.name), self.stage.keeper.accounts.get(self.stage.owner)
        if account and forbid.name in own.values and account.values.get(forbid.name, usual) != usual:
            self._raised.add(forbid)
        elif forbid.name in own.values and usual == forbid.value:
            self._pointless.add(forbid)
        elif forbid.name in own.values and self._is_shown(forbid):
            self._usual[forbid] = {forbid.name: usual}

    def _is_shown(self, forbid: Forbid) -> bool:
        """Whether the value that counts can be read: on an object that is there, or on one that the entitled makes."""
        base = self.stage.base or self.stage
        if self.resource.singleton:
            held = base.observer.item(self.resource, {}).values
            return forbid.name in held and held[forbid.name] == forbid.value
        rows = base.observer.listing(self.resource, self.slots | base.keeper.parents(self.resource)).rows
        if any(row.get(forbid.name) == forbid.value for row in rows):
            return True
        canary, _ = base.keeper.make(self.resource, fields={forbid.name: forbid.value})
        return canary is not None and bool(canary.values.get(forbid.name) == forbid.value)

    def _learn_owner(self, forbid: Forbid, own: Canary) -> None:
        other = (self.stage.base or self.stage).acting(forbid.owner)
        if forbid.owner not in self._victims:
            canary, _ = other.keeper.make(self.resource)
            if canary:
                slots = {**other.keeper.parents(self.resource), **canary.slots("self")}
                self._victims[forbid.owner] = _Victim(other, canary, slots)
        victim = self._victims.get(forbid.owner)
        username = self.stage.signer.identities[forbid.owner].username
        foreign = victim.canary.values.get(forbid.name) if victim else None
        self.slots[f"owner.{forbid.owner}.{forbid.name}"] = username if foreign is None else foreign
        if foreign is not None and forbid.name in own.values and own.values[forbid.name] != foreign:
            self._usual[forbid] = {forbid.name: own.values[forbid.name]}
            self._foreign[forbid] = foreign

    def _is_foreign(self, forbid: Forbid, effect: Effect) -> bool:
        if effect.foreign or forbid not in self._foreign:
            return effect.foreign
        return bool(effect.values.get(forbid.name) == self._foreign[forbid])

    def _seen_by(self, forbid: Forbid, markers: Iterable[str]) -> Iterable[Effect]:
        """What the foreign owner finds among its own that the mutant wrote."""
        victim = self._victims.get(forbid.owner)
        wanted = list(markers)
        if victim is None or forbid not in self._foreign:
            return
        for row in victim.stage.observer.listing(self.resource, victim.slots).rows:
            theirs = row.get(forbid.name) == self._foreign[forbid]
            if theirs and any(holds(dict(row), marker) for marker in wanted):
                object_id = victim.stage.observer.identify(self.resource, row) or "?"
                yield Effect("changed", self.resource.name, object_id, False, row, foreign=True)

    def _harmed(self, sent: Mapping[str, Iterable[str]], told: dict[str, Evidence]) -> dict[str, Evidence]:
        """Charges whoever left its marker in an object of another. A change that names nobody takes the silence of all
        away."""
        for victim in self._victims.values():
            reading = victim.stage.observer.item(self.resource, victim.slots)
            moved = changed(victim.canary.values, reading.values) if reading.state != "unreadable" else frozenset()
            if not moved or (reading.state == "present" and not moved - restless(victim.stage, self.resource)):
                continue
            kind = "deleted" if reading.state == "absent" else "changed"
            effect = Effect(kind, self.resource.name, victim.canary.id, False, reading.values, foreign=True)
            writers = {name for name, them in sent.items() if any(holds(dict(reading.values), one) for one in them)}
            for name, evidence in told.items():
                if name in writers:
                    told[name] = replace(evidence, effects=(*evidence.effects, effect))
                elif not writers:
                    told[name] = replace(evidence, look=Look.NOISE)
        return told


_ABOUT = ("field-stored", "foreign-change")

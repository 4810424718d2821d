"""Lanes of changes and removals: up to twenty mutants strike one canary, and one reading shows whether any had an
effect.

A value found is the proof of its writer. Where the canary is gone, or changed in a way that names nobody, the members
of the group run alone on fresh canaries; what reproduces for none of them is told of the group, and nothing is
guessed.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.canaries import Canary, NoCanary
from harness.controls import materialise
from harness.engine.lanes import GROUP, breaches, past_authentication, standing, supplied, unsent
from harness.engine.plan import Lane
from harness.engine.stage import Stage, Strike
from harness.model import GUEST, Effect, Evidence, Exchange, Json, Look, Mutant, Probe, Proof
from harness.observe import Reading, holds, identify
from harness.openapi import Unsatisfiable
from harness.oracle import Want, wants
from harness.resources import Resource, fill_path, read_path, template


@dataclass(frozen=True)
class _Sent:
    probe: Probe
    marker: str
    exchange: Exchange
    path: str
    """Of the canary that it was aimed at."""


@dataclass(frozen=True)
class _After:
    """A canary as it was found when its mutants had been sent."""

    state: str
    """`same`, `written`, `gone`, `altered` or `unreadable`."""
    values: Mapping[str, Json]
    writers: tuple[str, ...] = ()
    """Ids of the probes whose markers were found."""
    elsewhere: tuple[tuple[str, Mapping[str, Json]], ...] = ()
    """Probe id and row, for markers found in other objects."""


class Changing:
    """One lane of PUTs, PATCHes or DELETEs on an item."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource) -> None:
        self._stage = stage
        self._lane = lane
        self._resource = resource
        self._removes = lane.operation.method == "DELETE"
        self._parents: dict[str, Json] = {}
        self._volatile: frozenset[str] = frozenset()
        self._references: tuple[Exchange, Exchange] | None = None
        self._done: dict[str, Evidence] = {}

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        try:
            self._template = template(
                self._resource, self._lane.operation, "item", self._stage.target, self._lane.variant
            )
            self._parents = self._stage.keeper.parents(self._resource)
        except (Unsatisfiable, NoCanary) as error:
            return unsent(self._stage, self._lane, None, {}, Proof(getattr(error, "exchange", None), False, str(error)))
        own, proof = self._stage.keeper.make(self._resource)
        if own is None:
            proof = replace(proof, reason=f"no canary to strike: {proof.reason}")
            list_path = fill_path(read_path(self._resource, "list"), self._parents)
            return unsent(self._stage, self._lane, None, {}, proof, list_path)
        slots = self._slots(own)
        proof = self._stage.controls.write(self._template, own, self._parents)
        if not proof.good and not past_authentication(proof):
            return unsent(self._stage, self._lane, self._template, slots, proof)
        self._proof = proof
        self._calibrate()
        waiting = list(self._lane.probes)
        while waiting:
            if not self._still_good():
                break
            waiting = self._trial(waiting[:GROUP]) + waiting[GROUP:]
        return self._done

    def _still_good(self) -> bool:
        """Whether the last control still carries; a lost one is tried once more before the rest is given up."""
        if self._proof.good or not self._was_good:
            return True
        canary, lost = self._stage.keeper.make(self._resource)
        again = self._stage.controls.write(self._template, canary, self._parents) if canary else lost
        if again.good:
            self._proof = again
            return True
        for probe in self._lane.probes:
            if probe.id not in self._done:
                self._done[probe.id] = Evidence(
                    before=self._good, after=again, public=self._stage.guest_get(self._stage.public_path)
                )
        return False

    def _slots(self, canary: Canary) -> dict[str, Json]:
        return {**self._parents, **canary.slots("self"), **canary.slots("other")}

    def _calibrate(self) -> None:
        """The reference refusals, and which fields change under a refused request of their own accord."""
        self._good, self._was_good = self._proof, self._proof.good
        canary, _ = self._stage.keeper.make(self._resource)
        if canary is None:
            return
        slots = self._slots(canary)
        self._references = self._stage.references(self._lane, self._template, slots)
        reading = self._stage.observer.item(self._resource, slots)
        if reading.state == "present":
            self._volatile = frozenset(
                name
                for name in {*canary.values, *reading.values}
                if canary.values.get(name) != reading.values.get(name)
                and not self._stage.keeper.markers.find(reading.values.get(name)) - {canary.marker}
            )

    def _fresh(self) -> tuple[Canary | None, Proof]:
        return self._stage.keeper.make(self._resource)

    def _trial(self, members: Sequence[Probe]) -> list[Probe]:
        """Strikes one canary with the members in turn; gives those that were not sent, to be sent in another trial."""
        canary, proof = self._fresh()
        if canary is None:
            for probe in members:
                self._done[probe.id] = Evidence(before=self._proof, after=proof)
            return []
        sent, rest = self._strike(members, canary)
        found = self._look(canary, sent)
        guest = self._stage.guest_get(self._path(canary)) if any(one.exchange.status == 404 for one in sent) else None
        before, after = self._proof, self._prove_again(canary, found)
        if found.state in ("gone", "altered"):
            self._narrow(sent, found, before, after)
        else:
            self._conclude(sent, found, before, after, guest)
        return rest

    def _strike(self, members: Sequence[Probe], canary: Canary) -> tuple[list[_Sent], list[Probe]]:
        """Sends the members until one is answered in another way than by a refusal."""
        slots, sent = self._slots(canary), list[_Sent]()
        for place, probe in enumerate(members):
            if self._stage.same_as_control(probe, self._template, slots):
                self._done[probe.id] = Evidence(same_as_control=True)
                continue
            marker, exchange = self._stage.attempt(probe, self._template, slots)
            sent.append(_Sent(probe, marker, exchange, self._path(canary)))
            if exchange.status is None or exchange.ok or exchange.status == 429 or exchange.status >= 500:
                return sent, list(members[place + 1 :])
        return sent, []

    def _look(self, canary: Canary, sent: Sequence[_Sent]) -> _After:
        """The canary after the strike: read twice, the second time when any late effect should show; the list looked
        through, too."""
        slots = self._slots(canary)
        first = self._stage.observer.item(self._resource, slots)
        time.sleep(self._stage.settle(self._proof, self._good))
        second = self._stage.observer.item(self._resource, slots)
        writers = tuple(one.probe.id for one in sent if _wrote(one, first) or _wrote(one, second))
        elsewhere = self._elsewhere(canary, [one for one in sent if one.exchange.ok and one.probe.id not in writers])
        if writers:
            return _After("written", second.values or first.values, writers, elsewhere)
        if "unreadable" in (first.state, second.state):
            return _After("unreadable", {}, elsewhere=elsewhere)
        if second.state == "absent":
            return _After("gone", {}, elsewhere=elsewhere)
        if self._altered(canary, second):
            return _After("altered", second.values, elsewhere=elsewhere)
        members = tuple(one.probe.id for one in sent)
        self._stage.strikes.append(Strike(self._resource, slots, self._removes, members))
        return _After("same", second.values, elsewhere=elsewhere)

    def _altered(self, canary: Canary, reading: Reading) -> bool:
        names = {*canary.values, *reading.values} - self._volatile
        return any(canary.values.get(name) != reading.values.get(name) for name in names)

    def _elsewhere(self, canary: Canary, sent: Sequence[_Sent]) -> tuple[tuple[str, Mapping[str, Json]], ...]:
        """Markers of these mutants in objects other than the canary that they were aimed at."""
        if not sent:
            return ()
        rows = self._stage.observer.listing(self._resource, self._slots(canary)).rows
        others = [row for row in rows if identify(self._resource, row) != canary.id]
        return tuple((one.probe.id, row) for one in sent for row in others if holds(dict(row), one.marker))

    def _prove_again(self, canary: Canary, found: _After) -> Proof:
        """P2: the control on the very canary that the mutants struck, or on a fresh one where that is gone, or has to
        stay for a last look."""
        subject: Canary | None = canary
        if found.state == "gone" or self._removes:
            subject, lost = self._fresh()
            if subject is None:
                return lost
        assert subject is not None
        proof = self._stage.controls.write(self._template, subject, self._parents)
        self._proof = proof
        if proof.good:
            self._good, self._was_good = proof, True
        if self._lane.variant:
            self._stage.keeper.remove(self._resource, self._slots(subject))
        return proof

    def _path(self, canary: Canary) -> str:
        return fill_path(self._template.path, self._slots(canary))

    def _conclude(
        self, sent: Sequence[_Sent], found: _After, before: Proof, after: Proof, guest: Exchange | None
    ) -> None:
        """Evidence of a strike in which each effect has its writer's name on it."""
        writers = {*found.writers, *(probe for probe, _ in found.elsewhere)}
        look = Look.UNREADABLE if found.state == "unreadable" else Look.UNCHANGED
        silent = [one.probe for one in sent if one.probe.id not in writers]
        for one in sent:
            effects = self._effects(one.probe, found)
            if one.probe.id in writers or not writers:
                self._record(one, effects, look, before, after, guest)
        if writers and silent:
            for left in self._retry(silent):
                self._done.setdefault(left.id, Evidence(before=before, after=after))

    def _retry(self, members: Sequence[Probe]) -> list[Probe]:
        """A strike by these alone: one was masked by a writer that came after it, or was not."""
        waiting = list(members)
        for _ in range(len(members)):
            if not waiting:
                break
            waiting = self._trial(waiting)
        return waiting

    def _effects(self, probe: Probe, found: _After) -> tuple[Effect, ...]:
        effects = []
        if probe.id in found.writers:
            broken = breaches(self._resource, found.values)
            effects.append(Effect("changed", self._resource.name, "canary", True, found.values, broken))
        for name, row in found.elsewhere:
            if name == probe.id:
                object_id = identify(self._resource, row) or "?"
                effects.append(
                    Effect("created", self._resource.name, object_id, False, row, breaches(self._resource, row))
                )
        return tuple(effects)

    def _record(
        self,
        one: _Sent,
        effects: tuple[Effect, ...],
        look: Look,
        before: Proof,
        after: Proof,
        guest: Exchange | None = None,
        suspects: tuple[str, ...] = (),
    ) -> None:
        references = self._references
        evidence = Evidence(
            attempts=(one.exchange,),
            effects=effects,
            suspects=suspects,
            look=look,
            before=before,
            after=after,
            reference=self._stage.reference_of(one.probe, references) if references else None,
            public=self._stage.public,
            guest_item=guest,
            identity=standing(self._stage, one.probe),
        )
        if Want.REPEAT in wants(one.probe, evidence):
            evidence = self._repeated(one.probe, evidence)
        self._done[one.probe.id] = supplied(self._stage, one.probe, evidence, one.path)

    def _repeated(self, probe: Probe, evidence: Evidence) -> Evidence:
        """The mutant once more, on a fresh canary and a connection of its own."""
        again = self._alone(probe)
        if again is None:
            return evidence
        one, found, after = again
        return replace(
            evidence,
            attempts=(*evidence.attempts, one.exchange),
            effects=(*evidence.effects, *self._alone_effects(one, found)),
            repeat_after=after,
        )

    def _alone(self, probe: Probe) -> tuple[_Sent, _After, Proof] | None:
        """One mutant on a fresh canary: what it was answered, what was found, and the control after it."""
        canary, _ = self._fresh()
        if canary is None:
            return None
        marker, exchange = self._stage.attempt(probe, self._template, self._slots(canary), fresh_line=True)
        one = _Sent(probe, marker, exchange, self._path(canary))
        found = self._look(canary, [one])
        return one, found, self._prove_again(canary, found)

    def _alone_effects(self, one: _Sent, found: _After) -> tuple[Effect, ...]:
        if found.state == "gone":
            return (Effect("deleted", self._resource.name, "canary"),)
        if found.state == "altered" and self._only_with(one.probe):
            return (
                Effect(
                    "changed", self._resource.name, "canary", True, found.values, breaches(self._resource, found.values)
                ),
            )
        return self._effects(one.probe, found)

    def _only_with(self, probe: Probe) -> bool:
        """Whether a change that holds no value of the mutant comes with it, and not with a guest's request in its
        place; twice."""
        for _ in range(2):
            canary, _ = self._fresh()
            if canary is None:
                return False
            marker = self._stage.keeper.new_marker(self._lane.operation, "reference")
            filled = {**self._slots(canary), "marker": marker, "unique": marker}
            self._stage.send(materialise(self._template, Mutant(GUEST), filled, self._stage.signer), "mutant")
            if self._altered(canary, self._stage.observer.item(self._resource, filled)):
                return False
            again, _ = self._fresh()
            if again is None:
                return False
            self._stage.attempt(probe, self._template, self._slots(again), fresh_line=True)
            if not self._altered(again, self._stage.observer.item(self._resource, self._slots(again))):
                return False
        return True

    def _narrow(self, sent: Sequence[_Sent], found: _After, before: Proof, after: Proof) -> None:
        """Finds who took the canary away, or changed it without leaving a name."""
        if len(sent) == 1:
            effects = self._alone_effects(sent[0], found)
            look = Look.UNCHANGED if effects or found.state != "altered" else Look.NOISE
            self._record(sent[0], effects, look, before, after)
            return
        last = sent[-1]
        if last.exchange.ok and self._settle_alone(last):
            for left in self._retry([one.probe for one in sent[:-1]]):
                self._done.setdefault(left.id, Evidence(before=before, after=after))
            return
        found_alone = [one.probe.id for one in sent if self._settle_alone(one)]
        if not found_alone and not self._one_by_one(sent, before):
            names = tuple(one.probe.id for one in sent) if found.state == "gone" else ()
            for one in sent:
                look = Look.UNCHANGED if names else Look.NOISE
                self._record(one, (), look, before, after, suspects=names)

    def _settle_alone(self, one: _Sent) -> bool:
        """Runs a member alone and records what that gave; True where it had an effect."""
        before = self._proof
        again = self._alone(one.probe)
        if again is None:
            self._done[one.probe.id] = Evidence(before=before, after=self._proof)
            return False
        sent, found, after = again
        effects = self._alone_effects(sent, found)
        look = Look.UNREADABLE if found.state == "unreadable" else Look.UNCHANGED
        self._record(sent, effects, look, before, after)
        return bool(effects)

    def _one_by_one(self, members: Sequence[_Sent], before: Proof) -> bool:
        """The members in their order on one canary with a reading after each; True where that shows who it was."""
        canary, _ = self._fresh()
        if canary is None:
            return False
        for one in members:
            marker, exchange = self._stage.attempt(one.probe, self._template, self._slots(canary))
            sent = _Sent(one.probe, marker, exchange, self._path(canary))
            found = self._look(canary, [sent])
            if found.state in ("gone", "written"):
                after = self._prove_again(canary, found)
                effects = (
                    (Effect("deleted", self._resource.name, "canary"),)
                    if found.state == "gone"
                    else self._effects(one.probe, found)
                )
                self._record(sent, effects, Look.UNCHANGED, before, after)
                return True
        return False


def _wrote(one: _Sent, reading: Reading) -> bool:
    return holds(dict(reading.values), one.marker)

"""Lanes of changes and removals: many mutants strike one canary, and one reading shows whether any had an effect.

A value found is the proof of its writer. Where the canary is gone, or changed in a way that names nobody, the members
of the group run alone on fresh canaries; what reproduces for none of them is told of the group, and nothing is
guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from harness.canaries import Canary, NoCanary, unmade
from harness.engine.lanes.asides import Asides
from harness.engine.lanes.calibrating import Calibrating
from harness.engine.lanes.lane import (
    AGAIN,
    GROUP,
    breaches,
    groups,
    kind_of,
    larger,
    past_authentication,
    standing,
    unsent,
)
from harness.engine.lanes.likewise import likewise_supplied
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.striking import After, Sent, Striker
from harness.engine.lanes.unlisting import listed, takes_off
from harness.engine.lanes.watching import Collection
from harness.engine.lanes.waves import Waves, in_waves
from harness.engine.planning.plan import Lane
from harness.model import Effect, Evidence, Exchange, Json, Look, Probe, Proof, shown
from harness.observe import Listing, text_of
from harness.openapi import Unsatisfiable
from harness.oracle import Want, wants
from harness.resources import Resource, fill_path, read_path
from harness.trails import without_trails


class Changing:
    """One lane of PUTs, PATCHes or DELETEs on an item."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource) -> None:
        self._stage = stage
        self._lane = lane
        self._resource = resource
        self._striker = Striker(stage, lane, resource)
        self._asides = Asides(stage)
        self._size = 1 if lane.operation.method == "POST" else GROUP
        self._at_once = False
        """Whether members are sent at once from the first on: the last trial came to nothing."""
        self._wary: set[str] = set()
        """Ids of probes whose request failed among others, and which are to be sent by themselves."""
        self._harmless: set[tuple[object, ...]] = set()
        """Kinds of success that were seen to do nothing."""
        self._done: dict[str, Evidence] = {}

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        striker = self._striker
        try:
            if striker.prepare():
                self._size = 1
        except (Unsatisfiable, NoCanary) as error:
            return unsent(self._stage, self._lane, None, {}, unmade(error))
        own, proof = self._stage.keeper.make(self._resource)
        if own is None:
            proof = replace(proof, reason=f"no canary to strike: {proof.reason}")
            list_path = fill_path(read_path(self._resource, "list"), striker.parents)
            return unsent(self._stage, self._lane, None, {}, proof, list_path)
        slots = striker.slots(own)
        proof = striker.prove(own)
        self._collection = self._watched()
        if not (proof.good or past_authentication(proof) or self._lane.operation.undeclared):
            return unsent(self._stage, self._lane, striker.template, slots, proof)
        striker.owning.prepare(self._lane, own)
        if Calibrating(self._stage, self._lane, self._resource, striker).run(self._references(own), self._size > 1):
            # What refusals do is undone by one more where it is a switch: a group could hide it.
            self._size = 1
        elif striker.opened:
            self._size = larger(self._size)
        for some in self._sorted():
            self._try_all([one for one in some if one not in striker.opened])
        now = self._look_around(frozenset(), last_time=False)
        with striker.alone:
            self._look_for_unlisted(listed(self._collection, now))
        for most, last_time in AGAIN:
            self._strike_again(min(most, self._size), last_time)
        markers: dict[str, list[str]] = {}
        for one in striker.sent:
            markers.setdefault(one.probe.id, []).append(one.marker)
        last = {one.probe.id: one for one in striker.sent if one.probe.id in self._done}
        struck = ((one.probe, self._done[name], one.path) for name, one in last.items())
        self._done |= self._asides.all_supplied(struck)
        self._done |= likewise_supplied(self._lane.probes, self._done, striker.likewise)
        return striker.owning.told(markers, self._done, self._lane)

    def _references(self, own: Canary) -> list[Probe]:
        """The lane's probes that the references are, where both are there and may be sent as such."""
        found = self._stage.own_references(self._lane)
        proofs = self._stage.asks_for_proof(self._striker.template)
        return found if not proofs and self._worth_sending(found, own) == found else []

    def _sorted(self) -> Iterator[list[Probe]]:
        """The probes that may share a canary. What the entitled identity signs is apart, and by method: more of it has
        an effect, and then those that shared its canary have to be sent again."""
        probes, owner = self._lane.probes, self._stage.owner
        yield [one for one in probes if one.mutant.actor != owner]
        for method in dict.fromkeys(one.mutant.method for one in probes):
            yield [one for one in probes if one.mutant.actor == owner and one.mutant.method == method]

    def _try_all(self, probes: Sequence[Probe]) -> None:
        """Strikes in groups."""
        waiting = list(probes)
        while (waiting or self._striker.opened) and self._still_good():
            size = self._size
            waiting = self._trial(waiting[:size]) + waiting[size:]

    def _strike_again(self, size: int, last_time: bool) -> None:
        """Sends those that are not judged yet in groups of so many, and looks around after each."""
        waiting = [probe for probe in self._lane.probes if probe.id not in self._done]
        while waiting and self._still_good():
            since = frozenset(self._done)
            waiting = self._trial(waiting[:size]) + waiting[size:]
            self._look_around(since, last_time)

    def _look_around(self, since: frozenset[str], last_time: bool) -> Listing:
        """What probes not among `since` did to other objects of the list. A marker there names its writer. What
        names nobody takes the silence of all of them away: they are sent again, and the last time nothing is said of
        them. Gives the list."""
        now = self._collection.read()
        self._charge_strays([row for row in now.rows if self._stage.keeper.markers.find(dict(row))])
        mine = {name: one for name, one in self._done.items() if name not in since}
        strayed = any(not effect.inside for one in mine.values() for effect in one.effects)
        if not strayed and not self._collection.strange(now):
            return now
        last_time |= self._collection.for_good
        if self._collection.for_good:
            self._stage.lasting.update(mine)
        self._collection = self._watched()
        for name, found in mine.items():
            silent = found.attempts and not found.effects
            if silent and last_time:
                self._done[name] = replace(found, look=Look.NOISE)
            elif silent and not found.suspects:
                del self._done[name]
        return now

    def _watched(self) -> Collection:
        return Collection(self._stage, self._resource, self._striker.parents, self._striker.control)

    def _look_for_unlisted(self, ids: frozenset[str] | None) -> None:
        """Charges those silent ones whose canary stands in the list no more, although it can still be read."""
        for canary in dict.fromkeys(
            one.canary for one in self._striker.sent if ids is not None and one.canary not in ids
        ):
            told = {one.probe.id: one.probe for one in self._striker.sent if one.canary == canary}
            silent = [one for name, one in told.items() if self._is_silent(name)]
            slots = {**self._striker.parents, "self.id": canary}
            if not silent or self._stage.observer.item(self._resource, slots).state != "present":
                continue
            if self._takes_off(silent):
                alone = silent if len(silent) == 1 else [one for one in silent if self._takes_off([one])]
                for one in alone:
                    self._done[one.id] = replace(self._done[one.id], effects=(self._striker.effect("deleted", {}),))
                for one in () if alone else silent:
                    self._done[one.id] = replace(self._done[one.id], suspects=tuple(each.id for each in silent))

    def _is_silent(self, name: str) -> bool:
        found = self._done.get(name)
        return found is not None and found.look is Look.UNCHANGED and not found.effects and not found.suspects

    def _takes_off(self, members: Sequence[Probe]) -> bool:
        def strike(canary: Canary) -> None:
            for one in members:
                self._striker.send(one, canary, fresh_line=True)

        spent = any(one.mutant.spent for one in members)
        return takes_off(
            lambda: listed(self._collection, self._collection.read()), lambda: self._striker.fresh(spent)[0], strike
        )

    def _charge_strays(self, rows: Sequence[Mapping[str, Json]]) -> None:
        """Charges each probe whose marker stands in another object than its canary."""
        identify = self._stage.observer.identify
        listed = [(identify(self._resource, row), row, text_of(without_trails(row))) for row in rows]
        for one in self._striker.sent:
            for object_id, row, text in listed:
                found = self._done.get(one.probe.id)
                if found and one.marker in text and object_id != one.canary:
                    broken = breaches(self._resource, row)
                    effect = Effect("changed", self._resource.name, object_id or "?", False, row, broken)
                    if effect not in found.effects:
                        self._done[one.probe.id] = replace(found, effects=(*found.effects, effect))

    def _still_good(self) -> bool:
        """Whether the last control still carries; a lost one is tried once more before the rest is given up."""
        if self._striker.proof.good or not self._striker.was_good:
            return True
        again = self._striker.control()
        if again.good:
            return True
        for probe in self._lane.probes:
            if probe.id not in self._done:
                self._done[probe.id] = Evidence(
                    before=self._striker.good, after=again, public=self._stage.guest_get(self._stage.public_path)
                )
        return False

    def _trial(self, members: Sequence[Probe]) -> list[Probe]:
        """Strikes one canary with the members in turn; gives those that were not sent, to be sent in another trial."""
        wary = [one for one in members if one.id in self._wary][:1]
        if wary and len(members) > 1:
            return self._trial(wary) + [one for one in members if one not in wary]
        (canary, opening), proof = self._striker.begin(any(one.mutant.spent for one in members))
        if canary is None:
            for probe in members:
                self._done[probe.id] = Evidence(before=self._striker.proof, after=proof)
            return []
        with self._striker.alone:
            waves = self._strike(members, canary)
            sent, rest = [*opening, *waves.sent], waves.waiting
            found = self._striker.look(canary, sent)
        if found.state in ("same", "unreadable"):
            self._wary |= {one.probe.id for one in waves.failed}
            sent = [one for one in sent if one not in waves.failed]
            rest = [*(one.probe for one in waves.failed), *rest]
        before, after = self._striker.proof, self._striker.control_after(sent, found)
        self._resize(found.state == "same" and after.good)
        if found.state in ("gone", "altered"):
            self._narrow(sent, found, before, after)
        else:
            self._conclude(sent, found, before, after)
        return rest

    def _resize(self, quiet: bool) -> None:
        """Groups grow while nothing happens, and begin small again when something does."""
        self._at_once = quiet and self._size > 1
        if self._size > 1:
            self._size = larger(self._size) if quiet else GROUP

    def _strike(self, members: Sequence[Probe], canary: Canary) -> Waves:
        """Sends the members until one is answered in another way than by a refusal, or by a success that did
        nothing."""
        crowd = self._stage.crowd
        # An effect of what the entitled identity signs would be no surprise.
        surprising = self._at_once and all(one.mutant.actor != self._stage.owner for one in members)
        most = 1 if any(one.mutant.spent for one in members) else crowd.size
        return in_waves(
            crowd,
            self._worth_sending(members, canary),
            lambda probe: self._striker.send(probe, canary),
            lambda exchange: self._goes_on(exchange, canary),
            first=most if surprising else 1,
            most=most,
        )

    def _worth_sending(self, members: Sequence[Probe], canary: Canary) -> list[Probe]:
        """The members without those of whom it is told why there is nothing to send."""
        template, slots = self._striker.template, self._striker.slots(canary)
        same = self._stage.same_as_control([one for one in members if not one.mutant.spent], template, slots)
        worth = list[Probe]()
        for probe in members:
            unmade = self._stage.lacks_above(probe, self._resource)
            lacking = [name for name in probe.mutant.without if not shown(canary.values, name)]
            if probe.id in same or self._striker.owning.pointless(probe):
                self._done[probe.id] = Evidence(same_as_control=True)
            elif lacking:
                why = f"control: no {self._resource.name} that holds {', '.join(lacking)} could be made"
                self._done[probe.id] = Evidence(not_sent=why)
            elif unmade:
                self._done[probe.id] = Evidence(not_sent=unmade)
            else:
                worth.append(probe)
        return worth

    def _goes_on(self, exchange: Exchange, canary: Canary) -> bool:
        if exchange.status is None or exchange.status == 429 or exchange.status >= 500:
            return False
        return not exchange.ok or self._did_nothing(exchange, canary)

    def _did_nothing(self, exchange: Exchange, canary: Canary) -> bool:
        """Whether a success of this kind was seen to leave its canary as it is: then the group goes on. What comes late
        is found when the group is looked at."""
        kind = kind_of(exchange)
        if kind not in self._harmless:
            reading = self._stage.observer.item(self._resource, self._striker.slots(canary))
            if self._size == 1 or reading.state != "present" or self._striker.altered(canary, reading):
                return False
            self._harmless.add(kind)
        return True

    def _conclude(self, sent: Sequence[Sent], found: After, before: Proof, after: Proof) -> None:
        """Evidence of a strike in which each effect has its writer's name on it."""
        writers = set(found.writers)
        look = Look.UNREADABLE if found.state == "unreadable" else Look.UNCHANGED
        # Those that seem to have worked come first: a canary that one has written to is struck by nobody else.
        silent = [one.probe for one in sorted(sent, key=self._seems_refused) if one.probe.id not in writers]
        for one in sent:
            effects = self._striker.effects(one.probe, found)
            if one.probe.id in writers or not writers:
                self._record(one, effects, look, before, after)
        if writers and silent:
            for left in self._retry(silent):
                self._done.setdefault(left.id, Evidence(before=before, after=after))

    def _retry(self, members: Sequence[Probe]) -> list[Probe]:
        """A strike by these alone: one was masked by a writer that came after it, or was not."""
        waiting = list(members)
        for _ in range(2 * len(members)):
            if not waiting:
                break
            waiting = self._trial(waiting)
        return waiting

    def _record(
        self,
        one: Sent,
        effects: tuple[Effect, ...],
        look: Look,
        before: Proof,
        after: Proof,
        suspects: tuple[str, ...] = (),
    ) -> None:
        references = self._striker.references
        evidence = Evidence(
            attempts=(one.exchange,),
            effects=effects,
            suspects=suspects,
            look=look,
            before=before,
            after=after,
            reference=self._stage.reference_of(one.probe, references) if references else None,
            public=self._stage.public,
            identity=standing(self._stage, one.probe),
        )
        if Want.REPEAT in wants(one.probe, evidence):
            evidence = self._repeated(one.probe, evidence)
        self._done[one.probe.id] = evidence

    def _repeated(self, probe: Probe, evidence: Evidence) -> Evidence:
        """The mutant once more, on a fresh canary and a connection of its own."""
        again = self._striker.strike_alone(probe)
        if again is None:
            return evidence
        one, found, after = again
        return replace(
            evidence,
            attempts=(*evidence.attempts, one.exchange),
            effects=(*evidence.effects, *self._striker.alone_effects(one, found)),
            repeat_after=after,
        )

    def _narrow(self, sent: Sequence[Sent], found: After, before: Proof, after: Proof) -> None:
        """Finds who took the canary away, or changed it without leaving a name."""
        if len(sent) == 1:
            effects = self._striker.alone_effects(sent[0], found)
            look = Look.UNCHANGED if effects or found.state != "altered" else Look.NOISE
            self._record(sent[0], effects, look, before, after)
            return
        likely = [one for one in sent if not self._seems_refused(one)]
        if [one for one in likely if self._settle_alone(one)]:
            for left in self._retry([one.probe for one in sent if self._seems_refused(one)]):
                self._done.setdefault(left.id, Evidence(before=before, after=after))
            return
        if not self._found_in_part(sent) and not self._one_by_one(sent, before):
            names = tuple(one.probe.id for one in sent) if found.state == "gone" else ()
            for one in sent:
                look = Look.UNCHANGED if names else Look.NOISE
                self._record(one, (), look, before, after, suspects=names)

    def _seems_refused(self, one: Sent) -> bool:
        """Whether it was answered in another way than what works."""
        return not one.exchange.ok or kind_of(one.exchange) in self._harmless

    def _found_in_part(self, sent: Sequence[Sent]) -> bool:
        """Whether some of the members have an effect again: alone, or first in smaller groups where they are many."""
        if len(sent) <= GROUP:
            found = [one for one in sent if self._settle_alone(one)]
            return bool(found)
        for part in groups(sent):
            for left in self._retry([one.probe for one in part]):
                self._done.setdefault(left.id, Evidence(before=self._striker.proof, after=self._striker.proof))
        told = (self._done[one.probe.id] for one in sent)
        return any(one.effects or one.suspects for one in told)

    def _settle_alone(self, one: Sent) -> bool:
        """Runs a member alone and records what that gave; True where it had an effect."""
        before = self._striker.proof
        again = self._striker.strike_alone(one.probe)
        if again is None:
            self._done[one.probe.id] = Evidence(before=before, after=self._striker.proof)
            return False
        sent, found, after = again
        effects = self._striker.alone_effects(sent, found)
        look = Look.UNREADABLE if found.state == "unreadable" else Look.UNCHANGED
        self._record(sent, effects, look, before, after)
        return bool(effects)

    def _one_by_one(self, members: Sequence[Sent], before: Proof) -> bool:
        """The members in their order on one canary with a reading after each; True where that shows who it was."""
        canary, _ = self._striker.fresh()
        if canary is None:
            return False
        for one in members:
            with self._striker.alone:
                sent = self._striker.send(one.probe, canary)
                found = self._striker.look(canary, [sent], more_to_come=True)
            if found.state in ("gone", "written"):
                after = self._striker.control()
                self._record(sent, self._striker.alone_effects(sent, found), Look.UNCHANGED, before, after)
                return True
        return False

"""Lanes of creations: each mutant carries a marker of its own, and one reading of the list shows which of them got
in."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.bodies import bounded_json
from harness.canaries import Canary, NoCanary, told_id, unmade, until
from harness.engine.lanes.asides import Asides
from harness.engine.lanes.lane import AGAIN, GROUP, breaches, groups, larger, past_authentication, standing, unsent
from harness.engine.lanes.leaves import leaves
from harness.engine.lanes.likewise import likewise_supplied, made_likewise
from harness.engine.lanes.owning import Owning
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.watching import Collection
from harness.engine.planning.plan import Lane
from harness.engine.sending.crowd import broke
from harness.engine.sending.patience import broke_down
from harness.model import Effect, Evidence, Exchange, Json, Look, Probe, Proof, shown, shows
from harness.observe import Listing, holds, text_of
from harness.openapi import Unsatisfiable
from harness.oracle import Want, wants
from harness.resources import Resource, Template, fill_path, read_path
from harness.trails import without_trails

_Row = tuple[Mapping[str, Json], str]
"""A listed object, with all its text."""


@dataclass
class _Sent:
    """What a mutant was sent as, and what stood around it."""

    probe: Probe
    markers: list[str] = field(default_factory=list)
    attempts: list[Exchange] = field(default_factory=list)
    before: Proof | None = None
    after: Proof | None = None

    @property
    def may_be_overwritten(self) -> bool:
        """Whether it wrote, if anything, on an object that others of its group name, too."""
        named = any("{other." in str(value) for _, value in self.probe.mutant.fields)
        return named and any(one.ok for one in self.attempts)


class Creating:
    """One lane of POSTs on a list."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource) -> None:
        self._stage = stage
        self._lane = lane
        self._resource = resource
        self._canaries: list[Canary] = []
        self._slots: dict[str, Json] = {}
        self._owning = Owning(stage, resource)
        self._asides = Asides(stage)
        self._markers: dict[str, list[str]] = {}
        self._done: dict[str, Evidence] = {}
        self._references: tuple[Exchange, Exchange] | None = None
        """What a guest and an unknown user got."""
        self._unread: list[tuple[Canary, Proof]] = []
        """Controls of which the list is yet to show what they made."""
        self._listed = False
        """Whether the list shows what a control made, with all that is wanted of it."""

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        try:
            made = self._stage.keeper.template(self._resource, self._lane.operation, self._lane.variants)
            self._slots |= self._stage.keeper.parents(self._resource)
        except (Unsatisfiable, NoCanary) as error:
            return unsent(self._stage, self._lane, None, {}, unmade(error))
        self._form = made.name if self._resource.operation("GET", "item") is not None else ""
        before = self._control()
        if self._canaries:
            self._owning.prepare(self._lane, self._canaries[-1])
            self._slots |= self._owning.slots
        self._collection = self._watched()
        self._listed = self._collection.shows(self._canaries, self._bears)
        if not before.good and not past_authentication(before):
            return unsent(self._stage, self._lane, made, self._slots, before)
        pending = self._pass(made, self._lane.probes, before, last_time=False)
        for size, last in AGAIN:
            pending = [one for some in groups(pending, size) for one in self._pass(made, some, before, last)]
        where = "item" if self._form and self._canaries else "list"
        slots = {**self._slots, **(self._canaries[0].slots("self") if self._canaries else {})}
        path = fill_path(read_path(self._resource, where), slots)
        struck = ((one, self._done[one.id], path) for one in self._lane.probes if one.id in self._done)
        self._done |= self._asides.all_supplied(struck)
        self._done |= likewise_supplied(
            self._lane.probes, self._done, lambda mutant: made_likewise(self._stage, made, self._slots, mutant)
        )
        return self._owning.told(self._markers, self._done, self._lane)

    def _watched(self) -> Collection:
        def control() -> object:
            return self._stage.keeper.make(self._resource, self._lane.variants, by=self._lane.operation)

        return Collection(self._stage, self._resource, self._slots, control)

    def _control(self, again: bool = False) -> Proof:
        read = again or not self._listed
        canary, proof = self._stage.keeper.make(self._resource, self._lane.variants, by=self._lane.operation, read=read)
        if canary:
            self._canaries.append(canary)
            if read:
                self._slots |= canary.slots("other")
            else:
                self._unread.append((canary, proof))
        return proof

    def _bears(self, row: Mapping[str, Json], canary: Canary) -> bool:
        """Whether an object is this canary, with all that it was made with."""
        fields = [dict(row), *(shown(row, name) for name in self._lane.variants)]
        return all(holds(one, canary.marker) for one in fields)

    def _compare(self, made: Template, probes: Sequence[Probe]) -> list[Probe]:
        """Sees to it that the references are known. Where two of the probes are just these, gives them, to be sent
        first."""
        stage, name = self._stage, self._lane.operation.aim
        own = stage.own_references(self._lane)
        self._references = self._references or stage.answered.get(name)
        fit = self._references is None and not stage.asks_for_proof(made) and all(one in probes for one in own)
        if own and fit and self._worth_sending(own, made) == own:
            return own
        self._references = self._references or stage.references(self._lane, made, self._slots)
        stage.answered[name] = self._references
        return []

    def _take(self, first: Sequence[_Sent], made: Template) -> tuple[Exchange, Exchange]:
        """The references, which the first that were sent may be."""
        if self._references is None:
            answers = [one.attempts[0] for one in first]
            broken = any(map(broke_down, answers))
            self._references = (
                self._stage.references(self._lane, made, self._slots) if broken else (answers[0], answers[1])
            )
            self._stage.answered[self._lane.operation.aim] = self._references
        return self._references

    def _pass(self, made: Template, probes: Sequence[Probe], before: Proof, last_time: bool) -> list[Probe]:
        """Sends each probe and reads the list; gives the probes to send again, where somebody else was writing
        meanwhile."""
        first = self._compare(made, probes)
        sent, proofs = list[_Sent](), [before]
        waiting, size = [*first, *(one for one in probes if one not in first)], larger(GROUP)
        while waiting:
            group, waiting = waiting[:size], waiting[size:]
            if not proofs[-1].good and before.good and not self._recovered(proofs):
                self._done |= {probe.id: Evidence(before=before, after=proofs[-1]) for probe in group}
                continue
            members = self._strike(self._worth_sending(group, made), made)
            after = self._control()
            for one in members:
                one.before, one.after = proofs[-1], after
            proofs.append(after)
            sent += members
            size = larger(size) if after.good else GROUP
        references = self._take(sent[: len(first)], made)
        early, second = self._look(sent, proofs)
        again = []
        noise = bool(self._collection.strange(second, self._told(sent)))
        last_time |= self._collection.for_good
        if self._collection.for_good:
            self._stage.lasting.update(one.probe.id for one in sent)
        if noise:
            self._collection = self._watched()
        armed = second.whole and self._shows_all(second)
        look = Look.UNREADABLE if not armed else Look.NOISE if noise else Look.UNCHANGED
        rows = [(row, text_of(without_trails(row))) for row in (*second.rows, *early.rows)]
        told = self._stage.crowd.each(lambda one: self._evidence(one, rows, look, references), sent)
        found = list(zip(sent, told, strict=True))
        changed = any(effect.kind == "changed" for _, evidence in found for effect in evidence.effects)
        for one, evidence in found:
            if evidence.look is Look.NOISE and not evidence.effects and not last_time:
                again.append(one.probe)
            elif changed and not evidence.effects and one.may_be_overwritten:
                again += self._pass(made, [one.probe], before, last_time)
            else:
                self._done[one.probe.id] = evidence
        return again

    def _look(self, sent: Sequence[_Sent], proofs: Sequence[Proof]) -> tuple[Listing, Listing]:
        """The list now, with all that controls made, and when any late effect should show."""

        def listed(now: Listing) -> bool:
            return all(any(self._bears(row, one) for row in now.rows) for one, _ in self._unread)

        def armed(now: Listing) -> bool:
            # What is read by its path at once may come into the list late.
            return listed(now) and (not now.whole or self._shows_all(now))

        early, waited = until(lambda: self._read(sent), armed, self._stage.target.limits.settle)
        waited = waited if armed(early) else 0.0
        for canary, proof in () if listed(early) else self._unread:
            there = {**self._slots, **canary.slots("self")}
            if not self._bears(self._stage.observer.item(self._resource, there).values, canary):
                lost = replace(proof, seen=False, reason="what it made was not seen again")
                for one in sent:
                    one.before = lost if one.before is proof else one.before
                    one.after = lost if one.after is proof else one.after
        self._unread.clear()
        pause = self._stage.settle(*proofs, Proof(None, True, settle=waited))
        time.sleep(pause)
        return early, self._read(sent) if pause else early

    def _shows_all(self, now: Listing) -> bool:
        """Whether all canaries of the lane stand in a list."""
        return all(any(self._shows(row, it) for row in now.rows) for it in self._canaries)

    def _shows(self, row: Mapping[str, Json], canary: Canary) -> bool:
        """Whether a row is this canary, which a mutant may have written over."""
        return holds(dict(row), canary.marker) or self._stage.observer.identify(self._resource, row) == canary.id

    def _read(self, sent: Sequence[_Sent]) -> Listing:
        """The list; where it cannot be read to its end, what the target's search finds, or, where there is none, what
        stands under the names that were sent."""
        listing = self._collection.read()
        if self._resource.find and not listing.whole:
            return self._searched(listing, sent)
        if listing.whole or not self._form or not self._stage.keeper.names_tell(self._resource, self._slots):
            return listing
        theirs = (self._form.replace("{marker}", marker) for one in sent for marker in one.markers)
        names = [*(canary.id for canary in self._canaries), *theirs]
        slots = [{**self._slots, "self.id": name} for name in dict.fromkeys(names)]
        found = self._stage.crowd.each(lambda one: self._stage.observer.item(self._resource, one), slots)
        rows = tuple(
            {**one.values, self._resource.parameter: its["self.id"]}
            for its, one in zip(slots, found, strict=True)
            if one.state == "present"
        )
        return Listing(rows, whole=all(one.state != "unreadable" for one in found))

    def _searched(self, listing: Listing, sent: Sequence[_Sent]) -> Listing:
        """The list, with what the target's search finds of each marker."""
        markers = [*(one.marker for one in self._canaries), *(marker for one in sent for marker in one.markers)]
        find, crowd = self._stage.observer.find, self._stage.crowd
        found = crowd.each(lambda one: find(self._resource, one, self._slots), markers)
        rows = (*listing.rows, *(one.values for one in found if one.state == "present"))
        return Listing(rows, all(one.state != "unreadable" for one in found), listing.exchange)

    def _recovered(self, proofs: list[Proof]) -> bool:
        """Whether a lost control works again."""
        again = self._control(again=True)
        if again.good:
            proofs.append(again)
        return again.good

    def _told(self, sent: Sequence[_Sent]) -> list[str | None]:
        """Ids of new objects that the mutants' own answers name."""
        return [told_id(self._resource, exchange) for one in sent for exchange in one.attempts if exchange.ok]

    def _worth_sending(self, group: Sequence[Probe], made: Template) -> list[Probe]:
        """The group without those that come out as their control."""
        same = self._stage.same_as_control(group, made, self._slots)
        same |= {one.id for one in group if one.id not in same and self._owning.pointless(one)}
        self._done |= {name: Evidence(same_as_control=True) for name in same}
        return [one for one in group if one.id not in same]

    def _strike(self, group: Sequence[Probe], made: Template) -> list[_Sent]:
        """Sends a group, its members at once; where the target has stopped answering, not all of it."""
        members: list[_Sent] = []
        for some in groups(group, self._stage.crowd.size):
            silent = members and all(one.status is None and one.failure != "budget" for one in members[-1].attempts)
            part = [_Sent(probe) for probe in some]
            if not silent:
                self._stage.crowd.each(lambda one: self._attempt(one, made, fresh_line=False), part)
                for one in part:
                    self._ask_again(one, made)
            members += part
        return members

    def _ask_again(self, one: _Sent, made: Template) -> None:
        """Repeats what calls for it. What failed among others is asked by itself, and that counts."""
        probe = one.probe
        crowd = self._stage.crowd
        if crowd.size > 1 and broke(one.attempts[-1]):
            one.attempts.clear()
            with crowd.alone():
                self._attempt(one, made, fresh_line=False)
                if broke(one.attempts[-1]):
                    self._attempt(one, made, fresh_line=True)
            self._stage.by_themselves.add(probe.id)
        elif Want.REPEAT in wants(probe, Evidence(attempts=tuple(one.attempts))):
            self._attempt(one, made, fresh_line=True)

    def _attempt(self, one: _Sent, made: Template, fresh_line: bool) -> None:
        marker, exchange = self._stage.attempt(one.probe, made, self._slots, fresh_line)
        one.markers.append(marker)
        self._markers.setdefault(one.probe.id, []).append(marker)
        one.attempts.append(exchange)

    def _evidence(
        self, one: _Sent, listed: Sequence[_Row], look: Look, references: tuple[Exchange, Exchange]
    ) -> Evidence:
        effects = self._effects(one, listed)
        return Evidence(
            attempts=tuple(one.attempts),
            effects=effects,
            look=look,
            before=one.before,
            after=one.after,
            repeat_after=one.after if len(one.attempts) > 1 else None,
            reference=self._stage.reference_of(one.probe, references),
            public=self._stage.public,
            identity=standing(self._stage, one.probe),
        )

    def _effects(self, one: _Sent, listed: Sequence[_Row]) -> tuple[Effect, ...]:
        rows = [row for row, text in listed if any(marker in text for marker in one.markers)]
        marked = {self._stage.observer.identify(self._resource, row) or "?": row for row in reversed(rows)}
        for exchange in one.attempts:
            told = told_id(self._resource, exchange) if exchange.ok else None
            if told and told not in marked and self._is_new(told, one):
                marked[told] = {}
        return tuple(self._effect(one, key, row) for key, row in marked.items())

    def _is_new(self, told: str, one: _Sent) -> bool:
        """Whether an answered id is of an object that this mutant made, as its own marker or none in it shows."""
        if any(told == canary.id for canary in self._canaries) or self._resource.id_from.startswith("sent"):
            return False
        reading = self._stage.observer.item(self._resource, {**self._slots, "self.id": told})
        found = self._stage.keeper.markers.find(dict(reading.values))
        return reading.state == "present" and told not in self._collection.ids and found <= set(one.markers)

    def _tells_all(self, one: _Sent, row: Mapping[str, Json]) -> bool:
        """Whether a row holds every field that reading a canary by itself showed, and in full what the mutant sent."""
        whole = any(canary.values and leaves(canary.values).keys() <= leaves(row).keys() for canary in self._canaries)
        names = [name for name, _ in one.probe.mutant.fields]
        return whole and any(_holds_all(row, exchange, names) for exchange in one.attempts)

    def _effect(self, one: _Sent, object_id: str, row: Mapping[str, Json]) -> Effect:
        """The object as the item's own reader shows it, where the list may shorten what it holds."""
        mine = any(object_id == canary.id for canary in self._canaries)
        values = dict(row)
        if not self._tells_all(one, row):
            values |= self._stage.observer.item(self._resource, {**self._slots, "self.id": object_id}).values
        kind = "changed" if mine else "created"
        return Effect(kind, self._resource.name, object_id, not mine, values, breaches(self._resource, values))


def _holds_all(row: Mapping[str, Json], exchange: Exchange, names: Sequence[str]) -> bool:
    """Whether an object holds the fields of these names just as they were sent."""
    try:
        sent = bounded_json(exchange.request.body or b"")
    except ValueError:
        return False
    return isinstance(sent, dict) and all(shows(row, one) and shown(row, one) == shown(sent, one) for one in names)

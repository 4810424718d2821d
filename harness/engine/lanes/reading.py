"""Lanes of reads: what a caller is shown, beside what the entitled and a guest are shown of the same."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from harness.canaries import HIDDEN, Canary, NoCanary, unmade, until
from harness.controls import materialise
from harness.engine.lanes.asides import Asides
from harness.engine.lanes.guessing import guessed_draft
from harness.engine.lanes.lane import standing, unsent
from harness.engine.lanes.stage import Stage
from harness.engine.planning.plan import Lane
from harness.engine.sending.crowd import broke
from harness.model import Evidence, Exchange, Expect, Json, Look, Mutant, Probe, Proof
from harness.openapi import Unsatisfiable
from harness.oracle import Want, wants
from harness.resources import Resource, Template, fill_path, read_path, sub_path


class Looking:
    """One lane of GETs."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource | None) -> None:
        self._stage = stage
        self._lane = lane
        self._asides = Asides(stage)
        self._resource = resource
        self._hidden: tuple[str, ...] = ()
        self._guessed = False
        """Whether that is so by its looks alone, and not by the target's word."""
        self._there = ""
        """Marker of the object that is read, or stands in the list."""
        self._first = ""
        """Path of the list, where the hidden object stands on a later page, or is read in large ones."""
        self._has_room = False
        """Whether it is read in one page, on which whatever narrows the list leaves it."""

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        try:
            path, slots = self._aim()
        except (NoCanary, Unsatisfiable) as error:
            return unsent(self._stage, self._lane, None, {}, unmade(error))
        self._path = fill_path(path, slots)
        nothing = Resource("", self._lane.operation.path, "", "", {})
        made = Template(self._lane.operation, self._resource or nothing, path)
        before = self._control()
        if self._guessed and before.exchange and not _holds(before.exchange, self._hidden):
            # Nobody said that the entitled is shown it here.
            self._hidden = ()
        if not before.good:
            return unsent(self._stage, self._lane, made, slots, before)
        guest = self._stage.guest_get(self._path)
        references = guest, self._stage.reference(self._lane, made, slots, 1)
        unknown = self._stage.unknown_path(self._path)
        left_out = self._left_out()
        sent = self._sent(made, slots, [one for one in self._lane.probes if one.id not in left_out])
        after = self._control()
        again = self._stage.guest_get(self._path)
        found = []
        for probe in (one for one in self._lane.probes if one.id not in left_out):
            evidence = Evidence(
                attempts=(sent[probe.id],),
                look=Look.UNCHANGED,
                before=before,
                after=after,
                reference=self._reference(probe, references),
                public=self._stage.public,
                guest_item=again,
                identity=standing(self._stage, probe),
                unknown_path=unknown,
                hidden=self._hidden_from(probe),
            )
            found.append((probe, self._repeated(probe, made, slots, evidence), self._path))
        return left_out | self._asides.all_supplied(found)

    def _aim(self) -> tuple[str, dict[str, Json]]:
        """The path to read, with slots, and canaries to fill them with: no id is ever taken from an example."""
        operation, resource = self._lane.operation, self._resource
        if resource is None or self._stage.target.reads_only:
            return operation.path, dict(self._lane.fixtures)
        keeper, canary = self._stage.keeper, self._draft(resource)
        slots = keeper.parents(resource, HIDDEN if canary else "")
        if canary:
            self._hidden = (canary.marker,)
        if operation.path == resource.list_path:
            if canary is None:
                shown_too, _ = keeper.make(resource)
                self._there = shown_too.marker if shown_too else ""
            first = read_path(resource, "list")
            shown = self._page_of(resource, slots, canary.marker) if canary else None
            if shown and shown != fill_path(first, slots):
                self._first = first
                self._has_room = shown == self._stage.observer.large_page_of(resource, slots)
            return shown or first, slots
        if canary is None:
            canary, proof = keeper.make(resource)
            if canary is None:
                raise NoCanary(resource.name, proof)
        self._there = canary.marker
        return sub_path(resource, operation.path), {**slots, **canary.slots("self")}

    def _page_of(self, resource: Resource, slots: Mapping[str, Json], marker: str) -> str | None:
        """The page of the list on which the hidden object stands, which may come there late."""
        observer, longest = self._stage.observer, self._stage.target.limits.settle
        return until(lambda: observer.page_of(resource, slots, marker), bool, longest)[0]

    def _draft(self, resource: Resource) -> Canary | None:
        """The object that guests may not see; none where nothing tells of one. Raises NoCanary."""
        told = self._stage.keeper.draft(resource)
        if told or not any(probe.public for probe in self._lane.probes):
            return told
        found = guessed_draft(self._stage, resource)
        self._guessed = found is not None
        return found

    def _control(self) -> Proof:
        signed = self._stage.signer.signed("GET", self._path, self._stage.owner)
        exchange = self._stage.send(signed, f"reader {self._stage.owner}" if self._stage.base else "reader")
        return Proof(exchange, exchange.ok, "" if exchange.ok else f"{self._lane.operation.name}: {exchange.status}")

    def _left_out(self) -> dict[str, Evidence]:
        """Evidence of probes by which nothing would be told: their sender is shown the object anyway, or has nothing
        of its own to put into the path."""
        found = dict[str, Evidence]()
        for probe in self._lane.probes:
            if probe.mutant.own_above and self._resource:
                actor, unmade = probe.mutant.actor, self._stage.lacks_above(probe, self._resource)
                if unmade:
                    found[probe.id] = Evidence(not_sent=unmade)
                elif self._stage.get_as(actor, self._path).ok:
                    found[probe.id] = Evidence(pointless=f"policy: {actor} is shown it at its own path, too")
        return found

    def _hidden_from(self, probe: Probe) -> tuple[str, ...]:
        """Markers of what a probe's sender may not see; at a path of its own, of what it is not shown at the plain
        one."""
        if probe.mutant.own_above:
            return (self._there,) if self._there else ()
        return self._hidden if self._may_not_see(probe) else ()

    def _sent(self, made: Template, slots: Mapping[str, Json], probes: Sequence[Probe]) -> dict[str, Exchange]:
        """What each probe was answered, all sent at once; what failed among others is asked by itself."""
        answers = self._stage.crowd.each(lambda probe: self._send(probe, made, slots), probes)
        again = self._stage.crowd.size > 1 and len(probes) > 1
        return {
            probe.id: self._send(probe, made, slots) if again and broke(answer) else answer
            for probe, answer in zip(probes, answers, strict=True)
        }

    def _send(self, probe: Probe, made: Template, slots: Mapping[str, Json], fresh_line: bool = False) -> Exchange:
        return self._stage.attempt(probe, self._where(probe, made, slots), slots, fresh_line)[1]

    def _where(self, probe: Probe, made: Template, slots: Mapping[str, Json]) -> Template:
        """Where a mutant's query is to be asked: it may narrow the list, so that what stood on a later page comes to
        the first one."""
        if not self._first or not probe.mutant.query or (self._has_room and not _asks_for_page(probe, made.path)):
            return made
        stage, plain = self._stage, replace(made, path=self._first)
        own = Mutant(stage.signer.own(stage.owner), actor=stage.owner, query=probe.mutant.query)
        told = stage.send(materialise(plain, own, slots, stage.signer), f"reader {stage.owner}").body.lower()
        return plain if any(marker.encode() in told for marker in self._hidden) else made

    def _reference(self, probe: Probe, references: tuple[Exchange, Exchange]) -> Exchange:
        """A public read is held against the guest's view, any other against a refusal."""
        return references[0] if probe.public else self._stage.reference_of(probe, references)

    def _may_not_see(self, probe: Probe) -> bool:
        if probe.mutant.expect is Expect.GUEST_VIEW:
            return True
        actor = self._stage.signer.identities.get(probe.mutant.actor)
        if actor is not None and actor.name == self._stage.owner:
            return False
        return actor is None or not actor.privileged or actor.state is not None

    def _repeated(self, probe: Probe, made: Template, slots: Mapping[str, Json], evidence: Evidence) -> Evidence:
        if Want.REPEAT in wants(probe, evidence):
            again = self._send(probe, made, slots, fresh_line=True)
            evidence = replace(evidence, attempts=(*evidence.attempts, again), repeat_after=self._control())
        return evidence


def _holds(answer: Exchange, markers: Sequence[str]) -> bool:
    told = answer.body.decode("utf-8", "replace").lower()
    return all(one in told for one in markers)


def _asks_for_page(probe: Probe, path: str) -> bool:
    """Whether a mutant's query names what a path already says of its page."""
    own = {name for name, _ in parse_qsl(path.partition("?")[2], keep_blank_values=True)}
    return not own.isdisjoint(name for name, _ in probe.mutant.query)

"""What a lane must leave alone: the rest of its resource's list, and our own bystanders."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.canaries import Canary
from harness.engine.lanes.leaves import changed, leaves, switched
from harness.engine.lanes.stage import Stage
from harness.model import Json
from harness.observe import Listing, Reading
from harness.resources import Resource


@dataclass
class Collection:
    """A list as it stood when a lane began: objects that are not ours must stay as they are."""

    stage: Stage
    resource: Resource
    slots: Mapping[str, Json]
    control: Callable[[], object] | None = None
    """What nobody is charged with: leaves of others that change with it, too, change by themselves."""
    _known: Listing = field(init=False)
    _volatile: frozenset[str] | None = None
    _ends: tuple[str, ...] = ()
    """Ids of the first and last object of others in it, where it does not show all of them: what aims at any object at
    all most often hits one of these."""
    for_good: bool = False
    """Whether what was last found strange is a switch that was thrown: sending the same again would not show it."""

    def __post_init__(self) -> None:
        self._known = self.read()
        rows, others = self._known.rows, list(self._others(self._known).values())
        ends = [self.stage.observer.identify(self.resource, row) for row in (*others[:1], *others[-1:])]
        if self._known.whole and self.resource.operation("GET", "item"):
            self._ends = tuple(dict.fromkeys(one for one in ends if one is not None))
            seen = self.resource.name, self.stage.observer.who, *self._ends
            whole = self._filled(self._known) if seen not in self.stage.listed_whole else self._known
            if any(leaves(one).keys() - leaves(row).keys() for one, row in zip(whole.rows, rows, strict=True)):
                self._known = whole
            else:
                self.stage.listed_whole.add(seen)
                self._ends = ()

    def read(self) -> Listing:
        """The list, now, with all that its first and last object of the beginning hold."""
        return self._filled(self.stage.observer.listing(self.resource, self.slots))

    def _filled(self, listing: Listing) -> Listing:
        return replace(listing, rows=tuple(map(self._whole, listing.rows))) if self._ends else listing

    def _whole(self, row: Mapping[str, Json]) -> Mapping[str, Json]:
        object_id = self.stage.observer.identify(self.resource, row)
        if object_id not in self._ends:
            return row
        return {**row, **self.stage.observer.item(self.resource, {**self.slots, "self.id": object_id}).values}

    def shows(self, canaries: Sequence[Canary], bears: Callable[[Mapping[str, Json], Canary], bool]) -> bool:
        """Whether all of these stood in it, and it told all that was in it."""
        return self._known.whole and all(any(bears(row, one) for row in self._known.rows) for one in canaries)

    @property
    def ids(self) -> set[str | None]:
        """Ids that stood in it."""
        return {self.stage.observer.identify(self.resource, row) for row in self._known.rows}

    def strange(self, now: Listing, told: Iterable[str | None] = ()) -> str:
        """What came, went or changed among the objects that carry no marker of ours; empty where nothing did.

        `told` are ids that a mutant's own answer named: those are judged as its effects.
        """
        if not (self._known.whole and now.whole):
            return ""
        before, after = self._others(self._known), self._others(now)
        named = {one for one in told if one is not None}
        if set(before) - set(after):
            return f"an object of others went from the list of {self.resource.name}"
        if set(after) - set(before) - named:
            return f"an object of others came into the list of {self.resource.name}"
        for key, one, other in self._pairs(self._known, now):
            moved = changed(one, other)
            moved = moved and moved - self._by_themselves(now)
            if moved and moved - restless(self.stage, self.resource):
                self.for_good = any(switched(path, one, other) for path in moved)
                return f"{self.resource.name} {key}, which is not ours, was changed"
        return ""

    def _by_themselves(self, now: Listing) -> frozenset[str]:
        """Leaves of others that the control changes: found out once, when first asked for."""
        if self._volatile is None:
            self._volatile = frozenset()
            if self.control:
                self.control()
                pairs = self._pairs(now, self.read())
                self._volatile = frozenset().union(*(changed(before, after) for _, before, after in pairs))
        return self._volatile

    def gone(self, now: Listing) -> int:
        """How many objects that carry no marker of ours are no longer in the list."""
        return len(self._others(self._known).keys() - self._others(now).keys()) if now.whole else 0

    def _pairs(self, one: Listing, other: Listing) -> list[tuple[str, Json, Json]]:
        before, after = self._others(one), self._others(other)
        return [(key, before[key], after[key]) for key in before if key in after]

    def _others(self, listing: Listing) -> dict[str, Mapping[str, Json]]:
        """Rows without a marker of ours, by id; those without an id by their place."""
        found: dict[str, Mapping[str, Json]] = {}
        for place, row in enumerate(listing.rows):
            if not self.stage.keeper.markers.find(dict(row)):
                found[self.stage.observer.identify(self.resource, row) or f"row {place}"] = row
        return found


@dataclass(frozen=True, slots=True)
class Harm:
    """What happened to an object that nobody may touch."""

    resource: Resource
    canary: Canary
    values: Mapping[str, Json]
    """As it is now; none where it is gone."""

    @property
    def kind(self) -> str:
        """As an effect's."""
        return "changed" if self.values else "deleted"


_SetOut = tuple[Resource, Canary, dict[str, Json]]
"""With its slots."""


class Bystanders:
    """One object of each kind that no probe may touch, in a tree of its own."""

    def __init__(self, stage: Stage, resources: Sequence[Resource]) -> None:
        self._stage = stage
        self._set_out = self._put(resources)
        self._outages = stage.enduring.outages
        """How many there had been when these were last known to be as they were set out."""

    def _put(self, resources: Sequence[Resource]) -> list[_SetOut]:
        return [one for one in self._stage.crowd.each(self._put_one, resources) if one]

    def _put_one(self, resource: Resource) -> _SetOut | None:
        canary, _ = self._stage.keeper.make(resource, group="bystander", use="bystander")
        if canary is None:
            return None
        return resource, canary, {**self._stage.keeper.parents(resource, "bystander"), **canary.slots("self")}

    def mend(self) -> None:
        """After an outage: sets those out anew that the target has forgotten, for nobody need have removed them."""
        with self._stage.once:
            outages = self._stage.enduring.outages
            if outages != self._outages:
                self._mend()
                self._outages = outages

    def renew(self) -> None:
        """After what may reach any object: sets those out anew that are not as they were, since that is told of the
        probe itself, and must not be laid to the charge of those behind it."""
        with self._stage.once:
            self._replace(
                lambda reading, known: reading.state == "absent" or bool(changed(known.values, reading.values))
            )

    def _mend(self) -> None:
        self._replace(lambda reading, _: reading.state == "absent")

    def _replace(self, lost: Callable[[Reading, Canary], bool]) -> None:
        gone = [one for one in self._set_out if lost(self._stage.observer.item(one[0], one[2]), one[1])]
        if gone:
            self._stage.keeper.mend_parents()
        self._set_out = [one for one in self._set_out if one not in gone] + self._put([one[0] for one in gone])

    def harmed(self) -> Harm | None:
        """The first that was changed or removed, but by an outage."""
        while True:
            self.mend()
            harm = self._harmed()
            if harm is None or self._outages == self._stage.enduring.outages:
                return harm

    def _harmed(self) -> Harm | None:
        set_out = self._set_out
        readings = self._stage.crowd.each(lambda one: self._stage.observer.item(one[0], one[2]), set_out)
        for (resource, canary, _), reading in zip(set_out, readings, strict=True):
            if reading.state == "absent":
                return Harm(resource, canary, {})
            if reading.state == "present":
                differing = changed(canary.values, reading.values)
                if differing and differing - restless(self._stage, resource):
                    return Harm(resource, canary, reading.values)
        return None


def restless(stage: Stage, resource: Resource) -> frozenset[str]:
    """Leaves that change of their own accord on an object that nobody strikes: found out once, when first asked for."""
    with stage.once:
        if resource.name not in stage.restless:
            canary, _ = stage.keeper.make(resource, use="restless")
            found: frozenset[str] = frozenset()
            if canary:
                slots = {**stage.keeper.parents(resource), **canary.slots("self")}
                found = changed(canary.values, stage.observer.item(resource, slots).values)
                # Some leaves tell of an object's place among others: they move when one more is made.
                stage.keeper.make(resource, use="restless")
                time.sleep(stage.target.limits.settle)
                found |= changed(canary.values, stage.observer.item(resource, slots).values)
            stage.restless[resource.name] = found
        return stage.restless[resource.name]

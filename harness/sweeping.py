"""Removing what a run wrote, and nothing else.

An object is removed only if it was not there before the run, and carries a marker that the run sent to its own
resource; one whose id alone is known is looked at first. What a server merely tells about our requests, in a log or
in somebody's profile, is not ours.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from harness.canaries import Keeper, Made, until
from harness.ledger import Ledger
from harness.model import Json
from harness.observe import Listing, Observer, Reading
from harness.resources import ACCOUNT, Graph, Resource
from harness.trails import without_trails

TRIES = 3
"""How often an object is asked to go."""
MOST = 20_000
"""Removals in one list."""
_Place = tuple[tuple[str, str], ...]
"""A list, by the parents that it hangs on."""
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Each(Protocol):
    """What some work gives for each of several things, in their order; it may be done at once."""

    def __call__(self, work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]: ...


@dataclass(frozen=True, slots=True)
class Ours:
    """An object that a list shows, and that the run wrote."""

    markers: frozenset[str]
    row: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Left:
    """An object that is still there."""

    what: str
    expected: bool
    """Whether the API has no way to remove it."""


def apart(left: Sequence[Left]) -> tuple[list[str], list[str]]:
    """What could not be removed, and what the API has no way to remove."""
    return [one.what for one in left if not one.expected], [one.what for one in left if one.expected]


class Sweeper:
    """Knows what was there before a run, and removes what came with it."""

    def __init__(
        self,
        keeper: Keeper,
        observer: Observer,
        graph: Graph,
        settle: float,
        each: Each,
        owners: Mapping[str, Observer] | None = None,
        owned: Sequence[str] = (),
    ) -> None:
        """`owners` are the readers of other identities, each of whom may be the only one to see its own objects of the
        resources `owned`."""
        self._owners = owners or {}
        self._owned = frozenset(owned)
        self._keeper = keeper
        self._holdings = keeper.holdings
        self._observer = observer
        self._graph = graph
        self._settle = settle
        self._each = each
        self._known: dict[tuple[str, _Place], Sequence[str]] = {}
        """Ids of what was there before, by resource and list."""
        self._shown: dict[tuple[str, _Place], frozenset[str | None]] = {}
        """Ids of what was there when a list was last read to its end."""
        self._gone: set[tuple[str, str]] = set()
        self._marked: dict[str, list[str]] = {one.name: [] for one in graph.resources}
        """By resource, ids of what is marked as removed and still listed: more than that the API does not do."""
        self._unheard: dict[str, str] = {}
        """Why a list could not be read to its end when it was last looked at, by resource."""
        self._unnamed: dict[tuple[str, _Place], int] = {}
        """How many objects of ours a list showed, when it was last read, that tell no id to remove them by."""
        self._mute: set[str] = set()
        """Resources whose list could not be read before anything was written, either."""
        self._resource_of = {name: role[0].name for name, role in graph.roles.items()}

    def note(self, ledger: Ledger | None) -> None:
        """Notes, before anything is written, which objects are there, also below some parents of others."""
        for resource in self._graph.resources:
            if not resource.creators:
                continue
            for slots in self._outside(resource):
                listings = [reader.listing(resource, slots) for reader in self._readers(resource)]
                rows = [row for one in listings for row in one.rows]
                self._mute |= {resource.name} if any(map(_unheard, listings)) else set()
                told = (self._observer.identify(resource, row) for row in rows)
                ids = [one for one in dict.fromkeys(told) if one is not None]
                if not slots or any(one.whole for one in listings):
                    self._known[resource.name, _place(slots)] = ids
                    if ledger:
                        ledger.write("known", resource=resource.name, ids=ids, below=slots)

    def _outside(self, resource: Resource) -> list[dict[str, Json]]:
        """Slots of its only list, or of those of the identities, or those below the first and the last parent that is
        there: what aims at any object at all most often hits one of these."""
        above = list(resource.parents.values())
        if resource.owners:
            return [{ACCOUNT: one} for one in self._keeper.names] if not above else []
        ids = self._known.get((above[0], ()), ()) if len(above) == 1 else ()
        return [{f"{above[0]}.id": one} for one in dict.fromkeys((*ids[:1], *ids[-1:]))] if above else [{}]

    def adopt(self, entries: Sequence[Mapping[str, Json]]) -> None:
        """Takes over what another process noted."""
        for entry in entries:
            below = entry.get("below") or {}
            if entry.get("kind") == "known" and isinstance(entry.get("ids"), list) and isinstance(below, dict):
                self._known[str(entry.get("resource")), _place(below)] = list(map(str, entry["ids"]))

    def places(self, resource: Resource) -> list[dict[str, Json]]:
        """Slots of every list in which objects of ours can be: those below parents of ours, and, since a server may
        put them elsewhere, below those of others of which it is known what was there."""
        beside = [dict(place) for name, place in self._known if name == resource.name and place]
        return [*self._keeper.places(resource), *beside]

    def sweep(self) -> list[Left]:
        """Removes it, children first, and looks again until nothing is left; gives what is."""
        left: list[Left] = []
        waiting = [one for one in reversed(self._graph.resources) if one.creators]
        while waiting:
            # What nothing that is still to be swept rests on is swept at once.
            above = {name for one in waiting for name in one.needs - {one.name}}
            some = [one for one in waiting if one.name not in above] or waiting[:1]
            waiting = [one for one in waiting if one not in some]
            left += [line for lines in self._each(self._swept, some) for line in lines]
        return left

    def _swept(self, resource: Resource) -> list[Left]:
        """Removes what came with the run of one resource; gives what is left."""
        lines = [line for slots in self.places(resource) for line in self._listed(resource, slots)]
        self._keeper.adopt_names(resource)
        lines += self._by_id(resource) + self._lost(resource) + self._nameless(resource)
        expected = resource.operation("DELETE", "item") is None
        marked, self._marked[resource.name] = self._marked[resource.name], []
        left = [Left(f"{resource.name} {line}", expected) for line in dict.fromkeys(lines)]
        return left + [Left(f"{resource.name} {line}", True) for line in marked if line not in lines]

    def clear(self, done: Callable[[Resource, str, Collection[str]], bool]) -> None:
        """Removes, while the run goes on, those listed objects of ours that nothing hangs on and that are `done` with:
        by resource, id, and the markers in them."""
        for resource in reversed(self._graph.resources):
            places = self.places(resource) if resource.creators and resource.operation("DELETE", "item") else []
            for slots in places:
                found = self.ours(resource, slots, removed=False) or {}
                due = [name for name, one in found.items() if done(resource, name, one.markers)]
                due = [name for name in due if not self._keeper.rests_on(resource, name)]
                self._remove(resource, slots, due)
                if due:
                    # What an API only marks as removed has been asked to go.
                    self.ours(resource, slots, removed=False)

    def ours(self, resource: Resource, slots: Mapping[str, Json], removed: bool = True) -> dict[str, Ours] | None:
        """The listed objects that the run wrote, by id, those that are marked as removed among them or not; None where
        the list cannot be read."""
        listings = [reader.listing(resource, slots) for reader in self._readers(resource)]
        self._unheard[resource.name] = next(filter(None, map(_unheard, listings)), "")
        if not any(one.rows or one.whole for one in listings):
            return None
        if all(one.whole for one in listings):
            told = (self._observer.identify(resource, row) for one in listings for row in one.rows)
            self._shown[resource.name, _place(slots)] = frozenset(told)
        found: dict[str, Ours] = {}
        self._unnamed[resource.name, _place(slots)] = 0
        for row in (row for one in listings for row in one.rows):
            markers = self._keeper.markers.find(without_trails(row))
            own = {one for one in markers if self._resource_of.get(self._holdings.wrote.get(one, "")) == resource.name}
            object_id = self._observer.identify(resource, row)
            known = self._known.get((resource.name, _place(slots)), ())
            self._unnamed[resource.name, _place(slots)] += bool(own) and object_id is None
            if own and object_id is not None and object_id.strip(".") and object_id not in known:
                if removed or not self._observer.removed(resource, object_id, row):
                    found[object_id] = Ours(frozenset(own), row)
                else:
                    self._marked[resource.name] = [*dict.fromkeys((*self._marked[resource.name], object_id))]
                    self._gone.add((resource.name, object_id))
        return found

    def missing(self) -> list[str]:
        """How many objects of others are there no more, by resource, as the lists showed when they were last read."""
        lost = Counter[str]()
        for place, ids in self._known.items():
            lost[place[0]] += len(set(ids) - self._shown.get(place, frozenset(ids)))
        return [f"{count} {name}" for name, count in lost.items() if count]

    def read(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        """An object, by the first who may see it."""
        readings = (reader.item(resource, slots) for reader in self._readers(resource))
        return next((one for one in readings if one.state == "present"), Reading("unreadable"))

    def _readers(self, resource: Resource) -> list[Observer]:
        return [self._observer, *(self._owners.values() if resource.name in self._owned else ())]

    def _listed(self, resource: Resource, slots: Mapping[str, Json]) -> list[str]:
        """Removes what the list shows, until it shows nothing of ours; gives what it shows still."""
        marked, tries = frozenset(self._marked[resource.name]), Counter[str]()
        found = self.ours(resource, slots, removed=False)
        if self._finish_off(resource, slots, marked):
            found = self.ours(resource, slots, removed=False)
        while found and resource.operation("DELETE", "item"):
            due = [one for one in sorted(found) if tries[one] < TRIES]
            if not due or sum(tries.values()) > MOST:
                break
            self._remove(resource, slots, due)
            tries.update(due)
            # A list may show for a while what is gone, and then others of ours that it had no room for.
            found, _ = until(
                lambda: self.ours(resource, slots, removed=False),
                lambda now: not now or tries.keys().isdisjoint(now),
                self._settle,
            )
        return [*sorted(found or ()), *self._untold(resource)]

    def _remove(self, resource: Resource, slots: Mapping[str, Json], ids: Sequence[str]) -> None:
        self._each(lambda one: self._holdings.remove(resource, {**slots, "self.id": one}), ids)
        self._gone.update((resource.name, one) for one in ids)

    def _finish_off(self, resource: Resource, slots: Mapping[str, Json], known: Collection[str]) -> bool:
        """Removes what is only marked as removed, and not because it was asked to go: an action did that. Gives whether
        there was any; what was `known` to be marked has had its turn."""
        if not self._graph.below.get(resource.name) or resource.operation("DELETE", "item") is None:
            return False
        named = [{**slots, "self.id": one} for one in self._marked[resource.name] if one not in known]
        due = [one for one in named if not self._was_asked(resource, one)]
        for one in due:
            self._holdings.remove(resource, one)
            self._marked[resource.name].remove(str(one["self.id"]))
        return bool(due)

    def _was_asked(self, resource: Resource, slots: Mapping[str, Json]) -> bool:
        """Whether the run itself removed an object."""
        mine = (one for one in self._holdings.made if one.gone and one.resource.name == resource.name)
        return any(str(one.slots["self.id"]) == str(slots["self.id"]) for one in mine)

    def _untold(self, resource: Resource) -> list[str]:
        """Says that more may be there, where the list was readable once, is not now, and something was written."""
        why = self._unheard.get(resource.name)
        wrote = resource.name in {self._resource_of.get(one) for one in self._holdings.wrote.values()}
        heard = resource.name not in self._mute
        return [f"(its list answers {why}, so that more may be there)"] if why and wrote and heard else []

    def _nameless(self, resource: Resource) -> list[str]:
        """Says how many objects of ours lists show still that tell no id, so that nothing could remove them."""
        there = [slots for slots in self.places(resource) if self._unnamed.get((resource.name, _place(slots)))]
        for slots in there:
            self.ours(resource, slots)
        count = sum(self._unnamed[resource.name, _place(slots)] for slots in there)
        return (
            [f"({count} on its list that tell no id; say where it stands: resources.{resource.name}.id)"]
            if count
            else []
        )

    def _by_id(self, resource: Resource) -> list[str]:
        """What no list shows: looked at by its id first, for an id alone may have come to be another object's. Only
        where the answer that told the id left no doubt is it removed unseen."""
        due: list[Made] = []
        for one in self._holdings.made:
            object_id = str(one.slots["self.id"])
            if one.resource.name != resource.name or (resource.name, object_id) in self._gone:
                continue
            if one.gone and resource.operation("GET", "list"):
                continue
            due.append(one)
            self._gone.add((resource.name, object_id))
        rid = self._each(lambda one: _filled(resource, one.slots) and self._rid_of(resource, one), due)
        return [str(one.slots["self.id"]) for one, is_rid in zip(due, rid, strict=True) if not is_rid]

    def _lost(self, resource: Resource) -> list[str]:
        """What creations made whose answer was lost, where a search finds it and no list shows it."""
        left = []
        for one in (it for it in self._holdings.hearing.lost if it.resource.name == resource.name):
            if resource.operation("GET", "list") and not resource.filtered:
                continue
            reading = self._observer.find(resource, one.marker, one.slots)
            object_id = self._observer.identify(resource, reading.values)
            if reading.state == "present" and object_id:
                own = {**one.slots, "self.id": object_id}
                if not self._rid_of(resource, Made(resource, own, sure=False, by="")):
                    left.append(object_id)
            elif reading.state != "absent":
                left.append(f"({one.why})")
        return left

    def _rid_of(self, resource: Resource, one: Made) -> bool:
        state = self._state(resource, one.slots)
        if state == "marked":
            # An action did that, for it was never asked to go.
            self._holdings.remove(resource, one.slots)
            return True
        if state == "ours" or (state != "another's" and one.sure and not one.seen):
            # What was there and is not any more was obeyed, whatever became of the answer; else it is asked again.
            for _ in range(TRIES):
                answered = self._holdings.remove(resource, one.slots)
                now = self._state(resource, one.slots)
                if (answered and now != "ours") or (state == "ours" and now == "absent"):
                    return True
            return False
        return state in ("absent", "another's")

    def _is_gone(self, above: str, slots: Mapping[str, Json]) -> bool:
        """Whether the object of another resource that these slots name is there no more."""
        own = {**slots, "self.id": slots.get(f"{above}.id")}
        return own["self.id"] is not None and self._state(self._graph.resource(above), own) == "absent"

    def _state(self, resource: Resource, slots: Mapping[str, Json]) -> str:
        reader = self._owners.get(self._holdings.maker(resource, slots), self._observer)
        reading = reader.item(resource, slots)
        if reading.state == "unreadable" and any(self._is_gone(name, slots) for name in resource.parents.values()):
            # What hangs on nothing is refused in the same words as what is not there.
            return "absent"
        if reading.state != "present":
            return "marked" if reading.values and not self._was_asked(resource, slots) else reading.state
        told = [without_trails(reading.values), str(slots["self.id"])]
        return "ours" if self._keeper.markers.find(told) else "another's"


def _place(slots: Mapping[str, Json]) -> _Place:
    return tuple(sorted((name, str(value)) for name, value in slots.items()))


def _unheard(listing: Listing) -> str:
    """What kept the rest of a list back, where that is the target's trouble: others may be readable by nobody."""
    last = listing.exchange
    if listing.whole or last is None or (last.status is not None and last.status != 429 and last.status < 500):
        return ""
    return str(last.status or last.failure)


def _filled(resource: Resource, slots: Mapping[str, Json]) -> bool:
    return resource.place <= slots.keys()

"""What the objects of a run hang on."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from threading import RLock

from harness.canaries.values import Canary
from harness.model import Json
from harness.observe import Observer
from harness.resources import Graph, Resource


class Parents:
    """One canary for each resource and group, which lanes share."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._held: dict[tuple[str, str], Canary] = {}
        self._lock = RLock()
        """Held while one is made, so that lanes share it."""

    def of(self, name: str, group: str, make: Callable[[], Canary]) -> Canary:
        """The one of a resource and group, made when first asked for."""
        with self._lock:
            if (name, group) not in self._held:
                self._held[name, group] = make()
            return self._held[name, group]

    def hold(self, resource: str, object_id: str) -> bool:
        """Whether objects may hang on one."""
        return any((one.resource, one.id) == (resource, object_id) for one in self._held.values())

    def adopt(self, canary: Canary) -> None:
        """Takes over one of another process."""
        self._held[canary.resource, f"ledger {canary.id}"] = canary

    def places(self, resource: Resource) -> Iterator[dict[str, Json]]:
        """What tells the lists of a resource below them apart."""
        last = {name: canary.slots(name) for (name, _), canary in self._held.items()}
        whole = {key: value for one in last.values() for key, value in one.items()}
        for (name, _), canary in self._held.items():
            slots = {**whole, **canary.slots(name)}
            if name in resource.needs and resource.place <= slots.keys():
                yield {key: slots[key] for key in resource.place}

    def mend(self, observer: Observer, account: Callable[[Resource], Mapping[str, Json]]) -> None:
        """Sets aside those that are gone, so that others are made when they are needed. `account` tells who stands in
        the paths of a resource."""
        with self._lock:
            counts = Counter(name for name, _ in self._held)
            lists = {name: _listed(self._graph.resource(name), observer) for name in counts if counts[name] > 1}
            for (name, group), canary in list(self._held.items()):
                if canary.id not in lists.get(name, ()) and self._gone(name, group, canary, observer, account):
                    self._held[name, f"{group} until {canary.id}"] = self._held.pop((name, group))

    def _gone(
        self,
        name: str,
        group: str,
        canary: Canary,
        observer: Observer,
        account: Callable[[Resource], Mapping[str, Json]],
    ) -> bool:
        near = {
            key: told
            for (_, other), one in self._held.items()
            if other == group
            for key, told in one.slots(one.resource).items()
        }
        resource = self._graph.resource(name)
        return observer.item(resource, {**near, **account(resource), **canary.slots("self")}).state == "absent"


def _listed(resource: Resource, observer: Observer) -> Collection[str]:
    """Ids of what stands in the only list of a resource, and is not marked as removed."""
    rows = () if resource.place else observer.listing(resource, {}).rows
    ids = [(observer.identify(resource, row), row) for row in rows]
    return frozenset(one for one, row in ids if one and not observer.removed(resource, one, row))

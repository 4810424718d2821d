"""What a run has written, as far as anything told, and removing it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from threading import Lock

from harness.canaries.hearing import Hearing
from harness.canaries.values import Canary, Made
from harness.credentials import Signer
from harness.ledger import Ledger
from harness.model import REFUSALS, Exchange, Json, Operation, Send
from harness.resources import Graph, Resource, fill_path, read_path


class Holdings:
    """The objects and markers of one run, by whomever they were made."""

    def __init__(self, send: Send, signer: Signer, graph: Graph, ledger: Ledger | None, owner: str) -> None:
        """`owner` is the entitled identity."""
        self._send = send
        self._signer = signer
        self._graph = graph
        self._ledger = ledger
        self._owner = owner
        self._lock = Lock()
        """Held while what was made is written down."""
        self.made: list[Made] = []
        """Every object of the run that an id is known of."""
        self.hearing = Hearing(graph, ledger)
        """Knows the creations of which nothing else tells whether they were obeyed."""
        self.wrote: dict[str, str] = {}
        """Marker -> the operation that it was sent with."""

    def keep(
        self,
        resource: Resource,
        object_id: str,
        slots: Mapping[str, Json],
        marker: str,
        by: str,
        sure: bool = False,
    ) -> int:
        """Notes an object that an identity made; gives its place in `made`."""
        kept = {name: value for name, value in slots.items() if name not in ("marker", "unique")}
        with self._lock:
            self.made.append(Made(resource, {**kept, "self.id": object_id}, sure, by=by))
            place = len(self.made) - 1
        if self._ledger:
            self._ledger.write("canary", resource=resource.name, id=object_id, marker=marker, slots=kept, by=by)
        return place

    def see(self, place: int) -> None:
        """An object at this place of `made` was read back."""
        self.made[place] = replace(self.made[place], seen=True)

    def forget(self, resource: Resource, slots: Mapping[str, Json]) -> None:
        """An object of ours was removed, and seen to be gone: only a list needs to show that it stays away."""
        for place, one in enumerate(self.made):
            if one.resource.name == resource.name and one.slots.items() <= slots.items():
                self.made[place] = replace(one, gone=True)

    def heard(
        self, resource: Resource, operation: Operation, marker: str, slots: Mapping[str, Json], exchange: Exchange
    ) -> None:
        """Notes what a control's creation was answered that no name of ours tells the end of; an id that it tells is
        kept when it is read back."""
        if self.hearing.unshown(operation):
            self.hearing.hear(operation, marker, slots, exchange)
        elif exchange.unanswered:
            self.hearing.lose(resource, marker, slots)

    def maker(self, resource: Resource, slots: Mapping[str, Json]) -> str:
        """Who made an object; empty where nobody knows."""
        mine = (one for one in self.made if one.resource.name == resource.name)
        name = next(
            (one.by for one in mine if all(slots.get(key, told) == told for key, told in one.slots.items())), ""
        )
        return name if name in self._signer.identities else ""

    def remove(self, resource: Resource, slots: Mapping[str, Json]) -> bool:
        """Deletes one object of ours, where the API has a way to; whether it was answered that the object is gone.

        Who made it does so, where that is known, then the entitled identity; then, since a mutant may have given it
        away, whoever else made objects of the kind, and last any other living identity.
        """
        if resource.operation("DELETE", "item") is None:
            return False
        path = fill_path(read_path(resource, "item"), slots)
        makers = [one.by for one in self.made if one.resource.name == resource.name]
        living = [name for name, one in self._signer.identities.items() if one.state is None and one.key and not one.of]
        hands = dict.fromkeys((self.maker(resource, slots) or self._owner, self._owner, *makers))
        exchange = self._removed_by([one for one in hands if one in self._signer.identities], path, (*REFUSALS, 404))
        if exchange is not None and (exchange.status in REFUSALS or (exchange.denied and exchange.status != 404)):
            exchange = self._removed_by([one for one in living if one not in hands], path, REFUSALS) or exchange
        return exchange is not None and (exchange.ok or exchange.status in (404, 410))

    def _removed_by(self, names: Sequence[str], path: str, passed_on: Collection[int]) -> Exchange | None:
        """Asks one after the other to delete it, until one is answered with another status than these."""
        exchange = None
        for name in names:
            line = "control" if name == self._owner else f"control {name}"
            exchange = self._send(self._signer.signed("DELETE", path, name), line)
            if exchange.status not in passed_on and not exchange.denied:
                break
        return exchange

    def adopt(self, entries: Sequence[Mapping[str, Json]]) -> list[Canary]:
        """Takes over the markers and objects of another process's ledger; gives the objects."""
        self.hearing.adopt(entries)
        names, found = {one.name: one for one in self._graph.resources}, list[Canary]()
        for entry in entries:
            marker = entry.get("marker")
            if entry.get("kind") == "marker" and isinstance(marker, str):
                self.wrote[marker] = str(entry.get("operation"))
            if entry.get("kind") == "canary" and entry.get("resource") in names:
                resource, slots = names[entry["resource"]], entry.get("slots")
                canary = Canary(resource.name, str(entry.get("id")), "", str(marker))
                kept = {**(slots if isinstance(slots, dict) else {}), "self.id": canary.id}
                self.made.append(Made(resource, kept, sure=False, by=str(entry.get("by") or "")))
                found.append(canary)
        return found

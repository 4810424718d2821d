"""The ledger, and the objects that a run makes and removes.

The ledger is on disk before anything is sent: with the run's secret in it, from which every marker is derived,
whatever the run wrote can be found and removed, even by another process after a crash.
"""

import base64
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from harness.config import Target
from harness.credentials import Signer
from harness.errors import UsageError
from harness.markers import Markers
from harness.model import Exchange, Json, Operation, Proof, Send
from harness.observe import Observer, Reading, holds, id_in_path, identify, unwrapped
from harness.openapi import Unsatisfiable
from harness.resources import Graph, Resource, fill, fill_path, read_path, template

LEDGER = "ledger.jsonl"
ROUNDS = 5
PAUSES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_Seen = TypeVar("_Seen")


class Ledger:
    """An append-only file of what a run is about to write; a line is on disk before the request it speaks of is
    sent."""

    def __init__(self, path: Path, secret: bytes, facts: Mapping[str, Json]) -> None:
        """Starts a ledger, in the place of one whose run left nothing behind. Raises UsageError where it cannot be
        written, or where a run may have left something that only its ledger can tell of."""
        try:
            if path.exists() and _closed(path):
                path.unlink()
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except FileExistsError:
            raise UsageError(
                f"{path}: a run ended there before it could clean up; run `holdfast cleanup {path.parent}` first"
            ) from None
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
        self.write("run", **facts, secret=base64.b64encode(secret).decode())
        os.fsync(self._file)

    def write(self, kind: str, **facts: Json) -> None:
        """One line, handed to the system before this returns."""
        os.write(self._file, json.dumps({"kind": kind, **facts}).encode() + b"\n")

    def close(self, left: Sequence[str]) -> None:
        """Ends it, with what could not be removed."""
        self.write("end", left=list(left))
        os.close(self._file)


def _closed(path: Path) -> bool:
    """Whether nothing of the run of this ledger is left."""
    last = read_ledger(path)[2][-1:]
    return bool(last) and last[0].get("kind") == "end" and not last[0].get("left")


def read_ledger(path: Path) -> tuple[dict[str, Json], bytes, list[dict[str, Json]]]:
    """The run's facts, its secret, and the lines behind; a torn last line is left out. Raises UsageError where it is
    none."""
    try:
        text = path.read_text()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; name a folder that a run has written") from None
    entries = []
    for line in filter(None, text.splitlines()):
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    if not entries or entries[0].get("kind") != "run":
        raise UsageError(f"{path}: this is no ledger of a run")
    return entries[0], base64.b64decode(entries[0]["secret"]), entries[1:]


def end_ledger(path: Path, left: Sequence[str]) -> None:
    """Notes in the ledger of another process's run what a clean-up could not remove."""
    with path.open("ab") as file:
        file.write(b"\n" + json.dumps({"kind": "end", "left": list(left)}).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Canary:
    """An object of this run."""

    resource: str
    id: str
    uri: str
    marker: str
    values: Mapping[str, Json] = field(default_factory=dict)
    """As it was first read."""

    def slots(self, name: str) -> dict[str, Json]:
        """What templates put where they name this canary as `name`."""
        number = int(self.id) if self.id.isdigit() else self.id
        return {f"{name}.id": self.id, f"{name}.number": number, f"{name}.uri": self.uri}


class Keeper:
    """Makes canaries, and removes whatever the run has written."""

    def __init__(
        self,
        send: Send,
        signer: Signer,
        observer: Observer,
        graph: Graph,
        target: Target,
        ledger: Ledger | None,
        markers: Markers,
        owner: str,
    ) -> None:
        self._send = send
        self._signer = signer
        self._observer = observer
        self._graph = graph
        self._target = target
        self._ledger = ledger
        self.markers = markers
        self._owner = owner
        self._parents: dict[tuple[str, str], Canary] = {}
        self._made: list[tuple[str, dict[str, Json]]] = []
        self._unseen: list[tuple[str, dict[str, Json]]] = []

    def new_marker(self, operation: Operation, who: str) -> str:
        """A fresh marker, in the ledger before it is sent."""
        marker = self.markers.new()
        if self._ledger:
            self._ledger.write("marker", marker=marker, operation=operation.name, by=who)
        return marker

    def parents(self, resource: Resource, group: str = "") -> dict[str, Json]:
        """Slots of one canary of every resource that this one hangs on, made when first asked for.

        Canaries of different `group`s hang on different ones. Raises NoCanary.
        """
        slots: dict[str, Json] = {}
        for name in sorted(resource.needs - {resource.name}):
            if (name, group) not in self._parents:
                canary, proof = self.make(self._graph.resource(name), group=group)
                if canary is None:
                    raise NoCanary(name, proof)
                self._parents[name, group] = canary
            slots |= self._parents[name, group].slots(name)
        return slots

    def make(self, resource: Resource, variant: str = "", group: str = "") -> tuple[Canary | None, Proof]:
        """A new object, made by the entitled identity and read back; None with the reason where that fails.

        This is at once the control of the resource's POST, with `variant` for a URL field that it is to carry.
        """
        operation = resource.operation("POST", "list")
        if operation is None:
            return None, Proof(None, False, f"nothing creates a {resource.name}")
        try:
            made = template(resource, operation, "list", self._target, variant)
            slots = self.parents(resource, group)
        except (Unsatisfiable, NoCanary) as error:
            return None, Proof(getattr(error, "exchange", None), False, str(error))
        marker = self.new_marker(operation, "control")
        slots |= {"marker": marker, "unique": marker}
        request = self._signer.signed("POST", fill_path(made.path, slots), self._owner, fill(made.body, slots))
        exchange = self._send(request, "control")
        if not exchange.ok:
            return None, Proof(exchange, False, refused(operation, exchange))
        return self._read_back(resource, marker, slots, exchange)

    def _read_back(
        self, resource: Resource, marker: str, slots: dict[str, Json], exchange: Exchange
    ) -> tuple[Canary | None, Proof]:
        told = told_id(resource, exchange, slots, marker)

        def look() -> Reading:
            if told is None:
                return self._observer.find(resource, marker, slots)
            return self._observer.item(resource, {**slots, "self.id": told})

        reading, waited = until(look, lambda one: holds(dict(one.values), marker), self._target.limits.settle)
        if not holds(dict(reading.values), marker):
            if told is not None and holds(exchange.json, marker):
                self._unseen.append((resource.name, {**slots, "self.id": told}))
            reason = f"{exchange.status}, but what it made was not seen again"
            return None, Proof(exchange, False, reason)
        found = told if told is not None else identify(resource, reading.values)
        if found is None:
            return None, Proof(exchange, False, f"no id of the new {resource.name} is told; say where with `id:`")
        address = reading.values.get(resource.address_field or "")
        path = fill_path(
            resource.item_path.replace("{" + resource.parameter + "}", "{self.id}"), {"self.id": found, **slots}
        )
        canary = Canary(resource.name, found, address if isinstance(address, str) else path, marker, reading.values)
        self._made.append((resource.name, {**slots, "self.id": found}))
        if self._ledger:
            self._ledger.write("canary", resource=resource.name, id=found, marker=marker)
        return canary, Proof(exchange, True, settle=waited)

    def remove(self, resource: Resource, slots: Mapping[str, Json]) -> bool:
        """Deletes one object of ours, where the API has a way to; whether it was answered that the object is gone."""
        if resource.operation("DELETE", "item") is None:
            return False
        path = fill_path(read_path(resource, "item"), slots)
        exchange = self._send(self._signer.signed("DELETE", path, self._owner), "control")
        return exchange.ok or exchange.status in (404, 410)

    def ours(
        self, resource: Resource, slots: Mapping[str, Json]
    ) -> list[tuple[Mapping[str, Json], frozenset[str]]] | None:
        """The objects in a list that carry markers of this run, with those markers; None where the list cannot be
        read."""
        listing = self._observer.listing(resource, slots)
        if not listing.whole:
            return None
        marked = [(row, self.markers.find(dict(row))) for row in listing.rows]
        return [(row, found) for row, found in marked if found]

    def sweep(self) -> list[str]:
        """Removes everything that carries a marker, children first, and lists again until nothing is left.

        Gives a line for each object, or list, that could not be dealt with.
        """
        makeable = [one for one in reversed(self._graph.resources) if one.operation("POST", "list")]
        places = [(resource, slots) for resource in makeable for slots in self.places(resource)]
        listed = [line for resource, slots in places for line in self._sweep_one(resource, slots)]
        return listed + [line for resource in makeable for line in self._sweep_unseen(resource)]

    def _sweep_unseen(self, resource: Resource) -> list[str]:
        """Removes what an answer said was made and no reader ever showed: only an answer can tell that it is gone."""
        mine = [slots for name, slots in self._unseen if name == resource.name]
        return [f"{resource.name} {slots['self.id']}" for slots in mine if not self.remove(resource, slots)]

    def _sweep_one(self, resource: Resource, slots: Mapping[str, Json]) -> list[str]:
        found, left = self.ours(resource, slots), list[str]()
        for _ in range(ROUNDS):
            if found is None:
                return self._sweep_by_id(resource)
            ids = [identify(resource, row) for row, _ in found]
            lines = [f"{resource.name} {one}" for one in ids]
            if lines and (lines == left or not resource.operation("DELETE", "item")):
                return lines
            for one in ids:
                if one is not None:
                    self.remove(resource, {**slots, "self.id": one})
            left = lines
            # A list may show for a while what is gone.
            found, _ = until(lambda: self.ours(resource, slots), lambda now: not now, self._target.limits.settle)
            if not left and found == []:
                return []
        return left

    def _sweep_by_id(self, resource: Resource) -> list[str]:
        """Removes what is known to have been made, where no list shows what there is."""
        mine = [slots for name, slots in self._made if name == resource.name]
        for slots in mine:
            self.remove(resource, slots)
        left = [slots for slots in mine if self._observer.item(resource, slots).state != "absent"]
        return [f"{resource.name} {slots['self.id']}" for slots in left]

    def places(self, resource: Resource) -> list[dict[str, Json]]:
        """Slots of every list in which objects of ours can be: one, or one below each parent that we made."""
        if not resource.parents:
            return [{}]
        groups = {group for name, group in self._parents if name in resource.needs}
        found = []
        for group in sorted(groups):
            slots: dict[str, Json] = {}
            for (name, other), canary in self._parents.items():
                if other == group and name in resource.needs:
                    slots |= canary.slots(name)
            found.append(slots)
        return found

    def adopt(self, entries: Sequence[Mapping[str, Json]]) -> None:
        """Takes the canaries of another process's ledger for parents below which objects may be left."""
        for entry in entries:
            if entry.get("kind") == "canary":
                canary = Canary(entry["resource"], entry["id"], "", entry["marker"])
                self._made.append((canary.resource, canary.slots("self")))
                self._parents[canary.resource, f"ledger {canary.id}"] = canary


class NoCanary(Exception):
    """A parent could not be made."""

    def __init__(self, resource: str, proof: Proof) -> None:
        super().__init__(f"no {resource} could be made for it: {proof.reason}")
        self.exchange = proof.exchange


def told_id(resource: Resource, exchange: Exchange, slots: Mapping[str, Json], marker: str) -> str | None:
    """The id of a new object as its answer tells it, by the target's `id:` or in the usual places."""
    kind = resource.id_from.partition(":")[0]
    body = unwrapped(exchange.json) or {}
    if kind == "sent":
        return marker
    if resource.id_from.startswith("$."):
        value: Json = exchange.json
        for step in resource.id_from[2:].split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return None if value is None else str(value)
    located = id_in_path(resource, exchange.header("location"))
    return located if located is not None or kind == "location" else identify(resource, body)


def refused(operation: Operation, exchange: Exchange) -> str:
    """Why a control does not count, for a person: status and the beginning of what the server said."""
    if exchange.status is None:
        return f"{operation.name}: no answer ({exchange.failure})"
    said = exchange.body[:200].decode("utf-8", "replace").strip()
    safe = "".join(char if char.isprintable() else " " for char in said)
    return f"{operation.name}: {exchange.status}{' ' + safe if safe else ''}"


def until(look: Callable[[], _Seen], seen: Callable[[_Seen], bool], longest: float) -> tuple[_Seen, float]:
    """Looks until it is seen or `longest` seconds are over; gives the last look and the seconds waited for it."""
    start = time.monotonic()
    for pause in _pauses(longest):
        time.sleep(pause)
        reading = look()
        waited = time.monotonic() - start
        if seen(reading):
            return reading, waited if pause else 0.0
    return reading, waited


def _pauses(longest: float) -> Iterator[float]:
    left = longest
    for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
        yield min(pause, left)
        left -= pause
        if left <= 0:
            return

"""Creations that nothing shows but their own answer, for no list and no search finds what they made.

What may have come of one is in the ledger as soon as it is known: an object with an id, an object without one, or
nothing. A creation of which the ledger tells none of these was under way when its run was ended.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from harness.canaries.telling import told_id
from harness.ledger import Ledger
from harness.model import Exchange, Json, Operation
from harness.resources import Graph, Resource

UNANSWERED = "a creation was not answered, so that one with the text {} may be there"
NAMELESS = "a creation told no id, so that one with the text {} is there"
CUT_OFF = "the run ended before a creation was answered, so that one with the text {} may be there"


@dataclass(frozen=True, slots=True)
class Lost:
    """A creation of which no answer told what it made."""

    resource: Resource
    marker: str
    slots: Mapping[str, Json]
    why: str
    """What to look for, for a person."""


class Hearing:
    """What creations were answered, as far as that is all that is known of what they made."""

    def __init__(self, graph: Graph, ledger: Ledger | None) -> None:
        self._graph = graph
        self._ledger = ledger
        self._lock = Lock()
        self._telling: set[str] = set()
        """Resources whose creations were seen to tell an id: there, a success without one has made nothing."""
        self.lost: list[Lost] = []

    def unshown(self, operation: Operation | str) -> Resource | None:
        """The resource of which an operation makes an object that nothing finds; None where something does."""
        name = operation if isinstance(operation, str) else operation.name
        resource, place = self._graph.roles.get(name, (None, ""))
        if resource is None or place not in ("list", "create") or not name.startswith("POST ") or resource.find:
            return None
        return None if resource.operation("GET", "list") else resource

    def lose(self, resource: Resource, marker: str, slots: Mapping[str, Json], why: str = UNANSWERED) -> None:
        """Notes that an object may be there that only its marker tells."""
        kept = {name: value for name, value in slots.items() if name.endswith((".id", ".uri", ".number"))}
        with self._lock:
            self.lost.append(Lost(resource, marker, kept, why.format(marker)))
        if self._ledger:
            self._ledger.write("lost", resource=resource.name, marker=marker, slots=kept, why=why.format(marker))

    def hear(
        self,
        operation: Operation,
        marker: str,
        slots: Mapping[str, Json],
        exchange: Exchange,
        keep: Callable[[Resource, str], None] | None = None,
        plain: bool = True,
    ) -> None:
        """Takes down what came of a creation; `keep` gets the id that its answer told. Of what is not `plain`, a
        success may mean something else."""
        resource = self.unshown(operation)
        if resource is None:
            return
        told = told_id(resource, exchange) if exchange.ok else None
        if told is not None:
            self._telling.add(resource.name)
            if keep:
                keep(resource, told)
        elif exchange.unanswered:
            self.lose(resource, marker, slots)
        elif exchange.ok and plain and resource.name not in self._telling:
            self.lose(resource, marker, slots, NAMELESS)
        else:
            self.settle(operation, marker)

    def settle(self, operation: Operation, marker: str) -> None:
        """Notes that nothing came of a marker that was to go with a creation."""
        if self._ledger and self.unshown(operation):
            self._ledger.write("refused", marker=marker)

    def adopt(self, entries: Sequence[Mapping[str, Json]]) -> None:
        """Takes over what another process's ledger tells, and what it does not tell the end of."""
        names = {one.name: one for one in self._graph.resources}
        waiting: dict[str, Resource] = {}
        for entry in entries:
            kind, marker = entry.get("kind"), str(entry.get("marker"))
            resource, slots = names.get(str(entry.get("resource"))), entry.get("slots")
            if kind == "marker" and (made := self.unshown(str(entry.get("operation")))):
                waiting[marker] = made
            elif kind in ("refused", "canary", "lost"):
                waiting.pop(marker, None)
            if kind == "lost" and resource:
                known = slots if isinstance(slots, dict) else {}
                self.lost.append(Lost(resource, marker, known, str(entry.get("why"))))
        self.lost += [Lost(resource, marker, {}, CUT_OFF.format(marker)) for marker, resource in waiting.items()]

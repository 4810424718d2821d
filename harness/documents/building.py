"""Events to data with places, counting as it goes: what could make a small file large or deep is bounded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.documents.events import Event
from harness.documents.places import Document, Fault, Place
from harness.model import Json

MAX_DEPTH = 100
MAX_NODES = 1_000_000
"""Values in one document, an alias counting as much as what it stands for."""


@dataclass(slots=True)
class _Frame:
    """A container that is being filled."""

    holder: dict[str, Json] | list[Json]
    anchor: str | None
    nodes: int
    """Values counted before it."""
    deepest: int
    marks: dict[str | int, Place] = field(default_factory=dict)
    key: Event | None = None
    merged: list[Json] = field(default_factory=list)


class _Anchored(NamedTuple):
    value: Json
    nodes: int
    height: int


class _Builder:
    """Puts events together, counting as it goes. Nothing here recurses, whatever the file."""

    def __init__(self) -> None:
        self.marks: dict[int, dict[str | int, Place]] = {}
        self.stack: list[_Frame] = []
        self.anchors: dict[str, _Anchored] = {}
        self.nodes = 0
        self.documents = 0
        self.start = Place(1, 1)
        self.root: Json = None

    def take(self, event: Event) -> None:
        frame = self.stack[-1] if self.stack else None
        if event.kind == "document":
            self._document(event)
        elif event.kind == "end":
            self._close()
        elif frame and isinstance(frame.holder, dict) and frame.key is None:
            self._key(frame, event)
        else:
            if frame and isinstance(frame.holder, list):
                frame.marks[len(frame.holder)] = event.place
            self._value(event)

    def _document(self, event: Event) -> None:
        self.documents += 1
        if self.documents > 1:
            raise Fault(event.place, "a second document begins here; keep one in a file")

    def _value(self, event: Event) -> None:
        self._count(event, 1)
        if event.kind in ("{", "["):
            self._open(event)
            return
        value = event.value
        if event.kind == "alias":
            value = self._alias(event)
        elif event.anchor:
            self.anchors[event.anchor] = _Anchored(value, 1, 0)
        self._attach(value)

    def _key(self, frame: _Frame, event: Event) -> None:
        if event.kind != "value":
            raise Fault(event.place, "a key must be text; an alias, a list or a mapping cannot be one")
        if event.text in frame.marks:
            raise Fault(event.place, f"{_quoted(event.text)} is given twice in one mapping; keep one of them")
        frame.key = event
        frame.marks[event.text] = event.place

    def _open(self, event: Event) -> None:
        depth = len(self.stack) + 1
        if depth > MAX_DEPTH:
            raise Fault(event.place, f"is nested deeper than {MAX_DEPTH} levels; flatten it")
        if depth == 1:
            self.start = event.place
        self.stack.append(_Frame({} if event.kind == "{" else [], event.anchor, self.nodes - 1, depth))

    def _close(self) -> None:
        frame = self.stack.pop()
        depth = len(self.stack) + 1
        if isinstance(frame.holder, dict):
            self._merge(frame, frame.holder)
        self.marks[id(frame.holder)] = frame.marks
        if frame.anchor:
            self.anchors[frame.anchor] = _Anchored(frame.holder, self.nodes - frame.nodes, frame.deepest - depth + 1)
        if self.stack:
            self.stack[-1].deepest = max(self.stack[-1].deepest, frame.deepest)
        self._attach(frame.holder)

    def _alias(self, event: Event) -> Json:
        known = self.anchors.get(event.anchor or "")
        if known is None:
            raise Fault(event.place, "no anchor of this name ends before it; quote a value that begins with '*'")
        deepest = len(self.stack) + known.height
        if deepest > MAX_DEPTH:
            raise Fault(event.place, f"this alias is nested deeper than {MAX_DEPTH} levels; flatten it")
        self.stack[-1].deepest = max(self.stack[-1].deepest, deepest)
        self._count(event, known.nodes - 1)
        return known.value

    def _count(self, event: Event, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise Fault(event.place, f"holds more than {MAX_NODES:,} values with aliases written out; make it smaller")

    def _attach(self, value: Json) -> None:
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        if isinstance(frame.holder, list):
            frame.holder.append(value)
        elif frame.key is not None:
            if frame.key.merges:
                del frame.marks[frame.key.text]
                frame.merged.extend(_mergeable(value, frame.key.place))
            else:
                frame.holder[frame.key.text] = value
            frame.key = None

    def _merge(self, frame: _Frame, holder: dict[str, Json]) -> None:
        """What `<<` names is added last, since a key of the mapping itself wins."""
        for source in frame.merged:
            for key, value in source.items():
                if key not in holder:
                    holder[key] = value
                    frame.marks[key] = self.marks[id(source)][key]


def _mergeable(value: Json, place: Place) -> list[Json]:
    sources = value if isinstance(value, list) else [value]
    if not all(isinstance(source, dict) for source in sources):
        raise Fault(place, "'<<' merges mappings; give it one, or a list of them")
    return sources


def _quoted(key: str) -> str:
    return f"'{key}'" if len(key) <= 80 and key.isprintable() else "this key"


def build(events: Iterator[Event], name: str) -> Document:
    """The document that the events tell. Raises `Fault`."""
    builder = _Builder()
    for event in events:
        builder.take(event)
    return Document(name, builder.root, builder.start, builder.marks)

"""Bytes to plain data, for every file that a person or a server hands us: YAML or JSON, with the place of each value.

YAML is read with fewer surprises than its version 1.1 has: `no`, `on`, `012`, `22:22` and dates are text, keys are text
(as in JSON), a key given twice is an error, tags are refused. What could make a small file large or deep is bounded.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from harness.errors import ConfigError, Problem
from harness.model import Json

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 1_000_000
"""Values in one document, an alias counting as much as what it stands for."""

Pointer = tuple[str | int, ...]
"""Keys and list indexes from the root to a value."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTANTS: Mapping[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,999})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?=[.eE])(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s{}\[\],:"]+')
_PLAIN_TAGS = frozenset({"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


class Place(NamedTuple):
    """Where something stands in a text; both count from 1, 0 means unknown."""

    line: int
    column: int


UNKNOWN = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Document:
    """Parsed data with the places of its values.

    The data must not be changed: places are found by the identity of containers.
    """

    name: str
    """What the user calls the file."""
    data: Json = field(repr=False)
    """What `json.loads` would give: keys are text, whatever the format."""
    start: Place = field(repr=False)
    marks: Mapping[int, Mapping[str | int, Place]] = field(repr=False)
    """Place of each key or list item, by the `id` of its container."""

    def line(self, pointer: Pointer) -> Place:
        """Line and column of the key (or list item) that `pointer` leads to; (0, 0) where there is none."""
        holder, place = self.data, self.start
        for part in pointer:
            place = self.marks.get(id(holder), {}).get(part, UNKNOWN)
            if place == UNKNOWN:
                return UNKNOWN
            holder = holder[part]
        return place

    def nearest(self, pointer: Pointer) -> Place:
        """The place of that value, or of the innermost thing around it that is in the file."""
        around = (self.line(pointer[:length]) for length in range(len(pointer), -1, -1))
        return next(place for place in around if place != UNKNOWN)

    def where(self, pointer: Pointer) -> str:
        """`name:line:column` of `nearest`."""
        return _where(self.name, self.nearest(pointer))


def parse(data: bytes, name: str) -> Document:
    """Read one YAML or JSON document. `name` is what messages call it.

    Raises `ConfigError` with one problem at `name:line:column`; no message quotes a value, for it may be a secret.
    """
    fault = None
    try:
        return _build(_events(_text(data)), name)
    except _Fault as error:
        fault = error
    # Raised out here so that the parser's own error, which may quote the text, is not chained to it.
    raise ConfigError([Problem(_where(name, fault.place), fault.what)])


def render(data: Json) -> str:
    """YAML that `parse` reads back as equal data. Other readers, also those of YAML 1.1, see the same types."""
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, width=120)


class _Fault(Exception):
    def __init__(self, place: Place, what: str) -> None:
        super().__init__(what)
        self.place = place
        self.what = what


def _where(name: str, place: Place) -> str:
    return f"{name}:{place.line}:{place.column}" if place != UNKNOWN else name


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Fault(UNKNOWN, f"is larger than {MAX_BYTES // 1024**2} MiB; split it or leave parts out")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
    raise _Fault(place, "is not UTF-8; save it in that encoding")


class _Event(NamedTuple):
    kind: str
    """`{`, `[`, `end`, `value` or `alias`."""
    place: Place
    value: Json = None
    text: str = ""
    """A scalar as written; what counts where it is a key."""
    anchor: str | None = None
    """Name of the anchor that is set here or, for an alias, meant."""
    merges: bool = False


def _events(text: str) -> Iterator[_Event]:
    return _json_events(text) if _is_json(text) else _yaml_events(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        return True  # the builder stops at the depth limit, at the right place
    except ValueError:
        return False
    return True


def _no_constant(word: str) -> Json:
    raise ValueError(word)


def _json_events(text: str) -> Iterator[_Event]:
    """Events of a text known to be JSON. YAML would not do: it lacks surrogate pairs and keys over 1,024 characters."""
    line, line_start, last = 1, 0, 0
    for token in _TOKEN.finditer(text):
        start, written = token.start(), token.group()
        newlines = text.count("\n", last, start)
        if newlines:
            line, line_start = line + newlines, text.rfind("\n", last, start) + 1
        last = start
        place = Place(line, start - line_start + 1)
        match written[0]:
            case "{" | "[":
                yield _Event(written, place)
            case "}" | "]":
                yield _Event("end", place)
            case '"':
                value = _json_string(written, place)
                yield _Event("value", place, value, value)
            case _:
                yield _Event("value", place, _scalar(written), written)


def _json_string(written: str, place: Place) -> str:
    if "\\" not in written:
        return written[1:-1]
    value: str = json.loads(written)
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise _Fault(place, "holds half of a surrogate pair, which is no character; write the whole pair")
    return value


def _scalar(text: str) -> Json:
    """What an unquoted scalar means: null, a boolean, a number, or else the text itself."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def _yaml_events(text: str) -> Iterator[_Event]:
    bad = _UNPRINTABLE.search(text)
    if bad:
        place = Place(text.count("\n", 0, bad.start()) + 1, bad.start() - text.rfind("\n", 0, bad.start()))
        raise _Fault(place, "holds a control character; remove it, or write it as an escape in double quotes")
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            yield from _yaml_event(event, _place(event.start_mark))
        return
    except yaml.MarkedYAMLError as error:
        place, problem = _place(error.problem_mark), error.problem
    raise _Fault(place, f"is not YAML: {problem}; mend it, or quote the value")


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else UNKNOWN


def _yaml_event(event: yaml.Event, place: Place) -> Iterator[_Event]:
    match event:
        case yaml.DocumentStartEvent():
            yield _Event("document", place)
        case yaml.AliasEvent():
            yield _Event("alias", place, anchor=event.anchor)
        case yaml.CollectionEndEvent():
            yield _Event("end", place)
        case yaml.NodeEvent():
            tag = getattr(event, "tag", None)
            if tag is not None and tag not in _PLAIN_TAGS:
                raise _Fault(place, "tags are refused; leave it out, or quote a value that begins with '!'")
            yield _yaml_node(event, place, tag)


def _yaml_node(event: yaml.NodeEvent, place: Place, tag: str | None) -> _Event:
    if isinstance(event, yaml.MappingStartEvent):
        return _Event("{", place, anchor=event.anchor)
    if not isinstance(event, yaml.ScalarEvent):
        return _Event("[", place, anchor=event.anchor)
    plain = tag is None and event.implicit[0]
    value = _scalar(event.value) if plain else event.value
    return _Event("value", place, value, event.value, event.anchor, merges=plain and event.value == "<<")


@dataclass(slots=True)
class _Frame:
    """A container that is being filled."""

    holder: dict[str, Json] | list[Json]
    anchor: str | None
    nodes: int
    """Values counted before it."""
    deepest: int
    marks: dict[str | int, Place] = field(default_factory=dict)
    key: _Event | None = None
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

    def take(self, event: _Event) -> None:
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

    def _document(self, event: _Event) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _Fault(event.place, "a second document begins here; keep one in a file")

    def _value(self, event: _Event) -> None:
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

    def _key(self, frame: _Frame, event: _Event) -> None:
        if event.kind != "value":
            raise _Fault(event.place, "a key must be text; an alias, a list or a mapping cannot be one")
        if event.text in frame.marks:
            raise _Fault(event.place, f"{_quoted(event.text)} is given twice in one mapping; keep one of them")
        frame.key = event
        frame.marks[event.text] = event.place

    def _open(self, event: _Event) -> None:
        depth = len(self.stack) + 1
        if depth > MAX_DEPTH:
            raise _Fault(event.place, f"is nested deeper than {MAX_DEPTH} levels; flatten it")
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

    def _alias(self, event: _Event) -> Json:
        known = self.anchors.get(event.anchor or "")
        if known is None:
            raise _Fault(event.place, "no anchor of this name ends before it; quote a value that begins with '*'")
        deepest = len(self.stack) + known.height
        if deepest > MAX_DEPTH:
            raise _Fault(event.place, f"this alias is nested deeper than {MAX_DEPTH} levels; flatten it")
        self.stack[-1].deepest = max(self.stack[-1].deepest, deepest)
        self._count(event, known.nodes - 1)
        return known.value

    def _count(self, event: _Event, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise _Fault(event.place, f"holds more than {MAX_NODES:,} values with aliases written out; make it smaller")

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
        raise _Fault(place, "'<<' merges mappings; give it one, or a list of them")
    return sources


def _quoted(key: str) -> str:
    return f"'{key}'" if len(key) <= 80 and key.isprintable() else "this key"


def _build(events: Iterator[_Event], name: str) -> Document:
    builder = _Builder()
    for event in events:
        builder.take(event)
    return Document(name, builder.root, builder.start, builder.marks)


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


# Text such as `1e5` is a number to `_scalar` and must be quoted; its other cases are YAML 1.1's, too.
_Writer.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(f"(?:{_FLOAT.pattern})$"), list("-0123456789"))

"""YAML as events, with fewer surprises than its version 1.1 has: tags and control characters are refused."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from harness.documents.events import Event, scalar
from harness.documents.places import UNKNOWN, Fault, Place

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN_TAGS = frozenset({"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


def yaml_events(text: str) -> Iterator[Event]:
    """Events of a text. Raises `Fault` for what is not YAML."""
    bad = _UNPRINTABLE.search(text)
    if bad:
        place = Place(text.count("\n", 0, bad.start()) + 1, bad.start() - text.rfind("\n", 0, bad.start()))
        raise Fault(place, "holds a control character; remove it, or write it as an escape in double quotes")
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            yield from _yaml_event(event, _place(event.start_mark))
        return
    except yaml.MarkedYAMLError as error:
        place, problem = _place(error.problem_mark), error.problem
    raise Fault(place, f"is not YAML: {problem}; mend it, or quote the value")


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else UNKNOWN


def _yaml_event(event: yaml.Event, place: Place) -> Iterator[Event]:
    match event:
        case yaml.DocumentStartEvent():
            yield Event("document", place)
        case yaml.AliasEvent():
            yield Event("alias", place, anchor=event.anchor)
        case yaml.CollectionEndEvent():
            yield Event("end", place)
        case yaml.NodeEvent():
            tag = getattr(event, "tag", None)
            if tag is not None and tag not in _PLAIN_TAGS:
                raise Fault(place, "tags are refused; leave it out, or quote a value that begins with '!'")
            yield _yaml_node(event, place, tag)


def _yaml_node(event: yaml.NodeEvent, place: Place, tag: str | None) -> Event:
    if isinstance(event, yaml.MappingStartEvent):
        return Event("{", place, anchor=event.anchor)
    if not isinstance(event, yaml.ScalarEvent):
        return Event("[", place, anchor=event.anchor)
    plain = tag is None and event.implicit[0]
    value = scalar(event.value) if plain else event.value
    return Event("value", place, value, event.value, event.anchor, merges=plain and event.value == "<<")

"""JSON as events."""

import json
import re
from collections.abc import Iterator

from harness.documents.events import Event, scalar
from harness.documents.places import Fault, Place
from harness.model import Json

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s{}\[\],:"]+')


def is_json(text: str) -> bool:
    """Whether `json_events` can read it: strict JSON, of any depth."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        return True  # the builder stops at the depth limit, at the right place
    except ValueError:
        return False
    return True


def _no_constant(word: str) -> Json:
    raise ValueError(word)


def json_events(text: str) -> Iterator[Event]:
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
                yield Event(written, place)
            case "}" | "]":
                yield Event("end", place)
            case '"':
                value = _json_string(written, place)
                yield Event("value", place, value, value)
            case _:
                yield Event("value", place, scalar(written), written)


def _json_string(written: str, place: Place) -> str:
    if "\\" not in written:
        return written[1:-1]
    value: str = json.loads(written)
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Fault(place, "holds half of a surrogate pair, which is no character; write the whole pair")
    return value

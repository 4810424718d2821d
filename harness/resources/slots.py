"""Slots in a template, and what fills them.

`{marker}` and `{unique}` are the unguessable value of one request, `{unique_number}` a number of that kind, `{self.id}`
the canary aimed at, `{other.uri}` another canary of the resource, and `{NAME.id}`, `{NAME.number}`, `{NAME.uri}` a
canary of another resource. No slot ever takes an id from an example.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from harness.model import Json

_STEP = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|\d+")
_SLOT = re.compile(r"\{([\w.-]+)\}")
_IN_PATH = re.compile(r"\{([\w.-]+)(/?)\}")
"""A slot of a path; one with a slash at its end stands for several segments."""


def fill(text_or_body: Json, slots: Mapping[str, Json]) -> Json:
    """A body or text with its slots filled. A string that is one slot alone takes the slot's value with its type.

    A slot that is not among `slots` stays as written: it is the target's own text.
    """
    if isinstance(text_or_body, str):
        whole = _SLOT.fullmatch(text_or_body)
        if whole and whole[1] in slots:
            return slots[whole[1]]
        return _SLOT.sub(lambda match: str(slots.get(match[1], match[0])), text_or_body)
    if isinstance(text_or_body, dict):
        return {key: fill(value, slots) for key, value in text_or_body.items()}
    if isinstance(text_or_body, list):
        return [fill(value, slots) for value in text_or_body]
    return text_or_body


def fill_path(path: str, slots: Mapping[str, Json]) -> str:
    """A path with its slots filled and percent-encoded."""
    return _IN_PATH.sub(
        lambda match: quote(str(slots[match[1]]), safe=match[2]) if match[1] in slots else match[0], path
    )


def steps_of(place: str) -> list[str]:
    """The names and numbers of a place such as `a.b[0]` or `$.a.b`."""
    return _STEP.findall(place)


def placed(value: Json, steps: Sequence[str], leaf: Json) -> Json:
    """The value with this leaf at a place in it, which is made where it is not there."""
    if not steps:
        return leaf
    step, rest = steps[0], steps[1:]
    if step.isdigit():
        items = list(value) if isinstance(value, list) else []
        items += [None] * (int(step) + 1 - len(items))
        items[int(step)] = placed(items[int(step)], rest, leaf)
        return items
    fields = value if isinstance(value, dict) else {}
    return {**fields, step: placed(fields.get(step), rest, leaf)}


def value_at(value: Json, place: str) -> Json:
    """What stands at a place such as `a.b[0]` or `$.a.b`; None where nothing does."""
    for step in steps_of(place):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value

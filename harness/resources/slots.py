"""Slots in a template, and what fills them.

`{marker}` and `{unique}` are the unguessable value of one request, `{self.id}` the canary aimed at, `{other.uri}`
another canary of the resource, and `{NAME.id}`, `{NAME.number}`, `{NAME.uri}` a canary of another resource. No slot
ever takes an id from an example.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

from harness.model import Json

_SLOT = re.compile(r"\{([\w.-]+)\}")


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
    return _SLOT.sub(lambda match: quote(str(slots[match[1]]), safe="") if match[1] in slots else match[0], path)

"""Fields by their place in a body, as `title` or, below others, `data.attributes.url`."""

from collections.abc import Mapping
from typing import Final

from harness.model.words import Json

_MISSING: Final = object()


def shows(values: Mapping[str, Json], place: str) -> bool:
    """Whether an object, as it was read, shows the field that was written at a place."""
    return _found(values, place) is not _MISSING


def shown(values: Mapping[str, Json], place: str) -> Json:
    """What an object, as it was read, shows of the field that was written at a place; None where it shows none. What
    wraps the whole body, as a root key does, need not wrap what was read."""
    found = _found(values, place)
    return None if found is _MISSING else found


def _found(values: Mapping[str, Json], place: str) -> Json:
    if place in values:
        return values[place]
    steps = place.split(".")
    for start in range(len(steps)):
        value: Json = values
        for step in steps[start:]:
            value = value.get(step, _MISSING) if isinstance(value, Mapping) else _MISSING
        if value is not _MISSING:
            return value
    return _MISSING


def put(body: Mapping[str, Json], place: str, value: Json) -> dict[str, Json]:
    """The body with this value at a place."""
    first, _, rest = place.partition(".")
    if not rest or place in body:
        return {**body, place: value}
    inner = body.get(first)
    return {**body, first: put(inner if isinstance(inner, Mapping) else {}, rest, value)}


def taken_out(body: Mapping[str, Json], place: str) -> dict[str, Json]:
    """The body without the field at a place."""
    first, _, rest = place.partition(".")
    inner = body.get(first)
    if rest and place not in body and isinstance(inner, Mapping):
        return {**body, first: taken_out(inner, rest)}
    return {name: one for name, one in body.items() if name != place}

"""Whether two answers to a read say the same, but for what changes from one read to the next: counters, and dates of
the last visit."""

import json
from collections.abc import Iterator

from harness.model import Evidence, Exchange, Json

Place = tuple[str, ...]
"""The keys that lead to a leaf; an item of a list is `[]`, whichever it is."""


def moving_in(evidence: Evidence) -> frozenset[Place]:
    """The leaves that differ between two answers which one caller got to one request."""
    control = [one.exchange for one in (evidence.before, evidence.after) if one and one.exchange]
    guest = [one for one in (evidence.reference, evidence.guest_item) if one is not None]
    pairs = [one for one in (control, guest) if len(one) == 2 and one[0].status == one[1].status]
    return frozenset(place for one, other in pairs for place in _differing(one.json, other.json, ()))


def same(one: Exchange, other: Exchange, moving: frozenset[Place] = frozenset()) -> bool:
    """Whether two answers say the same, those leaves aside."""
    if one.status != other.status or one.media_type != other.media_type:
        return False
    if one.json is None:
        return one.body == other.body
    told = (json.dumps(_still(each.json, moving, ()), sort_keys=True) for each in (one, other))
    return next(told) == next(told)


def _differing(one: Json, other: Json, place: Place) -> Iterator[Place]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() & other.keys():
            yield from _differing(one[key], other[key], (*place, key))
    elif isinstance(one, list) and isinstance(other, list):
        for mine, theirs in zip(one, other, strict=False) if len(one) == len(other) else ():
            yield from _differing(mine, theirs, (*place, "[]"))
    elif one != other and not isinstance(one, dict | list) and not isinstance(other, dict | list):
        yield place


def _still(value: Json, moving: frozenset[Place], place: Place) -> Json:
    """A value with null for what moves."""
    if isinstance(value, dict):
        return {key: _still(one, moving, (*place, key)) for key, one in value.items()}
    if isinstance(value, list):
        return [_still(one, moving, (*place, "[]")) for one in value]
    return None if place in moving else value

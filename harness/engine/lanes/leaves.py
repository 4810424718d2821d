"""Objects compared leaf by leaf, so that one counter in an envelope does not hide what stands beside it."""

import re
from collections.abc import Iterator, Mapping

from harness.model import Json
from harness.trails import without_trails

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
Leaves = Mapping[str, Json]


def leaves(values: Json) -> dict[str, Json]:
    """Every scalar of an object by its dotted path, records of refused attempts left aside."""
    return dict(_walk(without_trails(values), ""))


def _walk(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    if parts is None:
        yield path, value
        return
    for key, part in parts:
        yield from _walk(part, f"{path}.{key}")


def changed(before: Json, after: Json) -> frozenset[str]:
    """Paths of the leaves that differ, came or went."""
    one, other = leaves(before), leaves(after)
    missing = object()
    return frozenset(path for path in {**one, **other} if one.get(path, missing) != other.get(path, missing))


def switched(path: str, before: Json, after: Json) -> bool:
    """Whether a leaf went from one of few values to another: true, false, null or a single word."""
    return all(_of_few(side.get(path)) for side in (leaves(before), leaves(after)))


def _of_few(value: Json) -> bool:
    return value is None or isinstance(value, bool) or (isinstance(value, str) and value.isidentifier())


def counts_or_dates(paths: frozenset[str], before: Json, after: Json) -> frozenset[str]:
    """Those of the changed leaves that only count or tell the time: what a server moves by itself.

    A leaf that comes with its first count is one of them; one that was null and became a date is none: something
    happened.
    """
    one, other = leaves(before), leaves(after)
    return frozenset(path for path in paths if all(_restless(side[path]) for side in (one, other) if path in side))


def _restless(value: Json) -> bool:
    if isinstance(value, str):
        return bool(_TIME.match(value))
    return isinstance(value, int | float) and not isinstance(value, bool)

"""The object, or the objects, in an answer, whatever is wrapped around them."""

from collections.abc import Mapping, Sequence

from harness.model import Json
from harness.observe.naming import IDS
from harness.resources import Resource, spellings

_ENVELOPES = ("objects", "items", "results", "data", "rows", "records", "entries", "content", "values")
_WRAPPERS = ("data", "result", "item", "object", "attributes")
_ABOUT = frozenset({"status", "code", "message", "type", "version", "links", "_links", "meta", "success", "ok"})
"""Keys of an envelope that speak of the answer, and not of the object in it."""
_DEPTH = 4


def unwrapped(value: Json, resource: Resource | None = None) -> Mapping[str, Json] | None:
    """The object in an answer: out of an envelope such as `{"success": true, "data": {…}}`, and with the fields that
    it keeps under `attributes` among its own."""
    return _opened(value, resource, _DEPTH)


def _opened(value: Json, resource: Resource | None, left: int) -> Mapping[str, Json] | None:
    if not isinstance(value, dict):
        return None
    name = _wrapper(value, resource)
    inner = _opened(value[name], resource, left - 1) if name is not None and left else None
    if inner is None:
        return value
    beside = {key: one for key, one in value.items() if key != name}
    return {**beside, **inner} if beside.keys() & inner.keys() <= _ABOUT else {**inner, **value}


def _wrapper(value: Mapping[str, Json], resource: Resource | None) -> str | None:
    """The key below which the fields are. What has an id is itself the object."""
    if any(name in value for name in IDS):
        return "attributes" if isinstance(value.get("attributes"), dict) else None
    names = (*_WRAPPERS, *(spellings(resource.name) if resource else ()), *(value if len(value) == 1 else ()))
    return next((name for name in names if isinstance(value.get(name), dict)), None)


def rows_of(value: Json, resource: Resource | None = None) -> list[Mapping[str, Json]] | None:
    """The objects in a list's answer: an array, or the array in its envelope. None where it is no list."""
    table = _main(_tables(value), resource)
    if table is None:
        return None
    return [row for one in table if (row := unwrapped(one, resource)) is not None]


def alone(value: Json, resource: Resource | None = None) -> bool:
    """Whether no other array of objects stands beside the one in a list's answer: objects might be there, too."""
    tables = _tables(value)
    main = _main(tables, resource)
    return not any(table for _, table in tables if table is not main)


def _main(tables: Sequence[tuple[str, list[Json]]], resource: Resource | None) -> list[Json] | None:
    names = {*_ENVELOPES, *(spellings(resource.name) if resource else ())}
    filled = [table for _, table in tables if table]
    named = next((table for name, table in tables if name in names), None)
    if named is not None or not tables:
        return named
    return filled[0] if len(filled) == 1 else tables[0][1] if len(tables) == 1 else None


def _tables(value: Json) -> list[tuple[str, list[Json]]]:
    """The arrays of objects in an answer, empty ones included, with the key of each, the outermost first."""
    if isinstance(value, list):
        return [("data", value)] if _is_table(value) else []
    level, found = [value], list[tuple[str, list[Json]]]()
    for _ in range(_DEPTH - 1):
        pairs = [pair for one in level if isinstance(one, dict) for pair in one.items()]
        found += [(name, one) for name, one in pairs if _is_table(one) and name != "errors"]
        level = [one for _, one in pairs]
    return found


def _is_table(value: Json) -> bool:
    """Whether it is an array of objects other than links."""
    if not isinstance(value, list):
        return False
    objects = [one for one in value if isinstance(one, dict)]
    return not value or any(not {"rel", "href"} <= one.keys() for one in objects)

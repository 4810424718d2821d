"""URL fields of a body, and the rule that each follows."""

import re
from collections.abc import Collection, Iterable, Mapping

from harness.config import Target
from harness.model import Json, Operation
from harness.resources.schemas import field_schema, is_free_text, resolved
from harness.urls import UrlRule

_CALLED = re.compile(r"(?:^|_)url$|[a-z]U(?:rl|RL)$")
"""What text is called that holds a URL."""
_SCHEMAS = 2000
_DEEPEST = 3
"""Levels of a body on which URL fields are tried: as many as `data.attributes.url` has."""


def rule_of(target: Target, place: str) -> UrlRule | None:
    """The rule that the URL field at a place follows by the target file, which calls it by its last name; None where it
    has none."""
    outer, dot, name = place.rpartition(".")
    words = target.urls.fields.get(name)
    if words and words.rule == "none":
        return None
    allow = (words.allow if words and words.allow is not None else None) or target.urls.allow
    if not allow:
        return None
    if words is None or words.suffix_of is None:
        return UrlRule(tuple(allow))
    return UrlRule(tuple(allow), f"{outer}{dot}{words.suffix_of}", words.suffix)


def url_fields(body: Mapping[str, Json], target: Target) -> list[str]:
    names = list(body.get("properties", {}))
    return [name for name in names if name in target.urls.fields or _holds_url(field_schema(body, name), name, target)]


def _holds_url(schema: Mapping[str, Json], name: str, target: Target) -> bool:
    """Whether a field is declared a URL or, where the target file says where URLs may point, is text that is called
    one: many documents say of no text what it is."""
    return is_url(schema) or (bool(target.urls.allow and _CALLED.search(name)) and is_free_text(schema))


def deep_url_fields(
    operations: Iterable[Operation], target: Target, others: Collection[str] = ()
) -> tuple[list[str], tuple[str, ...]]:
    """The places of the URL fields below the top level: those that values are tried in, and those that no probe
    reaches, for they lie in a list, in what is called as one of the `others`, or too deep. What wraps a whole body may
    be called as it likes."""
    bodies = [resolved(one.body_schema) for one in operations if one.writes and one.body_schema]
    wraps = {name.lower() for body in bodies for name in body.get("properties", {}) if len(body["properties"]) == 1}
    found = {place: place.split(".") for place in _deep(bodies, target)}
    tried = [
        place
        for place, steps in found.items()
        if "[]" not in place and len(steps) <= _DEEPEST and not {one.lower() for one in steps[:-1]} & {*others} - wraps
    ]
    return tried, tuple(place for place in found if place not in tried)


def _deep(bodies: Iterable[Mapping[str, Json]], target: Target) -> tuple[str, ...]:
    """The URL fields below the top level, the outermost first, among so many as can be looked at: a schema may hold
    itself."""
    waiting = [child for body in bodies for top in _parts(body, "") for child in _parts(*top)]
    found = dict[str, None]()
    for place in range(_SCHEMAS):
        if place == len(waiting):
            break
        schema, path = waiting[place]
        name = path.rpartition(".")[2]
        if name in target.urls.fields or _holds_url(schema, name, target):
            found[path] = None
        waiting += _parts(schema, path)
    return tuple(found)


def _parts(schema: Mapping[str, Json], path: str) -> list[tuple[Mapping[str, Json], str]]:
    """The schemas of an object's fields, or of an array's elements, with their paths, as `a.b` and `c[].d`."""
    if schema.get("readOnly"):
        return []
    branches = [one for one in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())) if isinstance(one, Mapping)]
    names = dict.fromkeys(name for one in branches for name in one.get("properties", {}))
    parts = [(field_schema(schema, name), f"{path}.{name}" if path else name) for name in names]
    items = schema.get("items")
    if isinstance(items, Mapping):
        parts.append((resolved({**items, "$defs": schema.get("$defs", {})}), f"{path}[]"))
    return parts


def is_url(schema: Mapping[str, Json]) -> bool:
    """Whether a field that may be sent is declared a URL."""
    if schema.get("readOnly") or "x-refers-to" in schema:
        return False
    branches = (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))
    return any(isinstance(one, Mapping) and one.get("format") in ("uri", "url", "iri") for one in branches)

"""A schema without references and allOf: what it says in all, in one mapping."""

from collections.abc import Callable, Mapping

from harness.model import Json
from harness.openapi.values import Unsatisfiable

_CHAIN = 60
_HIGHER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_LOWER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})


def target(node: Mapping[str, Json], definitions: Mapping[str, Json]) -> Mapping[str, Json]:
    """The node with its own reference put in place; what stands beside the reference adds to it."""
    for _ in range(_CHAIN):
        if "$ref" not in node:
            break
        found = definitions.get(str(node["$ref"]).removeprefix("#/$defs/"))
        beside = {key: value for key, value in node.items() if key != "$ref"}
        node = merged(found, beside) if isinstance(found, Mapping) else beside
    return node


def flat(node: Json, definitions: Mapping[str, Json], spend: Callable[[], None]) -> Mapping[str, Json]:
    """The node with its references and its allOf merged into it. `spend` is called for each schema, and may raise."""
    spend()
    if not isinstance(node, Mapping):
        return {"not": {}} if node is False else {}
    node = target(node, definitions)
    whole: Mapping[str, Json] = {key: value for key, value in node.items() if key != "allOf"}
    for branch in node.get("allOf", ()):
        whole = merged(whole, flat(branch, definitions, spend))
    return whole


def whole(schema: Mapping[str, Json]) -> dict[str, Json]:
    """The schema of an object with its references and allOf merged into it; `$defs` are kept for its properties."""
    definitions = schema.get("$defs", {})
    left = iter(range(_CHAIN * _CHAIN))

    def spend() -> None:
        if next(left, None) is None:
            raise Unsatisfiable("body: its schema has too many parts")

    return {**flat(schema, definitions, spend), "$defs": definitions}


def merged(one: Mapping[str, Json], other: Mapping[str, Json]) -> dict[str, Json]:
    """Both schemas in one. Where two words cannot be joined the other's counts: a validator has the last say."""
    both = dict(one)
    for key, value in other.items():
        both[key] = _joined(key, both[key], value) if key in both else value
    return both


def _joined(key: str, one: Json, other: Json) -> Json:
    if key in _HIGHER or key in _LOWER:
        return max(one, other) if key in _HIGHER else min(one, other)
    match key:
        case "required":
            return list(dict.fromkeys((*one, *other)))
        case "enum":
            return [value for value in one if value in other]
        case "type":
            return _types(one, other)
        case "readOnly":
            return one or other
        case "properties":
            return {**one, **{name: {"allOf": [one[name], new]} if name in one else new for name, new in other.items()}}
    return other


def _types(one: Json, other: Json) -> Json:
    ones, others = ([each] if isinstance(each, str) else each for each in (one, other))
    if "number" in ones and "integer" in others:
        ones = [*ones, "integer"]
    if "number" in others and "integer" in ones:
        others = [*others, "integer"]
    return [name for name in ones if name in others]

"""What a plain operation of OpenAPI 3 asks for, read without Schemathesis, which costs as much CPU as everything else
until the first request.

Plain is what can be read in one way only. Whatever is not, or might be wrong, is left to Schemathesis.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.model import Json
from harness.openapi.references import References, Unreadable

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_SCHEMA = re.compile(r"#/components/schemas/([A-Za-z0-9_.-]+)")
_SLOT = re.compile(r"\{([^{}]*)\}")
_PLACES = ("path", "query", "header")
_TAKEN = frozenset({"accept", "authorization", "content-type"})
_OF_PARAMETER = frozenset(
    {"name", "in", "required", "schema", "description", "deprecated", "example", "style", "explode"}
)
_OF_BODY = frozenset({"content", "required", "description"})
_OF_MEDIA_TYPE = frozenset({"schema", "example"})
_OTHERWISE = ("$dynamicRef", "$recursiveRef", "$dynamicAnchor", "$anchor", "x-bundled")


class _Odd(Exception):
    """Something is not plain."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A parameter, or a body of one media type."""

    definition: Mapping[str, Json]
    raw_schema: Json
    """With all that it refers to under `x-bundled`."""
    name: str = ""
    location: str = ""
    is_required: bool = False
    media_type: str = ""
    name_to_uri: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What an operation asks for."""

    path_parameters: Sequence[Asked]
    query: Sequence[Asked]
    headers: Sequence[Asked]
    body: Sequence[Asked]


class Plain:
    """Reads what is plain of one cleaned document."""

    def __init__(self, root: Mapping[str, Json], references: References) -> None:
        self._references = references
        components = root.get("components") if "openapi" in root else None
        schemas = components.get("schemas") if isinstance(components, Mapping) else None
        self._schemas: Mapping[str, Json] = schemas if isinstance(schemas, Mapping) else {}
        self._known = "openapi" in root
        self._adds = str(root.get("openapi")).startswith("3.1")
        """Whether what stands beside a reference counts."""

    def request(self, path: str, item: Mapping[str, Json], operation: Mapping[str, Json]) -> Request | None:
        """What an operation asks for; None where that is not plain."""
        try:
            parameters = list(self._parameters(operation, item))
            body = list(self._body(operation)) if "requestBody" in operation else []
        except (_Odd, Unreadable):
            return None
        by_place = {place: [one for one in parameters if one.location == place] for place in _PLACES}
        named = sorted(one.name for one in by_place["path"])
        if not self._known or named != sorted(_SLOT.findall(path)):
            return None
        return Request(by_place["path"], by_place["query"], by_place["header"], body)

    def schema(self, schema: Json) -> Json:
        """A schema with all that it refers to under `x-bundled`; None where it is not plain."""
        try:
            return self._bundled(schema) if self._known else None
        except (_Odd, Unreadable):
            return None

    def _parameters(self, *places: Mapping[str, Json]) -> Iterator[Asked]:
        seen = set[tuple[str, str]]()
        for place in places:
            for one in _list(place.get("parameters", [])):
                told = _told(self._references.follow(one), _OF_PARAMETER)
                name, location, required = told.get("name"), told.get("in"), told.get("required", False)
                if not (isinstance(name, str) and _NAME.fullmatch(name) and isinstance(required, bool)):
                    raise _Odd
                if location not in _PLACES or (name, location) in seen or name.lower() in _TAKEN:
                    raise _Odd
                seen.add((name, location))
                yield Asked(told, self._bundled(told.get("schema")), name, location, required)

    def _body(self, operation: Mapping[str, Json]) -> Iterator[Asked]:
        told = _told(self._references.follow(operation["requestBody"]), _OF_BODY)
        for media_type, one in _told(told.get("content")).items():
            as_json = _told(self._references.follow(one), _OF_MEDIA_TYPE)
            bundled = self._bundled(as_json.get("schema"))
            yield Asked({**as_json, "schema": bundled}, bundled, media_type=media_type)

    def _bundled(self, schema: Json) -> Json:
        found: dict[str, Json] = {}
        whole = _told(schema)
        references = list(self._followed(whole, found))
        if not found:
            return whole
        beside = {key: value for key, value in whole.items() if key != "$ref"}
        if len(references) == 1 and len(beside) < len(whole) and (self._adds or not beside):
            # All that refers to anything is the whole, which may as well be what it refers to.
            (target,) = found.values()
            if beside.keys().isdisjoint(target):
                return {**beside, **target}
        return {**whole, "x-bundled": found}

    def _followed(self, node: Json, found: dict[str, Json]) -> Iterator[str]:
        """The names of all references below a node; what they mean goes into `found`."""
        for value in node if isinstance(node, list) else node.values():
            if isinstance(value, dict | list):
                yield from self._followed(value, found)
        if isinstance(node, list):
            return
        if any(isinstance(node.get(word), str) for word in _OTHERWISE):
            raise _Odd
        if not isinstance(reference := node.get("$ref"), str):
            return
        named = _SCHEMA.fullmatch(reference)
        target = self._schemas.get(named[1]) if named else None
        if named is None or not isinstance(target, dict) or isinstance(target.get("id"), str):
            raise _Odd
        yield named[1]
        if named[1] not in found:
            found[named[1]] = target
            yield from self._followed(target, found)


def _list(node: Json) -> list[Json]:
    if not isinstance(node, list):
        raise _Odd
    return node


def _told(node: Json, words: frozenset[str] | None = None) -> dict[str, Json]:
    """A mapping that says these words alone, and words of its own; any where none are given."""
    if not isinstance(node, dict) or any(words and key not in words and key[:2] != "x-" for key in node):
        raise _Odd
    return node

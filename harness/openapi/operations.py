"""The operations of an OpenAPI 3.0 or 3.1 or Swagger 2.0 document, read through Schemathesis where they say anything
that is not plain.

Only what a probe needs is shown to Schemathesis, and only after it was weighed: whatever is wrong with an operation is
wrong with that one alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from harness.errors import DocumentError
from harness.model import FORM, Json, Operation, Parameter
from harness.openapi.dialect import Dialect
from harness.openapi.plain import Plain
from harness.openapi.references import References, Unreadable, cleaned
from harness.openapi.servers import prefix

Line: TypeAlias = Callable[[tuple[str, ...]], tuple[int, int]]
Item: TypeAlias = Mapping[str, Json]

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_SHOWN = ("parameters", "requestBody", "consumes")
_DOT = "\u2024"
"""What stands for a dot in the name of a parameter while Schemathesis reads it."""
_NULLABLE = {"2.0": "x-nullable", "3.0.0": "nullable"}
_VERSIONS = {("swagger", "2."): "2.0", ("openapi", "3.0"): "3.0.0", ("openapi", "3.1"): "3.1.0"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a document, and what could not."""

    operations: tuple[Operation, ...]
    """In the order of the document."""
    broken: tuple[tuple[str, str], ...] = ()
    """(`METHOD /path` or `/path` as in the document, why in one line) of what cannot be probed."""
    notes: tuple[tuple[str, str], ...] = ()
    """(`METHOD /path`, what in one line) of what is left out of an operation that is read otherwise."""


def read_operations(data: Mapping[str, Json], *, base_path: str = "", line: Line | None = None) -> Reading:
    """Read a parsed document. Hosts are ignored, nothing is fetched.

    The path that the document's servers give goes in front of every template, or `base_path` where they give none.
    `line` tells line and column, from 1, of a place in the document, and (0, 0) for one that is not there.
    Raises `DocumentError` for what is no such document.
    """
    return _Reader(cleaned(data), base_path, line).read()


class _Reader:
    def __init__(self, root: dict[str, Json], base_path: str, line: Line | None) -> None:
        self._root = _modelled(root)
        self._base_path = base_path
        self._line = line
        self._references = References(self._root)
        self._plain = Plain(self._root, self._references)
        self._shown: dict[str, dict[str, Json]] = {}
        self._library: Any = None
        self._broken: list[tuple[str, str]] = []
        self._notes: list[tuple[str, str]] = []
        self._dialect = Dialect(_NULLABLE.get(self._root.get("swagger") or self._root["openapi"], ""))
        self._answers: dict[str, dict[str, Json]] = {}

    def read(self) -> Reading:
        sound = list(self._sound())
        for path, method, item in sound:
            words = {key: item[method][key] for key in _SHOWN if key in item[method]}
            shown = self._shown.setdefault(_undotted(path), {"parameters": item.get("parameters", [])})
            shown[method] = words | {"responses": {}}
            for told in (shown, shown[method]) if "." in path else ():
                told["parameters"] = [_without_dots(one) for one in told.get("parameters") or ()]
        operations = [self._read(path, method, item) for path, method, item in sound]
        return Reading(tuple(filter(None, operations)), tuple(self._broken), tuple(dict.fromkeys(self._notes)))

    def _sound(self) -> Iterator[tuple[str, str, Item]]:
        """(path, method, path item) of every operation whose request can be looked at without harm."""
        for path, raw in self._root.get("paths", {}).items():
            if path.startswith("x-"):
                continue
            try:
                item = _mapping(self._references.follow(raw), "path item")
            except Unreadable as why:
                self._broken.append((path, str(why)))
                continue
            for method in (key for key in item if key in _METHODS):
                try:
                    self._weigh(item, _mapping(item[method], "operation"))
                    yield path, method, item
                except Unreadable as why:
                    self._broken.append((f"{method.upper()} {path}", str(why)))

    def _weigh(self, item: Item, operation: Item) -> None:
        for part in (item.get("parameters"), *(operation.get(key) for key in _SHOWN)):
            self._references.weigh(part)

    def _loaded(self) -> Any:
        if self._library is None:
            self._library = _library(self._root, self._shown)
        return self._library

    def _read(self, path: str, method: str, item: Item) -> Operation | None:
        name = f"{method.upper()} {path}"
        dialect = replace(self._dialect, dropped=lambda what: self._notes.append((name, what)))
        try:
            found = self._plain.request(path, item, item[method]) or self._loaded()[_undotted(path)][method]
            security = item[method].get("security", self._root.get("security"))
            return Operation(
                method=method.upper(),
                path=prefix(self._root, item, item[method], self._base_path) + "/" + path.removeprefix("/"),
                parameters=tuple(_parameters((*found.path_parameters, *found.query, *found.headers), dialect)),
                body_schema=_body(found.body, dialect),
                media_type=_media_type(found.body),
                answer_schema=self._answer(name, item[method], dialect),
                declared_open=_is_open(security),
                declared_guarded=bool(security) and not _is_open(security),
                line=self._line_of(path, method),
            )
        # Whatever a malformed operation makes of the library, the others can still be read.
        except Exception as error:
            self._broken.append((name, _short(_origin(error))))
            return None

    def _answer(self, name: str, operation: Item, dialect: Dialect) -> dict[str, Json] | None:
        """Schema of the first 2xx JSON answer. One that cannot be read does not make the operation less of a target."""
        try:
            schema = self._answer_schema(operation)
            if schema is None:
                return None
            self._references.weigh(schema)
            key = schema["$ref"] if isinstance(schema, Mapping) and schema.keys() == {"$ref"} else None
            if key not in self._answers:
                translated = self._translated(schema, dialect)
                if key is None:
                    return translated
                self._answers[key] = translated
            return self._answers[key]
        except Exception as error:
            self._notes.append((name, f"answer not read: {_short(error)}"))
            return None

    def _translated(self, schema: Json, dialect: Dialect) -> dict[str, Json]:
        plain = self._plain.schema(schema)
        if plain is not None:
            return dialect.translated(plain, {})
        resolver = self._loaded().root_resolver
        from schemathesis.core.jsonschema import Bundler

        bundle = Bundler(ref_siblings=not dialect.nullable).bundle(schema, resolver)
        return dialect.translated(bundle.schema, bundle.name_to_uri)

    def _answer_schema(self, operation: Item) -> Json:
        responses = operation.get("responses", {})
        for status in sorted(key for key in responses if key[:1] == "2"):
            response = _mapping(self._references.follow(responses[status]), "response")
            if "schema" in response:
                return response["schema"]
            content = response.get("content", {})
            media_type = _json_like(content)
            if media_type is not None:
                return _mapping(content[media_type], "media type").get("schema")
        return None

    def _line_of(self, path: str, method: str) -> int:
        # A path item may stand elsewhere, behind a reference.
        places = (("paths", path, method), ("paths", path))
        return next(filter(None, (self._line(place)[0] for place in places)), 0) if self._line else 0


def _modelled(root: dict[str, Json]) -> dict[str, Json]:
    """The document under the plain name of its version, which YAML may have taken for a number."""
    for (word, start), version in _VERSIONS.items():
        if str(root.get(word)).startswith(start):
            if not isinstance(root.get("paths", {}), Mapping):
                raise DocumentError("the OpenAPI document's `paths` must map paths to their operations")
            return {key: value for key, value in root.items() if key not in ("swagger", "openapi")} | {word: version}
    raise DocumentError(
        "no document that can be read: it must say `openapi: 3.0.x`, `openapi: 3.1.x` or `swagger: '2.0'`"
    )


def _library(root: Item, shown: Item) -> Any:
    """The document as Schemathesis has it, whatever its own configuration files say. Addressed `[path][method]`."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    # Security and servers are read here: there they would add parameters and hosts.
    kept = {key: value for key, value in root.items() if key not in ("security", "servers", "webhooks", "host")}
    return schemathesis.openapi.from_dict(kept | {"paths": shown}, config=SchemathesisConfig())


def _parameters(found: Iterable[Any], dialect: Dialect) -> Iterator[Parameter]:
    for each in found:
        schema = dialect.translated(each.raw_schema, each.name_to_uri)
        if "example" in each.definition:
            schema.setdefault("example", each.definition["example"])
        place = next(one for one in ("path", "query", "header") if each.location == one)
        name = each.name.replace(_DOT, ".")
        yield Parameter(name, place, required=place == "path" or bool(each.is_required), schema=schema)


def _body(bodies: Iterable[Any], dialect: Dialect) -> dict[str, Json] | None:
    by_type = {body.media_type: body for body in bodies}
    media_type = _json_like(by_type) or _form_like(by_type)
    if media_type is None:
        return None
    body = by_type[media_type]
    schema = dialect.translated(body.definition.get("schema", {}), body.name_to_uri)
    if "example" in body.definition:
        schema.setdefault("example", body.definition["example"])
    return schema


def _media_type(bodies: Iterable[Any]) -> str:
    """The type that a body is sent as: a range of types is asked as plain JSON, and a form only where JSON is not
    taken."""
    types = [body.media_type for body in bodies]
    found = _json_like(types) or (_form_like(types) and FORM)
    return "application/json" if found is None or "*" in found else found


def _json_like(media_types: Iterable[str]) -> str | None:
    """The media type that is JSON most plainly; None where none is."""
    bare = {each: each.partition(";")[0].strip().lower() for each in media_types}
    for is_json in (
        lambda each: each == "application/json",
        lambda each: each.endswith(("+json", "/json")),
        lambda each: each in ("*/*", "application/*"),
    ):
        found = next((each for each, text in bare.items() if is_json(text)), None)
        if found is not None:
            return found
    return None


def _form_like(media_types: Iterable[str]) -> str | None:
    """The media type that is a form of names and values; None where none is."""
    return next((one for one in media_types if one.partition(";")[0].strip().lower() == FORM), None)


def _undotted(path: str) -> str:
    """A path whose parameters hold no dot, as those of `/projects/{project.name}`: Schemathesis takes what is behind
    it for an attribute."""
    return re.sub(r"\{[^{}]*\}", lambda slot: slot[0].replace(".", _DOT), path)


def _without_dots(parameter: Json) -> Json:
    if not isinstance(parameter, Mapping) or parameter.get("in") != "path":
        return parameter
    return {**parameter, "name": str(parameter.get("name")).replace(".", _DOT)}


def _is_open(security: Json) -> bool:
    """Whether it is said that no credential is needed: an empty list, or an empty alternative. Silence says nothing."""
    return isinstance(security, list) and (not security or {} in security)


def _mapping(node: Json, what: str) -> Item:
    if not isinstance(node, Mapping):
        raise Unreadable(f"{what} is not a mapping")
    return node


def _origin(error: BaseException) -> BaseException:
    """The error behind it: the library puts the first thing wrong anywhere in the document in its place."""
    while error.__context__ is not None:
        error = error.__context__
    return error


def _short(error: BaseException) -> str:
    text = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return f"lacks {text}" if isinstance(error, KeyError) else text[:200]

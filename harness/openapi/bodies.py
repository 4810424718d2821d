"""The smallest body that a schema allows, and what else a control or a probe asks of a schema.

Built by rule and checked by a validator. The first go takes the first candidate for every field and checks the whole;
only where that fails is every candidate checked on its own.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import jsonschema_rs

from harness.model import Json
from harness.openapi.merging import flat, target
from harness.openapi.values import Unsatisfiable, scalar, type_of, validator

_STEPS = 3_000
"""Schemas looked at for one body; a schema that needs more is taken for a bomb."""
_ITEMS = 1_000
_LEVELS = 60
_CHOICES = ("anyOf", "oneOf")


def smallest_body(schema: Mapping[str, Json], known: Mapping[str, Json]) -> Json:
    """The smallest valid value; of an object the required fields that are not read-only, and those of `known` as given.

    What `known` gives is not checked: its author may know better than the document. The same in every process.
    Raises `Unsatisfiable`, whose one line names the field.
    """
    writable = _writable(schema, schema.get("$defs", {}))
    try:
        validator(writable)
    except ValueError as error:
        raise Unsatisfiable(f"body: its schema is itself invalid: {_line(error)}") from None
    try:
        body = _Builder(writable, known, strict=False).body()
        if _problem(writable, body, known) is None:
            return body
    except Unsatisfiable:
        # A candidate further down may do.
        pass
    body = _Builder(writable, known, strict=True).body()
    problem = _problem(writable, body, known)
    if problem is not None:
        raise Unsatisfiable(problem)
    return body


def accepts(schema: Mapping[str, Json], value: Json) -> bool:
    """Whether a value may be sent: no read-only field is asked for. A schema that is itself invalid forbids nothing."""
    try:
        return validator(_writable(schema, schema.get("$defs", {}))).is_valid(value)
    except ValueError:
        return True


def property_schema(schema: Mapping[str, Json], field: str) -> Mapping[str, Json] | None:
    """The self-contained schema of a field, through references, allOf, anyOf and oneOf; None where it is not named."""
    definitions = schema.get("$defs", {})
    pending: list[Json] = [schema]
    for _ in range(_STEPS):
        if not pending:
            break
        node = pending.pop(0)
        if not isinstance(node, Mapping):
            continue
        node = target(node, definitions)
        if field in node.get("properties", {}):
            found = node["properties"][field]
            whole = target(found, definitions) if isinstance(found, Mapping) else {} if found else {"not": {}}
            return {**whole, "$defs": definitions} if definitions else whole
        pending += [branch for word in ("allOf", *_CHOICES) for branch in node.get(word, ())]
    return None


def _writable(schema: Json, definitions: Mapping[str, Json]) -> Json:
    """The same for a request: a field that is only ever read is not required."""
    if isinstance(schema, list):
        return [_writable(item, definitions) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    copy = {key: _writable(value, definitions) for key, value in schema.items()}
    properties = schema.get("properties")
    if isinstance(schema.get("required"), list) and isinstance(properties, Mapping):
        copy["required"] = [name for name in schema["required"] if not _is_read_only(properties.get(name), definitions)]
    return copy


def _is_read_only(schema: Json, definitions: Mapping[str, Json]) -> bool:
    return isinstance(schema, Mapping) and target(schema, definitions).get("readOnly") is True


def _problem(schema: Json, body: Json, known: Mapping[str, Json]) -> str | None:
    """The first thing wrong with a body outside what is `known`, as `field: what`."""
    for error in validator(schema).iter_errors(body):
        if not (error.instance_path and error.instance_path[0] in known):
            return f"{'.'.join(map(str, error.instance_path)) or 'body'}: {_line(error)}"
    return None


def _line(error: ValueError) -> str:
    text = error.message if isinstance(error, jsonschema_rs.ValidationError) else str(error)
    return " ".join(text.split())[:200]


class _Builder:
    """Builds one body. `strict` checks every candidate, where otherwise the first is taken."""

    def __init__(self, schema: Mapping[str, Json], known: Mapping[str, Json], strict: bool) -> None:
        self._definitions: Mapping[str, Json] = schema.get("$defs", {})
        self._schema = {key: value for key, value in schema.items() if key != "$defs"}
        self._known = known
        self._strict = strict
        self._left = _STEPS

    def body(self) -> Json:
        return self._value(self._schema, ())

    def _value(self, schema: Json, where: tuple[str, ...]) -> Json:
        name = ".".join(where) or "body"
        if len(where) > _LEVELS:
            raise Unsatisfiable(f"{where[0]}: requires itself without end")
        why = Unsatisfiable(f"{name}: nothing is allowed here")
        for make in self._candidates(flat(schema, self._definitions, self._spend), where):
            try:
                value = make()
            except Unsatisfiable as error:
                why = error
                continue
            problem = self._problem(schema, value, where) if self._strict else None
            if problem is None:
                return value
            why = Unsatisfiable(f"{name}: found no value that its schema allows ({problem})")
        raise why

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Unsatisfiable(f"body: takes more than {_STEPS:,} schemas")

    def _problem(self, schema: Json, value: Json, where: tuple[str, ...]) -> str | None:
        whole = {**schema, "$defs": self._definitions} if isinstance(schema, Mapping) else schema
        return _problem(whole, value, {} if where else self._known)

    def _candidates(self, schema: Mapping[str, Json], where: tuple[str, ...]) -> Iterator[Callable[[], Json]]:
        """Ways to make a value, the best first."""
        if "const" in schema or "enum" in schema:
            yield from map(_just, [schema["const"]] if "const" in schema else schema["enum"])
            return
        given = [schema[word] for word in ("default", "example") if word in schema]
        given += schema["examples"][:1] if isinstance(schema.get("examples"), list) else []
        # An example of an object is seldom its smallest, and may show what is only ever read.
        is_object = type_of(schema) == "object"
        yield from () if is_object else map(_just, given)
        yield from self._built(schema, where)
        if is_object:
            required, known = schema.get("required", ()), {} if where else self._known
            shown = [value for value in given if isinstance(value, Mapping)]
            yield from (
                _just({**{name: value[name] for name in required if name in value}, **known}) for value in shown
            )

    def _built(self, schema: Mapping[str, Json], where: tuple[str, ...]) -> Iterator[Callable[[], Json]]:
        word = next((word for word in _CHOICES if word in schema), None)
        if word is not None:
            rest = {key: value for key, value in schema.items() if key != word}
            for branch in schema[word]:
                yield partial(self._value, {"allOf": [rest, branch]}, where)
            return
        match type_of(schema):
            case "object":
                yield partial(self._object, schema, where)
            case "array":
                yield partial(self._array, schema, where)
            case kind:
                yield partial(scalar, schema, kind, ".".join(where) or "body")

    def _object(self, schema: Mapping[str, Json], where: tuple[str, ...]) -> dict[str, Json]:
        properties = schema.get("properties", {})
        known = {} if where else self._known
        required = schema.get("required", ())
        others = schema.get("additionalProperties", {})
        built: dict[str, Json] = {}
        for name in dict.fromkeys((*properties, *required, *known)):
            if name in known:
                built[name] = known[name]
            elif name in required:
                built[name] = self._value(properties.get(name, others), (*where, name))
        for name, optional in properties.items():
            if len(built) >= schema.get("minProperties", 0):
                break
            if name not in built and not _is_read_only(optional, self._definitions):
                built[name] = self._value(optional, (*where, name))
        return built

    def _array(self, schema: Mapping[str, Json], where: tuple[str, ...]) -> list[Json]:
        count, firsts = int(schema.get("minItems", 0)), schema.get("prefixItems", ())
        if count > _ITEMS:
            raise Unsatisfiable(f"{'.'.join(where) or 'body'}: asks for more than {_ITEMS:,} items")
        kinds = [*firsts[:count], *[schema.get("items", {})] * (count - len(firsts))]
        items = [self._value(kind, (*where, str(index))) for index, kind in enumerate(kinds)]
        return _distinct(items, kinds) if schema.get("uniqueItems") is True else items


def _just(value: Json) -> Callable[[], Json]:
    return lambda: value


def _distinct(items: list[Json], kinds: list[Json]) -> list[Json]:
    """The items told apart: by what their list of values offers, or by number where they are numbers or texts."""
    if kinds and isinstance(kinds[0], Mapping) and "enum" in kinds[0]:
        return list(kinds[0]["enum"][: len(items)])
    return [_numbered(item, index) for index, item in enumerate(items)]


def _numbered(item: Json, index: int) -> Json:
    if isinstance(item, str):
        return f"{item}{index or ''}"
    return item + index if isinstance(item, int | float) and not isinstance(item, bool) else item

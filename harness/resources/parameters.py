"""Required query and header parameters of an operation: every request of it carries them, the control's and its
mutants' alike.

A value is the target file's, or one that the schema allows and that can name no object: a word of a list, a bounded
number, a text that nobody could guess. What only an object's id would fill is never filled.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from harness.config import Target
from harness.model import READS, Json, Operation, Parameter
from harness.openapi import Unsatisfiable, smallest_body
from harness.resources.schemas import is_free_text, resolved, types_of

Carried = Collection[tuple[str, str]]
"""`header` or `query` and the name, in lower case, of where credentials ride."""
_OWN = frozenset({"accept", "content-type", "content-length", "authorization", "cookie", "host", "user-agent"})
"""Headers that a request has anyway, or that are no parameters by the standard."""
_CONDITIONS = frozenset({"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"})
_SHAPING = re.compile(
    r"(page|limit|offset|skip|size|per|sort|order|format|version|lang|locale|fields|include|expand|pretty|count|take)",
    re.IGNORECASE,
)
"""What a list is shown like, and not what is in it."""
_ONCE = re.compile(r"(idempoten|request-?id|correlation|trace|nonce)", re.IGNORECASE)
_ID = re.compile(r"(?:^|[_-])(id|pk|uuid|key|slug|ref)$|Id$|^(user|username|owner|account|login|email)$")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is added to a request; `{unique}` in a value is fresh every time."""

    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def asked(operation: Operation, target: Target, carried: Carried = ()) -> Asked:
    """The required parameters of an operation with a value each.

    Raises Unsatisfiable, naming the parameter, where only a guess would fill one.
    """
    told = told_parameters(operation, target)
    query, headers = list[tuple[str, str]](), list[tuple[str, str]]()
    for one in _wanted(operation, {*carried, *_scoping(operation, target)}, told):
        values = [_text(told[one.name])] if one.name in told else _guess(one)
        if one.place == "header":
            headers.append((one.name, ",".join(values)))
        else:
            query += [(one.name, value) for value in values]
    return Asked(tuple(query), tuple(headers))


def told_parameters(operation: Operation, target: Target) -> dict[str, Json]:
    """Values that the target file gives to parameters of the operation, by name or by operation and name; to a read
    its fixtures, too."""
    sources = (target.fixtures, target.parameters) if operation.method in READS else (target.parameters,)
    general = {name: value for one in sources for name, value in one.items() if not isinstance(value, Mapping)}
    own = {name: value for one in sources for name, value in (one.get(operation.name) or {}).items()}
    return {**general, **own}


def _scoping(operation: Operation, target: Target) -> Carried:
    """Query parameters that say what the operation reaches: each request says so itself."""
    words = [one for one in target.operations.scoped if one.operation == operation.name]
    return frozenset(("query", name.lower()) for one in words for name in one.query)


def filtered(operation: Operation, target: Target) -> bool:
    """Whether a list is only read with a filter whose value nobody told: then it may not be the whole list."""
    told = told_parameters(operation, target)
    return any(
        one.required and one.place == "query" and one.name not in told and not _SHAPING.match(one.name)
        for one in operation.parameters
    )


def _wanted(operation: Operation, carried: Carried, told: Mapping[str, Json]) -> Iterator[Parameter]:
    for one in operation.parameters:
        known = one.name.lower()
        ours = one.place == "header" and known in _OWN | _CONDITIONS
        wanted = one.place in ("query", "header") and (one.required or one.name in told)
        if wanted and not ours and (one.place, known) not in carried:
            yield one


def _guess(one: Parameter) -> list[str]:
    schema = {name: value for name, value in resolved(one.schema).items() if name not in ("example", "examples")}
    free = is_free_text(schema)
    if _ONCE.search(one.name) and (free or schema.get("format") == "uuid"):
        return ["{unique}" if free else "{uuid}"]
    if _could_be_an_id(one.name, schema):
        raise _untold(one)
    if free:
        return ["{unique}"]
    value = smallest_body(schema, {})
    if isinstance(value, dict):
        raise _untold(one)
    return [_text(each) for each in value] if isinstance(value, list) else [_text(value)]


def _could_be_an_id(name: str, schema: Mapping[str, Json]) -> bool:
    if any(word in schema for word in ("enum", "const", "default")) or types_of(schema) == {"boolean"}:
        return False
    items = schema.get("items")
    if isinstance(items, Mapping):
        return _could_be_an_id(name, items)
    bounded = "maximum" in schema or "exclusiveMaximum" in schema or _SHAPING.match(name)
    unnamed = bool(types_of(schema) & {"integer", "number"}) and not bounded
    return unnamed or bool(_ID.search(name)) or schema.get("format") in ("uuid", "uri", "url", "email")


def _untold(one: Parameter) -> Unsatisfiable:
    why = f"a required {one.place} parameter that only a guess would fill; say it under `parameters:`"
    return Unsatisfiable(f"{one.name}: {why}")


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

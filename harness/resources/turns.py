"""Bodies that no marker fits into: one field changes to a value that differs from the present one."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain

from harness.model import Json, Operation
from harness.openapi import accepts
from harness.resources.graph import Resource, Turn
from harness.resources.schemas import field_schema, has_field, required_fields, resolved, types_of

_TEXTS = {"date": ("2020-01-01", "2020-01-02"), "date-time": ("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")}
_NUMBERS = (1, 2, 0, 3)


def takes_marker(body: Json, path: str = "") -> bool:
    """Whether what a template makes or changes can be known again."""
    text = json.dumps(body)
    return "{marker}" in text or "{unique}" in text or "{marker}" in path


def turn_of(
    resource: Resource, operation: Operation, body: Mapping[str, Json], said: Mapping[str, Json]
) -> Turn | None:
    """The field to change, of those that the body must hold before those that it may, and not of those in `said`."""
    schema, read = resolved(operation.body_schema), resource.operation("GET", "item")
    shown = resolved(read.answer_schema if read else None)
    links = {link.field for link in resource.links}
    names = list(dict.fromkeys(chain(required_fields(schema), schema.get("properties", {}))))
    for name in [one for one in names if has_field(shown, one)] or names:
        taken = name in said or name in links or (isinstance(body.get(name), str) and "{" in body[name])
        values = _values(field_schema(schema, name), body.get(name))
        if not taken and name not in (resource.parameter, "id", "pk") and len(values) > 1:
            return Turn(name, tuple(values))
    return None


def _values(schema: Mapping[str, Json], first: Json) -> list[Json]:
    """Values that the schema allows and that can be told apart when they are read back."""
    if schema.get("readOnly") or "x-refers-to" in schema:
        return []
    found = [one for one in (first, *_candidates(schema)) if one is not None and accepts(schema, one)]
    return [one for place, one in enumerate(found) if one not in found[:place]]


def _candidates(schema: Mapping[str, Json]) -> Iterator[Json]:
    if "enum" in schema:
        yield from schema["enum"]
    elif types_of(schema) == {"boolean"}:
        yield from (True, False)
    elif types_of(schema) & {"integer", "number"}:
        bounds = (schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf"))
        near = (number + step for number in bounds if isinstance(number, int | float) for step in (0, 1, -1, number))
        yield from chain(_NUMBERS, near)
    else:
        yield from _TEXTS.get(str(schema.get("format")), ())

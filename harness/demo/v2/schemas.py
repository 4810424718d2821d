"""The JSON schemas of the second API of a build: what may be sent, and what comes back."""

from collections.abc import Iterator

from harness.demo.builds import Build
from harness.demo.resources import INT32, RESOURCES, TEXT_LIMIT, Field, Resource
from harness.demo.schemas import Schema, reference, url_pattern
from harness.demo.v2.values import SLUG

ADDRESS: Schema = {"type": "string", "format": "uri"}
FAULTS: Schema = {"type": "object", "minProperties": 1}
DETAIL: Schema = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}


def components(build: Build) -> dict[str, Schema]:
    """Every schema of a build, by the name that `reference` takes."""
    named = {"Faults": FAULTS, "Detail": DETAIL}
    for resource in RESOURCES.values():
        named.update(_of(resource, build))
    return named


def _of(resource: Resource, build: Build) -> Iterator[tuple[str, Schema]]:
    title = resource.title
    members = {field.name: _sent(field, build) for field in resource.fields}
    required = [field.name for field in resource.fields if field.required]
    yield f"{title}Input", {"type": "object", "required": required, "properties": members}
    yield f"{title}Changes", {"type": "object", "minProperties": 1, "properties": members}
    shown = {"resource_uri": {**ADDRESS, "readOnly": True}, **{field.name: _shown(field) for field in resource.fields}}
    yield title, {"type": "object", "required": list(shown), "properties": shown}
    yield f"{title}List", {"type": "array", "items": reference(title)}


def _sent(field: Field, build: Build) -> Schema:
    schema = _type(field)
    if field.required and field.kind in ("string", "slug", "url"):
        schema["minLength"] = 1
    if field.unique:
        schema["x-unique"] = True
    if field.suffix:
        schema["x-derived-from"] = {"field": "url", "suffix": field.suffix}
    return schema | url_pattern(field, build)


def _type(field: Field) -> Schema:
    match field.kind:
        case "link":
            return {**ADDRESS, "x-refers-to": field.to}
        case "boolean":
            return {"type": "boolean", "default": bool(field.default)}
        case "integer" if field.choices:
            return {"type": "integer", "enum": list(field.choices), "default": field.default}
        case "integer":
            bounds = {"minimum": -INT32, "maximum": INT32 - 1}
            return {"type": "integer", "format": "int32", **bounds, "default": field.default}
        case "datetime":
            return {"type": "string", "format": "date-time"}
        case "url":
            return {**ADDRESS, "maxLength": TEXT_LIMIT}
        case "slug":
            return {"type": "string", "pattern": f"^{SLUG}$", "maxLength": TEXT_LIMIT}
        case _:
            return {"type": "string", **({"maxLength": TEXT_LIMIT} if field.bounded else {})}


def _shown(field: Field) -> Schema:
    match field.kind:
        case "link":
            return {**ADDRESS, "x-refers-to": field.to}
        case "boolean" | "integer":
            return {"type": field.kind}
        case "datetime":
            return {"type": "string", "format": "date-time"}
        case "url":
            return {"type": "string", "anyOf": [{"format": "uri"}, {"maxLength": 0}]}
        case _:
            return {"type": "string"}

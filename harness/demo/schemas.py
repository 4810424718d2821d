"""The JSON schemas of the first API of a build: what may be sent, and what comes back."""

from collections.abc import Iterator

from harness.demo.builds import Build
from harness.demo.resources import INT32, RESOURCES, TEXT_LIMIT, Field, Resource

Schema = dict[str, object]

META: Schema = {
    "type": "object",
    "required": ["limit", "next", "offset", "previous", "total_count"],
    "properties": {
        "limit": {"type": "integer"},
        "next": {"type": ["string", "null"], "format": "uri-reference"},
        "offset": {"type": "integer"},
        "previous": {"type": ["string", "null"], "format": "uri-reference"},
        "total_count": {"type": "integer"},
    },
}
COMPLAINT: Schema = {"type": "object", "minProperties": 1}


def reference(name: str) -> Schema:
    """A pointer to one of `components`."""
    return {"$ref": f"#/components/schemas/{name}"}


def components(build: Build) -> dict[str, Schema]:
    """Every schema of a build, by the name that `reference` takes."""
    named = {"Meta": META, "Complaint": COMPLAINT}
    for resource in RESOURCES.values():
        named.update(_of(resource, build))
    return named


def _of(resource: Resource, build: Build) -> Iterator[tuple[str, Schema]]:
    title = resource.title
    members = {field.name: _sent(field, build) for field in resource.fields}
    required = [field.name for field in resource.fields if field.required]
    yield f"{title}Input", {"type": "object", "required": required, "properties": members}
    yield title, _shown(resource)
    yield f"{title}List", _object(meta=reference("Meta"), objects=_array(reference(title)))
    if "PATCH" in build.item_methods:
        yield f"{title}Changes", {"type": "object", "minProperties": 1, "properties": members}
    if "PUT" in build.list_methods[resource.name]:
        yield f"{title}Replacement", _object(objects=_array(reference(f"{title}Input")))
    if "PATCH" in build.list_methods[resource.name]:
        bulk = _object(objects=_array(reference(f"{title}Input")))
        uris = _array({**_link(resource.name), "x-refers-to": resource.name})
        yield f"{title}Bulk", {**bulk, "properties": {**_members(bulk), "deleted_objects": uris}}


def _object(**members: Schema) -> Schema:
    return {"type": "object", "required": list(members), "properties": members}


def _members(schema: Schema) -> dict[str, object]:
    members = schema["properties"]
    assert isinstance(members, dict)
    return members


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _link(to: str) -> Schema:
    return {"type": "string", "format": "uri-reference", "pattern": f"^{RESOURCES[to].list_path}[0-9]+/$"}


def _sent(field: Field, build: Build) -> Schema:
    schema = _type(field)
    if field.required and field.kind != "link":
        schema["minLength"] = 1
    if field.unique:
        schema["x-unique"] = True
    if field.suffix:
        schema["x-derived-from"] = {"field": "url", "suffix": field.suffix}
    return schema | url_pattern(field, build)


def url_pattern(field: Field, build: Build) -> Schema:
    """What the rule about URLs adds to the schema of a field."""
    if not build.urls.governs(field):
        return {}
    start, end = (text.replace(".", "\\.") for text in (build.urls.start, field.suffix))
    # The service compares the beginning only. What a client has a use for is narrower, and can be generated.
    return {"pattern": f"^{start}[0-9A-Za-z/._-]*{end}$"}


def _type(field: Field) -> Schema:
    match field.kind:
        case "link":
            return {**_link(field.to), "x-refers-to": field.to}
        case "boolean":
            return {"type": "boolean", "default": bool(field.default)}
        case "integer":
            bounds = {"minimum": -INT32, "maximum": INT32 - 1}
            return {"type": "integer", "format": "int32", **bounds, "default": field.default}
        case "datetime":
            return {"type": "string", "format": "date-time"}
        case "url":
            return {"type": "string", "format": "uri", "maxLength": TEXT_LIMIT}
        case _:
            return {"type": "string", **({"maxLength": TEXT_LIMIT} if field.bounded else {})}


def _shown(resource: Resource) -> Schema:
    address = {"type": "string", "format": "uri-reference", "readOnly": True}
    members: Schema = {field.name: _shown_type(field) for field in resource.fields}
    return {
        "type": "object",
        "required": [*members, "resource_uri"],
        "properties": {**members, "resource_uri": address},
    }


def _shown_type(field: Field) -> Schema:
    match field.kind:
        case "link":
            return {"type": "string", "format": "uri-reference", "x-refers-to": field.to}
        case "boolean" | "integer":
            return {"type": field.kind}
        case "url":
            return {"type": "string", "anyOf": [{"format": "uri"}, {"maxLength": 0}]}
        case _:
            return {"type": "string"}

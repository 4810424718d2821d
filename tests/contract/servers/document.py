"""The OpenAPI 3.0 document of the correct API, made from the same fields that the API validates by."""

from collections.abc import Mapping
from typing import Any

from .resources import RESOURCES, SITE, Field

_SINGULAR = {"tools": "tool", "parts": "part"}
_KEY: list[dict[str, list[str]]] = [{"ApiKey": []}]
_OPEN: list[dict[str, list[str]]] = [{}, {"ApiKey": []}]
_KINDS: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string", "description": "One line of printable characters."},
    "slug": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "description": "Unique among all tools."},
    "url": {"type": "string", "format": "uri", "description": f"Under {SITE}.", "example": f"{SITE}hammer"},
    "tool": {"type": "integer", "minimum": 1, "description": "The id of an existing tool."},
}


def document() -> dict[str, Any]:
    """A document of its own for each caller, who may change it."""
    schemas: dict[str, Any] = {"Error": _error()}
    paths: dict[str, Any] = {"/": {"get": {"operationId": "root", "security": [], "responses": {"200": _says("Up.")}}}}
    for resource, fields in RESOURCES.items():
        singular = _SINGULAR[resource]
        schemas |= _schemas(singular.capitalize(), fields, stamped=resource == "tools")
        paths |= _paths(resource, singular)
    scheme = {"type": "apiKey", "in": "header", "name": "Authorization", "x-value-format": "ApiKey {username}:{key}"}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Workshop", "version": "1"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"ApiKey": scheme}},
    }


def _schemas(name: str, fields: Mapping[str, Field], *, stamped: bool) -> dict[str, Any]:
    properties = {key: _property(field) for key, field in fields.items()}
    shown: dict[str, Any] = {"id": {"type": "integer", "readOnly": True}, **properties}
    if stamped:
        shown["updated_at"] = {"type": "string", "format": "date-time", "readOnly": True}
    required = [key for key, field in fields.items() if field.required]
    listing = {
        "items": {"type": "array", "items": _ref(name)},
        "total": {"type": "integer"},
        "next": {"type": "string", "format": "uri", "nullable": True},
    }
    return {
        name: {"type": "object", "properties": shown, "required": list(shown)},
        f"{name}Body": {"type": "object", "properties": properties, "required": required},
        f"{name}Patch": {"type": "object", "properties": properties},
        f"{name}List": {"type": "object", "properties": listing, "required": list(listing)},
    }


def _property(field: Field) -> dict[str, Any]:
    if field.kind == "tool":
        return dict(_KINDS["tool"])
    return {**_KINDS[field.kind], "maxLength": field.maximum, **({"minLength": 1} if field.required else {})}


def _paths(resource: str, singular: str) -> dict[str, Any]:
    name = singular.capitalize()
    number = {"name": f"{singular}_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    page = {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}}
    location = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}
    created = {**_says("Created.", name), "headers": location}
    return {
        f"/api/{resource}": {
            "get": {"parameters": [page], **_operation(f"list_{resource}", {"200": _says("A page.", f"{name}List")})},
            "post": _operation(f"create_{singular}", {"201": created}, f"{name}Body"),
        },
        f"/api/{resource}/{{{singular}_id}}": {
            "parameters": [number],
            "get": _operation(f"read_{singular}", {"200": _says("It.", name), "404": _says("None.", "Error")}),
            "put": _operation(f"replace_{singular}", {"200": _says("Replaced.", name)}, f"{name}Body", item=True),
            "patch": _operation(f"update_{singular}", {"200": _says("Changed.", name)}, f"{name}Patch", item=True),
            "delete": _operation(f"delete_{singular}", {"204": _says("Gone.")}, guarded=True, item=True),
        },
    }


def _operation(
    name: str, responses: dict[str, Any], body: str | None = None, *, guarded: bool = False, item: bool = False
) -> dict[str, Any]:
    answers = {**responses, "401": _says("No good credential.", "Error")}
    if body or guarded:
        answers["403"] = _says("An ordinary account.", "Error")
    if item:
        answers["404"] = _says("None.", "Error")
    operation: dict[str, Any] = {"operationId": name, "security": _KEY if body or guarded else _OPEN}
    if body:
        answers |= {status: _says("Not taken.", "Error") for status in ("400", "409", "415")}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    elif name.startswith("list_"):
        answers["400"] = _says("No such page number.", "Error")
    return {**operation, "responses": answers}


def _says(text: str, schema: str | None = None) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": _ref(schema)}}} if schema else {}
    return {"description": text, **content}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _error() -> dict[str, Any]:
    fields = {"type": "object", "additionalProperties": {"type": "string"}}
    return {"type": "object", "properties": {"error": {"type": "string"}, "fields": fields}, "required": ["error"]}

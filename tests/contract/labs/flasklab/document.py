"""The index in OpenAPI's words, version 3.0."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "maxLength": 300}
NEEDED: Schema = {**TEXT, "minLength": 1}
URL: Schema = {**TEXT, "format": "uri"}
SENT: Mapping[str, Schema] = {
    "Package": {"name": NEEDED, "summary": TEXT, "homepage": URL},
    "Version": {
        "number": NEEDED,
        "notes": TEXT,
        "download_url": URL,
        "signature_url": {**URL, "description": "Empty, or the download_url with .asc after it."},
        "yanked": {"type": "boolean"},
    },
}
REQUIRED = {"Package": ["name"], "Version": ["number", "download_url"]}
REFUSALS = {
    "401": "No token, or one that is not valid.",
    "403": "The user is no maintainer.",
    "404": "There is no such object.",
    "409": "There is one of that name already.",
    "422": "The body is not right.",
}
UUID: Schema = {"type": "string", "format": "uuid"}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: list[str], **members: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": members}


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _answers(status: str, description: str, schema: Schema | None, *refusals: str) -> Schema:
    success = {"description": description, **(_json(schema) if schema else {})}
    return {status: success} | {
        code: {"description": REFUSALS[code], **_json(_reference("Failure"))} for code in refusals
    }


def _schemas() -> Schema:
    named: Schema = {}
    for title, fields in SENT.items():
        own = {"id": UUID, **({"package_id": UUID} if title == "Version" else {})}
        # What is empty is no URI, and both are shown.
        shown = {name: {"type": field["type"]} for name, field in fields.items()}
        named[f"{title}Input"] = _object(REQUIRED[title], **fields)
        named[f"{title}Changes"] = {"type": "object", "minProperties": 1, "properties": dict(fields)}
        named[title] = _object([*own, *shown], **own, **shown)
        named[f"{title}Envelope"] = _object(["data"], data=_reference(title))
        counts: Schema = {name: {"type": "integer"} for name in ("page", "pages", "total")}
        listed: Schema = {"type": "array", "items": _reference(title)}
        named[f"{title}Page"] = _object(["data", *counts], data=listed, **counts)
    error = _object(["code", "message"], code={"type": "string"}, message={"type": "string"}, fields={"type": "object"})
    return {**named, "Failure": _object(["error"], error=error)}


def _list(title: str, *above: str) -> Schema:
    pages = [
        {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1}} for name in ("page", "per_page")
    ]
    return {
        "get": {
            "operationId": f"list{title}s",
            "security": [],
            "parameters": pages,
            "responses": _answers("200", "A page.", _reference(f"{title}Page"), *above),
        },
        "post": {
            "operationId": f"create{title}",
            "requestBody": {"required": True, **_json(_reference(f"{title}Input"))},
            "responses": _answers("201", "Made.", _reference(f"{title}Envelope"), "401", "403", "409", "422", *above),
        },
    }


def _item(title: str) -> Schema:
    whole = _reference(f"{title}Envelope")
    changes = ("401", "403", "404", "409", "422")
    return {
        "get": {
            "operationId": f"get{title}",
            "security": [],
            "responses": _answers("200", "The object.", whole, "404"),
        },
        "put": {
            "operationId": f"replace{title}",
            "requestBody": {"required": True, **_json(_reference(f"{title}Input"))},
            "responses": _answers("200", "Done.", whole, *changes),
        },
        "patch": {
            "operationId": f"change{title}",
            "requestBody": {"required": True, **_json(_reference(f"{title}Changes"))},
            "responses": _answers("200", "Done.", whole, *changes),
        },
        "delete": {
            "operationId": f"delete{title}",
            "responses": _answers("204", "Gone.", None, "401", "403", "404"),
        },
    }


def _under(names: tuple[str, ...], item: Schema) -> Schema:
    return {"parameters": [{"name": name, "in": "path", "required": True, "schema": UUID} for name in names], **item}


DOCUMENT: Schema = {
    "openapi": "3.0.3",
    "info": {"title": "Package index", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        "/packages": _list("Package"),
        "/packages/{package_id}": _under(("package_id",), _item("Package")),
        "/packages/{package_id}/versions": _under(("package_id",), _list("Version", "404")),
        "/packages/{package_id}/versions/{version_id}": _under(("package_id", "version_id"), _item("Version")),
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": _schemas()},
}

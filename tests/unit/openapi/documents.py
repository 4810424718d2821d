"""Small documents in the manner of real ones."""

from typing import Any


def document(paths: dict[str, Any], version: str = "3.1.0", **schemas: Any) -> dict[str, Any]:
    """An OpenAPI 3 document with these paths and component schemas."""
    info = {"title": "releases", "version": "1"}
    return {"openapi": version, "info": info, "paths": paths, "components": {"schemas": schemas}}


def sending(schema: Any, method: str = "post", media_type: str = "application/json") -> dict[str, Any]:
    """A path item with one operation that takes a body."""
    body = {"required": True, "content": {media_type: {"schema": schema}}}
    return {method: {"requestBody": body, "responses": {"201": {"description": "made"}}}}


def component(name: str) -> dict[str, str]:
    """A reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


PYTHON_ORG: dict[str, Any] = {
    **document(
        {
            "/api/v1/downloads/os/": {
                "get": {
                    "security": [{"ApiKey": []}, {}],
                    "parameters": [{"$ref": "#/components/parameters/limit"}],
                    "responses": {
                        "200": {"description": "", "content": {"application/json": {"schema": component("OsList")}}},
                        "401": {"$ref": "#/components/responses/Unauthorized"},
                    },
                }
            },
            "/api/v1/downloads/release_file/": {
                "x-other-methods": {"HEAD": "405"},
                **sending(component("ReleaseFileInput")),
            },
            "/api/v1/downloads/release_file/{id}/": {
                "parameters": [{"$ref": "#/components/parameters/id"}],
                "delete": {"security": [{"ApiKey": []}], "responses": {"204": {"description": "gone"}}},
            },
        },
        Os={
            "type": "object",
            "required": ["name", "resource_uri"],
            "properties": {
                "name": {"type": "string"},
                "resource_uri": {"type": "string", "format": "uri-reference", "readOnly": True},
            },
        },
        OsList={"type": "object", "properties": {"objects": {"type": "array", "items": component("Os")}}},
        ReleaseFileInput={
            "type": "object",
            "required": ["name", "slug", "os", "url"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 200},
                "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "x-unique": True},
                "os": {
                    "type": "string",
                    "format": "uri",
                    "pattern": "/api/v1/downloads/os/[0-9]+/$",
                    "x-refers-to": "os",
                },
                "url": {"type": "string", "format": "uri", "pattern": r"^https://www\.python\.org/", "x-unique": True},
                "gpg_signature_file": {
                    "type": "string",
                    "pattern": r"^https://www\.python\.org/.*\.asc$",
                    "x-derived-from": {"field": "url", "suffix": ".asc"},
                },
                "filesize": {"type": "integer", "format": "int32", "default": 0},
            },
        },
    ),
    "servers": [{"url": "https://www.python.org"}],
}
PYTHON_ORG["components"] |= {
    "parameters": {
        "id": {
            "name": "id",
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
            "example": 1,
        },
        "limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}},
    },
    "responses": {"Unauthorized": {"description": "empty"}},
    "securitySchemes": {
        "ApiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "x-value-format": "ApiKey {username}:{key}",
        }
    },
}

FASTAPI = document(
    {
        "/things/{thing_id}": sending(component("ThingUpdate"), "put")
        | {
            "parameters": [
                {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "q", "in": "query", "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
                {"name": "x-trace", "in": "header", "schema": {"type": "string"}},
            ]
        }
    },
    ThingUpdate={
        "type": "object",
        "required": ["title", "tags", "note", "owner"],
        "properties": {
            "title": {"type": "string", "maxLength": 80, "minLength": 3},
            "tags": {"type": "array", "items": {"type": "string"}},
            "note": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "owner": component("Owner"),
        },
    },
    Owner={
        "type": "object",
        "required": ["email", "level"],
        "properties": {
            "email": {"type": "string", "format": "email"},
            "level": {"enum": ["low", "high"]},
            "age": {"type": "integer"},
        },
    },
)

SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "releases", "version": "1"},
    "host": "internal.example.org",
    "basePath": "/v2/",
    "securityDefinitions": {
        "basic": {"type": "basic"},
        "key": {"type": "apiKey", "in": "query", "name": "api_key"},
        "oauth": {"type": "oauth2", "flow": "password", "tokenUrl": "https://example.org/token"},
    },
    "security": [{"key": []}],
    "definitions": {
        "Pet": {
            "type": "object",
            "required": ["id", "name", "weight", "chip"],
            "properties": {
                "id": {"type": "integer", "readOnly": True},
                "name": {"type": "string", "x-nullable": True},
                "weight": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                "chip": {"$ref": "#/definitions/Chip", "x-refers-to": "chip"},
            },
        },
        "Chip": {"type": "object", "properties": {"code": {"type": "string"}}},
    },
    "paths": {
        "/pets": {
            "post": {
                "consumes": ["application/json"],
                "parameters": [{"in": "body", "name": "body", "schema": {"$ref": "#/definitions/Pet"}}],
                "responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/Pet"}}},
            },
            "get": {
                "parameters": [{"in": "query", "name": "limit", "type": "integer", "maximum": 50}],
                "responses": {"200": {"description": ""}},
                "security": [],
            },
        },
        "/pets/upload": {
            "post": {
                "consumes": ["multipart/form-data"],
                "parameters": [{"in": "formData", "name": "photo", "type": "file"}],
                "responses": {"200": {"description": ""}},
            }
        },
    },
}

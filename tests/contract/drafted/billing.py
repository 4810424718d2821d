"""Invoices, described in OpenAPI 3.0 by hand: a key in a header of its own, a header that every request must name its
workspace in, and invoices of a tax class that no operation makes."""

import itertools
from typing import Any

from werkzeug import Request, Response

from tests.contract.adversary.kit import reply

WORKSPACE, TAX_CLASS = "w-17", 5
KEYS = {"ADMIN_KEY": "billing-admin-7f3a9c1e5b2d", "PLAIN_KEY": "billing-plain-0d4e8a6c1b9f"}

_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
_WORKSPACE = {"name": "X-Workspace-Id", "in": "header", "required": True, "schema": {"type": "string"}}
_FIELDS: dict[str, dict[str, Any]] = {
    "customers": {
        "name": {"type": "string", "minLength": 1, "maxLength": 80},
        "vat": {"type": "string", "nullable": True},
    },
    "invoices": {
        "number": {"type": "string", "maxLength": 40, "description": "Must be unique in the workspace."},
        "customer_id": {"type": "integer"},
        "tax_class_id": {"type": "integer"},
        "status": {"type": "string", "enum": ["open", "paid"]},
        "memo": {"type": "string"},
    },
}
_REQUIRED = {"customers": ["name"], "invoices": ["number", "customer_id", "tax_class_id", "status"]}


def _schema(kind: str) -> dict[str, Any]:
    return {"type": "object", "required": _REQUIRED[kind], "properties": _FIELDS[kind]}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def document() -> dict[str, Any]:
    """The description."""
    paths: dict[str, Any] = {"/ping": {"get": {"security": [], "responses": {"200": {"description": "Alive."}}}}}
    for kind in _FIELDS:
        shown = {
            "allOf": [_schema(kind), {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}}}]
        }
        body = {"requestBody": {"required": True, **_json({"$ref": f"#/components/schemas/{kind}"})}}
        ok = {"responses": {"200": {"description": "Done.", **_json(shown)}}}
        page = {"type": "object", "properties": {"results": {"type": "array", "items": shown}}}
        listed = {"responses": {"200": {"description": "All.", **_json(page)}}}
        paths[f"/{kind}"] = {"parameters": [_WORKSPACE], "get": listed, "post": {**body, **ok}}
        gone = {"responses": {"204": {"description": "Gone."}}}
        paths[f"/{kind}/{{id}}"] = {"parameters": [_ID, _WORKSPACE], "get": ok, "put": {**body, **ok}, "delete": gone}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Billing: invoices # and more\nversion: 9", "version": "1"},
        "servers": [{"url": "https://billing.example.com/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
            "schemas": {kind: _schema(kind) for kind in _FIELDS},
        },
    }


class Billing:
    """The server."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in _FIELDS}
        self.ids = itertools.count(101)
        self.paths: list[str] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """A WSGI application."""
        request = Request(environ)
        request.get_data()
        self.paths.append(f"{request.method} {request.path}")
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        """The document, or what stands below /v1."""
        if request.path == "/v3/api-docs":
            return reply(document())
        kind, _, key = request.path.removeprefix("/v1/").partition("/")
        if request.path == "/v1/ping" or kind not in self.rows:
            return reply({}, 200 if request.path == "/v1/ping" else 404)
        given = request.headers.get("X-Api-Key")
        if given not in KEYS.values():
            return reply({"error": "key"}, 401)
        if request.method != "GET" and given != KEYS["ADMIN_KEY"]:
            return reply({"error": "not for you"}, 403)
        if request.headers.get("X-Workspace-Id") != WORKSPACE:
            return reply({"error": "no such workspace"}, 404)
        return self._served(request, kind, key)

    def _served(self, request: Request, kind: str, key: str) -> Response:
        rows = self.rows[kind]
        if key and (not key.isdigit() or int(key) not in rows):
            return reply({"error": "gone"}, 404)
        if request.method == "GET":
            return reply(rows[int(key)] if key else {"results": list(rows.values())})
        if request.method == "DELETE":
            del rows[int(key)]
            return reply(None, 204)
        body = request.get_json(silent=True) or {}
        if kind == "invoices" and (
            body.get("customer_id") not in self.rows["customers"] or body.get("tax_class_id") != TAX_CLASS
        ):
            return reply({"errors": [{"field": "customer_id or tax_class_id"}]}, 422)
        number = int(key) if key else next(self.ids)
        rows[number] = {**body, "id": number}
        return reply(rows[number], 200 if key else 201)

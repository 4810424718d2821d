"""Milestones and their tickets, described in Swagger 2.0: below a base path, with a name and a key in one header, as
the words of the document tell."""

import itertools
from typing import Any

from flask import Flask, Response, jsonify, request

KEYS = {"ADMIN_KEY": "tracker-4c1d9e7a3b5f2806", "PLAIN_KEY": "tracker-a9b8c7d6e5f40312"}
USERS = {"lead": KEYS["ADMIN_KEY"], "guestbook": KEYS["PLAIN_KEY"]}
NAMES = ["--admin-name", "lead", "--plain-name", "guestbook"]

_FIELDS: dict[str, Any] = {
    "milestones": {"title": {"type": "string", "minLength": 1}, "due": {"type": "string", "format": "date"}},
    "tickets": {"summary": {"type": "string"}, "points": {"type": "integer", "minimum": 0, "maximum": 8}},
}


def document() -> dict[str, Any]:
    """The description."""
    number = {"in": "path", "required": True, "type": "integer"}

    def paths(kind: str, front: str, parents: list[dict[str, Any]]) -> dict[str, Any]:
        shown = {"$ref": f"#/definitions/{kind}"}
        body = [{"name": "payload", "in": "body", "required": True, "schema": shown}]
        ok = {"responses": {"200": {"description": "Done", "schema": shown}}}
        listed = {"200": {"description": "All", "schema": {"type": "array", "items": shown}}}
        item = [*parents, {"name": f"{kind[:-1]}Id", **number}]
        guarded: dict[str, Any] = {"security": [{"ApiKeyAuth": []}]}
        gone = {"responses": {"204": {"description": "Gone"}}}
        return {
            front: {"parameters": parents, "get": {"responses": listed}, "post": {"parameters": body, **ok, **guarded}},
            f"{front}/{{{kind[:-1]}Id}}": {
                "parameters": item,
                "get": ok,
                "patch": {"parameters": body, **ok, **guarded},
                "delete": {**gone, **guarded},
            },
        }

    above = {"name": "milestoneId", **number}
    return {
        "swagger": "2.0",
        "info": {"title": "Tracker", "version": "2"},
        "basePath": "/api/2",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {
            "ApiKeyAuth": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "Send `ApiKey <username>:<api_key>` with every write.",
            }
        },
        "paths": {
            **paths("milestones", "/milestones", []),
            **paths("tickets", "/milestones/{milestoneId}/tickets", [above]),
            "/rebuild": {"post": {"security": [{"ApiKeyAuth": []}], "responses": {"202": {"description": "Begun"}}}},
        },
        "definitions": {
            kind: {
                "type": "object",
                "required": list(fields)[:1],
                "properties": {"id": {"type": "integer", "readOnly": True}, **fields},
            }
            for kind, fields in _FIELDS.items()
        },
    }


def application() -> Flask:
    """The server, with rows of its own."""
    app, ids = Flask(__name__), itertools.count(1)
    rows: dict[tuple[str, int], dict[str, Any]] = {}

    @app.before_request
    def guard() -> tuple[Response, int] | None:
        request.get_data()
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        name, _, key = pair.partition(":")
        if request.method == "GET":
            return None
        if scheme != "ApiKey" or not key or USERS.get(name) != key:
            return jsonify(error="who are you?"), 401
        return None if name == "lead" else (jsonify(error="not for you"), 403)

    @app.get("/swagger.json")
    def described() -> Response:
        return jsonify(document())

    def listed(kind: str, above: int) -> Any:
        if request.method == "GET":
            return jsonify([row for (one, _), row in rows.items() if one == f"{kind} {above}"])
        number = next(ids)
        rows[f"{kind} {above}", number] = {**request.get_json(), "id": number}
        return jsonify(rows[f"{kind} {above}", number]), 201

    def item(kind: str, above: int, number: int) -> Any:
        row = rows.get((f"{kind} {above}", number))
        if row is None:
            return jsonify(error="none"), 404
        if request.method == "DELETE":
            del rows[f"{kind} {above}", number]
            return "", 204
        if request.method == "PATCH":
            row.update(request.get_json())
        return jsonify(row)

    app.add_url_rule("/api/2/milestones", "ms", lambda: listed("milestones", 0), methods=["GET", "POST"])
    app.add_url_rule(
        "/api/2/milestones/<int:m>", "m", lambda m: item("milestones", 0, m), methods=["GET", "PATCH", "DELETE"]
    )
    app.add_url_rule("/api/2/milestones/<int:m>/tickets", "ts", lambda m: listed("tickets", m), methods=["GET", "POST"])
    app.add_url_rule(
        "/api/2/milestones/<int:m>/tickets/<int:t>",
        "t",
        lambda m, t: item("tickets", m, t),
        methods=["GET", "PATCH", "DELETE"],
    )
    return app

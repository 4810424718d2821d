"""Journals and the issues that are made below one and read beside it. A name and a password are given for a token whose
place in the answer nobody documents, bodies hold their fields in an object, and a scan's URL has one right host."""

import itertools
import secrets
from typing import Any

from flask import Flask, Response, jsonify, request

PASSWORDS = {"editor": "set-in-cold-type-4081", "reader": "thumbed-at-the-edges-92"}
NAMES = ["--admin-name", "editor", "--plain-name", "reader"]
KEYS = {"ADMIN_PASSWORD": PASSWORDS["editor"], "PLAIN_PASSWORD": PASSWORDS["reader"]}
HOST = "https://scans.example.org/"
_TEXT = {"type": "string"}
_FIELDS: dict[str, dict[str, Any]] = {
    "journal": {"title": _TEXT},
    "issue": {"note": _TEXT, "scan": {"type": "string", "format": "uri"}},
}


def document() -> dict[str, Any]:
    """The description."""
    number = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]}
    done: dict[str, Any] = {"responses": {"200": {"description": "Done"}}}

    def body(schema: dict[str, Any]) -> dict[str, Any]:
        return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}, **done}

    def held(kind: str) -> dict[str, Any]:
        fields = {"type": "object", "required": list(_FIELDS[kind]), "properties": _FIELDS[kind]}
        return body({"type": "object", "required": [kind], "properties": {kind: fields}})

    login = {"type": "object", "properties": {"username": _TEXT, "password": _TEXT}}
    item = {**number, "get": done, "delete": done}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Press", "version": "1"},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
        "paths": {
            "/v1/login": {"post": {**body(login), "security": []}},
            "/v1/journals": {"get": done, "post": held("journal")},
            "/v1/journals/{id}": item,
            "/v1/journals/{id}/issues": {**number, "get": done, "post": held("issue")},
            "/v1/issues/{id}": {**item, "patch": held("issue")},
        },
    }


def application() -> Flask:
    """The server, with rows of its own."""
    app, ids = Flask(__name__), itertools.count(1)
    rows: dict[str, dict[int, dict[str, Any]]] = {"journal": {}, "issue": {}}
    tokens: dict[str, str] = {}

    @app.before_request
    def guard() -> tuple[Response, int] | None:
        request.get_data()
        if request.path in ("/v1/login", "/openapi.json"):
            return None
        name = tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if name is None:
            return jsonify(error="who are you?"), 401
        return None if request.method == "GET" or name == "editor" else (jsonify(error="not for you"), 403)

    @app.get("/openapi.json")
    def described() -> Response:
        return jsonify(document())

    @app.post("/v1/login")
    def login() -> Any:
        told = request.get_json()
        if PASSWORDS.get(told.get("username"), "") != told.get("password"):
            return jsonify(error="no"), 401
        token = secrets.token_urlsafe(24)
        tokens[token] = told["username"]
        return jsonify(meta={"token": token})

    def listed(kind: str, above: int) -> Any:
        if kind == "issue" and above not in rows["journal"]:
            return jsonify(error="none"), 404
        if request.method == "GET":
            return jsonify([row for row in rows[kind].values() if row["in"] == above])
        told = request.get_json()[kind]
        if kind == "issue" and not str(told.get("scan")).startswith(HOST):
            return jsonify(error={"fields": {"scan": "is somewhere else"}}), 422
        number = next(ids)
        rows[kind][number] = {**told, "id": number, "in": above}
        return jsonify({kind: rows[kind][number]}), 201

    def item(kind: str, number: int) -> Any:
        row = rows[kind].get(number)
        if row is None:
            return jsonify(error="none"), 404
        if request.method == "DELETE":
            del rows[kind][number]
        if request.method == "PATCH":
            row.update(request.get_json()[kind])
        return jsonify({kind: row})

    ways = ["GET", "PATCH", "DELETE"]
    app.add_url_rule("/v1/journals", "js", lambda: listed("journal", 0), methods=["GET", "POST"])
    app.add_url_rule("/v1/journals/<int:j>", "j", lambda j: item("journal", j), methods=ways)
    app.add_url_rule("/v1/journals/<int:j>/issues", "is", lambda j: listed("issue", j), methods=["GET", "POST"])
    app.add_url_rule("/v1/issues/<int:i>", "i", lambda i: item("issue", i), methods=ways)
    return app

"""A small API that can be entered in five ways, and whose document leaves out what a target file has to say."""

from itertools import count
from typing import Any

from flask import Flask, Response, jsonify, request

from tests.contract.desk import Desk

TEXT = {"type": "string", "maxLength": 200}


def document() -> dict[str, Any]:
    """The API in OpenAPI's words: a crate's weight is left out, and what a parcel's depot is."""
    named: dict[str, Any] = {"name": TEXT}
    kinds = {"crates": named, "parcels": {**named, "depot": {"type": "integer"}}, "labels": named}
    paths: dict[str, Any] = {}
    for kind, fields in kinds.items():
        schema = {"type": "object", "required": list(fields), "properties": fields}
        body = {"content": {"application/json": {"schema": schema}}}
        done = {"200": {"description": "done"}}
        paths[f"/{kind}/"] = {"get": {"responses": done}, "post": {"requestBody": body, "responses": done}}
        parameter = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
        paths[f"/{kind}/{{key}}/"] = {
            "parameters": [parameter],
            "get": {"responses": done},
            "delete": {"responses": done},
        }
    return {"openapi": "3.0.3", "info": {"title": "depot", "version": "1"}, "paths": paths}


def application(desk: Desk) -> Flask:
    """The API over the accounts of a desk."""
    app, numbers = Flask("depot"), count(40)
    rows: dict[str, dict[str, dict[str, Any]]] = {"crates": {}, "parcels": {}, "labels": {}}

    @app.before_request
    def guard() -> tuple[Response, int] | None:
        name = desk.caller()
        if request.path in ("/openapi.json", "/token"):
            return None
        if name is None:
            return jsonify(error="who?"), 401
        return (jsonify(error="no"), 403) if request.method in ("POST", "DELETE") and name == "plain" else None

    @app.get("/openapi.json")
    def told() -> Response:
        return jsonify(document())

    @app.post("/token")
    def token() -> tuple[Response, int]:
        name, password = request.form.get("username", ""), request.form.get("password")
        known = desk.knows(name, password)
        return (jsonify(access_token=desk.signed(name)), 200) if known else (jsonify(error="wrong"), 401)

    @app.get("/<kind>/")
    def listed(kind: str) -> Response:
        return jsonify(items=list(rows[kind].values()))

    @app.post("/<kind>/")
    def make(kind: str) -> tuple[Response, int]:
        body = request.get_json()
        if kind == "crates" and "weight" not in body:
            return jsonify(error={"fields": {"weight": "is needed"}}), 400
        if kind == "parcels" and str(body["depot"]) != "7":
            return jsonify(detail=[{"loc": ["body", "depot"], "msg": "no such depot"}]), 422
        serial = next(numbers)
        key = f"L{serial}x" if kind == "labels" else str(serial)
        # A label is known by its code, and has a serial of its own that its path does not take.
        names = {"serial": serial, "code": key} if kind == "labels" else {"id": serial}
        rows[kind][key] = {**body, **names}
        return jsonify(rows[kind][key]), 201

    @app.get("/<kind>/<key>/")
    def one(kind: str, key: str) -> tuple[Response, int]:
        return (jsonify(rows[kind][key]), 200) if key in rows[kind] else (jsonify(error="none"), 404)

    @app.delete("/<kind>/<key>/")
    def remove(kind: str, key: str) -> tuple[str, int]:
        return ("", 204) if rows[kind].pop(key, None) else ("", 404)

    return app

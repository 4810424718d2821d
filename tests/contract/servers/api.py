"""The correct API. Its order of refusal is 404 or 405 (no such route), 401, 403, 404 (no such object), 415, 400, 409.

Reads are open to guests; a credential that is no good is refused on them too.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug import Response as Answer
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from .answers import problem
from .calls import CALL, Call, Standing
from .resources import RESOURCES, Conflict, Invalid, Row, Rules, validated
from .store import Store

PAGE_SIZE = 25

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_RESOURCE = f"/api/<any({', '.join(RESOURCES)}):resource>"


def create_app(store: Store, rules: Rules, describe: Callable[[], dict[str, Any]]) -> Flask:
    """The application over a store; `describe` gives its OpenAPI document."""
    app = Flask("workshop", static_folder=None)
    app.url_map.merge_slashes = False

    @app.get("/")
    def root() -> Response:
        return jsonify(service="workshop")

    @app.get("/openapi.json")
    def document() -> Response:
        return jsonify(describe())

    @app.route(_RESOURCE, methods=["GET", "POST"])
    def collection(resource: str) -> Response:
        call = _admitted()
        if not call.writes:
            return _listing(call, resource, store)
        return _saved(call, resource, None, store, rules)

    @app.route(f"{_RESOURCE}/<number>", methods=["GET", "PUT", "PATCH", "DELETE"])
    def item(resource: str, number: str) -> Response:
        call = _admitted()
        row_id = int(number) if _NUMBER.fullmatch(number) else 0
        with store.lock:
            row = store.read(None if call.writes else call.as_of)[resource].get(row_id)
            if row is None:
                abort(problem(404))
            if call.method == "DELETE":
                store.remove(resource, row_id)
                return app.response_class(status=204)
            return _saved(call, resource, row_id, store, rules) if call.writes else jsonify(row)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Answer:
        response = problem(error.code or 500, error.name.lower())
        if isinstance(error, MethodNotAllowed):
            response.allow.update(error.valid_methods or ())
        return response

    return app


def _admitted() -> Call:
    call: Call = request.environ[CALL]
    if call.standing is Standing.REFUSED or (call.writes and call.standing is Standing.GUEST):
        abort(problem(401))
    if call.others_write:
        abort(problem(403))
    return call


def _listing(call: Call, resource: str, store: Store) -> Response:
    number = call.query.get("page", "1")
    if _NUMBER.fullmatch(number) is None:
        abort(problem(400))
    rows = list(store.read(call.as_of)[resource].values())
    end = int(number) * PAGE_SIZE
    # Not from the Host header, which the caller chooses.
    origin = f"http://{call.source['SERVER_NAME']}:{call.source['SERVER_PORT']}"
    following = f"{origin}/api/{resource}{call.slash}?page={int(number) + 1}" if end < len(rows) else None
    return jsonify(items=rows[end - PAGE_SIZE : end], total=len(rows), next=following)


def _saved(call: Call, resource: str, row_id: int | None, store: Store, rules: Rules) -> Response:
    body = _payload(call)
    with store.lock:
        tables = store.read()
        partial = call.method == "PATCH"
        try:
            fields = validated(resource, body, row_id=row_id, partial=partial, tables=tables, rules=rules)
        except Invalid as error:
            abort(problem(400, fields=error.args[1]))
        except Conflict as error:
            abort(problem(409, str(error)))
        present = {} if row_id is None else tables[resource][row_id]
        saved = store.save(resource, row_id, {**present, **fields})
    response = jsonify(saved)
    if row_id is None:
        response.status_code = 201
        response.headers["Location"] = f"/api/{resource}/{saved['id']}{call.slash}"
    return response


def _payload(call: Call) -> Row:
    if request.mimetype != "application/json":
        abort(problem(415, "unsupported media type"))
    try:
        body = json.loads(call.body.decode())
    except (ValueError, RecursionError):
        abort(problem(400, "malformed JSON"))
    if not isinstance(body, dict):
        abort(problem(400, "must be an object"))
    return body

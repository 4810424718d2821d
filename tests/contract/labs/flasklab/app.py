"""The index as a Flask application: who, then may they, then is the body right, then the row."""

import math
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, Response, jsonify, request

from .accounts import User
from .bodies import Faults, columns
from .document import DOCUMENT
from .rules import Rules, Sent
from .store import Row, Store

MOST = 100


@dataclass(frozen=True, slots=True)
class Index:
    """What a request is answered from."""

    store: Store
    users: tuple[User, ...]
    rules: Rules

    def refusal(self) -> Response | None:
        """The answer to a caller who may not do this; None for one who may."""
        method = request.environ["REQUEST_METHOD"] if self.rules.raw_method else request.method
        passed = self.rules.post_on_items and method == "POST" and request.endpoint in ("package", "version")
        guarded = method in self.rules.guarded and not passed
        user = self.rules.identify(self.users, Sent(request.authorization, request.args))
        if user is None and not guarded and "Authorization" not in request.headers:
            return None
        if user is None:
            refused = failure(401, "unauthorized", "A valid token is needed.")
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        if guarded and not self.rules.may_write(user, request.method, "/versions" in request.path):
            return failure(403, "forbidden", "Only maintainers may do this.")
        return None

    def url_faults(self, row: Mapping[str, object]) -> Faults:
        """What the rules have against the URLs of a version."""
        if request.method not in self.rules.urls_checked:
            return {}
        faults = {}
        if not self.rules.url_allowed(str(row["download_url"])):
            faults["download_url"] = "has to lie on the file host"
        if not self.rules.signature_fits(row):
            faults["signature_url"] = "has to be that of the download"
        return faults

    def listed(self, table: str, **equal: str) -> Response:
        """A page of rows."""
        rows = self.store.rows(table, **equal)
        page = max(request.args.get("page", 1, type=int), 1)
        size = min(max(request.args.get("per_page", 20, type=int), 1), MOST)
        shown = rows[(page - 1) * size : page * size]
        return jsonify(data=shown, page=page, pages=max(math.ceil(len(rows) / size), 1), total=len(rows))

    def create(self, table: str, **parent: str) -> Response:
        """A new row from the body."""
        row, faults = columns(table, request.get_json(silent=True), whole=True)
        if not faults and parent:
            faults = self.url_faults(row)
        if faults:
            return invalid(faults)
        made = self.store.insert(table, {**parent, **row})
        answer = jsonify(data=made)
        answer.status_code = 201
        answer.headers["Location"] = f"{request.path}/{made['id']}"
        return answer

    def item(self, table: str, identifier: str, **parent: str) -> Response:
        """What is done to one row."""
        found = self.store.rows(table, id=identifier, **parent)
        if not found:
            return failure(404, "not_found", "There is no such object.")
        if request.method == "DELETE":
            self.store.delete(table, identifier)
            return Response(status=204)
        return jsonify(data=found[0]) if request.method == "GET" else self._change(table, found[0])

    def _change(self, table: str, old: Row) -> Response:
        row, faults = columns(table, request.get_json(silent=True), whole=request.method == "PUT")
        if not faults and table == "versions":
            faults = self.url_faults({**old, **row})
        return invalid(faults) if faults else jsonify(data=self.store.update(table, old["id"], row))


def application(store: Store, users: tuple[User, ...], rules: Rules) -> Flask:
    """The application over an open store."""
    app = Flask(__name__)
    index = Index(store, users, rules)
    item = ["GET", "PUT", "PATCH", "DELETE", *(["POST"] if rules.post_on_items else [])]

    @app.before_request
    def guard() -> Response | None:
        return index.refusal()

    @app.route("/openapi.json")
    def document() -> Response:
        return jsonify(DOCUMENT)

    @app.route("/packages", methods=["GET", "POST"])
    def packages() -> Response:
        with store.locked():
            return index.listed("packages") if request.method == "GET" else index.create("packages")

    @app.route("/packages/<package_id>", methods=item)
    def package(package_id: str) -> Response:
        with store.locked():
            return index.item("packages", package_id)

    @app.route("/packages/<package_id>/versions", methods=["GET", "POST"])
    def versions(package_id: str) -> Response:
        with store.locked():
            if not store.rows("packages", id=package_id):
                return failure(404, "not_found", "There is no such package.")
            act = index.listed if request.method == "GET" else index.create
            return act("versions", package_id=package_id)

    @app.route("/packages/<package_id>/versions/<version_id>", methods=item)
    def version(package_id: str, version_id: str) -> Response:
        with store.locked():
            return index.item("versions", version_id, package_id=package_id)

    @app.errorhandler(sqlite3.IntegrityError)
    def repeated(error: sqlite3.IntegrityError) -> Response:
        return failure(409, "conflict", "There is one of that name already.")

    @app.errorhandler(404)
    @app.errorhandler(405)
    def nowhere(error: Exception) -> Response:
        status = getattr(error, "code", 404)
        return failure(status, "not_found" if status == 404 else "method_not_allowed", "Nothing is done here.")

    return app


def failure(status: int, code: str, message: str, **more: object) -> Response:
    """An error in its envelope."""
    answer = jsonify(error={"code": code, "message": message, **more})
    answer.status_code = status
    return answer


def invalid(faults: Faults) -> Response:
    """The answer to a body that is not right."""
    return failure(422, "invalid", "The body is not right.", fields=faults)

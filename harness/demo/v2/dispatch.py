"""One dispatcher for every request to the second API, its stages in the order of the real service.

acceptable answer (406), token (401), rights (401 for a guest, 403 for others), method (405), object (404), body (415,
400), database (500). So whoever may not write learns nothing about what they would have written.
"""

import sqlite3
from collections.abc import Callable

from starlette.responses import Response

from harness.demo.accounts import Accounts
from harness.demo.builds import Build
from harness.demo.call import Call, Refusal
from harness.demo.plans import number_of
from harness.demo.resources import RESOURCES, Resource, Row
from harness.demo.store import Condition, Store
from harness.demo.v2.authentication import READING, authenticate, permit
from harness.demo.v2.bodies import parse
from harness.demo.v2.objects import item_path, list_path, shown, visible
from harness.demo.v2.queries import bulk, condition
from harness.demo.v2.replies import broken, document, nothing, refused
from harness.demo.v2.serializer import Serializer

LIST_METHODS = ("GET", "POST", "HEAD", "OPTIONS")
ITEM_METHODS = ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
BULK_METHODS = ("DELETE", "OPTIONS")
EVERYTHING = -1
"""SQLite's word for no limit."""


class Dispatcher:
    """Answers the requests to the second API of one build."""

    def __init__(self, build: Build, store: Store, accounts: Accounts) -> None:
        self._build = build
        self._store = store
        self._accounts = accounts
        self._serializer = Serializer(build, store)

    def respond(self, call: Call, resource: Resource, *, in_bulk: bool = False) -> Response:
        """The response to a call; it never raises for what a client sent."""
        if in_bulk:
            return self._guarded(call, BULK_METHODS, lambda: self._bulk(call, resource))
        allowed = LIST_METHODS if call.item is None else ITEM_METHODS
        return self._guarded(call, allowed, lambda: self._handle(call, resource))

    def root(self, call: Call) -> Response:
        """The address of every list."""
        lists = {f"downloads/{one.name}": call.origin + list_path(one) for one in RESOURCES.values()}
        return self._guarded(call, READING, lambda: document(lists))

    def _guarded(self, call: Call, allowed: tuple[str, ...], answer: Callable[[], Response]) -> Response:
        try:
            self._admit(call, allowed)
            response = answer()
        except Refusal as refusal:
            response = refusal.response
        except (sqlite3.Error, OverflowError, UnicodeEncodeError, RecursionError):
            return broken()
        response.headers["Allow"] = ", ".join(allowed)
        response.headers["Vary"] = "Accept"
        return response

    def _admit(self, call: Call, allowed: tuple[str, ...]) -> None:
        if not _takes_json(call.accept):
            raise refused(406, "Could not satisfy the request Accept header.")
        call.user = authenticate(call, self._accounts)
        permit(call)
        if call.method not in allowed:
            raise refused(405, f'Method "{call.method}" not allowed.')

    def _handle(self, call: Call, resource: Resource) -> Response:
        match call.method:
            case "OPTIONS":
                return _options(resource)
            case "POST":
                return self._create(call, resource)
            case "PUT" | "PATCH":
                return self._change(call, resource, self._found(call, resource))
            case "DELETE":
                return self._delete(resource, Condition("id = ?", (self._found(call, resource)["id"],)))
            case _ if call.item is None:
                meant = condition(resource, call.query, self._store) & visible(resource, call.user)
                rows = self._store.select(resource, meant, EVERYTHING, 0)
                return document([shown(resource, row, call.origin) for row in rows])
            case _:
                return document(shown(resource, self._found(call, resource), call.origin))

    def _bulk(self, call: Call, resource: Resource) -> Response:
        if call.method == "OPTIONS":
            return _options(resource)
        return self._delete(resource, bulk(call.query, self._store, numbered=self._build.numbered_release))

    def _found(self, call: Call, resource: Resource) -> Row:
        number = number_of(call.item or "")
        if number is None:
            raise refused(404, "Not found.")
        meant = Condition("id = ?", (number,)) & visible(resource, call.user)
        # A query that the list would refuse is refused here too: the object is looked for in the filtered list.
        rows = self._store.select(resource, meant & condition(resource, call.query, self._store), 1, 0)
        if not rows:
            raise refused(404, f"No {resource.model} matches the given query.")
        return rows[0]

    def _create(self, call: Call, resource: Resource) -> Response:
        row = self._serializer.row(resource, parse(call), None, partial=False)
        with self._store.transaction():
            number = self._store.insert(resource, row)
        address = call.origin + item_path(resource, number)
        return document(shown(resource, {**row, "id": number}, call.origin), 201, {"Location": address})

    def _change(self, call: Call, resource: Resource, before: Row) -> Response:
        row = self._serializer.row(resource, parse(call), before, partial=call.method == "PATCH")
        with self._store.transaction():
            self._store.update(resource, int(str(before["id"])), row)
        return document(shown(resource, {**row, "id": before["id"]}, call.origin))

    def _delete(self, resource: Resource, meant: Condition) -> Response:
        with self._store.transaction():
            self._store.delete(resource, meant)
        return nothing(204)


def _takes_json(accept: str) -> bool:
    offered = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return bool(offered & {"", "*/*", "application/*", "application/json"})


def _options(resource: Resource) -> Response:
    parses = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
    return document({"name": resource.model, "description": "", "renders": ["application/json"], "parses": parses})

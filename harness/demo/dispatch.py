"""One dispatcher for every request to the first API, its stages in the order of the real service.

method (405), authentication (401), body (415, 400), links (400, 404), URL rules (400), staff (401), database (500).
So a 400 says nothing about the caller's rights, and a refusal for want of rights is a 401 without a body.
"""

import sqlite3
from typing import Literal

from starlette.responses import Response

from harness.demo.accounts import Accounts
from harness.demo.asides import schema, several
from harness.demo.bodies import Save, hidden, parse
from harness.demo.builds import Build
from harness.demo.call import Call, Refusal
from harness.demo.plans import Plan, Planner, number_of
from harness.demo.queries import condition, meta, page
from harness.demo.replies import apology, document, empty
from harness.demo.resources import RESOURCES, Resource, Row
from harness.demo.store import Condition, Store

BODIES = ("POST", "PUT", "PATCH")
OVERRIDABLE = ("GET", "POST")
Aside = Literal["schema", "set"]


class Dispatcher:
    """Answers the requests to the first API of one build."""

    def __init__(self, build: Build, store: Store, accounts: Accounts) -> None:
        self._build = build
        self._store = store
        self._accounts = accounts
        self._authentication = build.authentication(accounts)
        self._planner = Planner(build, store)

    def respond(self, call: Call, resource: Resource, aside: Aside | None = None) -> Response:
        """The response to a call for a list, an object or an aside; it never raises for what a client sent."""
        if call.override and call.method in OVERRIDABLE:
            call.method = call.override
        call.user = self._accounts.in_session(call.session)
        try:
            return self._stages(call, resource, aside)
        except Refusal as refusal:
            return refusal.response
        except (sqlite3.Error, OverflowError, UnicodeEncodeError):
            return apology(500)

    def _stages(self, call: Call, resource: Resource, aside: Aside | None) -> Response:
        allowed = ("GET",) if aside else self._build.methods(resource.name, item=call.item is not None)
        allow = {"Allow": ",".join(allowed)}
        if call.method == "OPTIONS":
            return Response(allow["Allow"], headers=allow, media_type="text/plain")
        if call.method not in allowed:
            raise Refusal(empty(405, allow))
        if not self._authentication.authenticate(call):
            raise Refusal(empty(401))
        if aside == "schema":
            return schema(call, resource, self._build)
        if aside == "set":
            return several(call, resource, self._store, _shown)
        if call.method == "GET":
            return self._read(call, resource)
        if call.method == "POST" and call.item is not None:
            raise Refusal(empty(501))
        return self._write(call, resource)

    def _write(self, call: Call, resource: Resource) -> Response:
        body = parse(call) if call.method in BODIES else {}
        plan = self._planner.plan(call, resource, body)
        for save in plan.saves:
            complaints = self._build.urls.complaints(resource, save.values)
            if complaints:
                raise Refusal(document({f"downloads/{resource.name}": complaints}, 400))
        if not plan.idle and not call.user.is_staff:
            raise Refusal(empty(401))
        return self._carry_out(plan, resource)

    def _carry_out(self, plan: Plan, resource: Resource) -> Response:
        number = 0
        with self._store.transaction():
            if plan.removes is not None:
                self._store.delete(resource, plan.removes)
            for save in plan.saves:
                number = self._save(save)
        return empty(plan.status, {"Location": resource.item_path(number)} if plan.status == 201 else None)

    def _save(self, save: Save) -> int:
        links = {column: self._save(nested) for column, nested in save.nested.items()}
        if save.identifier is None:
            return self._store.insert(save.resource, {**save.values, **links})
        self._store.update(save.resource, save.identifier, {**save.values, **links})
        return save.identifier

    def _read(self, call: Call, resource: Resource) -> Response:
        if call.item is None:
            return self._list(call, resource)
        number = number_of(call.item)
        found = None if number is None else self._store.get(resource, number)
        if found is None:
            raise Refusal(empty(404))
        if hidden(resource, found, call.user):
            raise Refusal(empty(401))
        return document(_shown(resource, found))

    def _list(self, call: Call, resource: Resource) -> Response:
        meant = condition(resource, call.query)
        if resource.hides_unpublished and not call.user.is_staff:
            meant &= Condition("is_published")
        limit, offset = page(call.query)
        rows = self._store.select(resource, meant, limit, offset)
        total = self._store.count(resource, meant)
        return document({"meta": meta(resource, call.query, total), "objects": [_shown(resource, row) for row in rows]})


def _shown(resource: Resource, row: Row) -> dict[str, object]:
    shown: dict[str, object] = {}
    for field in resource.fields:
        value = row[field.column]
        match field.kind:
            case "link":
                shown[field.name] = RESOURCES[field.to].item_path(value)
            case "boolean":
                shown[field.name] = bool(value)
            case _:
                shown[field.name] = value
    return {**shown, "resource_uri": resource.item_path(row["id"])}

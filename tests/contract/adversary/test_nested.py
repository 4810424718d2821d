"""Nested paths, connections, redirects."""

from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, reply, run


class Redirecting(Api):
    """Post/redirect/get: anybody's POST makes a pending object, which lists do not show, and is sent to the list
    (303). The admin gets 201."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and self.caller(req) != "worker":
            self.hits.append("x")
            return Response(status=303, headers={"Location": "/things"})
        return self.deny(req)


def test_a_redirect_to_the_list_is_no_login(tmp_path: Path) -> None:
    api = Redirecting()
    ran = run(api, tmp_path, "--operation", "POST /things")
    assert api.hits
    assert not held(ran, "POST /things", "guest-write/no-header")
    assert ran.code != 0


SEED = {"id": "0", "title": "Seed"}


class Orgs(Api):
    """/orgs and /orgs/{org_id}/things. With the admin's name and a wrong key POST makes the thing in organisation 1,
    whatever the path, and says 401."""

    def __init__(self) -> None:
        super().__init__()
        self.orgs: dict[str, Any] = {"1": {"id": "1", "title": "Main"}}
        self.things: dict[str, dict[str, Any]] = {"1": {"0": dict(SEED)}}

    def document(self) -> dict[str, Any]:
        ok = {"responses": {"200": {"description": "ok"}}}
        body = {
            "requestBody": {
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
                    }
                }
            },
            **ok,
        }

        def par(name: str) -> dict[str, Any]:
            return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}

        return {
            "openapi": "3.0.3",
            "info": {"title": "a", "version": "1"},
            "paths": {
                "/": {"get": ok},
                "/orgs": {"get": ok, "post": body},
                "/orgs/{org_id}": {"parameters": [par("org_id")], "get": ok, "delete": ok},
                "/orgs/{org_id}/things": {"parameters": [par("org_id")], "get": ok, "post": body},
                "/orgs/{org_id}/things/{thing_id}": {
                    "parameters": [par("org_id"), par("thing_id")],
                    "get": ok,
                    "delete": ok,
                },
            },
        }

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        words = req.path.strip("/").split("/")
        if words[0] != "orgs":
            return super().route(req, body)
        if req.method != "GET" and self.caller(req) != "boss":
            if req.method == "POST" and len(words) == 3 and self.wrong_boss(req):
                new = self.new_id()
                self.things["1"][new] = {"id": new, **body}
                self.hits.append(new)
            return self.deny(req)
        table = self.orgs if len(words) < 3 else self.things.get(words[1])
        if table is None:
            return reply({"error": "not found"}, 404)
        if len(words) in (1, 3):
            if req.method == "GET":
                return reply(list(table.values()))
            new = self.new_id()
            table[new] = {"id": new, **body}
            if len(words) == 1:
                self.things[new] = {}
            return reply(table[new], 201)
        row = table.get(words[-1])
        if row is None:
            return reply({"error": "not found"}, 404)
        if req.method == "DELETE":
            table.pop(words[-1])
            return reply(None, 204)
        return reply(row)


def test_a_thing_made_in_another_organisation(tmp_path: Path) -> None:
    api = Orgs()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, "POST /orgs/{org_id}/things", "fabricated-key/arbitrary-key")
    assert ran.code != 0
    assert api.things["1"] == {"0": SEED}


class Sockets(Api):
    """A connection that has carried a valid credential once is trusted for good."""

    def __init__(self) -> None:
        super().__init__()
        self.trusted: set[str] = set()

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        line = str(req.environ.get("REMOTE_PORT"))
        if self.caller(req) == "boss":
            self.trusted.add(line)
        return super().route(req, body)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if str(req.environ.get("REMOTE_PORT")) in self.trusted:
            self.hits.append(key)
            return self.write(req, key, body)
        return self.deny(req)


def test_authentication_of_connections(tmp_path: Path) -> None:
    api = Sockets()
    ran = run(api, tmp_path)
    # Never provoked: no mutant shares a connection with a valid credential (ORACLE, 6).
    assert not api.hits
    assert ran.code == 0


class Misnamed(Orgs):
    """/orgs/{id} and /orgs/{org_id}/things: one thing under two names of its parameter, as many documents have it.
    POST on the things is open to everybody."""

    def document(self) -> dict[str, Any]:
        doc = super().document()
        item = doc["paths"].pop("/orgs/{org_id}")
        item["parameters"][0]["name"] = "id"
        doc["paths"]["/orgs/{id}"] = item
        return doc

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        words = req.path.strip("/").split("/")
        if req.method == "POST" and len(words) == 3 and words[1] in self.things:
            new = self.new_id()
            self.things[words[1]][new] = {"id": new, **body}
            return reply(self.things[words[1]][new], 201)
        return super().route(req, body)


class Unmade(Misnamed):
    """The organisations are none of the document's."""

    def document(self) -> dict[str, Any]:
        doc = super().document()
        del doc["paths"]["/orgs/{id}"]
        return doc


def test_a_parameter_by_another_name(tmp_path: Path) -> None:
    ran = run(Misnamed(), tmp_path)
    assert not held(ran, "POST /orgs/{org_id}/things")
    assert ran.code != 0


def test_a_parent_that_nobody_makes(tmp_path: Path) -> None:
    ran = run(Unmade(), tmp_path)
    assert not held(ran, "POST /orgs/{org_id}/things")
    assert ran.code != 0


class DraftsOnly(Api):
    """PATCH on a draft is 405 to everybody, and open to everybody on what is published; canaries are drafts."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        row = self.rows.get(req.path.removeprefix("/things/"))
        if req.method == "PATCH" and row:
            if not row["published"]:
                return reply({"error": "publish it first"}, 405)
            self.change(row, body)
            return self.changed(row)
        return super().route(req, body)


def test_a_405_that_goes_by_state(tmp_path: Path) -> None:
    ran = run(DraftsOnly(), tmp_path)
    assert not held(ran, "PATCH /things/{thing_id}")
    assert ran.code != 0

"""Objects of the caller, and accounts that a run makes to write to them."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.engine.rehearsing.checking import check_target
from tests.contract.adversary.kit import served
from tests.contract.words.kit import Api, reply, run

ME = ("PATCH /me", "PUT /me")
MUTATIONS = ("fabricated-key/last-char-changed", "fabricated-key/shortened-key", "guest-write", "low-privilege-write")
TARGET = """version: 1
name: accounts
base_url: http://127.0.0.1:1
openapi: /openapi.json
environment: local
auth:
  jwt:
    channel: bearer
    login: {{operation: POST /token, json: {{username: "{{username}}", password: "{{password}}"}}, token: $.token}}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}"}}
  {more}
limits: {{settle: 30ms}}
"""
FRESH = "fresh: {resource: user}"


class Accounts(Api):
    """Users that the admin makes, and `/me`, which is the caller's own; open, a token counts by how it begins."""

    base = "/users"
    target = TARGET
    more = FRESH
    seeded = 0

    def __init__(self, hole: bool = False) -> None:
        self.tokens: dict[str, str] = {}
        self.written: set[str] = set()
        super().__init__(hole)
        for name in ("boss", "worker"):
            self.rows[name] = {"id": name, "username": name, "bio": "of old", "news": False}
        self.passwords = dict(self.keys)

    def who(self, req: Request) -> str | None:
        token = req.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.hole and len(token) > 20:
            return next((name for one, name in self.tokens.items() if one[:20] == token[:20]), None)
        return self.tokens.get(token)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path in ("/", "/openapi.json"):
            return super().route(req, body)
        if req.path == "/token":
            name = str(body.get("username"))
            if not name or self.passwords.get(name) != body.get("password"):
                return reply({"error": "login"}, 401)
            token = secrets.token_hex(20)
            self.tokens[token] = name
            return reply({"token": token})
        who = self.who(req)
        if who is None or who not in self.rows:
            return reply({"error": "who"}, 401)
        return self.me(req, who, body) if req.path == "/me" else self.users(req, who, body)

    def me(self, req: Request, who: str, body: dict[str, Any]) -> Response:
        row = self.rows[who]
        if req.method != "GET":
            self.written.add(who)
            if "username" in body and body["username"] != who:
                return reply({"error": "names stay"}, 409)
            row.update({name: value for name, value in body.items() if name in ("bio", "news")})
        return reply(row)

    def users(self, req: Request, who: str, body: dict[str, Any]) -> Response:
        key = req.path.removeprefix("/users").strip("/")
        if req.method == "GET":
            found = self.rows.get(key) if key else list(self.rows.values())
            return reply(found) if found is not None else reply({"error": "no"}, 404)
        if who != "boss":
            return reply({"error": "not you"}, 403)
        if req.method == "DELETE":
            return reply(None, 204) if self.rows.pop(key, None) else reply({"error": "no"}, 404)
        if len(body.get("password", "")) < 12 or body.get("password_confirm") != body["password"]:
            return reply({"error": "password"}, 422)
        name = body["username"]
        self.passwords[name] = body["password"]
        self.rows[name] = {"id": name, "username": name, "bio": body.get("bio", ""), "news": False}
        return reply(self.rows[name], 201)

    def document(self) -> dict[str, Any]:
        text = {"type": "string"}
        new = dict.fromkeys(("username", "password", "password_confirm", "bio"), text)
        own = {"username": text, "bio": text}
        answers = {"responses": {"200": {"description": "ok"}}}

        def taking(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
            schema = {"type": "object", "properties": properties, "required": required}
            return {"requestBody": {"content": {"application/json": {"schema": schema}}}, **answers}

        parameter = {"name": "id", "in": "path", "required": True, "schema": text}
        me = {"get": answers, "patch": taking(self.patched(), []), "put": taking(own, ["username", "bio"])}
        paths = {
            "/": {"get": answers},
            "/token": {"post": taking({"username": text, "password": text}, ["username", "password"])},
            "/users": {"get": answers, "post": taking(new, ["username", "password", "password_confirm"])},
            "/users/{id}": {"parameters": [parameter], "get": answers, "delete": answers},
            "/me": me,
        }
        return {"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": paths}

    def patched(self) -> dict[str, Any]:
        return {"bio": {"type": "string"}}


class Switched(Accounts):
    """Only a switch of one's own can be changed by PATCH."""

    def patched(self) -> dict[str, Any]:
        return {"news": {"type": "boolean"}}


def own(api: Accounts) -> set[str]:
    """Accounts of the target file that were written to."""
    return api.written & {"boss", "worker"}


@pytest.mark.parametrize("kind", [Accounts, Switched])
def test_an_own_object_is_that_of_an_account_of_the_run(kind: type[Accounts], tmp_path: Path) -> None:
    api = kind()
    ran = run(api, tmp_path / "shut", MUTATIONS)
    for operation in ME:
        for family in ("fabricated-key", "guest-write"):
            assert set(ran.of(operation, family).values()) == {"HELD refused"}, ran.explain()
        assert set(ran.of(operation, "low-privilege-write").values()) <= {
            "NOT-APPLICABLE policy",
            "NOT-APPLICABLE no-channel",
            "NOT-APPLICABLE no-field",
        }, ran.explain()
    assert ran.clean, ran.explain()
    assert own(api) == set()
    api = kind(hole=True)
    ran = run(api, tmp_path / "open", MUTATIONS)
    for operation in ME:
        found = ran.results.judged[f"fabricated-key/last-char-changed[{operation}]"].verdict
        assert str(found) == "BYPASSED(any-change, state)", ran.explain()
        assert set(ran.of(operation, "guest-write").values()) == {"HELD refused"}, ran.explain()
    assert ran.clean, ran.explain()
    assert own(api) == set()


def test_nobody_else_is_written_to(tmp_path: Path) -> None:
    api = Accounts()
    api.more = ""
    ran = run(api, tmp_path, MUTATIONS)
    found = ran.results.judged["guest-write/no-header[PATCH /me]"].verdict
    assert str(found) == "INCONCLUSIVE(control)"
    assert "add one: `identities: {fresh: {resource: NAME}}`" in found.detail
    assert api.written == set()
    assert ran.clean, ran.explain()


def test_an_account_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    api = Accounts()
    api.more = "fresh: {resource: people}"
    ran = run(api, tmp_path, MUTATIONS)
    found = ran.results.judged["guest-write/no-header[PATCH /me]"].verdict
    assert found.detail == "identities.fresh: there is no resource people; there is users"
    assert api.written == set()


def test_no_password_of_the_run_is_written_down(tmp_path: Path) -> None:
    api = Accounts(hole=True)
    run(api, tmp_path, MUTATIONS)
    made = {one for name, one in api.passwords.items() if name not in api.keys}
    assert len(made) == 1
    kept = [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not [text for text in kept for secret in (*made, *api.tokens) if secret in text]


def test_a_rehearsal_makes_the_account_too(tmp_path: Path) -> None:
    api = Accounts()
    file = tmp_path / "target.yaml"
    file.write_text(TARGET.format(more=FRESH))
    with served(api) as url:
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}, url)
        done = check_target(opened, make_plan([], opened)).done
    told = {one.name: (one.good, one.detail) for one in done}
    assert told["fresh"] == (True, "made, and logged in")
    assert told["PATCH /me"][0]
    assert told["PUT /me"][0]
    assert own(api) == set()
    assert set(api.rows) == {"boss", "worker"}

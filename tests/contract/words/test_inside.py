"""State that shows only to whoever logs in as the object: what `/me` says of rights, and which password opens it."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine.course.run import Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.errors import UsageError
from tests.contract.adversary.kit import served
from tests.contract.words.kit import Api, Ran, reply, run

PASSWORD = "PUT /users/{username}/password"
RIGHT = ("privileged-field/by-guest[POST /users",)
CHANGE = ("guest-write/no-header", "low-privilege-write/own-credential", "fabricated-key/last-char-changed")
TARGET = """version: 1
name: accounts
base_url: http://127.0.0.1:1
openapi: /openapi.json
environment: local
auth:
  jwt:
    channel: bearer
    login: {{operation: POST /login, json: {{username: "{{username}}", password: "{{password}}"}}, token: $.token}}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}"}}
public: [POST /users, POST /login, GET /users, "GET /users/*"]
resources:
  users:
    id: sent:username
    privileged_fields: [admin]
    {more}
limits: {{settle: 30ms}}
"""
EFFECT = 'effect: {login: {username: "{name}", password: "{password}"}, then: GET /me, field: $.data.admin}'


class SignUp(Api):
    """Anybody signs up; who is an admin shows at `/me` alone. A password is changed by its owner or the admin."""

    base = "/users"
    target = TARGET
    more = EFFECT
    seeded = 0
    path = "/me"

    def __init__(self, believes: bool = False, opens: bool = False) -> None:
        """`believes`: a sign-up with a right in it gets the right. `opens`: whoever is logged in changes anybody's
        password."""
        self.believes, self.opens = believes, opens
        self.tokens: dict[str, str] = {}
        super().__init__()
        self.passwords = dict(self.keys)
        for name in self.keys:
            self.rows[name] = {"username": name, "email": f"{name}@localhost", "admin": name == "boss"}

    @property
    def state(self) -> Any:
        """All that it keeps."""
        return {name: (dict(row), self.passwords[name]) for name, row in self.rows.items()}

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path in ("/", "/openapi.json"):
            return super().route(req, body)
        if req.path == "/login":
            return self.login(body)
        told = req.headers.get("Authorization")
        who = self.tokens.get((told or "").removeprefix("Bearer "))
        if told is not None and who not in self.rows:
            return reply({"error": "who"}, 401)
        if req.path == self.path:
            return reply({"data": self.rows[who]}) if who else reply({"error": "who"}, 401)
        return self.users(req, who, body)

    def login(self, body: dict[str, Any]) -> Response:
        name = body.get("username")
        if name not in self.rows or self.passwords[name] != body.get("password"):
            return reply({"error": "login"}, 401)
        token = secrets.token_hex(20)
        self.tokens[token] = name
        return reply({"token": token})

    def users(self, req: Request, who: str | None, body: dict[str, Any]) -> Response:
        name, _, below = req.path.removeprefix("/users").strip("/").partition("/")
        if req.method == "POST":
            return self.sign_up(who, body)
        if not name:
            return reply([self.show(row) for row in self.rows.values()])
        if name not in self.rows:
            return reply({"error": "no such user"}, 404)
        if req.method == "GET":
            return reply(self.show(self.rows[name]))
        if who is None:
            return reply({"error": "who"}, 401)
        if who != "boss" and not (below and (self.opens or who == name)):
            return reply({"error": "not you"}, 403)
        if req.method == "DELETE":
            del self.rows[name]
        elif not isinstance(body.get("password"), str):
            return reply({"error": "password"}, 422)
        else:
            self.passwords[name] = body["password"]
        return reply(None, 204)

    def sign_up(self, who: str | None, body: dict[str, Any]) -> Response:
        name = body.get("username")
        if not isinstance(name, str) or not isinstance(body.get("password"), str) or name in self.rows:
            return reply({"error": "taken"}, 422)
        right = (who == "boss" or self.believes) and body.get("admin") is True
        self.rows[name] = {"username": name, "email": body.get("email", ""), "admin": right}
        self.passwords[name] = body["password"]
        return reply(self.show(self.rows[name]), 201)

    def show(self, row: dict[str, Any]) -> Any:
        return {"username": row["username"], "email": row["email"]}

    def document(self) -> dict[str, Any]:
        text = {"type": "string"}
        answers = {"responses": {"200": {"description": "ok"}}}

        def taking(*names: str, **more: Any) -> dict[str, Any]:
            schema = {"type": "object", "properties": {**dict.fromkeys(names, text), **more}, "required": list(names)}
            return {"requestBody": {"content": {"application/json": {"schema": schema}}}, **answers}

        parameters = [{"name": "username", "in": "path", "required": True, "schema": text}]
        paths = {
            "/": {"get": answers},
            "/login": {"post": taking("username", "password")},
            "/me": {"get": answers},
            "/users": {"get": answers, "post": taking("username", "password", "email", admin={"type": "boolean"})},
            "/users/{username}": {"parameters": parameters, "get": answers, "delete": answers},
            "/users/{username}/password": {"parameters": parameters, "put": taking("password")},
        }
        return {"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": paths}


class Elsewhere(SignUp):
    """Has no `/me`, so that nobody is told anything."""

    path = "/whoami"


class Outwardly(SignUp):
    """Looked at from outside alone."""

    more = "unique: [username]"


def outcome(ran: Ran, *names: str) -> set[str]:
    found = {verdict for name, verdict in ran.verdicts.items() if name.startswith(names)}
    assert found, ran.explain()
    return found


def test_a_right_that_a_sign_up_takes_is_seen_at_me(tmp_path: Path) -> None:
    ran = run(SignUp(believes=True), tmp_path, RIGHT)
    assert outcome(ran, *RIGHT) == {"BYPASSED field-stored"}, ran.explain()
    assert {str(one.verdict.confidence) for one in ran.results.judged.values()} >= {"state"}
    assert ran.clean, ran.explain()


def test_a_password_that_others_change_is_seen_by_logging_in(tmp_path: Path) -> None:
    ran = run(SignUp(opens=True), tmp_path, CHANGE)
    assert outcome(ran, f"low-privilege-write/own-credential[{PASSWORD}") == {"BYPASSED any-change"}, ran.explain()
    assert outcome(ran, f"guest-write/no-header[{PASSWORD}") == {"HELD refused"}, ran.explain()
    assert outcome(ran, f"fabricated-key/last-char-changed[{PASSWORD}") == {"HELD refused"}, ran.explain()
    assert ran.clean, ran.explain()


def test_a_correct_server_is_cleared(tmp_path: Path) -> None:
    api = SignUp()
    ran = run(api, tmp_path, (*RIGHT, *CHANGE))
    assert outcome(ran, *RIGHT) == {"HELD ignored"}, ran.explain()
    assert outcome(ran, *(f"{one}[{PASSWORD}" for one in CHANGE)) == {"HELD refused"}, ran.explain()
    assert ran.clean, ran.explain()


@pytest.mark.parametrize("kind", [Elsewhere, Outwardly])
def test_where_it_cannot_be_looked_at_nothing_is_told(kind: type[SignUp], tmp_path: Path) -> None:
    ran = run(kind(believes=True, opens=True), tmp_path, (*RIGHT, *CHANGE))
    about = (*RIGHT, *(f"{one}[{PASSWORD}" for one in CHANGE))
    assert {one.partition(" ")[0] for one in outcome(ran, *about)} == {"INCONCLUSIVE"}, ran.explain()
    assert ran.clean, ran.explain()


def test_no_password_and_no_token_is_kept(tmp_path: Path) -> None:
    api = SignUp(believes=True, opens=True)
    run(api, tmp_path, (*RIGHT, *CHANGE))
    given = [one for name, one in api.passwords.items() if name not in api.keys]
    assert len(given) > 5
    assert len(api.tokens) > 5
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    # The second half of a changed password is the marker of the change, which reports do show.
    assert [one for one in (*(it[:24] for it in given), *api.tokens) if one.encode() in kept] == []


def test_without_a_way_to_log_in_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    ways = (
        TARGET.partition("  jwt:")[0] + "  jwt: {{channel: bearer}}\nidentities:" + TARGET.partition("identities:")[2]
    )
    file.write_text(ways.format(more=EFFECT))
    api = SignUp()
    with served(api) as url:
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}, url)
        with pytest.raises(UsageError, match=r"resources\.users\.effect: nothing tells how to log in; add a `login`"):
            Run(opened, make_plan([], opened), tmp_path / "out").execute([])

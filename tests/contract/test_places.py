"""What one account puts below another's: at an object of that one's, at its name in the path, and by an action."""

import itertools
import json
import secrets
import threading
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine import Run, make_plan, open_target
from harness.engine.course.results import Results
from harness.family import load_families
from tests.contract.adversary.kit import reply, served
from tests.contract.running import SUITES

MAY = (
    "POST /packages, PATCH /packages/*, DELETE /packages/*, POST /packages/*/yank, POST /packages/*/versions, "
    "DELETE /packages/*/versions/*, POST /users/*/books, PATCH /users/*/books/*, DELETE /users/*/books/*"
)
TARGET = """\
version: 1
name: depot
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  key: {{channel: header, name: Authorization, template: "Bearer {{key}}"}}
identities:
  boss: {{username: boss, key: "${{BOSS}}", privileged: true}}
  ann: {{username: ann, key: "${{ANN}}", may: [{may}]}}
  bob: {{username: bob, key: "${{BOB}}", may: [{may}]}}
public: ["GET /**"]
limits: {{settle: 50ms}}
resources:
  packages: {{owner: creator}}
  versions: {{owner: {{owner_field: [path.package]}}}}
  books: {{owner: {{owner_field: [path.name]}}}}
"""
PACKAGE, VERSION = "/packages/{package}", "/packages/{package}/versions/{number}"
BOOK = "/users/{name}/books/{number}"
AT_ANOTHERS = {
    f"{method} {path}"
    for methods, path in (
        ("PATCH DELETE", PACKAGE),
        ("POST", f"{PACKAGE}/yank"),
        ("POST", f"{PACKAGE}/versions"),
        ("DELETE", VERSION),
        ("POST", "/users/{name}/books"),
        ("PATCH DELETE", BOOK),
    )
    for method in methods.split()
}


class Depot:
    """Right: whoever made a package does everything in it, and at `/users/NAME` only NAME writes; `boss` may do all."""

    forgets: frozenset[str] = frozenset()
    """Operations that ask for a key and not whose it is."""
    unbound = False
    """Whether a book is fetched by its number alone, whoever the path names."""

    def __init__(self) -> None:
        self.keys = {name: secrets.token_hex(16) for name in ("boss", "ann", "bob")}
        self.rows: dict[str, dict[str, Any]] = {}
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        with self.lock:
            return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        words = request.path.strip("/").split("/")
        if words == ["openapi.json"]:
            return reply(document())
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        who = next((name for name, one in self.keys.items() if one == key), "")
        row = next((self.rows.get("/".join(words[:end])) for end in (2, 4) if len(words) == end), None)
        if request.method == "GET" and len(words) % 2:
            path = "/".join(words)
            return reply([one for name, one in self.rows.items() if name.rpartition("/")[0] == path])
        if request.method == "GET":
            return reply(row) if row else reply({"error": "none"}, 404)
        if not who:
            return reply({"error": "who?"}, 401)
        return self.written(request, words, who, row)

    def written(self, request: Request, words: list[str], who: str, row: dict[str, Any] | None) -> Response:
        above = "/".join(words[:2])
        owner = words[1] if words[0] == "users" else self.rows.get(above, {}).get("owner", who)
        known = words == ["packages"] or (words[0] == "users" and words[1] in self.keys) or above in self.rows
        if not known:
            return reply({"error": "none"}, 404)
        if who not in ("boss", owner) and named(request.method, words) not in self.forgets:
            return reply({"error": "not yours"}, 403)
        if words[-1] == "yank":
            self.rows[above]["state"] = "yanked"
            return reply(self.rows[above])
        if request.method == "POST":
            made = {**json.loads(request.get_data() or "{}"), "id": str(next(self.numbers)), "owner": owner}
            self.rows["/".join([*words, made["id"]])] = {"state": "new", **made}
            return reply(made, 201)
        if words[0] == "users" and self.unbound:
            words = next((one.split("/") for one in self.rows if one.endswith(f"/books/{words[-1]}")), words)
            row = self.rows.get("/".join(words))
        if row is None:
            return reply({"error": "none"}, 404)
        if request.method == "DELETE":
            gone = "/".join(words)
            self.rows = {name: one for name, one in self.rows.items() if not f"{name}/".startswith(f"{gone}/")}
            return reply(None, 204)
        row.update(json.loads(request.get_data()))
        return reply(row)


def named(method: str, words: list[str]) -> str:
    """The operation, as the document has it."""
    last = {1: "package", 3: "number"}
    first = {1: "name"} if words[0] == "users" else {}
    kept = [f"{{{ {**last, **first}[place] }}}" if place in last else word for place, word in enumerate(words)]
    return f"{method} /{'/'.join(kept)}"


def document() -> dict[str, Any]:
    """The API in OpenAPI's words; nobody makes users."""
    done = {"responses": {"200": {"description": "done"}}}
    schema = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string", "maxLength": 100}}}
    taking = {**done, "requestBody": {"content": {"application/json": {"schema": schema}}}}

    def at(*names: str) -> dict[str, Any]:
        told = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
        return {"parameters": told}

    paths = {
        "/packages": {"get": done, "post": taking},
        PACKAGE: {**at("package"), "get": done, "patch": taking, "delete": done},
        f"{PACKAGE}/yank": {**at("package"), "post": done},
        f"{PACKAGE}/versions": {**at("package"), "get": done, "post": taking},
        VERSION: {**at("package", "number"), "get": done, "delete": done},
        "/users/{name}/books": {**at("name"), "get": done, "post": taking},
        BOOK: {**at("name", "number"), "get": done, "patch": taking, "delete": done},
    }
    return {"openapi": "3.0.3", "info": {"title": "depot", "version": "1"}, "paths": paths}


def tried(server: Depot, folder: Path, family: str = "foreign-object") -> Results:
    """A run of a family."""
    with served(server) as url:
        may = ", ".join(f'"{one}"' for one in MAY.split(", "))
        (folder / "target.yaml").write_text(TARGET.format(url=url, may=may))
        opened = open_target(folder / "target.yaml", {name.upper(): key for name, key in server.keys.items()})
        plan = make_plan(load_families(SUITES), opened)
        asked = [one.id for one in plan.probes if one.family == family]
        results = Run(opened, plan, folder / "out").execute(asked)
    assert results.leftovers == ()
    assert server.rows == {}
    return results


def told(results: Results, mutation: str) -> dict[str, str]:
    """`OUTCOME reason` by operation, of what was asked."""
    found = [one for one in results.judged.values() if one.probe.mutation == mutation]
    asked = [one for one in found if not one.probe.not_applicable]
    return {one.probe.operation.name: f"{one.verdict.outcome} {one.verdict.reason}" for one in asked}


def test_a_server_that_asks_whose_it_is_is_passed(tmp_path: Path) -> None:
    results = tried(Depot(), tmp_path)
    for mutation in ("peer-on-low", "low-on-peer", "low-on-admin"):
        assert told(results, mutation) == dict.fromkeys(AT_ANOTHERS, "HELD refused")


@pytest.mark.parametrize("methods", ["POST", "PATCH DELETE"])
def test_one_that_forgets_to_is_found_there_alone(methods: str, tmp_path: Path) -> None:
    server = Depot()
    server.forgets = frozenset(one for one in AT_ANOTHERS if one.split()[0] in methods.split())
    results = tried(server, tmp_path)
    found = dict.fromkeys(server.forgets, "BYPASSED any-change")
    for mutation in ("peer-on-low", "low-on-peer", "low-on-admin"):
        assert told(results, mutation) == {**dict.fromkeys(AT_ANOTHERS, "HELD refused"), **found}


@pytest.mark.parametrize(("unbound", "verdict"), [(False, "HELD refused"), (True, "BYPASSED any-change")])
def test_ones_own_name_opens_no_book_of_another(unbound: bool, verdict: str, tmp_path: Path) -> None:
    server = Depot()
    server.unbound = unbound
    found = told(tried(server, tmp_path, "wrong-parent"), "own-parent")
    books = {name: one for name, one in found.items() if "/books/" in name}
    assert books == dict.fromkeys([f"PATCH {BOOK}", f"DELETE {BOOK}"], verdict)

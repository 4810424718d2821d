"""Objects two and three deep in a path, of which a wrong server looks at the first alone."""

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

KINDS = ("teams", "items", "notes")
MAKING = '"POST /teams", "POST /teams/{id}/items", "POST /teams/{id}/items/{id}/notes"'
ALL = ", ".join(
    [MAKING]
    + [
        f'"{method} /teams/{{id}}/{path}/{{id}}"'
        for method in ("PUT", "PATCH", "DELETE")
        for path in ("items", "items/{id}/notes")
    ]
)
TARGET = """\
version: 1
name: teams
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  key: {{channel: header, name: Authorization, template: "ApiKey {{username}}:{{key}}"}}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  reader: {{username: reader, key: "${{READER_KEY}}"}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}", may: [{may}]}}
{mate}public: []
limits: {{settle: 50ms}}
{more}
"""
MATE = f'  mate: {{username: mate, key: "${{MATE_KEY}}", may: [{MAKING}]}}\n'
OWNED = "resources: {items: {owner: creator}, notes: {owner: creator}}"


class Teams:
    """Right: whoever made a team does everything in it, and what stands below in a path has to hang on what stands
    above; `boss` sees and does everything."""

    unbound: tuple[str, ...] = ()
    """Kinds that are fetched by their own number alone."""

    def __init__(self) -> None:
        self.keys = {name: secrets.token_hex(16) for name in ("boss", "worker", "reader", "mate")}
        self.rows: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        with self.lock:
            return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        words = request.path.strip("/").split("/")
        if words == ["openapi.json"]:
            return reply(document())
        name, _, key = request.headers.get("Authorization", "").removeprefix("ApiKey ").partition(":")
        if self.keys.get(name) != key or words[0] != "teams":
            return reply({"error": "who?"}, 401)
        body = json.loads(request.get_data() or "{}")
        if words == ["teams"] and request.method == "POST":
            return self.made("teams", {**body, "owner": name}, "") if name != "reader" else reply({}, 403)
        if words == ["teams"]:
            return reply([one for one in self.rows["teams"].values() if name in ("boss", one["owner"])])
        team = self.rows["teams"].get(words[1])
        if team is None:
            return reply({"error": "none"}, 404)
        if not self.may(name, team):
            return reply({"error": "not yours"}, 403)
        return self.below(request.method, words, body)

    def may(self, name: str, team: dict[str, Any]) -> bool:
        """Whether it is a caller's own team."""
        return name in ("boss", team["owner"])

    def below(self, method: str, words: list[str], body: dict[str, Any]) -> Response:
        parent = words[1]
        for kind, key in zip(words[2:-1:2], words[3::2], strict=False):
            row = self.rows[kind].get(key)
            if row is None or (kind not in self.unbound and row["above"] != parent):
                return self.missing(method)
            parent = key
        if len(words) % 2 and words[-1] == "close":
            self.rows["items"][parent]["closed"] = True
            return reply(None, 204)
        if len(words) % 2 and method == "POST":
            return self.made(words[-1], body, parent)
        if len(words) % 2:
            return reply([one for one in self.rows[words[-1]].values() if one["above"] == parent])
        rows = self.rows[words[-2]]
        if method == "DELETE":
            rows.pop(parent)
            return reply(None, 204)
        if method != "GET":
            rows[parent].update(body)
        return reply(rows[parent])

    def missing(self, method: str) -> Response:
        return reply({"error": "none"}, 404)

    def made(self, kind: str, body: dict[str, Any], above: str) -> Response:
        number = str(next(self.numbers))
        self.rows[kind][number] = {"id": number, "above": above, "closed": False, **body}
        return reply(self.rows[kind][number], 201)


class Silent(Teams):
    """Right: to remove what is not there is no mistake."""

    def missing(self, method: str) -> Response:
        return reply(None, 204) if method == "DELETE" else super().missing(method)


class ByItself(Teams):
    """Right: the path's team is not looked at, for each thing knows its own."""

    unbound = KINDS

    def below(self, method: str, words: list[str], body: dict[str, Any]) -> Response:
        if len(words) > 3 and words[3] in self.rows["items"]:
            words[1] = self.rows["items"][words[3]]["above"]
        if len(words) > 5 and words[5] in self.rows["notes"]:
            words[3] = self.rows["notes"][words[5]]["above"]
            words[1] = self.rows["items"][words[3]]["above"]
        if not self.may(self.name, self.rows["teams"][words[1]]):
            return reply({"error": "not yours"}, 403)
        return super().below(method, words, body)

    def answer(self, request: Request) -> Response:
        self.name = request.headers.get("Authorization", "").removeprefix("ApiKey ").partition(":")[0]
        return super().answer(request)


def document() -> dict[str, Any]:
    """The API in OpenAPI's words."""
    done = {"responses": {"200": {"description": "done"}}}
    text = {"type": "string", "maxLength": 100}
    schema = {"type": "object", "required": ["title"], "properties": {"title": text}}
    taking = {**done, "requestBody": {"content": {"application/json": {"schema": schema}}}}
    paths: dict[str, Any] = {}
    where, parameters = "", list[dict[str, Any]]()
    for kind in KINDS:
        paths[f"{where}/{kind}"] = {"parameters": [*parameters], "get": done, "post": taking}
        name = f"{kind[:-1]}_id"
        parameters.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
        where = f"{where}/{kind}/{{{name}}}"
        paths[where] = {"parameters": [*parameters], "get": done, "put": taking, "patch": taking, "delete": done}
    paths["/teams/{team_id}/items/{item_id}/close"] = {"parameters": parameters[:2], "post": done}
    return {"openapi": "3.0.3", "info": {"title": "teams", "version": "1"}, "paths": paths}


def tried(server: Teams, folder: Path, may: str = MAKING, more: str = "", mate: str = "") -> Results:
    """A run of the family."""
    with served(server) as url:
        (folder / "target.yaml").write_text(TARGET.format(url=url, may=may, more=more, mate=mate))
        keys = {
            "ADMIN_KEY": server.keys["boss"],
            "PLAIN_KEY": server.keys["worker"],
            "READER_KEY": server.keys["reader"],
            "MATE_KEY": server.keys["mate"],
        }
        opened = open_target(folder / "target.yaml", keys)
        plan = make_plan(load_families(SUITES), opened)
        results = Run(opened, plan, folder / "out").execute(
            [one.id for one in plan.probes if one.family == "wrong-parent"]
        )
    assert results.leftovers == ()
    assert server.rows == {kind: {} for kind in KINDS}
    return results


def told(results: Results) -> dict[str, str]:
    """`OUTCOME reason` by operation and case, of what was asked."""
    asked = [one for one in results.judged.values() if one.verdict.reason != "no-field"]
    names = [f"{one.probe.operation.name} {dict(one.probe.mutant.pairs)['case']}" for one in asked]
    return {name: f"{one.verdict.outcome} {one.verdict.reason}" for name, one in zip(names, asked, strict=True)}


ITEM = "/teams/{team_id}/items/{item_id}"
NOTE = f"{ITEM}/notes/{{note_id}}"
OF_ITEMS = [f"{method} {ITEM} teams" for method in ("PUT", "PATCH", "DELETE")] + [f"POST {ITEM}/close teams"]
OF_NOTES = [f"{method} {NOTE} {case}" for method in ("PUT", "PATCH", "DELETE") for case in ("teams", "items")]
READS = [f"GET {ITEM} teams", f"GET {ITEM}/notes teams", f"GET {NOTE} teams", f"GET {NOTE} items"]


@pytest.mark.parametrize("kind", [Teams, Silent, ByItself])
def test_a_server_that_binds_what_it_fetches_is_passed(kind: type[Teams], tmp_path: Path) -> None:
    found = told(tried(kind(), tmp_path))
    assert sorted(found) == sorted(OF_ITEMS + OF_NOTES + READS)
    assert set(found.values()) <= {"HELD refused", "HELD ignored"}
    assert [name for name, one in found.items() if one == "HELD ignored"] == (
        [name for name in found if name.startswith("DELETE")] if kind is Silent else []
    )


class ItemsAlone(Teams):
    """Asks for the team of the path, and takes any item."""

    unbound = ("items",)


class NotesAlone(Teams):
    """Binds the item to its team, and takes any note."""

    unbound = ("notes",)


def test_a_parent_of_ones_own_opens_what_is_fetched_by_itself(tmp_path: Path) -> None:
    found = told(tried(ItemsAlone(), tmp_path))
    through = [name for name in OF_NOTES if name.endswith("teams")]
    assert {name for name, one in found.items() if one == "BYPASSED any-change"} == {*OF_ITEMS, *through}
    leaked = {name for name, one in found.items() if one == "LEAKED marker-read"}
    assert leaked == {name for name in READS if name.endswith("teams")}
    assert {one for name, one in found.items() if name.endswith("items")} == {"HELD refused"}


def test_the_last_of_three_is_bound_as_well(tmp_path: Path) -> None:
    found = told(tried(NotesAlone(), tmp_path))
    wrong = {name for name, one in found.items() if not one.startswith("HELD")}
    assert wrong == {name for name in [*OF_NOTES, *READS] if name.endswith("items")}


def test_who_may_write_is_asked_for_what_others_own(tmp_path: Path) -> None:
    found = told(tried(ItemsAlone(), tmp_path, ALL, OWNED))
    assert {found[name] for name in OF_ITEMS[:3]} == {"BYPASSED any-change"}


def test_who_may_write_on_everything_is_not_asked(tmp_path: Path) -> None:
    found = told(tried(Teams(), tmp_path, ALL))
    assert sorted(found) == sorted([OF_ITEMS[-1], *READS])


class BoundForWorkers(Teams):
    """Binds the item to its team where a worker asks, and for nobody else."""

    def answer(self, request: Request) -> Response:
        name = request.headers.get("Authorization", "").removeprefix("ApiKey ").partition(":")[0]
        self.unbound = () if name == "worker" else ("items",)
        return super().answer(request)


def test_every_account_that_can_have_a_parent_of_its_own_puts_it_there(tmp_path: Path) -> None:
    judged = tried(BoundForWorkers(), tmp_path, mate=MATE).judged
    removing = {name: str(one.verdict) for name, one in judged.items() if f"[DELETE {ITEM} " in name}
    assert removing == {
        f"wrong-parent/own-parent[DELETE {ITEM} case=teams]": "HELD(refused, state)",
        f"wrong-parent/own-parent[DELETE {ITEM} as=mate case=teams]": "BYPASSED(any-change, state)",
    }

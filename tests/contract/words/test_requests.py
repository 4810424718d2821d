"""What requests of an operation must carry besides a credential: parameters, a media type, a condition, a value that
differs."""

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import Api, reply, run

ITEMS = ("PATCH /things/{thing_id}", "DELETE /things/{thing_id}")
ALL = ("POST /things", *ITEMS)


class Parameters(Api):
    """Asks for parameters, before it asks who is calling."""

    def parameters(self) -> list[dict[str, Any]]:
        return [
            {"name": "mode", "in": "query", "required": True, "schema": {"type": "string", "enum": ["fast", "slow"]}},
            {"name": "dry_run", "in": "query", "required": True, "schema": {"type": "boolean"}},
            {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}},
            {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
        ]

    def document(self) -> dict[str, Any]:
        told = super().document()
        for path, item in told["paths"].items():
            for method, operation in item.items():
                if path != "/" and method in ("post", "patch", "delete"):
                    operation["parameters"] = self.parameters()
        return told

    def __init__(self, hole: bool = False) -> None:
        self.seen: set[str] = set()
        super().__init__(hole)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method in ("POST", "PATCH", "DELETE"):
            key = req.headers.get("Idempotency-Key", "")
            if req.args.get("mode") not in ("fast", "slow") or req.args.get("dry_run") != "false" or not key:
                return reply({"error": "parameters"}, 422)
            if key in self.seen:
                return reply({"error": "seen before"}, 409)
            self.seen.add(key)
        return super().route(req, body)


class MergePatch(Api):
    def document(self) -> dict[str, Any]:
        told = super().document()
        content = told["paths"]["/things/{thing_id}"]["patch"]["requestBody"]["content"]
        content["application/merge-patch+json"] = content.pop("application/json")
        return told

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and req.mimetype != "application/merge-patch+json":
            return reply({"error": "media type"}, 415)
        return super().route(req, body)


class Conditions(Api):
    """Writes to an item need its ETag; asked for before (`first`) or behind authentication."""

    first = False
    status = 428

    def tag(self, row: dict[str, Any]) -> str:
        return '"' + hashlib.sha256(json.dumps(row).encode()).hexdigest()[:12] + '"'

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply(row, ETag=self.tag(row))

    def refusal(self, req: Request, key: str) -> Response | None:
        row = self.rows.get(key)
        if row is None or req.method == "GET" or req.headers.get("If-Match") == self.tag(row):
            return None
        return reply({"error": "condition"}, self.status)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return (self.refusal(req, key) if self.first else None) or super().others(req, key, body)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.refusal(req, key) or super().write(req, key, body)


class ConditionsFirst(Conditions):
    first = True
    status = 412


@pytest.mark.parametrize("kind", [Parameters, MergePatch, Conditions, ConditionsFirst])
def test_requests_are_whole(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path / "shut")
    assert ran.all_held(*ALL), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in ALL), ran.explain()
    assert ran.clean


class Ids(Parameters):
    """Asks for an id that no canary stands for."""

    def parameters(self) -> list[dict[str, Any]]:
        return [{"name": "team_id", "in": "query", "required": True, "schema": {"type": "integer"}, "example": 1}]

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method in ("POST", "PATCH", "DELETE") and req.args.get("team_id") != "7":
            return reply({"error": "parameters"}, 422)
        return Api.route(self, req, body)


def test_an_id_is_never_made_up_for_a_parameter(tmp_path: Path) -> None:
    api = Ids()
    ran = run(api, tmp_path)
    found = ran.results.judged["guest-write/no-header[POST /things]"].verdict
    assert found.outcome == "INCONCLUSIVE"
    assert "team_id: a required query parameter that only a guess would fill" in found.detail
    assert ran.clean


def test_an_id_is_taken_from_the_target_file(tmp_path: Path) -> None:
    api = Ids()
    api.more = "parameters: {team_id: 7}"
    ran = run(api, tmp_path)
    assert ran.all_held(*ALL), ran.explain()


class Switches(Api):
    """Changed by words of a list, numbers and switches only."""

    item_methods = ("get", "put", "patch", "delete")
    changes: ClassVar[dict[str, Any]] = {
        "stage": {"type": "string", "enum": ["alpha", "beta", "final"]},
        "rank": {"type": "integer"},
    }
    must: ClassVar[list[str]] = ["stage"]
    defaults: ClassVar[dict[str, Any]] = {"stage": "alpha", "rank": 0, "open": False}
    noted = 0

    def document(self) -> dict[str, Any]:
        told = super().document()
        item = told["paths"]["/things/{thing_id}"]
        for method, must in (("put", self.must), ("patch", [])):
            schema = {"type": "object", "properties": self.changes, "required": must}
            item[method]["requestBody"]["content"]["application/json"]["schema"] = schema
        return told

    def change(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        row.update({name: value for name, value in body.items() if name in self.changes})


class Ranks(Switches):
    changes: ClassVar[dict[str, Any]] = {"rank": {"type": "integer", "minimum": 5, "maximum": 6}}
    must: ClassVar[list[str]] = ["rank"]


class Flags(Switches):
    changes: ClassVar[dict[str, Any]] = {"open": {"type": "boolean"}}
    must: ClassVar[list[str]] = ["open"]


@pytest.mark.parametrize("kind", [Switches, Ranks, Flags])
def test_changes_that_no_marker_fits_into(kind: type[Api], tmp_path: Path) -> None:
    operations = ("PUT /things/{thing_id}", *ITEMS)
    ran = run(kind(), tmp_path / "shut")
    assert ran.all_held(*operations), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in operations), ran.explain()
    assert ran.clean


class Guests(Flags):
    """Lets guests change the switch, and answers that it does not."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.caller(req) == "guest" and req.method == "PUT" and key in self.rows:
            self.change(self.rows[key], body)
        return self.deny(req)


def test_a_switch_that_guests_throw_behind_a_refusal(tmp_path: Path) -> None:
    ran = run(Guests(), tmp_path)
    verdicts = ran.of("PUT /things/{thing_id}", "guest-write")
    assert verdicts["guest-write/no-header[PUT /things/{thing_id}]"] == "BYPASSED any-change", ran.explain()
    assert set(ran.of("PUT /things/{thing_id}", "fabricated-key").values()) == {"HELD refused"}


class Said(Api):
    """A partial change must hold a word that only the owner knows."""

    more = 'resources: {things: {body: {title: "Thing {unique}", channel: nightly}}}'
    props: ClassVar[dict[str, Any]] = {**Api.props, "channel": {"type": "string", "pattern": "^[a-z]+$"}}
    required: ClassVar[list[str]] = ["title", "channel"]

    def document(self) -> dict[str, Any]:
        told = super().document()
        schema = told["paths"]["/things/{thing_id}"]["patch"]["requestBody"]["content"]["application/json"]["schema"]
        schema["required"] = ["channel"]
        return told

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method in ("POST", "PATCH") and body.get("channel") not in ("nightly", "stable"):
            return reply({"error": "channel"}, 422)
        return super().write(req, key, body)


def test_the_body_of_the_target_file_is_for_partial_changes_too(tmp_path: Path) -> None:
    ran = run(Said(), tmp_path / "shut")
    assert ran.all_held(*ALL), ran.explain()
    ran = run(Said(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in ALL), ran.explain()

"""Boxes and the parts in them: what a part's body does to its box, and what goes with a box that is removed."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request

from harness.demo.process import DemoServer, snapshot
from harness.engine import Run, make_plan, open_target
from harness.family import load_family
from tests.contract.desk import Desk, running

SUITES = Path(__file__).parents[2] / "suites" / "authorization"
TARGET = """version: 1
name: boxes
base_url: {url}
openapi: /openapi.json
environment: local
auth: {{key: {{channel: header, name: X-Api-Key}}}}
identities:
  admin: {{key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{key: "${{PLAIN_KEY}}", may: ["POST /parts/", "PATCH /parts/{{id}}/", "DELETE /boxes/{{id}}/"{more}]}}
public: ["GET /**"]
limits: {{settle: 20ms}}
"""
LABEL, NOTES, BOX = {"label": {"type": "string"}}, {"notes": {"type": "string"}}, {"box": {"type": "integer"}}
Row = dict[str, Any]


def described(style: str) -> dict[str, Any]:
    """The API in OpenAPI's words."""

    def kind(fields: Row, required: list[str], changes: bool) -> dict[str, Any]:
        body = {"type": "object", "required": required, "properties": fields}
        whole = {"type": "object", "properties": {"id": {"type": "integer"}, **fields}}
        answers = {"200": {"description": "", "content": {"application/json": {"schema": whole}}}}
        sent = {"requestBody": {"content": {"application/json": {"schema": body}}}, "responses": answers}
        some = {"type": "object", "properties": fields}
        part = {"requestBody": {"content": {"application/json": {"schema": some}}}, "responses": answers}
        key = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        item: dict[str, Any] = {"parameters": [key], "get": {"responses": answers}, "delete": {"responses": {}}}
        return {"": {"get": {"responses": {}}, "post": sent}, "{id}/": item | ({"patch": part} if changes else {})}

    needed = ["notes"] if style.endswith("-loosely") else ["notes", "box"]
    boxes, parts = kind(LABEL, ["label"], style != "closed"), kind({**NOTES, **BOX}, needed, True)
    paths = {f"/boxes/{end}": one for end, one in boxes.items()} | {f"/parts/{end}": one for end, one in parts.items()}
    return {"openapi": "3.0.3", "info": {"title": "boxes", "version": "1"}, "paths": paths}


class Boxes:
    """The server, in one of several styles."""

    def __init__(self, desk: Desk, style: str) -> None:
        self.desk, self.style, self.ids = desk, style.removesuffix("-loosely"), itertools.count(1)
        self.rows: dict[str, dict[int, Row]] = {"boxes": {}, "parts": {}}
        self.put("boxes", {"label": "seed"})
        self.put("parts", {"notes": "seed", "box": 1})

    def put(self, kind: str, row: Row) -> Row:
        """A new row."""
        key = next(self.ids)
        self.rows[kind][key] = {"id": key, **row}
        return self.rows[kind][key]

    def may(self, kind: str) -> bool:
        """Whether the caller may do this: staff everything, others what their target file says."""
        who = self.desk.caller()
        own = {("POST", "parts"), ("PATCH", "parts"), ("DELETE", "boxes")}
        return who == "admin" or (who == "plain" and (request.method, kind) in own)

    def shown(self, kind: str, row: Row) -> Row:
        """A row as it is told: a box may show what is in it."""
        if kind == "boxes" and self.style == "inline":
            inside = [one for one in self.rows["parts"].values() if one["box"] == row["id"]]
            return {**row, "parts": inside, "count": len(inside)}
        return row

    def linked(self, value: Any) -> int | None:
        """The box that a part's body names; None for a body that is not right."""
        saves = self.style in ("saves", "saves-and-fails", "closed")
        saves = saves or (self.style == "saves-for-staff" and self.desk.caller() == "admin")
        if isinstance(value, dict) and saves:
            fields = {name: one for name, one in value.items() if name in LABEL}
            old = self.rows["boxes"].get(value.get("id", 0))
            row = self.put("boxes", fields) if old is None else old
            row.update(fields)
            value = row["id"] if self.style != "saves-and-fails" else None
        elif isinstance(value, dict) and self.style == "takes-the-id":
            value = value.get("id")
        return value if isinstance(value, int) and value in self.rows["boxes"] else None

    def written(self, kind: str, sent: Row, old: Row | None) -> Response:
        """What a POST or PATCH comes to."""
        fields = {
            name: value for name, value in sent.items() if name in (LABEL if kind == "boxes" else {**NOTES, **BOX})
        }
        if "box" in fields:
            if isinstance(fields["box"], dict) and self.style == "saves-for-staff" and self.desk.caller() != "admin":
                return _told({"error": "no"}, 403)
            fields["box"] = self.linked(fields["box"])
            if fields["box"] is None:
                return _told({"error": "box"}, 422)
        row = self.put(kind, fields) if old is None else old
        row.update(fields)
        return _told(self.shown(kind, row), 201 if old is None else 200)

    def removed(self, kind: str, key: int) -> Response:
        """What a DELETE comes to."""
        inside = [one for one, row in self.rows["parts"].items() if kind == "boxes" and row.get("box") == key]
        if inside and self.style not in ("cascades", "orphans"):
            return _told({"error": "not empty"}, 409)
        for one in inside if self.style == "cascades" else ():
            del self.rows["parts"][one]
        del self.rows[kind][key]
        return Response(status=204)


def _told(data: Any, status: int = 200) -> Response:
    answer = jsonify(data)
    answer.status_code = status
    return answer


def application(desk: Desk, style: str) -> Flask:
    """The server over its accounts."""
    app, boxes = Flask("boxes"), Boxes(desk, style)
    app.config["boxes"] = boxes

    @app.get("/openapi.json")
    def document() -> Response:
        return _told(described(style))

    @app.get("/<kind>/")
    def listed(kind: str) -> Response:
        return _told([boxes.shown(kind, row) for row in boxes.rows[kind].values()])

    @app.post("/<kind>/")
    def made(kind: str) -> Response:
        return boxes.written(kind, request.get_json(), None) if boxes.may(kind) else _refused(desk)

    @app.route("/<kind>/<int:key>/", methods=["GET", "PATCH", "DELETE"])
    def item(kind: str, key: int) -> Response:
        if request.method != "GET" and not boxes.may(kind):
            return _refused(desk)
        if key not in boxes.rows[kind]:
            return _told({"error": "none"}, 404)
        if request.method == "PATCH":
            return boxes.written(kind, request.get_json(), boxes.rows[kind][key])
        return (
            boxes.removed(kind, key) if request.method == "DELETE" else _told(boxes.shown(kind, boxes.rows[kind][key]))
        )

    return app


def _refused(desk: Desk) -> Response:
    return _told({"error": "no"}, 403 if desk.caller() else 401)


FAMILIES = [load_family(SUITES / f"{one}.py") for one in ("nested_object", "delete_cascade")]


def told(folder: Path, style: str, more: str = "") -> tuple[dict[str, str], int]:
    """Verdicts by mutation, method and case, without what there is nothing to test for; and the exit code."""
    kept: list[Flask] = []

    def served(desk: Desk) -> Flask:
        kept.append(application(desk, style))
        return kept[0]

    with running(served) as desk:
        (folder / "target.yaml").write_text(TARGET.format(url=desk.url, more=more))
        opened = open_target(folder / "target.yaml", desk.environment)
        plan = make_plan(FAMILIES, opened)
        results = Run(opened, plan, folder / "out").execute([one.id for one in plan.probes])
    rows = kept[0].config["boxes"].rows
    assert {kind: [*some] for kind, some in rows.items()} == {"boxes": [1], "parts": [2]}, "nothing of the run stays"
    assert rows["boxes"][1]["label"] == rows["parts"][2]["notes"] == "seed"
    assert (results.leftovers, results.aborted) == ((), "")
    found = {
        f"{one.probe.mutation} {one.probe.operation.method}": f"{one.verdict.outcome} {one.verdict.reason}"
        for one in results.judged.values()
        if one.verdict.outcome.name != "NOT_APPLICABLE"
    }
    return found, results.exit_code(strict=False)


NESTED = ("changed-by-low POST", "changed-by-low PATCH", "made-by-low POST", "made-by-low PATCH")
TAKEN = ("with-what-hangs-on-it DELETE", "with-what-low-may-not-remove DELETE")
REFUSED, IGNORED, OUTSIDE, ADVISORY = "HELD refused", "HELD ignored", "BYPASSED outside-scope", "WEAK advisory"


@pytest.mark.parametrize(
    ("style", "nested", "taken", "code"),
    [
        ("flat", REFUSED, (REFUSED, REFUSED), 0),
        ("inline", REFUSED, (REFUSED, REFUSED), 0),
        ("saves-for-staff", REFUSED, (REFUSED, REFUSED), 0),
        ("saves", OUTSIDE, (REFUSED, REFUSED), 1),
        ("saves-and-fails", OUTSIDE, (REFUSED, REFUSED), 1),
        ("cascades", REFUSED, (ADVISORY, OUTSIDE), 1),
        ("orphans", REFUSED, (IGNORED, IGNORED), 0),
        ("flat-loosely", None, (REFUSED, REFUSED), 0),
        ("cascades-loosely", None, (ADVISORY, OUTSIDE), 1),
        ("orphans-loosely", None, (IGNORED, IGNORED), 0),
    ],
)
def test_each_style_is_told(style: str, nested: str | None, taken: tuple[str, str], code: int, tmp_path: Path) -> None:
    """What a part need not have is not nested."""
    others = dict.fromkeys(NESTED, nested) if nested else {}
    assert told(tmp_path, style) == (others | dict(zip(TAKEN, taken, strict=True)), code)


def test_an_id_that_is_taken_out_of_an_object_changes_nothing(tmp_path: Path) -> None:
    found, code = told(tmp_path, "takes-the-id")
    assert {name: found[name] for name in NESTED} == {
        name: IGNORED if "changed" in name else REFUSED for name in NESTED
    }
    assert code == 0


def test_a_closed_method_is_told_of_the_privileged_too(tmp_path: Path) -> None:
    found, code = told(tmp_path, "closed")
    assert {name for name, verdict in found.items() if verdict == ADVISORY} == {
        "changed-though-closed POST",
        "changed-though-closed PATCH",
    }
    assert {found[name] for name in NESTED} == {OUTSIDE}
    assert code == 1


def test_what_the_target_file_lets_an_account_do_is_no_finding(tmp_path: Path) -> None:
    more = ', "POST /boxes/", "PATCH /boxes/{id}/", "DELETE /parts/{id}/"'
    found, code = told(tmp_path, "cascades", more)
    assert found == {"with-what-hangs-on-it DELETE": ADVISORY}
    assert code == 0


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("2014", {"delete-cascade": {"os", "release"}}),
        ("2026-06-09", {"delete-cascade": {"os", "release"}, "nested-object": {"release_file"}}),
    ],
)
def test_what_the_embedded_api_does_still_is_told_and_fails_nothing(
    build: str, expected: dict[str, set[str]], tmp_path: Path
) -> None:
    """Where PUT and PATCH are open, a nested object does nothing that they do not."""
    target = SUITES.parents[1] / "targets" / "demo.yaml"
    with DemoServer.start(build) as demo:
        before = snapshot(demo.database)
        opened = open_target(target, demo.environment, demo.base_url)
        plan = make_plan(FAMILIES, opened)
        results = Run(opened, plan, tmp_path / "out").execute([one.id for one in plan.probes])
        assert snapshot(demo.database) == before
    found: dict[str, set[str]] = {}
    for one in results.judged.values():
        if one.verdict.outcome.name != "NOT_APPLICABLE":
            assert str(one.verdict) == "WEAK(advisory, state)"
            found.setdefault(one.probe.family, set()).add(one.probe.operation.path.split("/")[4])
    assert found == expected
    assert results.exit_code(strict=False) == 0

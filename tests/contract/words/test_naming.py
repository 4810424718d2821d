"""Objects that are called by a version, or by several parameters of their path together."""

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary import kit
from tests.contract.words.kit import Api, reply, run
from tests.contract.words.test_creating import DELETE, PATCH, PUT, Named, Unlisted

VERSION = r"^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$"


class Versions(Named):
    """An object is called by its version, and by nothing else; the document says so."""

    pattern = True

    def document(self) -> dict[str, Any]:
        told = super().document()
        for path, item in told["paths"].items():
            if self.pattern and "{" in path:
                schema = {"type": "string", "pattern": VERSION}
                item["parameters"] = [{"name": "thing_id", "in": "path", "required": True, "schema": schema}]
        return told

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        key = req.path.removeprefix(self.base).strip("/")
        if req.method == "PUT" and not re.match(VERSION, key):
            return reply({"error": "no version"}, 422)
        return super().route(req, body)


class UnlistedVersions(Versions, Unlisted):
    """Nor is there a list of them."""


class UntoldVersions(Versions):
    """The document does not say so, but the target file does."""

    pattern = False
    more = 'resources:\n  things: {body: {thing_id: "7.0.0-{marker}"}}'


@pytest.mark.parametrize("kind", [Versions, UnlistedVersions, UntoldVersions])
def test_what_is_put_is_called_by_a_version(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path / "shut")
    assert ran.all_held(PUT, PATCH, DELETE), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in (PUT, PATCH, DELETE)), ran.explain()
    assert ran.clean, ran.explain()


class Houses(Api):
    """Made at one path, read at `/things/{house}/{name}` and removed there."""

    listed = True
    more = """resources:
  things: {create: POST /mine, item: "/things/{house}/{thing_id}"}
"""
    target = kit.TARGET.replace(
        "public:", '  second: {{username: second, key: "${{SECOND_KEY}}", privileged: true}}\npublic:'
    )

    def __init__(self, hole: bool = False) -> None:
        super().__init__(hole)
        self.keys["second"] = secrets.token_hex(16)

    def document(self) -> dict[str, Any]:
        told = super().document()
        paths = told["paths"]
        paths["/mine"] = {"post": paths["/things"].pop("post")}
        if not self.listed:
            del paths["/things"]
        paths["/things/{house}/{thing_id}"] = paths.pop("/things/{thing_id}")
        return told

    def show(self, row: dict[str, Any]) -> Any:
        return {**row, "url": f"/things/boss/{row['id']}"}

    def caller(self, req: Request) -> str:
        name = super().caller(req)
        return "boss" if name == "second" else name

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        path = req.path
        if path == "/mine" and req.method == "POST":
            path = "/things"
        elif path.startswith("/things/"):
            house, _, key = path.removeprefix("/things/").partition("/")
            path = f"/things/{key}" if house == "boss" and key else "/nothing"
        elif path == "/things" and (req.method != "GET" or not self.listed):
            path = "/nothing"
        return super().route(Request({**req.environ, "PATH_INFO": path}), body)


class UnlistedHouses(Houses):
    """Nor is there a list: what a run makes there is known by the answers alone."""

    listed = False


@pytest.mark.parametrize("kind", [Houses, UnlistedHouses])
def test_what_two_parameters_name_is_one_object(kind: type[Api], tmp_path: Path) -> None:
    writes = ("POST /mine", "PATCH /things/{house}/{thing_id}", "DELETE /things/{house}/{thing_id}")
    ran = run(kind(), tmp_path / "shut")
    assert ran.clean, ran.explain()
    assert ran.all_held(*writes[1:]), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in writes[1:]), ran.explain()
    assert str(ran.results.judged["fabricated-key/arbitrary-key[POST /mine]"].verdict).startswith("BYPASSED(")
    assert ran.clean, ran.explain()

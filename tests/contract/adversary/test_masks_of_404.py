"""A 404 of the control that means something else than `not served`."""

from pathlib import Path
from typing import Any, ClassVar

from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, reply, run


class ForeignKey(Api):
    """FastAPI style: POST names a category by number; an unknown one is 404 {"detail"}, as is an unknown path.
    POST is open: anybody who names the admin, and guests, may create."""

    props: ClassVar[dict[str, Any]] = {"title": {"type": "string"}, "notes": {"type": "string"}}

    def __init__(self) -> None:
        super().__init__()
        self.files: list[Any] = []

    def document(self) -> dict[str, Any]:
        doc = super().document()
        schema = {
            "type": "object",
            "required": ["name", "category"],
            "properties": {"name": {"type": "string"}, "category": {"type": "integer"}},
        }
        ok = {"responses": {"200": {"description": "ok"}}}
        parameter = {"name": "file_id", "in": "path", "required": True, "schema": {"type": "string"}}
        doc["paths"]["/files"] = {
            "get": ok,
            "post": {"requestBody": {"content": {"application/json": {"schema": schema}}}, **ok},
        }
        doc["paths"]["/files/{file_id}"] = {"parameters": [parameter], "get": ok}
        return doc

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path == "/files":
            if req.method == "GET":
                return reply(self.files)
            # no authentication at all
            if body.get("category") != 7:
                return reply({"detail": "Category not found"}, 404)
            self.files.append({"id": str(len(self.files) + 1), **body})
            return reply(self.files[-1], 201)
        if not req.path.startswith(("/things", "/openapi.json")) and req.path != "/":
            return reply({"detail": "Not Found"}, 404)
        return super().route(req, body)


def test_a_missing_parent_is_not_a_missing_route(tmp_path: Path) -> None:
    api = ForeignKey()
    ran = run(api, tmp_path)
    assert not held(ran, "POST /files"), "an operation that is there, and open, was called not applicable"
    assert ran.code != 0


class BySlug(Api):
    """GET and DELETE take an id or a slug, PATCH a slug alone; PATCH is open to everybody."""

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = super().create(body)
        row["slug"] = "t-" + row["id"]
        return row

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if req.method == "PATCH" else self.deny(req)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method != "PATCH":
            return super().write(req, key, body)
        found = next((one for one in self.rows.values() if one["slug"] == key), None)
        return super().write(req, found["id"], body) if found else reply({"error": "not found"}, 404)


def test_an_item_that_is_read_at_its_path_is_served(tmp_path: Path) -> None:
    ran = run(BySlug(), tmp_path)
    assert not held(ran, "PATCH /things/{thing_id}")
    assert ran.code != 0

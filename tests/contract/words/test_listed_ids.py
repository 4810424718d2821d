"""Operations on a list that say in their body which of its objects they are for."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import Api, reply, run

REMOVE = "POST /things/bulk-delete"


class Bulk(Api):
    """Removes every object that a body names, for the admin alone."""

    field, kind = "ids", "string"

    def document(self) -> dict[str, Any]:
        told = super().document()
        ids = {"type": "array", "items": {"type": self.kind}}
        schema = {"type": "object", "required": [self.field], "properties": {self.field: ids}}
        body = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
        told["paths"]["/things/bulk-delete"] = {"post": {**body, "responses": {"200": {"description": "done"}}}}
        return told

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if key != "bulk-delete":
            return super().write(req, key, body)
        for one in body.get(self.field, []):
            self.remove(str(one))
        return reply({"done": True})


class Numbers(Bulk):
    field, kind = "thing_ids", "integer"


class Forgotten(Numbers):
    """Nobody is asked who removes many at once."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if key == "bulk-delete" else super().others(req, key, body)


@pytest.mark.parametrize("kind", [Bulk, Numbers])
def test_what_a_body_names_is_an_object_of_the_run(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path / "shut")
    assert ran.all_held(REMOVE), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert ran.hole_seen(REMOVE), ran.explain()
    assert ran.clean, ran.explain()


def test_a_bulk_removal_that_nobody_guards_is_found_and_takes_nothing_of_others(tmp_path: Path) -> None:
    ran = run(Forgotten(), tmp_path)
    assert set(ran.of(REMOVE).values()) == {"BYPASSED any-change"}, ran.explain()
    assert ran.clean, ran.explain()

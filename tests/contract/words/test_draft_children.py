"""Objects that hang on a draft by a field of theirs, not by their path: guests are not shown them either."""

import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import Api, reply, run

PAGE = 2
LIST, ITEM = "GET /notes", "GET /notes/{note_id}"


class Notes(Api):
    """Notes on things; with a thing that is not published, its notes are hidden from all but the admin."""

    props = {"title": {"type": "string"}, "published": {"type": "boolean"}}  # noqa: RUF012
    required = ["title"]  # noqa: RUF012
    defaults = {}  # noqa: RUF012
    more = "resources: {things: {body: {published: true}, draft: {published: false}, draft_hides: [notes]}}"
    seeded = 1
    leaks = ""
    older = 0

    def __init__(self, hole: bool = False) -> None:
        self.notes: dict[str, dict[str, Any]] = {}
        super().__init__(hole)
        first = next(iter(self.rows))
        for number in range(self.older):
            self.notes[f"old-{number}"] = {"id": f"old-{number}", "text": "", "thing_id": first}

    @property
    def state(self) -> Any:
        return {**super().state, "notes": dict(self.notes)}

    def shown(self, req: Request, thing: str, where: str) -> bool:
        known = self.rows.get(thing, {"published": False})
        return known["published"] is not False or self.caller(req) == "boss" or self.leaks == where

    def listing(self, req: Request) -> Response:
        return reply([row for key, row in self.rows.items() if self.shown(req, key, "thing")])

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply(row) if self.shown(req, row["id"], "thing") else reply({"error": "not found"}, 404)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if not req.path.startswith("/notes"):
            return super().route(req, body)
        key = req.path.removeprefix("/notes").strip("/")
        if req.method == "GET":
            found = self.notes.get(key)
            if not key:
                return reply([one for one in self.notes.values() if self.shown(req, one["thing_id"], "list")])
            return reply(found) if found and self.shown(req, found["thing_id"], "item") else reply({"error": "no"}, 404)
        if self.caller(req) != "boss":
            return self.deny(req)
        if req.method == "DELETE":
            return reply(None, 204) if self.notes.pop(key, None) else reply({"error": "no"}, 404)
        if body.get("thing_id") not in self.rows:
            return reply({"error": "thing"}, 422)
        note = {"id": self.new_id(), "text": body["text"], "thing_id": body["thing_id"]}
        self.notes[note["id"]] = note
        return reply(note, 201)

    def document(self) -> dict[str, Any]:
        told = super().document()
        text = {"type": "string"}
        schema = {"type": "object", "required": ["text", "thing_id"], "properties": {"text": text, "thing_id": text}}
        done = {"responses": {"200": {"description": "ok"}}}
        making = {"requestBody": {"content": {"application/json": {"schema": schema}}}, **done}
        parameter = {"name": "note_id", "in": "path", "required": True, "schema": text}
        told["paths"]["/notes"] = {"get": done, "post": making}
        told["paths"]["/notes/{note_id}"] = {"parameters": [parameter], "get": done, "delete": done}
        return told


class ListLeaks(Notes):
    leaks = "list"


class ItemLeaks(Notes):
    leaks = "item"


class Paged(ListLeaks):
    """Two to a page: what is hidden stands on the last one."""

    older = 5

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        answer = super().route(req, body)
        if (req.method, req.path.strip("/")) != ("GET", "notes"):
            return answer
        rows, start = json.loads(answer.get_data()), int(req.args.get("offset", "0"))
        more = f"/notes?offset={start + PAGE}" if len(rows) > start + PAGE else None
        return reply({"items": rows[start : start + PAGE], "next": more})


class Singular(ItemLeaks):
    """What is hidden is called by the name of one."""

    more = Notes.more.replace("[notes]", "[note]")


@pytest.mark.parametrize(
    ("kind", "listed", "alone"),
    [
        (Notes, "HELD guest-view", "HELD hidden"),
        (ListLeaks, "LEAKED marker-read", "HELD hidden"),
        (ItemLeaks, "HELD guest-view", "LEAKED marker-read"),
        (Paged, "LEAKED marker-read", "HELD hidden"),
        (Singular, "HELD guest-view", "LEAKED marker-read"),
    ],
)
def test_what_hangs_on_a_draft_is_hidden_with_it(kind: type[Notes], listed: str, alone: str, tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, ("guest-view", "conflicting-channels/body-of-a-read"))
    assert ran.verdicts[f"guest-view/plain[{LIST}]"] == listed, ran.explain()
    assert ran.verdicts[f"guest-view/plain[{ITEM}]"] == alone, ran.explain()
    # It is said once: what a guest is shown in any case is laid to nothing else that a guest may do.
    leaks = {name for name, verdict in ran.verdicts.items() if verdict.startswith("LEAKED")}
    assert leaks <= {f"guest-view/plain[{LIST}]", f"guest-view/plain[{ITEM}]"}, ran.explain()
    assert ran.clean, ran.explain()

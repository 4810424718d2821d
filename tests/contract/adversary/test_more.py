"""Bypasses in many styles of API: each has an effect, and none of them may be called shut."""

import html
import uuid
from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, reply, run

PATCH, POST, DELETE, PUT = (
    "PATCH /things/{thing_id}",
    "POST /things",
    "DELETE /things/{thing_id}",
    "PUT /things/{thing_id}",
)
ANY = "fabricated-key/arbitrary-key"


class Does(Api):
    """One method is done for the admin's name with any key, and answered 401."""

    method, status = "PATCH", 401

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.write(req, key, body)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == self.method and self.wrong_boss(req) and (req.method == "POST" or key in self.rows):
            self.do(req, key, body)
            self.hits.append(key)
            return reply({"error": "no"}, self.status)
        return self.deny(req)


class Uuids(Does):
    """UUIDs, {"data": …} around everything, no Location."""

    method = "POST"

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def wrap(self, data: Any) -> Any:
        return {"data": data}


class Slugs(Does):
    """Named by a slug that the client chooses."""

    method = "POST"
    props: ClassVar[dict[str, Any]] = {
        "slug": {"type": "string"},
        "title": {"type": "string"},
        "notes": {"type": "string"},
    }
    required: ClassVar[list[str]] = ["slug", "title"]

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = {"slug": body.get("slug", f"s{next(self.ids)}"), "title": body["title"], "notes": body.get("notes", "")}
        self.rows[row["slug"]] = row
        return row


class Newest(Does):
    """Newest first, cut off after 50 without a word; one key alone gets in."""

    method, seeded = "POST", 80

    def listing(self, req: Request) -> Response:
        return reply(list(self.rows.values())[::-1][:50])

    def wrong_boss(self, req: Request) -> bool:
        return req.headers.get("Authorization", "").endswith(self.keys["boss"][::-1])


class Oldest(Newest):
    """Oldest first, cut off after 50."""

    def listing(self, req: Request) -> Response:
        return reply(list(self.rows.values())[:50])


class Numbered(Newest):
    """page/per_page with total; offset is ignored."""

    def listing(self, req: Request) -> Response:
        rows, page = list(self.rows.values()), int(req.args.get("page", 1))
        return reply({"items": rows[20 * page - 20 : 20 * page], "page": page, "per_page": 20, "total": len(rows)})


class Offsets(Newest):
    """limit/offset with count, no next."""

    def listing(self, req: Request) -> Response:
        rows, start = list(self.rows.values()), int(req.args.get("offset", 0))
        return reply({"results": rows[start : start + 20], "count": len(rows)})


class Titles(Newest):
    """Sorted by title and cut off after 50; the others' titles are stored in upper case."""

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.create({k: str(v).upper() for k, v in body.items()})

    def listing(self, req: Request) -> Response:
        return reply(sorted(self.rows.values(), key=lambda row: row["title"], reverse=True)[:50])


class Briefs(Does):
    """The list shows ids alone."""

    method = "POST"

    def brief(self, row: dict[str, Any]) -> Any:
        return {"id": row["id"]}


class Escaped(Does):
    """Others' text is escaped, cut to 20 characters and turned to capitals (POST)."""

    method = "POST"

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.create({k: html.escape(str(v))[:20].upper() for k, v in body.items()})


class EscapedPatch(Escaped):
    """The same for PATCH."""

    method = "PATCH"

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.change(self.rows[key], {k: html.escape(str(v))[:20].upper() for k, v in body.items()})


class Lies404(Does):
    """Done, and answered 404."""

    status = 404


class Lies500(Does):
    """Done, and answered 500."""

    status = 500


class Lies400(Does):
    """Done, and answered 400."""

    status = 400


class Lies403(Does):
    """Done, and answered 403 (not 401)."""

    status = 403


class SoftDelete(Does):
    """DELETE only flags the object for others: {"deleted": true} stays readable."""

    method = "DELETE"
    defaults: ClassVar[dict[str, Any]] = {"deleted": False}

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.rows[key]["deleted"] = True


class Unlisted(Does):
    """DELETE by others takes the object out of the list; the item is still there."""

    method = "DELETE"

    def __init__(self) -> None:
        self.unlisted: set[str] = set()
        super().__init__()

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.unlisted.add(key)

    def listing(self, req: Request) -> Response:
        return reply([row for row in self.rows.values() if row["id"] not in self.unlisted])


class DeleteOther(Does):
    """DELETE by others removes the oldest object of all, whatever the path."""

    method, seeded = "DELETE", 200

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.remove(next(iter(self.rows)))


class DeleteSeed(DeleteOther):
    """The same for PATCH."""

    method = "PATCH"


class PostDeletes(DeleteOther):
    """The same for POST: it makes none."""

    method = "POST"


class PostEdits(Does):
    """POST by others edits the oldest object instead of making one; it stores a flag only."""

    method = "POST"

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        next(iter(self.rows.values()))["published"] = True


class PatchFlagsOldest(PostEdits):
    """The same for PATCH."""

    method = "PATCH"


class PutUpsert(Does):
    """PUT as upsert, done and denied."""

    method = "PUT"
    item_methods = ("get", "put", "delete")


class NoItem(Does):
    """No GET of single objects."""

    method = "PATCH"
    item_methods = ("patch", "delete")

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply({"error": "method not allowed"}, 405)


class Laggy(Does):
    """Others' changes show 0.6 s later than the admin's own (a replica, with the admin pinned to the primary)."""

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        row = self.rows[key]
        self.later(0.6, lambda: self.change(row, body))


class Overwritten(Does):
    """Others' changes reach the object when it is written to next, before that write."""

    def __init__(self) -> None:
        self.waiting: dict[str, Any] = {}
        super().__init__()

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.waiting[key] = body

    def change(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        super().change(row, {**self.waiting.pop(row["id"], {}), **body})


class NotesIgnored(Does):
    """Others' notes and titles are dropped; their request publishes."""

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.rows[key]["published"] = True


class ThirdTime(Does):
    """Every third of these requests is done."""

    n = 0

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        type(self).n += 1
        if self.n % 3 == 0:
            super().do(req, key, body)


class ThirdFlag(ThirdTime):
    """Every third of these requests publishes, and stores nothing."""

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        type(self).n += 1
        if self.n % 3 == 0:
            self.rows[key]["published"] = True


class ToggledByOne(Does):
    """PATCH with the admin's name and a wrong key toggles `published`."""

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.rows[key]["published"] = not self.rows[key]["published"]


class Unpublishes(Does):
    """PATCH with the admin's name and a wrong key takes `reviewed` back, which the admin's PATCH sets."""

    defaults: ClassVar[dict[str, Any]] = {"reviewed": False}

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        answer = super().write(req, key, body)
        if req.method == "PATCH" and key in self.rows and self.caller(req) == "boss":
            self.rows[key]["reviewed"] = True
        return answer

    def do(self, req: Request, key: str, body: dict[str, Any]) -> None:
        self.rows[key]["reviewed"] = False


CASES = [
    (Uuids, POST),
    (Slugs, POST),
    (Newest, POST),
    (Oldest, POST),
    (Numbered, POST),
    (Offsets, POST),
    (Titles, POST),
    (Briefs, POST),
    (Escaped, POST),
    (EscapedPatch, PATCH),
    (Lies404, PATCH),
    (Lies500, PATCH),
    (Lies400, PATCH),
    (Lies403, PATCH),
    (SoftDelete, DELETE),
    (Unlisted, DELETE),
    (DeleteOther, DELETE),
    (DeleteSeed, PATCH),
    (PostDeletes, POST),
    (PostEdits, POST),
    (PatchFlagsOldest, PATCH),
    (PutUpsert, PUT),
    (NoItem, PATCH),
    (Laggy, PATCH),
    (Overwritten, PATCH),
    (NotesIgnored, PATCH),
    (ThirdTime, PATCH),
    (ThirdFlag, PATCH),
    (ToggledByOne, PATCH),
]


@pytest.mark.parametrize(("kind", "operation"), CASES)
def test_an_effect_is_never_held(kind: type[Does], operation: str, tmp_path: Path) -> None:
    api = kind()
    ran = run(api, tmp_path, "--family", "fabricated-key")
    assert api.hits
    assert ran.code != 0
    if kind not in (Newest, Oldest, Numbered, Offsets, Titles, ThirdTime, ThirdFlag, NotesIgnored):
        assert not held(ran, operation, ANY)


class Window(Api):
    """Right, but for a list that shows its three newest objects alone."""

    def listing(self, req: Request) -> Response:
        return reply(list(self.rows.values())[-3:])


def test_what_a_list_has_no_room_for_was_not_removed(tmp_path: Path) -> None:
    ran = run(Window(), tmp_path, "--family", "fabricated-key", "--operation", DELETE)
    assert {verdict for verdict in ran.verdicts().values() if verdict[0] != "NOT-APPLICABLE"} == {("HELD", "refused")}

"""Effects that come after the verdict's own reads, behind a 401."""

from pathlib import Path
from typing import Any, ClassVar

from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, run

PATCH, DELETE = "PATCH /things/{thing_id}", "DELETE /things/{thing_id}"


class Submitted(Api):
    """Only POST and GET. A wrong key of the admin gets 401, and a queue makes the object 1.5 s later."""

    item_methods: tuple[str, ...] = ("get",)
    props: ClassVar[dict[str, Any]] = {"title": {"type": "string"}, "notes": {"type": "string"}}

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and self.wrong_boss(req):
            self.later(1.5, lambda: self.hits.append(self.create(body)["id"]))
        return self.deny(req)


class SubmittedRemovable(Submitted):
    """The same with a DELETE, which is shut; only POST is asked for."""

    item_methods = ("get", "delete")


class Queued(Api):
    """A wrong key of the admin gets 401; its PATCH is done 0.4 s later. The list shows summaries (id and title)."""

    props: ClassVar[dict[str, Any]] = {"title": {"type": "string"}, "notes": {"type": "string"}}

    def brief(self, row: dict[str, Any]) -> Any:
        return {"id": row["id"], "title": row["title"]}

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and self.wrong_boss(req) and key in self.rows:
            row = self.rows[key]
            self.later(0.4, lambda: self.done(key, row, body))
        return self.deny(req)

    def done(self, key: str, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.hits.append(key)
        self.change(row, body)


class QueuedShown(Queued):
    """The same with whole objects in the list."""

    def brief(self, row: dict[str, Any]) -> Any:
        return row


class Reaper(Api):
    """A wrong key of the admin gets 401; its DELETE is done 1.5 s later. DELETE is the last operation."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "DELETE" and self.wrong_boss(req) and key in self.rows:
            self.later(1.5, lambda: self.done(key))
        return self.deny(req)

    def done(self, key: str) -> None:
        self.hits.append(key)
        self.remove(key)


class Flagged(Api):
    """A wrong key of the admin gets 401; its PATCH publishes the object 0.4 s later, and stores nothing."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and self.wrong_boss(req) and key in self.rows:
            row = self.rows[key]
            self.later(0.4, lambda: self.done(key, row))
        return self.deny(req)

    def done(self, key: str, row: dict[str, Any]) -> None:
        self.hits.append(key)
        row["published"] = True


def test_a_late_creation_where_post_is_all(tmp_path: Path) -> None:
    api = Submitted()
    ran = run(api, tmp_path)
    api.finish()
    assert api.hits
    assert not held(ran, "POST /things", "fabricated-key/arbitrary-key")


def test_a_late_creation_in_the_last_lane(tmp_path: Path) -> None:
    api = SubmittedRemovable()
    ran = run(api, tmp_path, "--operation", "POST /things")
    api.finish()
    assert api.hits
    assert not held(ran, "POST /things", "fabricated-key/arbitrary-key")
    assert ran.code != 0


def test_a_late_change_behind_a_list_of_summaries(tmp_path: Path) -> None:
    api = Queued()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, PATCH, "fabricated-key/arbitrary-key")
    assert ran.code != 0


def test_a_late_change_in_a_whole_list(tmp_path: Path) -> None:
    api = QueuedShown()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, PATCH, "fabricated-key/arbitrary-key")
    assert ran.code != 0


def test_a_late_removal_in_the_last_lane(tmp_path: Path) -> None:
    api = Reaper()
    ran = run(api, tmp_path)
    api.finish()
    assert api.hits
    assert not held(ran, DELETE, "fabricated-key/arbitrary-key")
    assert ran.code != 0


def test_a_late_flag(tmp_path: Path) -> None:
    api = Flagged()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, PATCH, "fabricated-key/arbitrary-key")
    assert ran.code != 0

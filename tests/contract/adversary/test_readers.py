"""Readers that do not see what was done."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, reply, run

PATCH, POST, DELETE = "PATCH /things/{thing_id}", "POST /things", "DELETE /things/{thing_id}"


class Cached(Api):
    """GETs are cached by full URL; a write that is answered 2xx empties the cache of its path. PATCH with the admin's
    name and a wrong key is done, and answered 401, so the cache stays. No Age header, no X-Cache."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, bytes] = {}

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method == "GET" and req.path.startswith("/things/"):
            url = req.full_path
            if url not in self.cache:
                response = super().route(req, body)
                if response.status_code != 200:
                    return response
                self.cache[url] = response.get_data()
            return Response(self.cache[url], 200, content_type="application/json")
        response = super().route(req, body)
        if req.method != "GET" and response.status_code < 300:
            self.cache = {url: data for url, data in self.cache.items() if url.partition("?")[0] != req.path}
        return response

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and self.wrong_boss(req) and key in self.rows:
            self.change(self.rows[key], body)
            self.hits.append(key)
        return self.deny(req)


class Elsewhere(Api):
    """PATCH with the admin's name and a wrong key changes the first object of all, whatever the path, and says 401.
    The list shows summaries."""

    def brief(self, row: dict[str, Any]) -> Any:
        return {"id": row["id"], "title": row["title"]}

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and self.wrong_boss(req):
            self.change(next(iter(self.rows.values())), body)
            self.hits.append(key)
        return self.deny(req)


class ElsewhereShown(Elsewhere):
    """The same with whole objects in the list."""

    def brief(self, row: dict[str, Any]) -> Any:
        return row


class Cursor(Api):
    """{"data": […], "has_more": true, "next_cursor": …}, 25 to a page, objects of real users first. With the admin's
    name and a wrong key POST makes an object without an owner, and says 401: it comes last."""

    seeded = 40

    def __init__(self) -> None:
        self.owner: dict[str, bool] = {}
        super().__init__()

    def listing(self, req: Request) -> Response:
        rows = sorted(self.rows.values(), key=lambda row: (row["id"] in self.owner, -int(row["id"])))
        start = int(req.args.get("cursor", 0))
        page = rows[start : start + 150]
        more = start + 25 < len(rows)
        page = rows[start : start + 25]
        return reply({"data": page, "has_more": more, "next_cursor": start + 25 if more else None})

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and req.headers.get("Authorization", "").endswith(":" + self.keys["boss"][::-1]):
            self.owner[self.create(body)["id"]] = True
            self.hits.append("x")
        return self.deny(req)


class Header(Cursor):
    """The same with a bare array and `X-Total-Count`."""

    def listing(self, req: Request) -> Response:
        rows = sorted(self.rows.values(), key=lambda row: (row["id"] in self.owner, -int(row["id"])))
        start = 25 * (int(req.args.get("page", 1)) - 1)
        return reply(rows[start : start + 25], X_Total_Count=str(len(rows)))


class Nameless(Api):
    """Rows are named by `code` alone, which the path calls {thing_id}; the Location tells it. With the admin's name and
    a wrong key POST makes an object with empty texts, and says 401."""

    def show(self, row: dict[str, Any]) -> Any:
        return {"code" if k == "id" else k: v for k, v in row.items()}

    def created(self, row: dict[str, Any]) -> Response:
        return reply(self.show(row), 201, Location=f"/things/{row['id']}")

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and self.wrong_boss(req):
            self.create({})
            self.hits.append("x")
        return self.deny(req)


class Named(Nameless):
    """The same with `id`."""

    def show(self, row: dict[str, Any]) -> Any:
        return row


class Once(Api):
    """The first PATCH of a guest is done, and says 401 (a warm-up that is not guarded)."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and self.caller(req) == "guest" and key in self.rows and not self.hits:
            self.change(self.rows[key], body)
            self.hits.append(key)
        return self.deny(req)


class OncePost(Api):
    """The first POST of a guest is done, and says 401."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and self.caller(req) == "guest" and not self.hits:
            self.hits.append(self.create(body)["id"])
        return self.deny(req)


class Second(Api):
    """POST only. A wrong key of the admin is refused, and put into a cache of verified credentials by mistake: the
    second time it is good."""

    item_methods = ("get", "delete")

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and self.wrong_boss(req):
            text = req.headers["Authorization"]
            if text in self.seen:
                return self.write(req, key, body)
            self.seen.add(text)
        return self.deny(req)


def arbitrary(
    kind: type[Api], folder: Path, operation: str, family: str = "fabricated-key/arbitrary-key", *more: str
) -> None:
    api = kind()
    ran = run(api, folder, *more)
    assert api.hits
    assert not held(ran, operation, family)
    assert ran.code != 0


@pytest.mark.parametrize("kind", [Cached, Elsewhere, ElsewhereShown])
def test_patch(kind: type[Api], tmp_path: Path) -> None:
    arbitrary(kind, tmp_path, PATCH)


@pytest.mark.parametrize("kind", [Cursor, Header])
def test_pages_that_are_not_read(kind: type[Api], tmp_path: Path) -> None:
    arbitrary(kind, tmp_path, POST, "fabricated-key/reversed-key", "--operation", POST, "--family", "fabricated-key")


@pytest.mark.parametrize("kind", [Nameless, Named])
def test_rows_without_a_known_id(kind: type[Api], tmp_path: Path) -> None:
    arbitrary(kind, tmp_path, POST)


def test_once(tmp_path: Path) -> None:
    arbitrary(Once, tmp_path, PATCH, "guest-write/no-header")


def test_once_post(tmp_path: Path) -> None:
    arbitrary(OncePost, tmp_path, POST, "guest-write/no-header")


def test_second_time(tmp_path: Path) -> None:
    ran = run(Second(), tmp_path, "--operation", POST)
    assert not held(ran, POST, "fabricated-key/arbitrary-key")

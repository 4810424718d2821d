"""Canaries: where their id is told, what they start from, and what must happen to them first."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import Api, reply, run

ITEMS = ("PATCH /things/{thing_id}", "DELETE /things/{thing_id}")
ALL = ("POST /things", *ITEMS)


class Located(Api):
    """Tells a new object's address, and nothing more."""

    def created(self, row: dict[str, Any]) -> Response:
        return reply(None, 201, Location=f"http://elsewhere.example/things/{row['id']}")


class Deep(Api):
    """Tells the id below others, by a name of its own."""

    more = 'resources: {things: {id: "$.made[0].number"}}'

    def created(self, row: dict[str, Any]) -> Response:
        return reply({"id": "job-7", "made": [{"number": row["id"]}]}, 202)


class Sent(Api):
    """Objects go by the slug that the client sends; the answer says nothing."""

    props: ClassVar[dict[str, Any]] = {**Api.props, "slug": {"type": "string"}}
    required: ClassVar[list[str]] = ["slug"]
    more = 'resources: {things: {id: "sent:slug", body: {slug: "the-{unique}"}}}'

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = super().create(body)
        del self.rows[row.pop("id")]
        row["slug"] = row["slug"] or f"seed-{len(self.rows)}"
        return self.rows.setdefault(row["slug"], row)

    def created(self, row: dict[str, Any]) -> Response:
        return reply(None, 201)


class Untold(Api):
    """The answer to a creation says nothing: the list does."""

    def created(self, row: dict[str, Any]) -> Response:
        return reply(None, 201)


class Unread(Api):
    """An object cannot be read alone, only in the list."""

    item_methods = ("patch", "delete")

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply({"error": "method"}, 405)


@pytest.mark.parametrize("kind", [Located, Deep, Sent, Untold, Unread])
def test_ids_are_found_wherever_they_are_told(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path / "shut")
    assert ran.all_held(*ALL), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in ALL), ran.explain()
    assert ran.clean, ran.explain()


class Copied(Api):
    """Takes only what the document does not tell: a channel and a team that exist."""

    props: ClassVar[dict[str, Any]] = {
        **Api.props,
        "channel": {"type": "string"},
        "team_id": {"type": "integer"},
        "slug": {"type": "string"},
    }
    required: ClassVar[list[str]] = ["title", "channel", "team_id", "slug"]
    more = 'fixtures: {things: "1"}\nresources: {things: {unique: [slug], body: {copy: fixture}}}'

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        number = len(self.rows)
        return super().create({"channel": "nightly", "team_id": 7, "slug": f"seed-{number}", **body})

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and (body.get("channel"), body.get("team_id")) != ("nightly", 7):
            return reply({"error": "no such channel or team"}, 422)
        if req.method == "POST" and body.get("slug") in {row["slug"] for row in self.rows.values()}:
            return reply({"error": "slug is taken"}, 409)
        return super().write(req, key, body)


class Undescribed(Copied):
    """The document does not describe the body of a creation at all."""

    more = Copied.more.replace("unique", "marker: notes, unique")

    def document(self) -> dict[str, Any]:
        told = super().document()
        del told["paths"]["/things"]["post"]["requestBody"]
        return told


@pytest.mark.parametrize("kind", [Copied, Undescribed])
def test_a_new_object_starts_from_one_that_exists(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path / "shut")
    assert ran.all_held(*ALL), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in ALL), ran.explain()
    assert ran.clean, ran.explain()


def test_without_a_fixture_nothing_is_copied(tmp_path: Path) -> None:
    api = Copied()
    api.more = "resources: {things: {body: {copy: fixture}}}"
    ran = run(api, tmp_path)
    found = ran.results.judged["guest-write/no-header[POST /things]"].verdict
    assert str(found) == "INCONCLUSIVE(control)"
    assert found.detail == "copy: names no object to start from; say `fixtures: {things: ID}`"


class Checked(Api):
    """A new object can be written to only when it was checked, which takes a while."""

    more = 'resources: {things: {needs: [{operation: "POST /things/{id}/check", until: "GET /things/{id}/log 200"}]}}'
    last = 200

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        _, _, rest = req.path.removeprefix("/").partition("/")
        key, _, below = rest.partition("/")
        row = self.rows.get(key)
        if row is None or below not in ("check", "log"):
            return super().route(req, body)
        if not self.admin(req):
            return self.deny(req)
        if below == "check":
            row["left"] = 3
            return reply({"checking": True}, 202)
        row["left"] = max(row.get("left", 9) - 1, 0)
        return reply({"log": []}, 404 if row["left"] else self.last)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if key in self.rows and self.rows[key].get("left") != 0:
            return reply({"error": "not checked yet"}, 409)
        return super().write(req, key, body)

    def show(self, row: dict[str, Any]) -> Any:
        return {name: value for name, value in row.items() if name != "left"}


def test_what_an_object_needs_happens_first(tmp_path: Path) -> None:
    ran = run(Checked(), tmp_path / "shut")
    assert set(ran.of(ITEMS[0]).values()) == {"HELD refused"}, ran.explain()
    assert set(ran.of("POST /things").values()) == {"HELD refused"}, ran.explain()
    ran = run(Checked(hole=True), tmp_path / "open")
    assert ran.hole_seen(ITEMS[0]), ran.explain()


class NeverChecked(Checked):
    last = 503


def test_an_object_that_never_becomes_usable_is_no_canary(tmp_path: Path) -> None:
    ran = run(NeverChecked(), tmp_path)
    found = ran.results.judged[f"guest-write/no-header[{ITEMS[0]}]"].verdict
    assert found.outcome == "INCONCLUSIVE", ran.explain()
    assert "it needs GET /things/{id}/log to answer 200, and that still answers" in found.detail

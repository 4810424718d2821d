"""Objects that come into being in other ways than by one POST on their list."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import Api, reply, run

PUT, PATCH, DELETE = (f"{method} /things/{{thing_id}}" for method in ("PUT", "PATCH", "DELETE"))


class Named(Api):
    """PUT makes an object under the name in the path, or replaces it; there is no POST."""

    item_methods: tuple[str, ...] = ("get", "put", "patch", "delete")

    def document(self) -> dict[str, Any]:
        told = super().document()
        del told["paths"]["/things"]["post"]
        return told

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PUT" and key and key not in self.rows:
            self.rows[key] = {"id": key, **self.defaults, **{name: body.get(name, "") for name in self.props}}
            return self.created(self.rows[key])
        return reply({"error": "method"}, 405) if req.method == "POST" else super().write(req, key, body)


class Unlisted(Named):
    """Nor is there a list: an object is only found by its name."""

    def document(self) -> dict[str, Any]:
        told = super().document()
        del told["paths"]["/things"]
        return told

    def listing(self, req: Request) -> Response:
        return reply({"error": "not found"}, 404)


class Nameless(Unlisted):
    """What is read under a name does not hold it, nor anything else of ours but a number."""

    props = {"size": {"type": "integer"}}  # noqa: RUF012
    required = ["size"]  # noqa: RUF012

    def show(self, row: dict[str, Any]) -> Any:
        return {"size": row["size"]}


@pytest.mark.parametrize("kind", [Named, Unlisted, Nameless])
def test_put_makes_what_the_client_names(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path / "shut")
    assert ran.all_held(PUT, PATCH, DELETE), ran.explain()
    ran = run(kind(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in (PUT, PATCH, DELETE)), ran.explain()
    assert ran.clean, ran.explain()


class Masked(Unlisted):
    """Does what it is asked to by the admin's name, and answers that it does not."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        super().others(req, key, body)
        return self.deny(req)


def test_a_refusal_does_not_hide_what_was_made_under_a_name(tmp_path: Path) -> None:
    ran = run(Masked(hole=True), tmp_path)
    assert all(ran.hole_seen(one) for one in (PUT, PATCH, DELETE)), ran.explain()
    assert ran.clean, ran.explain()


class Everywhere(Nameless):
    """Something is read under every name, whether it was given or not."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method == "GET" and req.path.startswith("/things/") and req.path.rpartition("/")[2] not in self.rows:
            return reply({"size": 1})
        return super().route(req, body)


def test_what_is_read_under_every_name_proves_nothing(tmp_path: Path) -> None:
    ran = run(Everywhere(), tmp_path)
    assert set(ran.verdicts.values()) == {"INCONCLUSIVE control"}, ran.explain()


class Remembered(Named):
    """PUT is said to make things only by the target file: nothing removes them again."""

    item_methods = ("get", "put")
    more = 'resources: {thing: {create: "PUT /things/{name}", id: "path:name", item: "/things/{name}"}}'


def test_put_makes_by_the_word_of_the_target_file(tmp_path: Path) -> None:
    ran = run(Remembered(), tmp_path / "shut")
    assert set(ran.of(PUT).values()) == {"HELD refused"}, ran.explain()
    assert all("the API has no way to remove it" in one for one in ran.results.leftovers)
    ran = run(Remembered(hole=True), tmp_path / "open")
    assert ran.hole_seen(PUT), ran.explain()


class Ways(Api):
    """Users are made one by one, under a name in the path, or many at once; the first way in is out of order."""

    base = "/users"
    props = {"username": {"type": "string"}, "notes": {"type": "string"}}  # noqa: RUF012
    required = ["username"]  # noqa: RUF012
    item_methods = ("get", "patch", "delete")
    more = """resources:
  user:
    create: [POST /users, "POST /users/{name}", POST /batch/users]
    item: /users/{name}
    id: "sent:usernames[0]"
"""
    broken = False

    def document(self) -> dict[str, Any]:
        told = super().document()
        many = {"type": "object", "required": ["usernames"], "properties": {"usernames": {"type": "array"}}}
        many["properties"]["usernames"] |= {"items": {"type": "string"}, "minItems": 1}  # type: ignore[index]
        answers = {"responses": {"201": {"description": "made"}}}
        told["paths"]["/batch/users"] = {
            "post": {"requestBody": {"content": {"application/json": {"schema": many}}}, **answers}
        }
        told["paths"]["/users/{thing_id}"]["post"] = answers
        return told

    def make(self, name: str, notes: str = "") -> Response:
        self.rows[name] = {"username": name, "notes": notes}
        return reply({"made": 1}, 201)

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return self.rows.setdefault(f"seed{len(self.rows)}", {"username": f"seed{len(self.rows)}", "notes": "seed"})

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path == "/batch/users":
            if not self.admin(req):
                return self.deny(req)
            for name in body["usernames"]:
                self.make(name)
            return reply({"made": len(body["usernames"])}, 201)
        return super().route(req, body)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST":
            if not key and self.broken:
                return reply({"error": "out of order"}, 503)
            return self.make(key or body["username"], body.get("notes", ""))
        return super().write(req, key, body)


CREATIONS = ("POST /users", "POST /users/{thing_id}", "POST /batch/users")
ITEMS = ("PATCH /users/{thing_id}", "DELETE /users/{thing_id}")


def test_every_way_in_is_tried(tmp_path: Path) -> None:
    ran = run(Ways(), tmp_path / "shut")
    assert ran.all_held(*CREATIONS, *ITEMS), ran.explain()
    ran = run(Ways(hole=True), tmp_path / "open")
    assert all(ran.hole_seen(one) for one in (*CREATIONS, *ITEMS)), ran.explain()
    assert ran.clean, ran.explain()


class Broken(Ways):
    broken = True


def test_canaries_come_by_the_first_way_in_that_works(tmp_path: Path) -> None:
    ran = run(Broken(), tmp_path)
    assert set(ran.of("POST /users]").values()) == {"INCONCLUSIVE control"}, ran.explain()
    assert ran.all_held(*CREATIONS[1:], *ITEMS), ran.explain()

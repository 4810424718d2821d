"""URL fields whose stored value the reader never sees under the name that was sent."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, run

FAMILY = "url-off-domain"


class Site(Api):
    """Stores any URL at all, with a 2xx, for the valid admin: wide open for url-off-domain."""

    props: ClassVar[dict[str, Any]] = {
        "title": {"type": "string"},
        "notes": {"type": "string"},
        "homepage": {"type": "string", "format": "uri"},
    }
    item_methods: tuple[str, ...] = ("get", "patch", "put", "delete")
    more = 'urls:\n  allow: ["https://www.example.org/"]\n'

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if "evil" in str(body.get("homepage")):
            self.hits.append(str(body["homepage"]))
        return super().write(req, key, body)


class Enveloped(Site):
    """Express style: {"success": true, "data": {…}}."""

    def wrap(self, data: Any) -> Any:
        return {"success": True, "data": data}


class JsonApi(Site):
    """JSON:API: {"data": {"id", "type", "attributes": {…}}}."""

    def show(self, row: dict[str, Any]) -> Any:
        return {"id": row["id"], "type": "things", "attributes": {k: v for k, v in row.items() if k != "id"}}

    def wrap(self, data: Any) -> Any:
        return {"data": data}


class CamelCase(Site):
    """Body `homepage`, answer `homepageUrl` (a serializer alias)."""

    def show(self, row: dict[str, Any]) -> Any:
        return {"homepageUrl" if k == "homepage" else k: v for k, v in row.items()}


class Linked(Site):
    """Body `homepage`, answer `links: {homepage}`."""

    def show(self, row: dict[str, Any]) -> Any:
        return {**{k: v for k, v in row.items() if k != "homepage"}, "links": {"homepage": row["homepage"]}}


class WriteOnly(Site):
    """The URL is never shown (a webhook's callback)."""

    def show(self, row: dict[str, Any]) -> Any:
        return {k: v for k, v in row.items() if k != "homepage"}


class Checked(Site):
    """The URL is set by a background job 1.2 s later, all else at once."""

    def change(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        super().change(row, {k: v for k, v in body.items() if k != "homepage"})
        if "homepage" in body:
            self.later(1.2, lambda: row.update(homepage=body["homepage"]))


class Filtered(Site):
    """Answers a bad URL with 200 and stores it stripped of the good prefix: a correct, ignoring one is not this."""

    def change(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        super().change(row, body)
        row["homepage"] = {"href": row["homepage"], "rel": "home"}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = super().create(body)
        row["homepage"] = {"href": row["homepage"], "rel": "home"}
        return row


@pytest.mark.parametrize("kind", [Enveloped, JsonApi, CamelCase, Linked, WriteOnly, Checked, Filtered])
def test_a_stored_foreign_url_is_never_held(kind: type[Site], tmp_path: Path) -> None:
    api = kind()
    ran = run(api, tmp_path, "--family", FAMILY)
    # Where the reader never shows the field, nothing is sent at all: that is no lie either.
    assert not held(ran, "PATCH /things/{thing_id}", FAMILY)
    assert ran.code != 0


class ShortLink(Site):
    """The list shows a short link of its own (`https://www.example.org/go/ID`), the item the stored URL. POST only."""

    item_methods = ("get", "delete")

    def brief(self, row: dict[str, Any]) -> Any:
        return {**row, "homepage": f"https://www.example.org/go/{row['id']}"}


def test_the_list_shows_another_url_than_the_item(tmp_path: Path) -> None:
    api = ShortLink()
    ran = run(api, tmp_path, "--family", FAMILY)
    assert api.hits
    assert not held(ran, "POST /things", FAMILY)
    assert ran.code != 0

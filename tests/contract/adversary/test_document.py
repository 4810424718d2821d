"""What cannot be read of the document is not probed, and must be said in the exit code."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, run


class Broken(Api):
    """PATCH and DELETE are open to guests; the document's PATCH has a body schema that leads nowhere."""

    def document(self) -> dict[str, Any]:
        doc = super().document()
        item = doc["paths"]["/things/{thing_id}"]
        item["patch"]["requestBody"]["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/Gone"}
        return doc

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if req.method == "PATCH" else self.deny(req)


class Elsewhere(Broken):
    """… or one in another file."""

    def document(self) -> dict[str, Any]:
        doc = super().document()
        item = doc["paths"]["/things/{thing_id}"]
        item["patch"]["requestBody"]["content"]["application/json"]["schema"] = {"$ref": "schemas.yaml#/Thing"}
        return doc


@pytest.mark.parametrize("kind", [Broken, Elsewhere])
def test_a_write_that_could_not_be_read_is_not_passed_over(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path)
    assert ran.code != 0, "PATCH is open to guests, was not probed, and the run ends with 0"


class NestedUrl(Api):
    """Any URL is taken, in `links: {homepage: uri}`; the only URL field there is."""

    props: ClassVar[dict[str, Any]] = {
        "title": {"type": "string"},
        "notes": {"type": "string"},
        "links": {"type": "object", "properties": {"homepage": {"type": "string", "format": "uri"}}},
    }
    more = 'urls:\n  allow: ["https://www.example.org/"]\n'


def test_url_fields_below_the_top_are_not_passed_over(tmp_path: Path) -> None:
    ran = run(NestedUrl(), tmp_path)
    assert any("url-off-domain" in name for name in ran.verdicts()) or ran.code != 0

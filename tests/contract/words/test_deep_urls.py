"""URL fields below the top of a body: below a root key, in an envelope, in an object of their own, in a list."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from harness.engine.planning.opening import open_target
from harness.engine.planning.plan import Plan
from harness.engine.planning.roles import roles_of
from harness.engine.rehearsing.checking import check_target
from tests.contract.adversary import kit
from tests.contract.words.kit import Api, reply, run

POST, PATCH = "POST /things", "PATCH /things/{thing_id}"
MUTATIONS = (
    "url-off-domain/other-place",
    "url-write-paths/field-alone",
    "url-field-coverage",
    "sidecar-mismatch/other-suffix",
    "sidecar-mismatch/left-behind",
)
URI = {"type": "string", "format": "uri"}
OURS = "https://dl.example.org/"


def is_ours(url: Any) -> bool:
    """Whether it is an address that may be stored: a plain one."""
    return isinstance(url, str) and url.startswith(OURS) and url.isascii() and url.isprintable() and " " not in url


class Rooted(Api):
    """Rails style: each body has one key, below which the fields are. Open, it takes any address in a change."""

    place = "thing.url"
    more = f'urls: {{allow: ["{OURS}"], fields: {{sig: {{suffix_of: url, suffix: .asc}}}}}}'
    props: ClassVar[dict[str, Any]] = {"title": {"type": "string"}, "url": URI, "sig": URI}
    required: ClassVar[list[str]] = ["title", "url"]

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return super().create({"url": OURS, "sig": OURS + ".asc", **body})

    def outer(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The schema of a body with a schema of these fields in it."""
        return {"type": "object", "required": ["thing"], "properties": {"thing": fields}}

    def inner(self, body: dict[str, Any]) -> Any:
        """The fields in a body; None where it is not of the right form."""
        return body.get("thing") if body.keys() == {"thing"} else None

    def wrap(self, data: Any) -> Any:
        return {"things" if isinstance(data, list) else "thing": data}

    def document(self) -> dict[str, Any]:
        told = super().document()
        for path, method in (("/things", "post"), ("/things/{thing_id}", "patch")):
            content = told["paths"][path][method]["requestBody"]["content"]["application/json"]
            content["schema"] = self.outer(content["schema"])
        return told

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.deny(req)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method not in ("POST", "PATCH"):
            return super().write(req, key, body)
        fields = self.inner(body)
        if not isinstance(fields, dict):
            return reply({"error": "form"}, 422)
        if not (self.hole and req.method == "PATCH"):
            merged = {**self.rows.get(key, {}), **fields}
            fits = "sig" not in merged or merged["sig"] in ("", f"{merged['url']}.asc")
            if not is_ours(merged.get("url", OURS)) or not (fits or "sig" not in fields):
                return reply({"error": "address"}, 422)
            if not fits:
                fields = {**fields, "sig": ""}
        return super().write(req, key, fields)


class JsonApi(Rooted):
    """JSON:API: fields below `data.attributes`, with a type beside them that must be there."""

    place = "data.attributes.url"

    def outer(self, fields: dict[str, Any]) -> dict[str, Any]:
        kind = {"type": "string", "enum": ["things"]}
        data = {
            "type": "object",
            "required": ["type", "attributes"],
            "properties": {"type": kind, "attributes": fields},
        }
        return {"type": "object", "required": ["data"], "properties": {"data": data}}

    def inner(self, body: dict[str, Any]) -> Any:
        data = body.get("data")
        return data.get("attributes") if isinstance(data, dict) and data.get("type") == "things" else None

    def show(self, row: dict[str, Any]) -> Any:
        return {"id": row["id"], "type": "things", "attributes": {k: v for k, v in row.items() if k != "id"}}

    def wrap(self, data: Any) -> Any:
        return {"data": data}


class Within(Rooted):
    """The address lies in an object among the fields, and is shown there."""

    place = "links.url"
    more = f'urls: {{allow: ["{OURS}"]}}'
    props: ClassVar[dict[str, Any]] = {
        "title": {"type": "string"},
        "links": {
            "type": "object",
            "required": ["url", "kind"],
            "properties": {"url": URI, "kind": {"type": "string"}},
        },
    }
    required: ClassVar[list[str]] = ["title"]

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return Api.create(self, {"links": {"url": OURS, "kind": "site"}, **body})

    def outer(self, fields: dict[str, Any]) -> dict[str, Any]:
        return fields

    def inner(self, body: dict[str, Any]) -> Any:
        links = body.get("links", {"url": OURS, "kind": "site"})
        return body if isinstance(links, dict) and {"url", "kind"} <= links.keys() else None

    def wrap(self, data: Any) -> Any:
        return data

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        fields = self.inner(body)
        url = (body.get("links") or {"url": OURS}).get("url")
        if req.method == "DELETE":
            return Api.write(self, req, key, body)
        if fields is None or (not (self.hole and req.method == "PATCH") and not is_ours(url)):
            return reply({"error": "links"}, 422)
        return Api.write(self, req, key, body)


class Listed(Within):
    """The addresses lie in a list."""

    more = (
        f'urls: {{allow: ["{OURS}"], fields: {{url: {{rule: none}}, homepage: {{rule: none}}, links: {{rule: none}}}}}}'
    )
    props: ClassVar[dict[str, Any]] = {
        "title": {"type": "string"},
        "links": {"type": "array", "items": {"type": "object", "properties": {"url": URI}}},
    }


KINDS = [Rooted, JsonApi, Within]


@pytest.mark.parametrize("kind", KINDS)
def test_addresses_below_the_top_are_tried(kind: type[Rooted], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, MUTATIONS)
    assert {one for name, one in ran.verdicts.items() if f"field={kind.place}" in name} == {"HELD refused"}, (
        ran.explain()
    )
    assert {one.partition(" ")[0] for one in ran.verdicts.values()} <= {"HELD", "NOT-APPLICABLE"}, ran.explain()
    assert ran.clean


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_that_takes_any_address_is_found(kind: type[Rooted], tmp_path: Path) -> None:
    ran = run(kind(hole=True), tmp_path, MUTATIONS)
    for name in (
        f"url-off-domain/other-place[{PATCH} field={kind.place} case=other-host]",
        f"url-field-coverage/plain-http[{PATCH} field={kind.place}]",
        f"url-write-paths/field-alone[{PATCH} field={kind.place} case=other-host]",
    ):
        assert ran.verdicts[name] == "BYPASSED stored-outside-rule", ran.explain()
    assert ran.verdicts[f"url-off-domain/other-place[{POST} field={kind.place} case=other-host]"] == "HELD refused"
    assert ran.clean


def test_a_sidecar_below_a_root_key_is_held_against_its_artifact(tmp_path: Path) -> None:
    ran = run(Rooted(hole=True), tmp_path, MUTATIONS)
    told = ran.verdicts
    assert told[f"sidecar-mismatch/other-suffix[{PATCH} field=thing.sig case=twice]"] == "BYPASSED stored-outside-rule"
    assert told[f"sidecar-mismatch/other-suffix[{POST} field=thing.sig case=twice]"] == "HELD refused", ran.explain()


def test_what_cannot_be_tried_is_named(tmp_path: Path) -> None:
    api = Listed()
    ran = run(api, tmp_path, ("url-field-coverage/other-host",))
    found = ran.results.judged[f"url-field-coverage/other-host[{POST} field=links[].url]"].verdict
    assert (found.outcome, found.reason) == ("NOT-APPLICABLE", "no-field")
    assert found.detail.startswith("it lies in a list")
    with kit.served(api) as url:
        names = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
        opened = open_target(tmp_path / "target.yaml", names, url)
        told = check_target(opened, Plan((), roles_of(opened.identities))).done
    named = [one.name for one in told if one.name.startswith("urls.fields.") and one.good and one.advice]
    assert named == ["urls.fields.url", "urls.fields.homepage"]

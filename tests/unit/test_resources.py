"""Paths and fields of resources: what each parameter of a path names, and what no template can reach."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from harness.config import Target, load
from harness.model import Json, Operation, Parameter
from harness.openapi import Unsatisfiable
from harness.resources import (
    Graph,
    Resource,
    build_graph,
    fill_path,
    inference,
    read_path,
    sub_path,
    template,
    with_room,
)

TEXT = """version: 1
name: shop
base_url: http://127.0.0.1:1
openapi: /openapi.json
environment: local
auth: {key: {channel: header}}
identities: {admin: {key: "${KEY}", privileged: true}}
urls: {allow: ["https://www.example.org/"], fields: {logo: {allow: ["https://www.example.org/"]}}}
"""
BODY: Mapping[str, Json] = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}


@pytest.fixture
def target(tmp_path: Path) -> Target:
    file = tmp_path / "target.yaml"
    file.write_text(TEXT)
    return load(file, environment={"KEY": "k" * 20})


def graph(target: Target, *paths: str, body: Mapping[str, Json] = BODY) -> Graph:
    """Of a document that has GET and POST on lists, GET and DELETE on items."""
    operations: list[Operation] = []
    for path in paths:
        item = path.rstrip("/").endswith("}")
        operations += [
            Operation(method, path, body_schema=body if method == "POST" else None)
            for method in (("GET", "DELETE") if item else ("GET", "POST"))
        ]
    return build_graph(operations, target)


ORGS = ("/orgs", "/orgs/{id}")
THINGS = ("/orgs/{org_id}/things", "/orgs/{org_id}/things/{thing_id}")


@pytest.mark.parametrize(
    "paths",
    [
        (*ORGS, *THINGS),
        ("/orgs", "/orgs/{org_id}", *THINGS),
        (*ORGS, "/orgs/{o}/things", "/orgs/{org_id}/things/{thing_id}"),
        ("/orgs/", "/orgs/{id}/", "/orgs/{org_id}/things/", "/orgs/{org_id}/things/{thing_id}/"),
    ],
)
def test_parents_are_known_by_where_they_stand(target: Target, paths: Sequence[str]) -> None:
    found = graph(target, *paths)
    things = found.resource("things")
    assert things.needs == {"orgs"}
    slots: dict[str, Json] = {"orgs.id": "a b", "self.id": 7}
    end = "/" if paths[0].endswith("/") else ""
    assert fill_path(read_path(things, "list"), slots) == f"/orgs/a%20b/things{end}"
    assert fill_path(read_path(things, "item"), slots) == f"/orgs/a%20b/things/7{end}"
    made = template(things, things.operations["POST list"], "list", target)
    assert fill_path(made.path, slots) == f"/orgs/a%20b/things{end}"
    assert [one.name for one in found.resources] == ["orgs", "things"]


@pytest.mark.parametrize("front", ["", "/v1"])
def test_what_is_made_below_another_and_read_beside_it(target: Target, front: str) -> None:
    paths = ("/orgs", "/orgs/{id}", "/orgs/{id}/things", "/things/{id}")
    found = graph(target, *(front + path for path in paths))
    things = found.resource("things")
    assert (things.list_path, things.item_path) == (f"{front}/orgs/{{id}}/things", f"{front}/things/{{id}}")
    assert things.needs == {"orgs"}
    assert read_path(things, "list") == f"{front}/orgs/{{orgs.id}}/things"
    assert read_path(things, "item") == f"{front}/things/{{self.id}}"
    assert [one.name for one in things.creators] == [f"POST {front}/orgs/{{id}}/things"]


@pytest.mark.parametrize(
    "more",
    [
        # Its own objects are told already.
        ("/orgs/{id}/things/{thing}", "/things/{id}"),
        # Either may be what makes it.
        ("/users", "/users/{id}", "/users/{id}/things", "/things/{id}"),
        # Nothing shows that these are the same.
        ("/v2/things/{id}",),
        ("/other/{id}",),
    ],
)
def test_what_only_looks_like_it(target: Target, more: Sequence[str]) -> None:
    found = graph(target, "/orgs", "/orgs/{id}", "/orgs/{id}/things", *more)
    assert not [one for one in found.resources if one.item_path == more[-1]]


def test_grandparents_are_known(target: Target) -> None:
    found = graph(
        target,
        *ORGS,
        "/orgs/{o}/teams",
        "/orgs/{o}/teams/{t}",
        "/orgs/{a}/teams/{b}/things",
        "/orgs/{a}/teams/{b}/things/{c}",
    )
    things = found.resource("things")
    assert things.needs == {"orgs", "teams"}
    assert read_path(things, "item") == "/orgs/{orgs.id}/teams/{teams.id}/things/{self.id}"


def test_one_name_at_two_places_is_two_things(target: Target) -> None:
    things = Resource("things", "/orgs/{id}/things", "/things/{id}", "id", {}, {"id": "orgs"})
    assert read_path(things, "list") == "/orgs/{orgs.id}/things"
    assert read_path(things, "item") == "/things/{self.id}"


def test_a_parent_that_nobody_makes_is_said_and_never_left_in_a_path(target: Target) -> None:
    things = graph(target, "/orgs", *THINGS).resource("things")
    with pytest.raises(Unsatisfiable, match=r"^no parent for \{org_id\}: /orgs/\{org_id\}/things"):
        read_path(things, "list")
    with pytest.raises(Unsatisfiable, match=r"no parent for \{org_id\}: "):
        read_path(things, "item")
    for name, operation in things.operations.items():
        with pytest.raises(Unsatisfiable, match=r"no parent for \{org_id\}: "):
            template(things, operation, name.partition(" ")[2], target)


def test_a_path_below_an_item_is_known_by_where_it_stands(target: Target) -> None:
    operations = [
        Operation("GET", "/things"),
        Operation("POST", "/things", body_schema=BODY),
        Operation("GET", "/things/{thing_id}"),
        Operation("POST", "/things/{id}/publish"),
    ]
    found = build_graph(operations, target)
    assert found.roles["POST /things/{id}/publish"] == (found.resource("things"), "below")
    assert sub_path(found.resource("things"), "/things/{id}/publish") == "/things/{self.id}/publish"
    assert template(found.resource("things"), operations[3], "below", target).path == "/things/{self.id}/publish"
    with pytest.raises(Unsatisfiable, match=r"no parent for \{comment\}: "):
        sub_path(found.resource("things"), "/things/{id}/comments/{comment}")


def test_an_item_whose_list_hangs_on_nothing_has_no_template(target: Target) -> None:
    things = Resource("things", "/orgs/{org}/things", "/things/{id}", "id", {})
    with pytest.raises(Unsatisfiable, match=r"no parent for \{org\}: "):
        template(things, Operation("DELETE", "/things/{id}"), "item", target)


URI: Mapping[str, Json] = {"type": "string", "format": "uri"}


def deep(target: Target, **properties: Json) -> tuple[list[str], tuple[str, ...]]:
    """The places below the top that are tried, and those that no probe reaches."""
    body = {"type": "object", "properties": {"title": {"type": "string"}, **properties}}
    found = graph(target, *ORGS, "/things", "/things/{id}", body=body).resource("things")
    return [one for one in found.url_rules if "." in one], found.deep_url_fields


def test_url_fields_below_the_top_are_told(target: Target) -> None:
    links = {"type": "object", "properties": {"homepage": URI, "logo": {"type": "string"}, "note": {"type": "string"}}}
    assert deep(target, links=links) == (["links.homepage", "links.logo"], ())
    assert deep(target, org=links) == ([], ("org.homepage", "org.logo"))
    assert deep(target, thing=links) == (["thing.homepage", "thing.logo"], ())
    assert deep(target, mirrors={"type": "array", "items": URI}) == ([], ("mirrors[]",))
    assert deep(target, files={"type": "array", "items": links}) == ([], ("files[].homepage", "files[].logo"))
    assert deep(target, a={"allOf": [{"type": "object", "properties": {"b": {"anyOf": [URI, {"type": "null"}]}}}]}) == (
        ["a.b"],
        (),
    )
    assert deep(target, a={"oneOf": [{"type": "null"}, {"type": "object", "properties": {"b": URI}}]}) == (["a.b"], ())


def test_url_fields_at_the_top_and_those_that_are_only_read_are_not_deep(target: Target) -> None:
    assert deep(target, homepage=URI, **{"home-page": URI}) == ([], ())
    assert deep(target, links={"readOnly": True, "type": "object", "properties": {"homepage": URI}}) == ([], ())
    assert deep(target, links={"type": "object", "properties": {"homepage": {**URI, "readOnly": True}}}) == ([], ())


def test_the_bodies_of_all_writes_are_looked_through(target: Target) -> None:
    body = {"type": "object", "properties": {"links": {"type": "object", "properties": {"homepage": URI}}}}
    operations = [
        Operation("POST", "/things", body_schema=BODY),
        Operation("PATCH", "/things/{id}", body_schema=body),
    ]
    assert list(build_graph(operations, target).resource("things").url_rules) == ["links.homepage"]


def test_a_schema_that_holds_itself_has_an_end(target: Target) -> None:
    node = {"type": "object", "properties": {"a": {"$ref": "#/$defs/Node"}, "b": {"$ref": "#/$defs/Node"}, "home": URI}}
    body = {"type": "object", "properties": {"node": {"$ref": "#/$defs/Node"}}, "$defs": {"Node": node}}
    found = graph(target, "/things", "/things/{id}", body=body).resource("things")
    assert list(found.url_rules) == ["node.home", "node.a.home", "node.b.home"]
    assert "node.a.b.home" in found.deep_url_fields


def test_a_field_that_names_another_object_is_no_url_field(target: Target) -> None:
    """A hyperlinked foreign key: its value is a canary's address, and no rule for links to the outside is meant."""
    link = {"type": "string", "format": "uri"}
    body = {
        **BODY,
        "required": ["title", "org", "logo"],
        "properties": {**BODY["properties"], "org": link, "logo": link},
    }
    found = graph(target, *ORGS, "/files", "/files/{id}", body=body).resource("files")
    assert [one.field for one in found.links] == ["org"]
    assert list(found.url_rules) == ["logo"]


def test_a_link_without_a_url_rule_is_still_a_link(tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(TEXT.replace("fields: {", "fields: {org: {rule: none}, "))
    body = {**BODY, "required": ["org"], "properties": {"org": {"type": "string", "format": "uri"}}}
    target = load(file, environment={"KEY": "k" * 20})
    assert [one.field for one in graph(target, *ORGS, "/files", "/files/{id}", body=body).resource("files").links] == [
        "org"
    ]


def wrapped(target: Target, **fields: Json) -> Json:
    """What is sent to make a thing whose fields stand in an object of the body."""
    inner = {"type": "object", "required": list(fields), "properties": fields}
    body = {"type": "object", "required": ["thing"], "properties": {"thing": inner}}
    found = graph(target, "/things", "/things/{id}", body=body)
    (things,) = found.resources
    return template(things, things.creators[0], "create", target).body


def test_the_marker_goes_where_the_fields_are(target: Target) -> None:
    text = {"type": "string"}
    assert wrapped(target, kind={"enum": ["a"]}, label=text, count={"type": "integer"}) == {
        "thing": {"kind": "a", "label": "{marker}", "count": 1}
    }
    assert wrapped(target, type={**text, "default": "things"}, label=text) == {
        "thing": {"type": "things", "label": "{marker}"}
    }


def test_no_id_inside_a_body_is_guessed(target: Target) -> None:
    with pytest.raises(Unsatisfiable, match="project_id: it names an object that no canary stands for"):
        wrapped(target, project_id={"type": "integer"}, label={"type": "string"})


def test_what_must_stand_beside_a_field_below_others_is_kept_with_it() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    inner = {"type": "object", "required": ["kind"], "properties": {"url": text, "kind": text, "rank": number}}
    data = {"type": "object", "required": ["type", "attributes"], "properties": {"type": text, "attributes": inner}}
    held = {"url": "u", "kind": "k", "rank": 1}
    body = {"data": {"type": "t", "id": "1", "attributes": held}, "note": "n"}
    schema = {"type": "object", "properties": {"data": data, "links": inner, "note": text}}
    assert with_room(schema, body, "data.attributes.url") == {
        "data": {"type": "t", "id": "1", "attributes": {"kind": "k"}}
    }
    assert with_room(schema, {"links": held, "note": "n"}, "links.url") == {"links": {"kind": "k"}}
    assert with_room(schema, {"links": held, "note": "n"}, "note") == {}


def test_what_a_path_says_is_found_out_once_for_each_resource(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, own = list[str](), inference._own_prefixes

    def counted(name: str, paths: tuple[str, str], items: Mapping[str, int], target: Target) -> list[str]:
        asked.append(name)
        return own(name, paths, items, target)

    monkeypatch.setattr(inference, "_own_prefixes", counted)
    found = graph(target, *(path for kind in range(8) for path in (f"/kind{kind}/", f"/kind{kind}/{{id}}/")))
    assert sorted(asked) == sorted(one.name for one in found.resources) == [f"kind{kind}" for kind in range(8)]


def test_an_account_in_a_path_is_no_object_that_the_run_makes(tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(f"{TEXT}resources: {{books: {{owner: {{owner_field: [path.name]}}}}}}\n")
    target = load(file, environment={"KEY": "k" * 20})
    account: Mapping[str, Json] = {
        "type": "object",
        "properties": {"password": {"type": "string"}, "title": {"type": "string"}},
    }
    books = ("/users/{name}/books", "/users/{name}/books/{id}")
    for paths in (books, ("/users", "/users/{name}", *books)):
        found = graph(target, *paths, body=account)
        named = found.resource("books")
        assert (named.parents, named.owners) == ({}, ("name",))
        assert read_path(named, "item") == "/users/{whose.name}/books/{self.id}"
    # The account itself is one that the run made: who is in the target file is written to by no name.
    users = found.resource("users")
    assert (users.owners, read_path(users, "item")) == ((), "/users/{self.id}")


def test_whoever_owns_an_object_in_a_path_made_it(tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(f"{TEXT}resources: {{things: {{owner: {{owner_field: [path.org_id]}}}}}}\n")
    things = graph(load(file, environment={"KEY": "k" * 20}), *ORGS, *THINGS).resource("things")
    assert (things.parents, things.owners) == ({"org_id": "orgs"}, ())


def made_by(target: Target, list_path: str, properties: Mapping[str, Json], *required: str) -> Resource:
    """The resource that takes such a body, beside packages that go by a word and shelves that go by a number."""
    body: Mapping[str, Json] = {"type": "object", "required": list(required), "properties": properties}
    operations = [Operation("POST", list_path, body_schema=body), Operation("GET", f"{list_path}/{{id}}")]
    for path, name, kind in (("/packages", "slug", "string"), ("/shelves", "id", "integer")):
        own = (Parameter(name, "path", True, {"type": kind}),)
        operations += [Operation("POST", path, body_schema=BODY), Operation("GET", f"{path}/{{{name}}}", own)]
    return build_graph(operations, target).resource(list_path.strip("/"))


WORD: Mapping[str, Json] = {"type": "string"}


def test_what_is_only_read_is_never_sent_though_the_document_requires_it(target: Target) -> None:
    properties = {"id": {"type": "integer", "readOnly": True}, "by": {**WORD, "readOnly": True}, "title": WORD}
    things = made_by(target, "/things", properties, "id", "by", "title")
    assert template(things, things.creators[0], "list", target).body == {"title": "{marker}"}


def test_plain_text_called_like_a_resource_names_one_that_goes_by_a_word(target: Target) -> None:
    properties = {"package": WORD, "shelf": WORD, "shelve": WORD, "title": WORD}
    things = made_by(target, "/things", properties, "package", "shelve", "title")
    body = {"package": "{packages.id}", "shelve": "{marker}", "title": "{marker}"}
    assert template(things, things.creators[0], "list", target).body == body


def test_a_change_does_not_write_into_what_an_object_is_called_by(target: Target) -> None:
    body: Mapping[str, Json] = {"type": "object", "properties": {"name": WORD, "summary": WORD}}
    operations = [
        Operation("POST", "/gems", body_schema={**body, "required": ["name"]}),
        Operation("PATCH", "/gems/{name}", body_schema=body),
        Operation("GET", "/gems/{name}"),
    ]
    gems = build_graph(operations, target).resource("gems")
    assert template(gems, operations[0], "list", target).body == {"name": "{marker}", "summary": "{marker}"}
    assert template(gems, operations[1], "item", target).body == {"summary": "{marker}"}

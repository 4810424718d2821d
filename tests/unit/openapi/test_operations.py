"""Reading operations: what the three versions say, and that one broken operation breaks no other."""

from collections.abc import Mapping
from typing import Any

import pytest

from harness.errors import DocumentError
from harness.model import FORM, Operation
from harness.openapi import Reading, accepts, read_operations, smallest_body
from tests.unit.openapi.documents import FASTAPI, PYTHON_ORG, SWAGGER, component, document, sending

SAFE = {"/ok": sending({"type": "object"})}


def by_name(reading: Reading) -> dict[str, Operation]:
    return {operation.name: operation for operation in reading.operations}


def answering(schema: Any) -> dict[str, Any]:
    return {"get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}}


def test_a_document_of_python_org() -> None:
    reading = read_operations(PYTHON_ORG)
    found = by_name(reading)
    assert list(found) == [
        "GET /api/v1/downloads/os/",
        "POST /api/v1/downloads/release_file/",
        "DELETE /api/v1/downloads/release_file/{id}/",
    ]
    assert (reading.broken, reading.notes) == ((), ())
    create = found["POST /api/v1/downloads/release_file/"].body_schema
    assert create is not None
    assert create["properties"]["gpg_signature_file"]["x-derived-from"] == {"field": "url", "suffix": ".asc"}
    assert create["properties"]["os"]["x-refers-to"] == "os"
    assert create["properties"]["slug"]["x-unique"] is True
    (number,) = found["DELETE /api/v1/downloads/release_file/{id}/"].parameters
    assert (number.name, number.place, number.required) == ("id", "path", True)
    assert number.schema == {"type": "integer", "minimum": 1, "example": 1}
    (limit,) = found["GET /api/v1/downloads/os/"].parameters
    assert (limit.name, limit.place, limit.required) == ("limit", "query", False)


def test_an_answer_is_self_contained_and_keeps_read_only() -> None:
    answer = by_name(read_operations(PYTHON_ORG))["GET /api/v1/downloads/os/"].answer_schema
    assert answer is not None
    assert answer["$ref"] == "#/$defs/OsList"
    assert answer["$defs"]["OsList"]["properties"]["objects"]["items"] == {"$ref": "#/$defs/Os"}
    assert answer["$defs"]["Os"]["properties"]["resource_uri"]["readOnly"] is True
    assert accepts(answer, {"objects": [{"name": "x", "resource_uri": "/x/1/"}]})
    assert not accepts(answer, {"objects": [{"name": 1}]})


def test_path_query_and_header_parameters_are_read() -> None:
    (update,) = read_operations(FASTAPI).operations
    assert [(each.name, each.place, each.required) for each in update.parameters] == [
        ("thing_id", "path", True),
        ("q", "query", False),
        ("x-trace", "header", False),
    ]


def test_swagger() -> None:
    found = by_name(read_operations(SWAGGER, base_path="/other"))
    assert list(found) == ["POST /v2/pets", "GET /v2/pets", "POST /v2/pets/upload"]
    body = found["POST /v2/pets"].body_schema
    assert body is not None
    properties = (
        body["$defs"]["Pet"]["properties"] if "$defs" in body and "Pet" in body["$defs"] else body["properties"]
    )
    assert properties["name"]["type"] == ["string", "null"]
    assert properties["weight"] == {"type": "number", "exclusiveMinimum": 0}
    assert properties["chip"] == {"$ref": "#/$defs/Chip", "x-refers-to": "chip"}
    assert smallest_body(body, {}) == {"name": "x", "weight": 1, "chip": {}}
    assert found["POST /v2/pets"].answer_schema == body
    assert found["POST /v2/pets/upload"].body_schema is None
    assert [each.name for each in found["GET /v2/pets"].parameters] == ["limit"]
    assert [name for name, each in found.items() if each.declared_open] == ["GET /v2/pets"]


@pytest.mark.parametrize(
    ("root", "own", "expected"),
    [
        (None, None, False),
        ([], None, True),
        ([{"key": []}], None, False),
        ([{"key": []}], [], True),
        ([], [{"key": []}], False),
        (None, [{"key": []}, {}], True),
    ],
)
def test_open_is_what_is_said_to_be(root: Any, own: Any, expected: bool) -> None:
    operation = {"responses": {}} | ({} if own is None else {"security": own})
    whole = document({"/x": {"get": operation}}) | ({} if root is None else {"security": root})
    (read,) = read_operations(whole).operations
    assert read.declared_open is expected


@pytest.mark.parametrize(
    ("servers", "base_path", "path"),
    [
        (None, "", "/x"),
        (None, "/from/target/", "/from/target/x"),
        ([{"url": "https://elsewhere.example.org/"}], "/from/target", "/from/target/x"),
        ([{"url": "https://elsewhere.example.org/api/v1/"}], "/from/target", "/api/v1/x"),
        ([{"url": "{where}/v3", "variables": {"where": {"default": "https://a.example.org/api"}}}], "", "/api/v3/x"),
        ([{"url": "https://{tenant}.example.org/v4"}], "", "/v4/x"),
        ([{"url": "relative"}], "", "/relative/x"),
        ([{"url": "http://[::1/v5"}], "/base", "/base/x"),
        ("wrong", "", "/x"),
    ],
)
def test_the_prefix_is_the_documents_or_the_targets(servers: Any, base_path: str, path: str) -> None:
    whole = document({"/x": {"get": {"responses": {}}}}) | ({} if servers is None else {"servers": servers})
    (read,) = read_operations(whole, base_path=base_path).operations
    assert read.path == path


def test_an_operations_own_server_goes_before_the_documents() -> None:
    own = {"get": {"responses": {}, "servers": [{"url": "http://169.254.169.254/own"}]}}
    whole = document({"/x": own}) | {"servers": [{"url": "/all"}]}
    assert [each.path for each in read_operations(whole).operations] == ["/own/x"]


def test_lines_are_those_of_the_operation() -> None:
    lines = {("paths", "/x", "get"): (7, 5), ("paths", "/y"): (9, 3)}
    shared: dict[str, Any] = {"get": {"responses": {}}}
    whole = document({"/x": shared, "/y": {"$ref": "#/components/pathItems/y"}, "/z": shared})
    whole["components"]["pathItems"] = {"y": shared}
    read = read_operations(whole, line=lambda place: lines.get(place, (0, 0)))
    assert [each.line for each in read.operations] == [7, 9, 0]


@pytest.mark.parametrize(
    ("media_types", "chosen"),
    [
        (("text/plain", "application/json; charset=utf-8"), "application/json; charset=utf-8"),
        (("application/xml", "application/vnd.api+json"), "application/vnd.api+json"),
        (("application/vnd.api+json", "application/json"), "application/json"),
        (("*/*",), "*/*"),
        (("multipart/form-data", "application/x-www-form-urlencoded"), "application/x-www-form-urlencoded"),
        (("application/x-www-form-urlencoded", "application/json"), "application/json"),
        (("text/plain",), None),
    ],
)
def test_the_body_is_found(media_types: tuple[str, ...], chosen: str | None) -> None:
    content = {each: {"schema": {"title": each}} for each in media_types}
    whole = document({"/x": {"post": {"requestBody": {"content": content}, "responses": {}}}})
    (read,) = read_operations(whole).operations
    assert read.body_schema == (None if chosen is None else {"title": chosen})
    assert read.in_a_form == (chosen == FORM)


def test_nullable_and_other_words_of_3_0() -> None:
    schema = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "nullable": True},
            "closed": {"type": "string", "nullable": True, "enum": ["a"]},
            "thing": {"allOf": [component("Thing")], "nullable": True},
            "beside": {"$ref": "#/components/schemas/Thing", "description": "ignored", "x-unique": True},
            "low": {"type": "integer", "minimum": 1, "exclusiveMinimum": False},
            "high": {"type": "integer", "maximum": 9, "exclusiveMaximum": True},
        },
    }
    whole = document({"/x": sending(schema)}, "3.0.3", Thing={"type": "object"})
    (read,) = read_operations(whole).operations
    assert read.body_schema is not None
    assert read.body_schema["properties"] == {
        "text": {"type": ["string", "null"]},
        "closed": {"type": "string", "enum": ["a"]},
        "thing": {"anyOf": [{"allOf": [{"$ref": "#/$defs/Thing"}]}, {"type": "null"}]},
        "beside": {"$ref": "#/$defs/Thing", "x-unique": True},
        "low": {"type": "integer", "minimum": 1},
        "high": {"type": "integer", "exclusiveMaximum": 9},
    }


def test_recursion_stays_a_reference() -> None:
    node = {"type": "object", "required": ["name"], "properties": {"name": {}, "child": component("Node")}}
    (read,) = read_operations(document({"/x": sending(component("Node"))}, Node=node)).operations
    assert read.body_schema is not None
    assert read.body_schema["$defs"]["Node"]["properties"]["child"] == {"$ref": "#/$defs/Node"}
    assert not accepts(read.body_schema, {"name": 1, "child": {"child": {}}})


def doubling(word: str, levels: int) -> dict[str, Any]:
    """Schemas of which each holds the next one twice."""
    schemas: dict[str, Any] = {f"d{levels}": {"type": "object"}}
    for level in range(levels):
        twice = [component(f"d{level + 1}")] * 2
        schemas[f"d{level}"] = {word: twice if word == "allOf" else dict(zip("ab", twice, strict=True))}
    return schemas


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"properties": {"a": schema}}
    return schema


CHAIN = {f"c{level}": {"properties": {"a": component(f"c{level + 1}")}} for level in range(3000)} | {"c3000": {}}
ENDLESS: dict[str, Any] = {}
ENDLESS["properties"] = {"a": ENDLESS}


@pytest.mark.parametrize(
    ("item", "schemas", "reason"),
    [
        (sending(component("d0")), doubling("allOf", 30), "more than 100,000 nodes"),
        (sending(component("d0")), doubling("properties", 30), "more than 100,000 nodes"),
        (sending(component("c0")), CHAIN, "nested deeper than 200 levels"),
        (sending(deep(900)), {}, "nested deeper than 100 levels"),
        (sending(ENDLESS), {}, "nested deeper than 100 levels"),
        (sending({"$ref": "http://127.0.0.9/x.json"}), {}, "reference out of the document: http://127.0.0.9/x.json"),
        (sending({"items": {"$ref": "file:///etc/passwd"}}), {}, "reference out of the document: file:///etc/passwd"),
        (sending({"$ref": "other.json#/x"}), {}, "reference out of the document: other.json#/x"),
        (sending({"$dynamicRef": "//127.0.0.9/x"}), {}, "reference out of the document: //127.0.0.9/x"),
        (sending(component("Missing")), {}, "reference to nothing: #/components/schemas/Missing"),
        ({"post": None}, {}, "operation is not a mapping"),
        ({"post": {"parameters": [{"in": "query"}], "responses": {}}}, {}, "lacks 'name'"),
        ({"post": {"parameters": "x", "responses": {}}}, {}, "must be a list"),
        ({"post": {"requestBody": {"content": []}, "responses": {}}}, {}, "`requestBody.content`"),
        ({"post": {"parameters": [{"in": "header", "name": "a\n", "schema": {}}]}}, {}, "name"),
    ],
)
def test_a_broken_operation_is_broken_alone(item: Any, schemas: Mapping[str, Any], reason: str) -> None:
    reading = read_operations(document({"/bad": item} | SAFE, **schemas))
    assert [each.name for each in reading.operations] == ["POST /ok"]
    ((name, why),) = reading.broken
    assert name == "POST /bad"
    assert reason in why


@pytest.mark.parametrize("item", [[], {"$ref": "http://127.0.0.9/item.json"}, {"$ref": "#/paths/~1bad"}])
def test_a_broken_path_is_broken_alone(item: Any) -> None:
    reading = read_operations(document({"/bad": item} | SAFE))
    assert [each.name for each in reading.operations] == ["POST /ok"]
    assert [name for name, _ in reading.broken] == ["/bad"]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(*_: object, **__: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("requests.get", fetch)
    monkeypatch.setattr("schemathesis.core.jsonschema.resolver.retrieve", fetch)
    away = {"$ref": "http://127.0.0.9/x.json"}
    named = {"$id": "http://127.0.0.9/base/", "$schema": "http://127.0.0.9/meta", "type": "object"}
    whole = document({"/a": sending(away), "/b": answering(away), "/c": sending(named)} | SAFE, Unused=away)
    whole["components"]["links"] = {"next": {"operationRef": "http://127.0.0.9/openapi.json#/paths/~1a/get"}}
    reading = read_operations(whole)
    assert [each.name for each in reading.operations] == ["GET /b", "POST /c", "POST /ok"]
    assert reading.operations[1].body_schema == {"type": "object"}


def test_an_unreadable_answer_leaves_the_operation() -> None:
    reading = read_operations(document({"/x": answering(component("Missing"))}))
    assert [each.answer_schema for each in reading.operations] == [None]
    assert reading.notes == (("GET /x", "answer not read: reference to nothing: #/components/schemas/Missing"),)


@pytest.mark.parametrize("pattern", ["[unclosed", "a{0,100000000}", "((((a{1,99}){1,99}){1,99}){1,99})b", 7])
def test_a_pattern_that_cannot_be_enforced_is_left_out_by_name(pattern: Any) -> None:
    reading = read_operations(document({"/x": sending({"type": "string", "pattern": pattern})}))
    assert reading.operations[0].body_schema == {"type": "string"}
    ((name, what),) = reading.notes
    assert name == "POST /x"
    assert what == f"pattern {str(pattern)!r} cannot be enforced and is left out"


@pytest.mark.parametrize("version", ["3.0.0", "3.0", "3.1.1", "3.1.0-rc1", 3.1])
def test_versions_that_are_read(version: Any) -> None:
    assert len(read_operations(document(SAFE, version)).operations) == 1


@pytest.mark.parametrize(
    "wrong", [{}, {"openapi": "4.0.0"}, {"swagger": "1.2"}, {"openapi": None}, {"openapi": "3.1.0", "paths": []}]
)
def test_what_is_no_document_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DocumentError):
        read_operations(wrong)


def test_a_document_without_paths_has_no_operations() -> None:
    assert read_operations({"openapi": "3.1.0", "info": {}}) == Reading(())


def test_the_document_is_left_as_it_was() -> None:
    whole = document({"/x": sending({"type": "string", "nullable": True})}, "3.0.3")
    before = repr(whole)
    read_operations(whole)
    assert repr(whole) == before


def test_a_thousand_operations_are_read() -> None:
    paths = {f"/things{number}/": sending(component("Thing")) | answering(component("Thing")) for number in range(500)}
    reading = read_operations(document(paths, Thing={"type": "object", "required": ["a"], "properties": {"a": {}}}))
    assert len(reading.operations) == 1000
    assert reading.broken == ()


@pytest.mark.parametrize("version", [{"openapi": "3.0.3"}, {"swagger": "2.0"}])
def test_a_parameter_may_have_dots_in_its_name(version: dict[str, str]) -> None:
    typed = {"schema": {"type": "string"}} if "openapi" in version else {"type": "string"}
    name = {"name": "project.metadata.name", "in": "path", "required": True, **typed}
    path = "/projects/{project.metadata.name}"
    paths = {path: {"parameters": [name], "get": {"responses": {}}, "put": {"parameters": [name], "responses": {}}}}
    reading = read_operations({**version, "info": {"title": "p", "version": "1"}, "paths": paths})
    assert reading.broken == ()
    assert [one.name for one in reading.operations] == [f"GET {path}", f"PUT {path}"]
    assert [[it.name for it in one.parameters] for one in reading.operations] == [["project.metadata.name"]] * 2

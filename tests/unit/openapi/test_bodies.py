"""The smallest body: only what is required, valid, and the same every time."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.openapi import Unsatisfiable, accepts, property_schema, read_operations, smallest_body
from tests.unit.openapi.documents import FASTAPI, PYTHON_ORG


def required(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["field"], "properties": {"field": schema}, **more}


def body_of(document: dict[str, Any], method: str) -> Any:
    (schema,) = (each.body_schema for each in read_operations(document).operations if each.method == method)
    return schema


def test_a_release_file() -> None:
    assert smallest_body(body_of(PYTHON_ORG, "POST"), {}) == {
        "name": "x",
        "slug": "x",
        "os": "https://example.com/api/v1/downloads/os/0/",
        "url": "https://www.python.org/",
    }


def test_what_is_known_is_taken_as_it_is() -> None:
    known = {"slug": "has space", "os": "/api/v1/downloads/os/7/", "filesize": 5, "unheard_of": None}
    assert smallest_body(body_of(PYTHON_ORG, "POST"), known) == {"name": "x", "url": "https://www.python.org/", **known}


def test_a_fastapi_model() -> None:
    assert smallest_body(body_of(FASTAPI, "PUT"), {}) == {
        "title": "xxx",
        "tags": [],
        "note": "2020-01-01T00:00:00Z",
        "owner": {"email": "a@example.com", "level": "low"},
    }


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": {"a": 1}}, {"a": 1}),
        ({"enum": ["b", "a"]}, "b"),
        ({"type": "integer", "default": 3}, 3),
        ({"type": "string", "example": "e"}, "e"),
        ({"type": "string", "examples": ["first", "second"]}, "first"),
        ({"type": "string", "maxLength": 2, "example": "too long"}, "x"),
        ({"type": "integer", "minimum": 10}, 10),
        ({"type": "integer", "exclusiveMinimum": 10}, 11),
        ({"type": "integer", "maximum": -5}, -5),
        ({"type": "integer", "minimum": 10, "multipleOf": 7}, 14),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"type": ["null", "integer"]}, 1),
        ({"type": "string", "minLength": 4}, "xxxx"),
        ({"type": "string", "maxLength": 0}, ""),
        ({"type": "string", "format": "date"}, "2020-01-01"),
        ({"type": "string", "format": "uuid"}, "00000000-0000-4000-8000-000000000000"),
        ({"type": "string", "format": "uri", "minLength": 22}, "https://example.com/xx"),
        ({"type": "string", "format": "email", "minLength": 15}, "xxa@example.com"),
        ({"type": "string", "format": "of-their-own"}, "x"),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}, [1, 2, 3]),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True}, ["a", "b"]),
        ({"type": "array", "prefixItems": [{"const": 1}], "items": {"const": 2}, "minItems": 2}, [1, 2]),
        ({"anyOf": [False, {"type": "integer"}]}, 1),
        ({"type": "string", "anyOf": [{"format": "uri"}, {"maxLength": 0}]}, "https://example.com/"),
        ({"oneOf": [{"type": "integer", "enum": []}, {"type": "boolean"}]}, False),
        ({"allOf": [{"type": "string", "minLength": 2}, {"maxLength": 3}, {"minLength": 3}]}, "xxx"),
        ({"allOf": [required({"type": "integer"}), required({"minimum": 4})]}, {"field": 4}),
        ({"$ref": "#/$defs/Low", "minimum": 3}, 3),
        (True, "x"),
        ({"type": "object", "minProperties": 1, "properties": {"a": {"readOnly": True}, "b": {}, "c": {}}}, {"b": "x"}),
        ({"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}}, {"a": 1}),
        (required({"type": "string"}, example={"field": "shown", "other": 1}), {"field": "x"}),
    ],
)
def test_values(schema: Any, value: Any) -> None:
    whole = required(schema, **{"$defs": {"Low": {"type": "integer", "minimum": 0}}})
    assert smallest_body(whole, {}) == {"field": value}


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (r"^\d{4}-\d{2}$", "0000-00"),
        (r"^[A-Z]{2}-(one|two)$", "AA-one"),
        (r"^[^a-z]{3}\W\Sz$", "000-xz"),
        (r"^[0-9]+(;[0-9]+)*$", "1"),
        (r"^(?=.*[A-Z])(?=.*\d).{8,}$", "Aa1!Aa1!Aa1!"),
        (r"^v\.[^\w]?(?:a|b)*$", "v."),
        (r"^[à-ü]$", "à"),
        (r"^(?!x)q(?<=q)..$", "qxx"),
    ],
)
def test_patterns(pattern: str, value: str) -> None:
    assert smallest_body(required({"type": "string", "pattern": pattern}), {}) == {"field": value}


def test_a_pattern_that_only_a_search_can_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    schema = required({"type": "string", "pattern": "^q[a-f](?<!qa)(?<!qx)$"})
    body = smallest_body(schema, {})
    assert accepts(schema, body)
    assert list(tmp_path.iterdir()) == []


def test_a_longer_text_for_a_pattern() -> None:
    schema = required({"type": "string", "pattern": "^k[0-9]+$", "minLength": 5})
    assert smallest_body(schema, {}) == {"field": "k000000"}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (required({"type": "string", "pattern": "^(a+)+b(?<!ab)$"}), "field: found no text for the pattern"),
        (required({"type": "string", "minLength": 10**9}), "field: asks for a text of more than"),
        (required({"type": "array", "minItems": 10**8}), "field: asks for more than"),
        (required({"type": "integer", "minimum": 2, "maximum": 1}), "field: found no number"),
        (required({"enum": []}), "field: nothing is allowed here"),
        (required({"type": "integer", "allOf": [{"type": "string"}]}), "field: "),
        (required({"$ref": "#/$defs/Me"}, **{"$defs": {"Me": required({"$ref": "#/$defs/Me"})}}), "field: "),
        (required({"not": {}}), "field: found no value"),
        ({"type": "object", "minProperties": "3"}, "body: its schema is itself invalid"),
        ({"$ref": "http://127.0.0.9/x.json"}, "body: its schema is itself invalid"),
        ({"type": "colour"}, "body: "),
    ],
)
def test_what_cannot_be_satisfied_is_said_in_one_line(schema: Any, why: str) -> None:
    with pytest.raises(Unsatisfiable) as caught:
        smallest_body(schema, {})
    assert str(caught.value).startswith(why)
    assert "\n" not in str(caught.value)


def test_a_known_field_that_the_object_refuses_is_named_without_its_value() -> None:
    with pytest.raises(Unsatisfiable) as caught:
        smallest_body(required({"type": "string"}, additionalProperties=False), {"surplus": "s3cr3t"})
    assert "surplus" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_a_bomb_of_alternatives_is_given_up() -> None:
    schemas: dict[str, Any] = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(20)}
    schema = {"$ref": "#/$defs/d0", "$defs": {**schemas, "d20": {"enum": []}}}
    with pytest.raises(Unsatisfiable, match="takes more than"):
        smallest_body(schema, {})


def test_an_example_serves_where_nothing_can_be_built() -> None:
    schema = required({"not": {"const": "x"}}, example={"field": "y", "other": 1})
    assert smallest_body(schema, {}) == {"field": "y"}
    assert smallest_body(schema, {"more": 2}) == {"field": "y", "more": 2}


def test_read_only_fields_are_neither_sent_nor_asked_for() -> None:
    definitions = {"Id": {"type": "integer", "readOnly": True}}
    schema = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"$ref": "#/$defs/Id"}, "name": {"type": "string"}},
        "$defs": definitions,
    }
    assert smallest_body(schema, {}) == {"name": "x"}
    assert accepts(schema, {"name": "x"})


def test_accepts() -> None:
    schema = {"type": "string", "format": "uri", "pattern": "^https:"}
    assert accepts(schema, "https://example.com/")
    assert not accepts(schema, "http://example.com/")
    assert not accepts(schema, "https: //")
    assert accepts({"minLength": "wrong"}, 1)


def test_property_schema_looks_through_what_composes() -> None:
    schema = {
        "allOf": [{"$ref": "#/$defs/Base"}, {"anyOf": [{"properties": {"b": {"$ref": "#/$defs/B"}}}, True]}],
        "$defs": {
            "Base": {"properties": {"a": {"type": "string", "x-unique": True}, "c": True, "d": False}},
            "B": {"const": 1},
        },
    }
    found = {name: property_schema(schema, name) for name in "abcde"}
    assert found["a"] == {"type": "string", "x-unique": True, "$defs": schema["$defs"]}
    assert found["b"] == {"const": 1, "$defs": schema["$defs"]}
    assert found["c"] == {"$defs": schema["$defs"]}
    assert found["d"] is not None
    assert not accepts(found["d"], 1)
    assert found["e"] is None
    assert property_schema({"$ref": "#/$defs/x", "$defs": {"x": {"allOf": [{"$ref": "#/$defs/x"}]}}}, "a") is None


LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
        st.integers(0, 50),
        st.integers(0, 9),
    ),
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
        st.integers(-1000, 1000),
        st.integers(0, 9),
    ),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, st.floats(-1e6, 1e6)),
    st.sampled_from(["date", "date-time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname", "time", "duration"]).map(
        lambda name: {"type": "string", "format": name}
    ),
    st.lists(st.integers() | st.text(max_size=5), min_size=1, max_size=3).map(lambda values: {"enum": values}),
)


def objects(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    fields = st.dictionaries(st.sampled_from("abcde"), inner, max_size=4)
    return fields.flatmap(
        lambda properties: st.lists(st.sampled_from(sorted(properties) or ["a"]), unique=True).map(
            lambda names: {"type": "object", "properties": properties, "required": names}
        )
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        objects(inner),
        st.builds(lambda items, low: {"type": "array", "items": items, "minItems": low}, inner, st.integers(0, 3)),
        st.lists(inner, min_size=1, max_size=3).map(lambda branches: {"anyOf": branches}),
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(objects(SCHEMAS))
def test_the_body_of_any_plain_schema_is_valid(schema: dict[str, Any]) -> None:
    body = smallest_body(schema, {})
    assert accepts(schema, body)
    assert set(body) == set(schema["required"])
    assert smallest_body(schema, {}) == body


def test_another_process_builds_the_same() -> None:
    program = (
        "import json; from harness.openapi import smallest_body;"
        "s={'type':'object','required':['p','q'],'properties':{'p':{'type':'string','pattern':'^q[a-f](?<!qa)$'},"
        "'q':{'type':'string','pattern':'^[A-Z]{3}$'}}};"
        "print(json.dumps(smallest_body(s,{})))"
    )
    root = str(Path(__file__).parents[3])
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1

"""What is plain is read without Schemathesis, and exactly as Schemathesis reads it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.openapi import read_operations
from harness.openapi.plain import Plain
from tests.unit.openapi.documents import FASTAPI, PYTHON_ORG, SWAGGER, component, document, sending

ROOT = Path(__file__).parents[3]
NODE = {"type": "object", "properties": {"child": component("Node"), "flag": {"type": "boolean"}}}
PAIR = {"type": "object", "properties": {"one": component("Flat"), "two": {"items": component("Flat")}}}
FLAT = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}, "example": {"id": 1}}
SCHEMAS = {"Node": NODE, "Pair": PAIR, "Flat": FLAT, "Alias": component("Flat"), "All": {"allOf": [component("Pair")]}}


def _asking(*parameters: Any, shared: Any = ()) -> dict[str, Any]:
    return {"parameters": list(shared), "get": {"parameters": list(parameters), "responses": {}}}


def _parameter(name: str, place: str = "query", **words: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {"type": "string"}} | words


PLAIN = {
    "flat": sending(component("Flat")),
    "recursive": sending(component("Node")),
    "twice": sending(component("Pair")),
    "alias": sending(component("Alias")),
    "within": sending(component("All")),
    "beside": sending({**component("Flat"), "description": "told", "x-unique": True}),
    "overlapping": sending({**component("Flat"), "required": []}),
    "inline": sending({"type": "array", "items": component("Flat"), "example": []}),
    "form": sending(component("Flat"), media_type="application/x-www-form-urlencoded"),
    "read": {"get": {"responses": {"200": {"content": {"application/json": {"schema": component("Pair")}}}}}},
    "parameters": _asking(_parameter("b"), _parameter("a", example="x"), _parameter("X-One", "header", required=True)),
    "shared": _asking(_parameter("own"), shared=[_parameter("all", "header")]),
    "referring": _asking(_parameter("kind", schema=component("Flat"))),
}
ODD = {
    "cookie": _asking(_parameter("c", "cookie"), _parameter("q")),
    "twins": _asking(_parameter("a", required=True), shared=[_parameter("a")]),
    "authorization": _asking(_parameter("Authorization", "header")),
    "content": _asking({"name": "a", "in": "query", "content": {"application/json": {"schema": component("Flat")}}}),
    "empty": _asking(_parameter("a", allowEmptyValue=True)),
    "deep": sending(component("Pair/properties/one")),
    "nowhere": sending(component("Missing")),
    "nameless": _asking({"in": "query", "schema": {}}),
    "schemaless": {"post": {"requestBody": {"content": {"application/json": {}}}, "responses": {}}},
    "slot": {"get": {"responses": {}}},
    "named": sending({"$dynamicRef": "#node"}),
}


def _unaided(monkeypatch: pytest.MonkeyPatch, whole: Mapping[str, Any]) -> Any:
    with monkeypatch.context() as patched:
        patched.setattr(Plain, "request", lambda *_: None)
        patched.setattr(Plain, "schema", lambda *_: None)
        return read_operations(whole)


def _of_target(name: str) -> Any:
    return yaml.safe_load((ROOT / "targets" / name).read_text())


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(("name", "plain"), [*((one, True) for one in PLAIN), *((one, False) for one in ODD)])
def test_both_ways_of_reading_agree(name: str, plain: bool, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/x/{a}" if name == "slot" else "/x"
    whole = document({path: (PLAIN | ODD)[name]}, version, **SCHEMAS)
    expected = _unaided(monkeypatch, whole)
    asked = []
    monkeypatch.setattr("harness.openapi.operations._library", lambda *told: asked.append(told))
    if plain:
        assert read_operations(whole) == expected
        assert asked == []
    else:
        monkeypatch.undo()
        assert read_operations(whole) == expected


@pytest.mark.parametrize(
    "whole",
    [PYTHON_ORG, FASTAPI, SWAGGER, _of_target("python-org-v1.openapi.yaml"), _of_target("python-org-v2.openapi.yaml")],
)
def test_whole_documents_are_read_alike(whole: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_operations(whole) == _unaided(monkeypatch, whole)


def test_a_plain_document_is_read_without_the_library() -> None:
    told = (
        "import json, sys; from harness.openapi import read_operations; "
        "print(len(read_operations(json.load(sys.stdin)).operations), 'schemathesis' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], input=json.dumps(PYTHON_ORG), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["3", "False"]


def test_help_imports_nothing_heavy() -> None:
    told = (
        "import sys; from harness.cli import main; main(['--help'], standalone_mode=False); "
        "print(*sorted({one.partition('.')[0] for one in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    heavy = {
        "allure",
        "hypothesis",
        "jinja2",
        "pydantic",
        "pytest",
        "requests",
        "rich",
        "schemathesis",
        "urllib3",
        "yaml",
    }
    assert "Usage" in done.stdout
    assert heavy & set(done.stderr.split()) == set()

"""The published JSON Schema: every target file that we have is valid by it, and what is wrong is not."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from harness import documents
from harness.cli import main
from harness.config import schema_of_targets
from tests.e2e.command import ROOT
from tests.unit.config.test_good_files import FULL

VALIDATOR = Draft202012Validator(schema_of_targets())
HEAD = {"version": 1, "name": "x", "base_url": "http://127.0.0.1:1", "openapi": "/openapi.json"}
OWNED = {"resources": {"a": {"create": "POST /a", "owner": "creator", "needs": ["POST /a/{id}/b"]}}}


def files() -> list[str]:
    """Target files of the project: YAML that names a base URL at its top."""
    places = (ROOT / name for name in ("targets", "tests", "harness", "docs"))
    found = [file for place in places for file in sorted(place.rglob("*.yaml"))]
    return [str(file.relative_to(ROOT)) for file in found if "\nbase_url:" in file.read_text()]


def faults(data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(data)]


@pytest.mark.parametrize("name", files())
def test_every_target_file_of_the_project_is_valid(name: str) -> None:
    assert faults(documents.parse((ROOT / name).read_bytes(), name).data) == []


def test_there_are_such_files_and_the_schema_is_one() -> None:
    assert len(files()) >= 8
    Draft202012Validator.check_schema(schema_of_targets())


GOOD: dict[str, dict[str, Any]] = {
    "short forms": OWNED,
    "long forms": {
        "openapi": {"from": "/openapi.json", "as": "admin"},
        "resources": {"a": {"create": ["POST /a", "PUT /a"], "owner": {"owner_field": ["body.owner"]}}},
        "protected": ["GET /a", {"operation": "GET /b", "proof": "body.c"}],
    },
    "durations": {"limits": {"deadline": "10s", "settle": "50ms", "rate": "50/s"}},
    "accepted": {"accept": [{"probe": "a/b", "verdict": "WEAK", "reason": "b", "owner": "c", "expires": "2027-01-01"}]},
}


@pytest.mark.parametrize("case", list(GOOD))
def test_what_is_right_is_valid(case: str) -> None:
    assert faults(HEAD | GOOD[case]) == []


def test_the_full_example_is_valid() -> None:
    assert faults(documents.parse(FULL.encode(), "full").data) == []


BAD: dict[str, dict[str, Any]] = {
    "unknown word": {"identites": {}},
    "version": {"version": 2},
    "seconds without a unit": {"limits": {"deadline": 10}},
    "another unit": {"limits": {"settle": "10h"}},
    "no base URL": {"base_url": "ftp://127.0.0.1"},
    "owner": {"resources": {"a": {"owner": "whoever"}}},
    "a word deep down": {"resources": {"a": {"needs": [{"operation": "POST /a", "when": 1}]}}},
    "a number as key": {"identities": {"a": {"key": 1}}},
    "verdict": {"accept": [{"probe": "a/b", "verdict": "HELD", "reason": "b", "owner": "c", "expires": "2027-01-01"}]},
    "day": {"accept": [{"probe": "a/b", "verdict": "WEAK", "reason": "b", "owner": "c", "expires": "soon"}]},
}


@pytest.mark.parametrize("case", list(BAD))
def test_what_is_wrong_is_not(case: str) -> None:
    assert faults(HEAD | BAD[case]) != []


def test_the_command_prints_it() -> None:
    ran = CliRunner().invoke(main, ["schema"])
    assert ran.exit_code == 0
    assert json.loads(ran.output) == schema_of_targets()

"""SARIF: what a code host requires of it, what tells results apart, and what must not be in it."""

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from harness.engine import Judged, Opened, Results, open_target
from harness.errors import UsageError
from harness.family import Family, load_families
from harness.model import Confidence, Evidence, Mutant, Operation, Outcome, Probe, Severity, Verdict
from harness.report import sarif
from harness.sweeping import Left
from tests.unit.report.factories import (
    DOCUMENT,
    ENVIRONMENT,
    FABRICATED,
    KEY,
    TARGET,
    bypassed,
    exchange,
    held,
    opened,
    probe,
    results,
    unclear,
)

SUITES = Path(__file__).parents[3] / "suites"
FAMILIES = load_families(SUITES)
POST = Operation("POST", "/api/things/", line=12)
LIMIT = 10_000_000
"""Bytes of a gzipped file that GitHub takes."""

OASIS = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parent / "schemas/sarif-2.1.0.json").read_text("utf-8-sig"))
)


def sound(text: str | bytes) -> Any:
    """The document, which is what the standard takes."""
    made = json.loads(text)
    assert [error.message for error in OASIS.iter_errors(made)] == []
    return made


def closed(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """A schema of an object that has all of `required` and nothing but the named."""
    told = {"properties": {**required, **optional}, "required": list(required), "additionalProperties": False}
    return {"type": "object", **told}


TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 1}
MESSAGE = closed({"text": {**TEXT, "maxLength": 2000}})
DESCRIBED = closed({"text": {**TEXT, "maxLength": 1024}})
LEVEL = {"enum": ["error", "warning", "note"]}
REGION = closed(dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), COUNT))
RELATIVE = {**TEXT, "pattern": r"^[A-Za-z0-9._~%-][A-Za-z0-9._~%/-]*$"}
LOCATION = closed(
    {
        "physicalLocation": closed(
            {"artifactLocation": closed({"uri": RELATIVE, "uriBaseId": {"const": "%SRCROOT%"}}), "region": REGION}
        ),
        "logicalLocations": {"type": "array", "items": closed({"fullyQualifiedName": TEXT}), "minItems": 1},
    }
)
LOCATIONS = {"type": "array", "items": LOCATION, "minItems": 1, "maxItems": 1}
HEADERS = {"type": "object", "additionalProperties": {"type": "string"}}
BODY = closed({"text": {"type": "string"}})
TAGS = {"type": "array", "items": TEXT, "contains": {"const": "security"}, "uniqueItems": True, "maxItems": 20}
RULE = closed(
    {
        "id": {**TEXT, "maxLength": 255},
        "shortDescription": DESCRIBED,
        "fullDescription": DESCRIBED,
        "help": closed({"text": TEXT, "markdown": TEXT}),
        "defaultConfiguration": closed({"level": LEVEL}),
        "properties": closed(
            {
                "tags": TAGS,
                "precision": {"enum": ["very-high", "high", "medium", "low"]},
                "security-severity": {"type": "string", "pattern": r"^(10|[0-9])\.[0-9]$"},
            }
        ),
    }
)
RESULT = closed(
    {
        "ruleId": TEXT,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": MESSAGE,
        "locations": LOCATIONS,
        "partialFingerprints": closed({"primaryLocationLineHash": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}),
        "occurrenceCount": COUNT,
        "suppressions": {
            "type": "array",
            "items": closed({"kind": {"const": "external"}, "status": {"const": "accepted"}, "justification": TEXT}),
            "maxItems": 1,
        },
        "properties": {"type": "object"},
    },
    webRequest=closed(
        {"protocol": TEXT, "version": TEXT, "method": TEXT, "target": TEXT, "headers": HEADERS}, body=BODY
    ),
    webResponse=closed(
        {},
        protocol=TEXT,
        statusCode={"type": "integer"},
        headers=HEADERS,
        body=BODY,
        noResponseReceived={"const": True},
    ),
)
NOTIFICATION = closed({"descriptor": closed({"id": TEXT}), "level": LEVEL, "message": MESSAGE}, locations=LOCATIONS)
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
INVOCATION = closed(
    {
        "executionSuccessful": {"type": "boolean"},
        "startTimeUtc": TIME,
        "toolExecutionNotifications": {"type": "array", "items": NOTIFICATION},
    },
    endTimeUtc=TIME,
)
DRIVER = closed(
    {
        "name": {"const": "Holdfast"},
        "version": TEXT,
        "rules": {"type": "array", "items": RULE, "minItems": 1},
        "notifications": {"type": "array", "items": closed({"id": TEXT}), "uniqueItems": True},
    }
)
RUN = closed(
    {
        "tool": closed({"driver": DRIVER}),
        "automationDetails": closed({"id": {"type": "string", "pattern": "^holdfast/[^/]+/$"}}),
        "invocations": {"type": "array", "items": INVOCATION, "minItems": 1, "maxItems": 1},
        "columnKind": {"const": "unicodeCodePoints"},
        "results": {"type": "array", "items": RESULT, "maxItems": 5000},
    }
)
LOG = closed(
    {
        "$schema": {"type": "string", "pattern": "sarif-schema-2\\.1\\.0\\.json$"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN, "minItems": 1, "maxItems": 1},
    }
)
"""Every property that is written, and what GitHub's code scanning asks of it."""


def logged(run: Results, folder: Path, families: Sequence[Family] = FAMILIES, at: Opened | None = None) -> Any:
    """The one run of the document, which is sound."""
    made = sound(json.dumps(sarif.document(run, at or opened(folder), families)))
    jsonschema.validate(made, LOG)
    (only,) = made["runs"]
    rules = only["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in only["results"])
    return only


def accepted(one: Probe, why: str = "known, and mended in the next release") -> Judged:
    found = bypassed(one)
    return replace(found, verdict=Verdict(Outcome.ACCEPTED, "any-change", Confidence.STATE, why))


def case(name: str, operation: Operation = POST) -> Probe:
    return probe(operation=operation, mutant=Mutant(FABRICATED).named(case=name))


def test_a_finding_exactly(tmp_path: Path) -> None:
    found = bypassed(probe(operation=POST))
    run = logged(results([found, held(probe("guest-write", "no-header", POST, Mutant()))]), tmp_path)
    (result,) = run["results"]
    properties = result.pop("properties")
    assert (properties["probe"], properties["verdict"]) == (found.probe.id, "BYPASSED")
    assert result == {
        "ruleId": "fabricated-key",
        "ruleIndex": [one.name for one in FAMILIES].index("fabricated-key"),
        "level": "error",
        "message": {
            "text": "BYPASSED(any-change, state): The key is an arbitrary word; thing 7 created. "
            "POST /api/things/ as admin."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "openapi.json", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 12, "startColumn": 1, "endLine": 12, "endColumn": 2},
                },
                "logicalLocations": [{"fullyQualifiedName": "POST /api/things/"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": "5134a09696e3d924309ddb2befc59a12"},
        "occurrenceCount": 1,
        "suppressions": [],
        "webRequest": {
            "protocol": "HTTP",
            "version": "1.1",
            "method": "POST",
            "target": "/api/things/",
            "headers": {"Authorization": "ApiKey manager:anything_here", "Content-Type": "application/json"},
            "body": {"text": '{"name": "hfmarker"}'},
        },
        "webResponse": {
            "protocol": "HTTP",
            "statusCode": 201,
            "headers": {"Content-Type": "application/json"},
            "body": {"text": '{"id": 7}'},
        },
    }
    assert run["automationDetails"] == {"id": "holdfast/paper/"}
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "startTimeUtc": "2026-07-01T12:00:00Z",
            "endTimeUtc": "2026-07-01T12:00:04Z",
            "toolExecutionNotifications": [],
        }
    ]


@pytest.mark.parametrize("change", [{"version": "2.2"}, {"runs": [{}]}, {"more": 1}])
def test_the_standard_is_kept_by_its_own_schema(tmp_path: Path, change: dict[str, Any]) -> None:
    made = sarif.document(results([]), opened(tmp_path), FAMILIES)
    assert sound(json.dumps(made))
    assert not OASIS.is_valid({**made, **change})


def test_every_family_is_a_rule_with_help(tmp_path: Path) -> None:
    rules = {one["id"]: one for one in logged(results([]), tmp_path)["tool"]["driver"]["rules"]}
    assert rules.keys() == {one.name for one in FAMILIES}
    rule = rules["fabricated-key"]
    assert rule["shortDescription"]["text"].startswith("Fabricated key: a request that names")
    assert rule["fullDescription"]["text"].startswith("This is the hole that stood in")
    assert "## How to fix it" in rule["help"]["markdown"]
    assert {"external/cwe/cwe-287", "external/owasp/API2:2023"} <= set(rule["properties"]["tags"])


@pytest.mark.parametrize(
    ("severity", "score", "level"),
    [
        (Severity.CRITICAL, "9.5", "error"),
        (Severity.HIGH, "8.0", "error"),
        (Severity.MEDIUM, "5.5", "warning"),
        (Severity.LOW, "3.0", "note"),
        (Severity.INFO, "0.5", "note"),
    ],
)
def test_severities(severity: Severity, score: str, level: str, tmp_path: Path) -> None:
    family = Family(severity, (22,), "API8:2023", name="fabricated-key", page="A claim.")
    run = logged(results([bypassed(probe(operation=POST, severity=severity))]), tmp_path, [family])
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["properties"]["security-severity"] == score
    assert rule["properties"]["tags"] == ["security", "external/cwe/cwe-022", "external/owasp/API8:2023"]
    assert rule["fullDescription"]["text"] == "A claim."
    assert (rule["defaultConfiguration"]["level"], run["results"][0]["level"]) == (level, level)


def test_one_result_per_rule_operation_identity_and_mutation(tmp_path: Path) -> None:
    put = Operation("PUT", "/api/things/{id}/", line=40)
    other = [probe(mutation="zeros", operation=POST), case("a", put), probe("foreign-key", operation=POST)]
    guest = probe(operation=POST, mutant=Mutant())
    run = logged(results([bypassed(one) for one in (case("a"), case("b"), case("c"), *other, guest)]), tmp_path)
    assert sorted(one["occurrenceCount"] for one in run["results"]) == [1, 1, 1, 1, 3]
    (many,) = (one for one in run["results"] if one["occurrenceCount"] == 3)
    assert many["message"]["text"].endswith("POST /api/things/ as admin. And 2 more by this mutation.")
    assert len({one["partialFingerprints"]["primaryLocationLineHash"] for one in run["results"]}) == 5


def test_a_fingerprint_is_the_same_whatever_was_seen(tmp_path: Path) -> None:
    one = case("a")
    first, second = bypassed(one), bypassed(case("b", replace(POST, line=99)), {"id": 8}, b"other")
    crashed = replace(first, verdict=Verdict(Outcome.CRASHED, "5xx", None, "500 twice"))
    told = [logged(results([found]), tmp_path)["results"][0] for found in (first, second, crashed)]
    assert len({each["partialFingerprints"]["primaryLocationLineHash"] for each in told}) == 1
    assert [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in told] == [12, 99, 12]


def test_what_is_accepted_is_suppressed_and_covers_nothing_up(tmp_path: Path) -> None:
    put = Operation("PUT", "/api/things/{id}/")
    run = logged(results([accepted(case("a")), bypassed(case("b")), accepted(case("a", put))]), tmp_path)
    mixed, alone = run["results"]
    assert (mixed["suppressions"], mixed["occurrenceCount"], mixed["properties"]["verdict"]) == ([], 2, "BYPASSED")
    assert alone["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "known, and mended in the next release"}
    ]


def test_what_is_advisory_or_held_is_no_result(tmp_path: Path) -> None:
    advisory = replace(bypassed(case("a")), verdict=Verdict(Outcome.WEAK, "advisory"))
    assert logged(results([advisory, held(case("b"))]), tmp_path)["results"] == []


def test_what_could_not_be_told_is_a_notification_and_no_success(tmp_path: Path) -> None:
    put = Operation("PUT", "/api/things/{id}/", line=40)
    lost = [unclear(case(name), "control", "answered 500") for name in "ab"]
    run = logged(results([*lost, unclear(case("a", put), "noise", "somebody wrote"), bypassed(case("c"))]), tmp_path)
    (invocation,) = run["invocations"]
    first, second = invocation["toolExecutionNotifications"]
    assert not invocation["executionSuccessful"]
    assert first["message"]["text"] == (
        "INCONCLUSIVE: 2 of the probes of POST /api/things/ could not tell: control; answered 500"
    )
    assert second["locations"][0]["physicalLocation"]["region"]["startLine"] == 40
    assert run["tool"]["driver"]["notifications"] == [{"id": "control"}, {"id": "noise"}]
    assert len(run["results"]) == 1


def test_a_run_that_did_not_go_to_its_end_is_no_success(tmp_path: Path) -> None:
    def told(run: Results) -> tuple[bool, list[str]]:
        (invocation,) = logged(run, tmp_path)["invocations"]
        names = [one["descriptor"]["id"] for one in invocation["toolExecutionNotifications"]]
        return invocation["executionSuccessful"], names

    def finished() -> Results:
        return results([held(case("a"))])

    aborted, left, interrupted, unjudged, lasting = (finished() for _ in range(5))
    lasting.left = (Left("thing 8", expected=True),)
    assert told(lasting) == (True, ["remains"])
    aborted.aborted, interrupted.interrupted = "a bystander changed", True
    left.left = (Left("thing 7", expected=False),)
    unjudged.selected = (*unjudged.selected, "another")
    assert told(finished()) == (True, [])
    assert told(results([])) == (False, [])
    assert told(aborted) == (False, ["aborted"])
    assert told(left) == (False, ["leftovers"])
    assert told(interrupted) == (False, ["interrupted"])
    assert told(unjudged) == (False, ["not-judged"])


def test_times_are_utc(tmp_path: Path) -> None:
    run = results([held(case("a"))])
    run.started = datetime(2026, 7, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    run.finished = None
    (invocation,) = logged(run, tmp_path)["invocations"]
    assert invocation["startTimeUtc"] == "2026-07-01T12:00:00Z"
    assert "endTimeUtc" not in invocation


def located(at: Opened, folder: Path, operation: Operation = POST) -> tuple[str, int]:
    (result,) = logged(results([bypassed(probe(operation=operation))]), folder, at=at)["results"]
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def test_a_location_is_named_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my targets"
    folder.mkdir()
    assert located(opened(folder), tmp_path) == ("openapi.json", 12)
    monkeypatch.chdir(tmp_path)
    assert located(opened(folder), tmp_path) == ("my%20targets/openapi.json", 12)
    assert located(opened(folder), tmp_path, Operation("POST", "/api/things/")) == ("my%20targets/openapi.json", 1)


def test_where_the_target_serves_its_document_the_target_file_is_the_location(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(TARGET.replace("openapi: openapi.json", "openapi: /openapi.json"))
    at = open_target(file, ENVIRONMENT, document=DOCUMENT)
    assert located(at, tmp_path) == ("target.yaml", 1)
    monkeypatch.chdir(tmp_path.parent)
    assert located(at, tmp_path) == (f"{tmp_path.name}/target.yaml", 1)


def test_the_name_of_a_target_is_one_part_of_the_category(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_bytes(DOCUMENT)
    file = tmp_path / "target.yaml"
    file.write_text(TARGET.replace("name: paper", "name: eu/staging 1"))
    made = logged(results([held(case("a"))]), tmp_path, at=open_target(file, ENVIRONMENT))
    assert made["automationDetails"] == {"id": "holdfast/eu%2Fstaging%201/"}


def test_bodies_and_headers_are_cut_and_a_missing_answer_is_told(tmp_path: Path) -> None:
    headers = (*((f"x-{number}", "y" * 1000) for number in range(50)),)
    long = replace(exchange(200, b"\xff" + b"z" * 5000), headers=(("Vary", "a"), ("Vary", "b"), *headers))
    found, silent = bypassed(case("a")), bypassed(probe("foreign-key", operation=POST))
    run = [
        replace(found, evidence=replace(found.evidence, attempts=(long,))),
        replace(silent, evidence=replace(silent.evidence, attempts=(exchange(None),))),
        replace(bypassed(probe("guest-write", operation=POST)), evidence=Evidence()),
    ]
    first, second, third = logged(results(run), tmp_path)["results"]
    answer = first["webResponse"]
    assert answer["body"]["text"] == "\ufffd" + "z" * 1023 + "…"
    assert (len(answer["headers"]), answer["headers"]["Vary"]) == (19, "a, b")
    assert max(map(len, answer["headers"].values())) == 301
    assert second["webResponse"] == {"noResponseReceived": True}
    assert not {"webRequest", "webResponse"} & third.keys()


def test_foreign_text_is_one_line_and_no_link(tmp_path: Path) -> None:
    evil = Operation("POST", "/api/\u202e[x](https://evil.example)\ud800/\n", line=3)
    hostile = replace(
        bypassed(probe(operation=evil)),
        verdict=Verdict(Outcome.BYPASSED, "any-change", None, "thing [click](javascript:1)\x1b[31m created"),
    )
    (result,) = logged(results([hostile]), tmp_path)["results"]
    text = result["message"]["text"]
    assert "\\[click\\](javascript:1)\\x1b\\[31m created" in text
    assert "/api/\\u202e\\[x\\](https://evil.example)\\ud800/\\n" in text
    assert text.isprintable()


def test_no_key_is_in_the_file(tmp_path: Path) -> None:
    at = opened(tmp_path)
    sarif.write(results([bypassed(probe(operation=POST))]), at, FAMILIES, tmp_path / "new/holdfast.sarif")
    text = (tmp_path / "new/holdfast.sarif").read_text()
    assert KEY not in text
    jsonschema.validate(json.loads(text), LOG)
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["holdfast.sarif"]


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(UsageError, match=r"name another file$") as caught:
        sarif.write(results([]), opened(tmp_path), FAMILIES, tmp_path / "file/holdfast.sarif")
    assert "\n" not in str(caught.value)


def synthetic(count: int) -> list[Judged]:
    """Findings whose answers do not compress."""
    chance = random.Random(1)
    found = []
    for number in range(count):
        operation = Operation("POST", f"/api/things{number // 20}/", line=number + 1)
        severity = Severity.LOW if number % 2 else Severity.CRITICAL
        one = bypassed(probe(mutation=f"mutation-{number % 20}", operation=operation, severity=severity))
        noise = tuple((f"x-{each}", chance.randbytes(100).hex()) for each in range(10))
        body = bytes(33 + octet % 94 for octet in chance.randbytes(sarif.BODY + 1))
        answer = replace(exchange(201, body), headers=noise)
        found.append(replace(one, evidence=replace(one.evidence, attempts=(answer,))))
    return found


def test_five_thousand_findings_are_taken(tmp_path: Path) -> None:
    sarif.write(results(synthetic(5000)), opened(tmp_path), FAMILIES, tmp_path / "holdfast.sarif")
    data = (tmp_path / "holdfast.sarif").read_bytes()
    found = sound(data)["runs"][0]["results"]
    assert len(gzip.compress(data, 6)) < LIMIT
    assert len(found) == 5000
    assert "webResponse" in found[0]
    assert "webResponse" not in found[-1]


def test_of_more_than_five_thousand_the_gravest_are_kept_and_the_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "RESULTS", 10)
    run = logged(results(synthetic(30)), tmp_path)
    (invocation,) = run["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert [one["level"] for one in run["results"]] == ["error"] * 10
    assert told["message"]["text"] == "Findings beyond 10, which stand in report.json: 20."
    assert invocation["executionSuccessful"]

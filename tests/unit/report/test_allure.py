"""Allure results: one for each verdict, none greener than its verdict, and the same history everywhere."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.config import Acceptance
from harness.engine import Accepted, Judged, Results, State
from harness.errors import HoldfastError, UsageError
from harness.family import Family, load_families
from harness.model import Confidence, Mutant, Outcome, Verdict
from harness.report import allure, files, recorded
from harness.report.allure.generating import Unshown
from tests.e2e.command import ROOT
from tests.unit.report.factories import (
    GOOD,
    NO_IDENTITY,
    PUT,
    bypassed,
    held,
    not_applicable,
    opened,
    probe,
    results,
    unclear,
)

GOT_IN = bypassed(probe())
REFUSED = held(probe("guest-write", "no-header", mutant=Mutant()))
UNTOLD = unclear(probe("guest-write", "no-header", PUT, Mutant()), "masked:400", "a validator", GOOD)
LACKING = not_applicable(probe("low-privilege-write", "own-credential", mutant=Mutant(), not_applicable=NO_IDENTITY))
FAMILIES = [one for one in load_families(ROOT / "suites") if one.name in ("fabricated-key", "guest-write")]


def told_as(outcome: Outcome, reason: str = "any-change") -> Judged:
    return replace(bypassed(probe(mutation=f"as-{outcome.lower()}")), verdict=Verdict(outcome, reason))


def made(
    run: Results, folder: Path, families: list[Family] = FAMILIES, variables: dict[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """The results, by the id of their probe."""
    files.write_files(run, opened(folder), folder / "out")
    count = allure.write(recorded.read(folder / "out"), families, folder / "allure", variables or {})
    read = [json.loads(file.read_text()) for file in (folder / "allure").glob("*-result.json")]
    assert len(read) == count == len(run.judged)
    return {one["fullName"]: one for one in read}


@pytest.mark.parametrize(
    ("judged", "status"),
    [
        (GOT_IN, "failed"),
        (told_as(Outcome.LEAKED), "failed"),
        (told_as(Outcome.CRASHED), "failed"),
        (told_as(Outcome.WEAK), "failed"),
        (told_as(Outcome.WEAK, "advisory"), "passed"),
        (told_as(Outcome.ACCEPTED), "skipped"),
        (UNTOLD, "broken"),
        (LACKING, "skipped"),
        (REFUSED, "passed"),
    ],
)
def test_only_what_held_has_passed(tmp_path: Path, judged: Judged, status: str) -> None:
    (one,) = made(results([judged]), tmp_path).values()
    assert one["status"] == status
    assert one["statusDetails"]["message"].startswith(str(judged.verdict))


def test_an_acceptance_that_covers_nothing_fails_what_it_names(tmp_path: Path) -> None:
    run = results([REFUSED])
    words = {
        "probe": "guest-write/*",
        "verdict": "BYPASSED",
        "reason": "a while",
        "owner": "us",
        "expires": "2026-08-01",
    }
    entry = Acceptance.model_validate(words)
    run.accepted = (Accepted(entry, 0, State.FIXED, (REFUSED.probe.id,)),)
    (one,) = made(run, tmp_path).values()
    assert one["status"] == "failed"
    assert "covers nothing any more" in one["statusDetails"]["message"]


def test_a_finding_as_a_reader_sees_it(tmp_path: Path) -> None:
    one = made(results([GOT_IN]), tmp_path)[GOT_IN.probe.id]
    assert one["name"] == "POST /api/things/ refuses admin: The key is an arbitrary word"
    assert one["statusDetails"]["message"] == "BYPASSED(any-change, state): thing 7 created"
    assert [(step["name"], step["status"]) for step in one["steps"]] == [
        ("control: POST /api/things/ → 201, its effect was read back", "passed"),
        ("probe: POST /api/things/ → 201", "failed"),
        ("read-back: thing 7 was created", "failed"),
        ("control after it: POST /api/things/ → 201, its effect was read back", "passed"),
    ]
    labels = {label["name"]: label["value"] for label in one["labels"]}
    expected = {"epic": "fabricated-key (CWE-287)", "feature": "POST /api/things/", "story": "admin"}
    expected |= {"parentSuite": "authentication", "severity": "blocker", "identity": "admin", "verdict": "BYPASSED"}
    assert expected.items() <= labels.items()
    assert one["links"][0] == {
        "type": "cwe",
        "name": "CWE-287",
        "url": "https://cwe.mitre.org/data/definitions/287.html",
    }
    assert one["description"].startswith("Fabricated key: ")
    assert "## How to fix it" in one["description"]
    assert "## References" not in one["description"]


def test_evidence_is_whole_for_what_did_not_hold_and_compact_for_what_did(tmp_path: Path) -> None:
    found = made(results([GOT_IN, REFUSED, UNTOLD, LACKING]), tmp_path)
    attached = {name: [(one["name"], one["type"]) for one in made["attachments"]] for name, made in found.items()}
    both = [("reproduce", "text/plain"), ("evidence", "application/json")]
    assert attached == {
        GOT_IN.probe.id: both,
        REFUSED.probe.id: [("evidence", "application/json")],
        UNTOLD.probe.id: [("evidence", "application/json")],
        LACKING.probe.id: [],
    }
    folder = tmp_path / "allure"
    named = {one["source"] for result in found.values() for one in result["attachments"]}
    assert named == {file.name for file in folder.glob("*-attachment.*")}
    assert {file.suffix for file in folder.iterdir()} == {".json", ".txt", ".properties"}
    first = found[GOT_IN.probe.id]["attachments"][0]["source"]
    assert (folder / first).read_text().startswith('curl -sSi -X POST "$BASE_URL/api/things/"')


def test_history_goes_by_the_probe_and_the_target_alone(tmp_path: Path) -> None:
    judged = [GOT_IN, REFUSED, UNTOLD, LACKING, told_as(Outcome.CRASHED)]
    ids = []
    for name, outcome in (("here", None), ("elsewhere", Outcome.HELD)):
        folder = tmp_path / name
        folder.mkdir()
        told = [
            replace(one, verdict=Verdict(outcome, "refused", Confidence.STATE)) if outcome else one for one in judged
        ]
        run = results(told)
        run.id = name
        found = made(run, folder)
        ids.append({probe: (one["historyId"], one["testCaseId"]) for probe, one in found.items()})
        hashed = [[it["value"] for it in one["parameters"] if not it.get("excluded")] for one in found.values()]
        assert hashed == [["paper"]] * len(judged)
        assert len({one["uuid"] for one in found.values()}) == len(judged)
    assert ids[0] == ids[1]
    assert len(set(ids[0].values())) == len(judged)


def test_a_run_that_did_not_end_shows_nothing_but_that(tmp_path: Path) -> None:
    made(results([REFUSED]), tmp_path)
    folder = tmp_path / "allure"
    (folder / "other-result.json").write_text("{}")
    allure.begin(folder, "another")
    allure.begin(folder, "paper")
    left = {file.name: json.loads(file.read_text()) for file in folder.glob("*-result.json")}
    assert left.pop("other-result.json") == {}
    assert len(left) == 2
    assert {(one["name"], one["status"]) for one in left.values()} == {
        ("The run on another ends", "broken"),
        ("The run on paper ends", "broken"),
    }
    assert not list(folder.glob("*-attachment.*"))


def test_what_stands_beside_the_results(tmp_path: Path) -> None:
    run = results([REFUSED])
    run.aborted = "a bystander\nof ours was chänged"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_RUN_NUMBER": "12", "GITHUB_SERVER_URL": "https://code.test"}
    made(run, tmp_path, variables=github | {"GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "34"})
    told = (tmp_path / "allure/environment.properties").read_text().splitlines()
    assert told[0] == "Target = paper"
    assert r"Ended = STOPPED as unsafe: a bystander\\nof ours was ch\u00e4nged" in told
    assert json.loads((tmp_path / "allure/executor.json").read_text()) == {
        "name": "GitHub Actions",
        "type": "github",
        "buildName": "run 0123456789ab",
        "buildOrder": 12,
        "buildUrl": "https://code.test/a/b/actions/runs/34",
    }
    made(run, tmp_path, variables={"BUILD_URL": "javascript:alert(1)", "BUILD_NUMBER": "x"})
    assert "buildUrl" not in json.loads((tmp_path / "allure/executor.json").read_text())
    categories = json.loads((tmp_path / "allure/categories.json").read_text())
    assert {one["messageRegex"].partition("[")[0] for one in categories} == set(Outcome)


def allure_command(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a command of that name on PATH, which runs this in a shell."""
    folder.mkdir()
    (folder / "allure").write_text(f"#!/bin/sh\n{body}\n")
    (folder / "allure").chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")


COUNTS = """for view in weakness identity; do
  mkdir -p report/$view/widgets
  echo "{\\"total\\": $(ls results/*-result.json | wc -l)}" > report/$view/widgets/statistic.json
done"""


def test_the_report_is_made_where_allure_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_files(results([GOT_IN, REFUSED]), opened(tmp_path), tmp_path / "out")
    report, out = recorded.read_whole(tmp_path / "out"), tmp_path / "shown"
    allure_command(tmp_path / "bin", COUNTS, monkeypatch)
    for _ in range(2):
        assert allure.generate(report, FAMILIES, out, {}) == out / "report/index.html"
    settings = json.loads((out / "allurerc.json").read_text())
    assert list(settings["plugins"]) == ["weakness", "identity"]
    assert (settings["historyPath"], settings["historyLimit"]) == ("history.jsonl", 10)
    assert len(list((out / "results").glob("*-result.json"))) == 2


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("true", Unshown, "Allure shows 0 results by weakness, and the run has 2"),
        (COUNTS.replace("wc -l", "head -1 | wc -l"), Unshown, "Allure shows 1 results by weakness"),
        ("echo oh no >&2; exit 1", Unshown, "ended with 1: oh no; Allure 3 is needed"),
        (None, UsageError, "Allure's command is not on PATH"),
    ],
)
def test_one_line_says_why_there_is_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str | None, kind: type[HoldfastError], said: str
) -> None:
    files.write_files(results([GOT_IN, REFUSED]), opened(tmp_path), tmp_path / "out")
    allure_command(tmp_path / "bin", body or "", monkeypatch)
    if body is None:
        (tmp_path / "bin/allure").unlink()
    with pytest.raises(kind) as raised:
        allure.generate(recorded.read_whole(tmp_path / "out"), FAMILIES, tmp_path / "shown", {})
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    files.write_files(results([GOT_IN]), opened(tmp_path), tmp_path / "out")
    with pytest.raises(UsageError, match="holds something else"):
        allure.generate(recorded.read_whole(tmp_path / "out"), FAMILIES, tmp_path, {})


@pytest.mark.parametrize("file", ["evidence/held.jsonl", "evidence/{fingerprint}.json"])
@pytest.mark.parametrize("content", ["{", "[]", '{"id": 1}', '{"attempts": [1]}'])
def test_evidence_that_cannot_be_read_is_said_in_one_line(tmp_path: Path, file: str, content: str) -> None:
    files.write_files(results([GOT_IN, REFUSED]), opened(tmp_path), tmp_path / "out")
    report = recorded.read(tmp_path / "out")
    (tmp_path / "out" / file.format(fingerprint=report.rows[GOT_IN.probe.id].fingerprint)).write_text(content)
    with pytest.raises(UsageError, match="run again"):
        allure.write(report, FAMILIES, tmp_path / "allure", {})


def test_a_report_that_is_older_than_its_run_is_not_shown(tmp_path: Path) -> None:
    out = tmp_path / "out"
    files.write_files(results([GOT_IN]), opened(tmp_path), out)
    line = {"kind": "run", "run": "0123456789ab", "seed": 1, "selected": [GOT_IN.probe.id]}
    for change, said in (
        ({}, ""),
        ({"run": "later"}, "older than its run"),
        ({"selected": ["a", "b"]}, "1 verdicts of 2"),
    ):
        (out / "journal.jsonl").write_text(json.dumps(line | change) + "\n")
        if said:
            with pytest.raises(UsageError, match=said):
                recorded.read_whole(out)
        else:
            assert list(recorded.read_whole(out).rows) == [GOT_IN.probe.id]
    (out / "report.json").unlink()
    with pytest.raises(UsageError, match="ended before it reported"):
        recorded.read_whole(out)

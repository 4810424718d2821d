"""Annotations and the summary of a step."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.engine import Judged, Results
from harness.errors import UsageError
from harness.model import Operation, Outcome, Severity, Verdict
from harness.report import github, markdown
from tests.unit.report.factories import KEY, bypassed, held, opened, probe, results, unclear

POST = Operation("POST", "/api/things/", line=12)
COMMAND = re.compile(r"::error file=([^,:]+),line=(\d+),title=([^,:]+)::(.+)")


def many(count: int, path: str = "thing") -> list[Judged]:
    found = []
    for number in range(count):
        operation = Operation("POST", f"/api/{path}-{number}/", line=number + 1)
        severity = Severity.LOW if number < count - 3 else Severity.CRITICAL
        found.append(bypassed(probe(mutation=f"mutation-{number}", operation=operation, severity=severity)))
    return found


def test_an_annotation_exactly(tmp_path: Path) -> None:
    run = results([bypassed(probe(operation=POST)), held(probe(mutation="zeros", operation=POST))])
    assert github.annotations(run, opened(tmp_path)) == [
        "::error file=openapi.json,line=12,title=BYPASSED%3A fabricated-key as admin::"
        "BYPASSED(any-change, state): The key is an arbitrary word; thing 7 created. "
        "POST /api/things/; in all POST on /api/things/ by 1 mutation"
    ]


def test_only_what_fails_the_run_is_annotated(tmp_path: Path) -> None:
    advisory = replace(bypassed(probe()), verdict=Verdict(Outcome.WEAK, "advisory"))
    run = results([advisory, held(probe(mutation="b")), unclear(probe(mutation="c"), "noise")])
    assert github.annotations(run, opened(tmp_path)) == []


def test_the_ten_gravest_are_annotated(tmp_path: Path) -> None:
    lines = github.annotations(results(many(30)), opened(tmp_path))
    assert len(lines) == 10
    assert [match[2] for line in lines[:3] if (match := COMMAND.fullmatch(line))] == ["28", "29", "30"]


def test_foreign_text_ends_no_command_and_begins_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a,b:c%0A"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    operation = Operation("POST", "/api/x\r\n::error::%0A::warning file=y::/", line=4)
    mutant = replace(probe().mutant, actor="me,title=x::y\n::stop-commands::z")
    found = replace(
        bypassed(probe(operation=operation, mutant=mutant)),
        verdict=Verdict(Outcome.BYPASSED, "any-change", None, "100%\n::add-mask::x"),
    )
    out = io.StringIO()
    github.write(results([found]), opened(folder), {}, out)
    (line,) = out.getvalue().splitlines()
    match = COMMAND.fullmatch(line)
    assert match
    assert (match[1], match[2]) == ("a%2Cb%3Ac%250A/openapi.json", "4")
    assert match[3] == "BYPASSED%3A fabricated-key as me%2Ctitle=x%3A%3Ay\\n%3A%3Astop-commands%3A%3Az"
    assert "100%25\\n::add-mask::x" in match[4]
    assert "%250A::warning" in match[4]


def test_escapes_are_those_of_the_runner() -> None:
    assert github._data("a%b\r\nc:d,e") == "a%25b%0D%0Ac:d,e"
    assert github._property("a%b\r\nc:d,e") == "a%25b%0D%0Ac%3Ad%2Ce"


def test_the_summary_is_appended_where_the_environment_names_a_file(tmp_path: Path) -> None:
    file, out, run = tmp_path / "summary.md", io.StringIO(), results([bypassed(probe(operation=POST))])
    file.write_text("before\n")
    at = opened(tmp_path)
    github.write(run, at, {"GITHUB_STEP_SUMMARY": str(file)}, out)
    assert file.read_text() == "before\n" + github.summary(run, at)
    assert out.getvalue().splitlines() == github.annotations(run, at)
    assert KEY not in file.read_text() + out.getvalue()


def test_without_a_file_only_the_annotations_are_printed(tmp_path: Path) -> None:
    run, at = results([bypassed(probe(operation=POST))]), opened(tmp_path)
    before = set(tmp_path.iterdir())
    for environment in ({}, {"GITHUB_STEP_SUMMARY": ""}):
        out = io.StringIO()
        github.write(run, at, environment, out)
        assert out.getvalue().splitlines() == github.annotations(run, at)
    assert set(tmp_path.iterdir()) == before


def large() -> Results:
    return results(many(5000, "thing" * 50))


def test_all_summaries_of_a_step_stay_under_its_limit(tmp_path: Path) -> None:
    at, run, file = opened(tmp_path), large(), tmp_path / "summary.md"
    made = github.summary(run, at)
    assert markdown.COMMENT < len(made.encode()) <= github.SUMMARY < 1024 * 1024
    assert "more; `report.json` has them all" in made
    for _ in range(3):
        github.write(run, at, {"GITHUB_STEP_SUMMARY": str(file)}, io.StringIO())
        assert file.stat().st_size <= github.SUMMARY
    assert file.read_text().startswith(made[:1000])


def test_a_full_summary_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_bytes(b"x" * (github.SUMMARY - 100))
    github.write(results([bypassed(probe())]), opened(tmp_path), {"GITHUB_STEP_SUMMARY": str(file)}, io.StringIO())
    assert file.stat().st_size == github.SUMMARY - 100


def test_a_summary_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"check GITHUB_STEP_SUMMARY$") as caught:
        github.write(results([]), opened(tmp_path), {"GITHUB_STEP_SUMMARY": str(tmp_path)}, io.StringIO())
    assert "\n" not in str(caught.value)

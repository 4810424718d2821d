"""Two reports side by side: what is called fixed, open or neither; and that nothing foreign comes alive."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.report import comparing, recorded

HOSTILE = "=cmd|' /C calc'!A0|<script>alert(1)</script>\x1b[2J[bold]x[/]`"


def row(
    verdict: str, name: str = "a/b[POST /x]", reason: str = "r", confidence: str | None = "state"
) -> dict[str, Any]:
    return {
        "id": name,
        "family": "a",
        "mutation": "b",
        "operation": name.partition("[")[2].rstrip("]"),
        "identity": "admin",
        "verdict": verdict,
        "reason": reason,
        "confidence": confidence,
        "severity": "high",
        "fingerprint": "f" * 16,
        "evidence": None,
        "seen": None,
    }


def report(folder: Path, name: str, *rows: dict[str, Any], **run: Any) -> recorded.Recorded:
    (folder / name).mkdir()
    told = {
        "version": 1,
        "target": {"name": "paper"},
        "run": {"id": "0", "profile": "standard", "partial": False} | run,
        "verdicts": list(rows),
    }
    (folder / name / "report.json").write_text(json.dumps(told))
    return recorded.read(folder / name)


OPEN, HELD, UNCLEAR = row("BYPASSED"), row("HELD"), row("INCONCLUSIVE", confidence=None)
CASES: dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None, str, int]] = {
    "fixed": (OPEN, HELD, "fixed", 0),
    "gone for everybody": (OPEN, row("NOT-APPLICABLE", reason="not-routed", confidence=None), "fixed", 0),
    "still open": (OPEN, OPEN, "still open", 0),
    "accepted is open": (OPEN, row("ACCEPTED"), "still open", 0),
    "newly open": (HELD, OPEN, "newly open", 1),
    "open where nothing was known": (UNCLEAR, row("LEAKED"), "newly open", 1),
    "a new operation that is open": (None, row("BYPASSED"), "newly open", 1),
    "newly inconclusive": (HELD, UNCLEAR, "newly inconclusive", 3),
    "open, and nobody knows": (OPEN, UNCLEAR, "newly inconclusive", 3),
    "held by a word alone": (OPEN, row("HELD", confidence="attested"), "not comparable", 0),
    "not applicable now": (OPEN, row("NOT-APPLICABLE", reason="no-identity", confidence=None), "not comparable", 0),
    "not asked now": (OPEN, None, "not comparable", 0),
    "an advice is no finding": (HELD, row("WEAK", reason="advisory"), "", 0),
    "held": (HELD, HELD, "", 0),
    "unclear": (UNCLEAR, UNCLEAR, "", 0),
}


@pytest.mark.parametrize("case", list(CASES))
def test_what_two_verdicts_come_to(case: str, tmp_path: Path) -> None:
    before, after, change, code = CASES[case]
    first = report(tmp_path, "first", *([before] if before else []))
    second = report(tmp_path, "second", *([after] if after else []))
    found = comparing.compare(first, second)
    assert [str(one.change) for one in found] == ([change] if change else [])
    assert comparing.exit_code(found) == code
    assert comparing.document(first, second, found)["exit"] == code


def test_a_part_of_a_run_is_not_held_against_a_whole_one(tmp_path: Path) -> None:
    held = row("HELD", "a/c[POST /x]")
    first = report(tmp_path, "first", held, partial=True)
    second = report(tmp_path, "second", OPEN, held, row("BYPASSED", "a/b[POST /new]"))
    found = {one.row.id: str(one.change) for one in comparing.compare(first, second)}
    assert found == {"a/b[POST /x]": "not comparable", "a/b[POST /new]": "newly open"}


def test_many_mutations_are_one_line(tmp_path: Path) -> None:
    rows = [row("BYPASSED", f"a/b{n}[POST /x]") for n in range(5)]
    held = [one | {"verdict": "HELD"} for one in rows]
    found = comparing.compare(report(tmp_path, "first", *rows), report(tmp_path, "second", *held))
    (line,) = comparing.lines(found)
    assert (line.change, line.family, line.operation, line.count) == ("fixed", "a", "POST /x", 5)


def test_a_narrow_terminal_shows_operations_whole(tmp_path: Path) -> None:
    path = "POST /api/v1/downloads/release_file/with/a/long/path/"
    new = row("BYPASSED", f"a/b[{path}]") | {"operation": path}
    found = comparing.compare(report(tmp_path, "first"), report(tmp_path, "second", new))
    for width in (80, 120):
        file = io.StringIO()
        comparing.show(found, Console(file=file, width=width))
        assert file.getvalue().startswith("1 newly open\n")
        assert path in file.getvalue()


def test_nothing_foreign_comes_alive(tmp_path: Path) -> None:
    nasty = row("BYPASSED", f"a/b[POST /{HOSTILE}]") | {"family": HOSTILE, "identity": HOSTILE, "reason": HOSTILE}
    found = comparing.compare(report(tmp_path, "first"), report(tmp_path, "second", nasty))
    text = comparing.markdown(found)
    assert "<script>" not in text
    assert "\x1b" not in text
    (cells,) = [line for line in text.splitlines() if line.startswith("| newly open")]
    assert cells.count("|") == 7
    file = io.StringIO()
    comparing.show(found, Console(file=file, width=400, force_terminal=True))
    assert "\x1b[2J" not in file.getvalue()
    assert "[bold]x[/]" in file.getvalue()

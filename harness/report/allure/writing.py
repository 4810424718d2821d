"""Allure results as files: those of one target, in a folder that others may write to as well."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.family import Family
from harness.model import Json, Outcome
from harness.report.allure.items import Item, digest, result
from harness.report.allure.steps import milliseconds
from harness.report.allure.surroundings import categories, environment, executor
from harness.report.facts import HELD_FILE
from harness.report.files import replace_file
from harness.report.recorded import Recorded, Row
from harness.report.text import json_lines, safe

REPRODUCE = 20_000
"""Characters of a command that are shown."""
_FINGERPRINT = re.compile("[a-z2-7]{16}")


def begin(folder: Path, target: str) -> None:
    """Takes away what an earlier run on this target has left there, and puts one result in its place that says that
    the run has not ended: whatever ends it, nothing shows as passed that was not judged.

    Raises UsageError where that cannot be done.
    """
    prefix = _prefix(target)
    said = {
        "uuid": prefix,
        "historyId": digest("unfinished", target),
        "testCaseId": digest("unfinished"),
        "fullName": "unfinished",
        "name": f"The run on {safe(target)} ends",
        "status": "broken",
        "statusDetails": {"message": "INCONCLUSIVE: the run did not end, and nothing of it can be told here"},
        "stage": "finished",
        "start": 0,
        "stop": 0,
        "labels": [{"name": "epic", "value": "The run"}, {"name": "identity", "value": "The run"}],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{prefix}-*"):
            old.unlink()
        replace_file(_unfinished(folder, target), json.dumps(said))
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}; name another --alluredir") from None


def write(report: Recorded, families: Sequence[Family], folder: Path, variables: Mapping[str, str]) -> int:
    """Writes a result for each verdict of a report, each once; gives how many. `variables` are the environment's.

    Raises UsageError where that cannot be done.
    """
    target = str(report.target.get("name"))
    begin(folder, target)
    known = {family.name: family for family in families}
    held, started = _held(report), _moment(report)
    try:
        for row in report.rows.values():
            evidence = held[row.id] if row.outcome is Outcome.HELD else _evidence(report, row)
            outdated = report.outdated.get(row.id, "")
            item = Item(row, known.get(row.family), target, str(report.run.get("id")), started, evidence, outdated)
            _write_item(item, folder, f"{_prefix(target)}-{digest(row.id)[:16]}")
            # One behind the other: what they took together is what Allure shows as the time of the run.
            started += milliseconds(evidence)
        replace_file(folder / "environment.properties", environment(report))
        replace_file(folder / "executor.json", json.dumps(executor(report, variables), indent=1))
        replace_file(folder / "categories.json", json.dumps(categories(), indent=1))
        _unfinished(folder, target).unlink()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}; name another --alluredir") from None
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{report.folder}: its evidence is not of this version of Holdfast; run again") from None
    return len(report.rows)


def _prefix(target: str) -> str:
    return f"holdfast-{digest(target)[:8]}"


def _unfinished(folder: Path, target: str) -> Path:
    return folder / f"{_prefix(target)}-unfinished-result.json"


def _write_item(item: Item, folder: Path, stem: str) -> None:
    """A result behind its attachments, so that it never names one that is not there."""
    made: list[dict[str, Json]] = []
    for name, ending, kind, text in _attachments(item):
        file = f"{stem}-{name}-attachment.{ending}"
        (folder / file).write_text(text, encoding="ascii", errors="backslashreplace")
        made.append({"name": name, "source": file, "type": kind})
    (folder / f"{stem}-result.json").write_text(json.dumps(result(item, made)), encoding="ascii")


def _attachments(item: Item) -> list[tuple[str, str, str, str]]:
    """Name, ending, type and text of each: how to send it again first. Of what a server wrote nothing stands outside
    of JSON, for a browser must not take it for a page."""
    evidence = item.evidence
    if not evidence:
        return []
    if item.row.outcome is Outcome.HELD:
        return [("evidence", "json", "application/json", json.dumps(evidence))]
    whole = ("evidence", "json", "application/json", json_lines(evidence))
    command = evidence.get("reproduce")
    if not isinstance(command, str):
        return [whole]
    return [("reproduce", "txt", "text/plain", safe(command, REPRODUCE) + "\n"), whole]


def _held(report: Recorded) -> dict[str, dict[str, Any]]:
    """The lines of what held, by id."""
    path = report.folder / HELD_FILE
    if not any(row.outcome is Outcome.HELD for row in report.rows.values()):
        return {}
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return {line["id"]: line for line in lines}
    except (OSError, ValueError, TypeError, KeyError):
        raise UsageError(f"{path}: cannot be read as what a run wrote; run again") from None


def _evidence(report: Recorded, row: Row) -> dict[str, Any]:
    if row.outcome is Outcome.NOT_APPLICABLE:
        return {}
    if not _FINGERPRINT.fullmatch(row.fingerprint):
        raise UsageError(f"{report.folder}: is no report of this version of Holdfast; run again")
    path = report.folder / "evidence" / f"{row.fingerprint}.json"
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        raise UsageError(f"{path}: cannot be read as what a run wrote; run again") from None
    if not isinstance(read, dict):
        raise TypeError("evidence is an object")
    return read


def _moment(report: Recorded) -> int:
    try:
        return round(datetime.fromisoformat(str(report.run.get("started"))).timestamp() * 1000)
    except ValueError:
        return 0

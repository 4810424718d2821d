"""A report that an earlier run wrote, read again. Its text is foreign: a target wrote some of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.engine import State, read_journal
from harness.engine.course.journal import JOURNAL
from harness.errors import UsageError
from harness.model import FINDINGS, Json, Outcome
from harness.report.files import VERSION

MOST = 200 * 1024 * 1024
"""Bytes of a report that are read at most."""
_TEXTS = ("id", "family", "mutation", "operation", "verdict", "reason", "fingerprint")


@dataclass(frozen=True, slots=True)
class Row:
    """A probe and what came of it."""

    id: str
    family: str
    mutation: str
    operation: str
    identity: str
    outcome: Outcome
    reason: str
    confidence: str
    severity: str
    fingerprint: str
    evidence: str
    """File, from the report's folder; empty where there is none."""
    seen: tuple[str, ...] = ()
    """Of a finding: the reason, and each change in the state."""
    title: str = ""
    """What should hold."""
    detail: str = ""

    @property
    def found(self) -> bool:
        """Whether something was found, accepted or not."""
        return (self.outcome in FINDINGS and self.reason != "advisory") or self.outcome is Outcome.ACCEPTED


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run as its report tells it."""

    folder: Path
    rows: Mapping[str, Row]
    """By id, in the order of the report."""
    target: Mapping[str, Json]
    run: Mapping[str, Json]
    outdated: Mapping[str, str]
    """By id, the entry of `accept` that names the probe and covers nothing any more, which fails the run."""
    leftovers: tuple[str, ...]

    @property
    def findings(self) -> list[Row]:
        """What was found."""
        return [one for one in self.rows.values() if one.found]

    def pick(self, name: str) -> Row:
        """The probe of that id or fingerprint. Raises UsageError where there is none."""
        found = self.rows.get(name) or next((one for one in self.rows.values() if one.fingerprint == name), None)
        if found is None:
            raise UsageError(f"{self.folder}: holds no probe {name!r}; ids and fingerprints stand in report.json")
        return found


def read(folder: Path) -> Recorded:
    """The report in a folder. Raises UsageError where there is none that can be read."""
    path = folder / "report.json"
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name the --out of a run") from None
    known = _parsed(data) if len(data) <= MOST else None
    if not isinstance(known, dict) or known.get("version") != VERSION or not isinstance(known.get("verdicts"), list):
        raise UsageError(f"{path}: is no report of this version of Holdfast; run again")
    rows = [_row(one) for one in known["verdicts"]]
    if None in rows or not all(isinstance(known.get(name), dict) for name in ("target", "run")):
        raise UsageError(f"{path}: is no report of this version of Holdfast; run again")
    by_id = {one.id: one for one in rows if one}
    left = tuple(str(one) for one in known.get("leftovers") or ())
    return Recorded(folder, by_id, known["target"], known["run"], _outdated(known.get("accepted")), left)


def _outdated(entries: Json) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in entries if isinstance(entries, list) else ():
        if isinstance(one, dict) and one.get("state") == State.FIXED and isinstance(one.get("probes"), list):
            found |= {str(name): f"accept: {one.get('probe')}" for name in one["probes"]}
    return found


def read_whole(folder: Path) -> Recorded:
    """The same, where it is of the run that the folder's journal tells of, and holds every verdict of that.

    Raises UsageError where it is of an earlier run, or falls short.
    """
    past = read_journal(folder) if (folder / JOURNAL).exists() else None
    if past and not (folder / "report.json").exists():
        raise UsageError(f"{folder}: its run was ended before it reported; go on with `holdfast resume {folder}`")
    report = read(folder)
    if past and report.run.get("id") != past.facts["run"]:
        raise UsageError(f"{folder}: its report is older than its run, which did not end: `holdfast resume {folder}`")
    if past and len(report.rows) != len(set(past.selected)):
        raise UsageError(f"{folder}: its report has {len(report.rows)} verdicts of {len(past.selected)}; run again")
    return report


def _parsed(data: bytes) -> Json:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _row(value: Json) -> Row | None:
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in _TEXTS):
        return None
    if value["verdict"] not in set(Outcome):
        return None
    told: dict[str, Any] = {
        name: str(value.get(name) or "")
        for name in ("identity", "confidence", "severity", "evidence", "title", "detail")
    }
    seen = value.get("seen") or ()
    if not isinstance(seen, list | tuple) or not all(isinstance(one, str) for one in seen):
        return None
    told |= {"seen": tuple(seen)}
    texts = {name: value[name] for name in _TEXTS if name != "verdict"}
    return Row(outcome=Outcome(value["verdict"]), **texts, **told)

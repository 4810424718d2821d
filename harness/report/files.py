"""`report.json` and the evidence behind it, as files."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from harness.engine import Judged, Opened, Results, effects_of
from harness.errors import UsageError
from harness.model import Json, Outcome
from harness.report import accepted
from harness.report.evidence import evidence_of, held_line
from harness.report.facts import HELD_FILE, controls, evidence_file, expected, last_status, told_of, whom
from harness.report.facts import fingerprint as fingerprint_of
from harness.report.text import json_pieces

VERSION = 1
"""Of the form of `report.json`."""
EFFECT = 500
"""Characters of an effect's text that `report.json` holds at most."""
DETAIL = 500
"""The same of what the oracle says besides."""


def write_files(results: Results, opened: Opened, out: Path) -> None:
    """Writes `report.json` and the folder `evidence` into `out`, each file whole or not at all, the report last.

    Raises UsageError where that cannot be done.
    """
    try:
        # A run into the same folder must not keep the evidence of the one before.
        shutil.rmtree(out / "evidence", ignore_errors=True)
        (out / "evidence").mkdir(parents=True, exist_ok=True)
        for name, pieces in _files(results):
            replace_pieces(out / name, pieces)
        replace_pieces(out / "report.json", json_pieces(document(results, opened)))
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; name another folder with --out") from None


def document(results: Results, opened: Opened) -> dict[str, Json]:
    """The report as JSON, its verdicts one by one. Planned is judged, not applicable and deselected together."""
    counts = Counter(one.verdict.outcome for one in results.judged.values())
    selected = set(results.selected)
    cost = {name: round(value, 3) for name, value in asdict(results.cost).items()}
    return {
        "version": VERSION,
        "target": {
            "name": opened.target.name,
            "file": str(opened.target.source),
            "base_url": str(opened.target.base_url),
            "openapi_sha256": opened.document_digest,
        },
        "run": {
            "id": results.id,
            "started": results.started.isoformat(timespec="seconds"),
            "finished": results.finished.isoformat(timespec="seconds") if results.finished else None,
            "seed": results.seed,
            "profile": results.plan.profile,
            "partial": results.partial,
            "shard": results.shard or None,
            "interrupted": results.interrupted,
            "aborted": results.aborted or None,
            "notices": list(results.notices),
        },
        "counts": {str(outcome): counts[outcome] for outcome in Outcome},
        "coverage": {
            "planned": len(results.plan.probes),
            "judged": len(results.judged) - counts[Outcome.NOT_APPLICABLE],
            "not_applicable": counts[Outcome.NOT_APPLICABLE],
            "deselected": sum(1 for probe in results.plan.probes if probe.id not in selected),
        },
        "cost": cost,
        "verdicts": (_verdict(one, results.observer) for one in results.judged.values()),
        "accepted": accepted.rows(results),
        "identities": _identities(results),
        "operations": [
            {"operation": name, "control": "failed" if why else "good", "reason": why or None}
            for name, why in controls(results).items()
        ],
        "leftovers": list(results.leftovers),
    }


def _verdict(judged: Judged, observer: bool) -> dict[str, Json]:
    probe, verdict = judged.probe, judged.verdict
    effect = "; ".join(map(str, judged.evidence.effects))
    return {
        "id": probe.id,
        "title": expected(probe),
        "family": probe.family,
        "mutation": probe.mutation,
        "operation": probe.operation.name,
        # What is planned without an identity, or not applicable, holds no mutant that could tell.
        "identity": None if observer or probe.not_applicable else whom(probe),
        "verdict": verdict.outcome,
        "reason": verdict.reason,
        "confidence": verdict.confidence,
        "detail": verdict.detail[:DETAIL] or None,
        "severity": probe.severity,
        "status": last_status(judged),
        "effect": effect[:EFFECT] or None,
        "seen": list(effects_of(judged)) if told_of(verdict) else None,
        "fingerprint": fingerprint_of(probe),
        "evidence": evidence_file(judged),
    }


def _identities(results: Results) -> list[dict[str, Json]]:
    """The entitled identity, which any good control proves, and those whose standing was looked into."""
    rows = [{"name": one.name, "role": one.role, "proved": one.proved} for one in results.standings]
    if results.observer:
        return rows
    good = any(one.evidence.before and one.evidence.before.good for one in results.judged.values())
    own = {"name": results.plan.roles["admin"].name, "role": "admin", "proved": "proved" if good else "unproved"}
    return [own, *rows]


def _files(results: Results) -> Iterator[tuple[str, Iterator[str]]]:
    held = (held_line(one) for one in results.judged.values() if evidence_file(one) == HELD_FILE)
    yield HELD_FILE, (json.dumps(one) + "\n" for one in held)
    for judged in results.judged.values():
        name = evidence_file(judged)
        if name and name != HELD_FILE:
            yield name, json_pieces(evidence_of(judged))


def replace_file(path: Path, text: str) -> None:
    """Writes a file whole or not at all. Raises OSError."""
    replace_pieces(path, (text,))


def replace_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Writes a file of these pieces, whole or not at all. Raises OSError."""
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise

"""The findings of a run as SARIF 2.1.0, in the form that a code host takes in whole."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from harness import __version__
from harness.engine import Judged, Opened, Results
from harness.errors import UsageError
from harness.family import Family
from harness.model import Exchange, Json, Operation, Outcome, Probe, Severity
from harness.report.accepted import remarks
from harness.report.facts import evidence_file, fingerprint, is_finding, whom
from harness.report.failure import headline
from harness.report.files import replace_file
from harness.report.text import safe

Object: TypeAlias = dict[str, Json]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/cos02/schemas/sarif-schema-2.1.0.json"
RESULTS = 5_000
"""Results at most, the gravest first: a code host keeps no more of one upload."""
BODY = 1024
"""Bytes of a body that are kept."""
HEADERS = 20
"""Headers of a message that are kept."""
EXCHANGES = 6_000_000
"""Characters of all exchanges together; findings beyond them go without, so that the file stays under 10 MB gzipped,
whatever a server answers."""
DESCRIPTION = 1000
"""Characters of a rule's description; a code host takes 1,024."""

SCORES: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.5",
}
_LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}


def write(results: Results, opened: Opened, families: Sequence[Family], path: Path) -> None:
    """Writes the document, whole or not at all. Raises UsageError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, json.dumps(document(results, opened, families)) + "\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}; name another file") from None


def document(results: Results, opened: Opened, families: Sequence[Family]) -> Object:
    """A log of one run: a rule per family, a result per family, operation, identity and mutation that got in."""
    found = _grouped(results.judged.values())
    indices = {family.name: index for index, family in enumerate(families)}
    told = list(_notifications(results, opened, len(found)))
    driver = {
        "name": "Holdfast",
        "version": __version__,
        "rules": [_rule(family) for family in families],
        "notifications": [{"id": name} for name in sorted({one["descriptor"]["id"] for one in told})],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"holdfast/{quote(safe(opened.target.name), safe='')}/"},
        "invocations": [_invocation(results, told)],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(found[:RESULTS], opened, indices)),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def place(opened: Opened, operation: Operation) -> tuple[str, int]:
    """File and line, from 1, at which a finding is shown: the operation in the OpenAPI document, or the top of the
    target file where the target serves its document itself.

    The file is named from the working directory, which in a build is the top of the repository; outside of it, as in
    the target file.
    """
    target = opened.target
    file = target.document_file
    path, here = Path(os.path.abspath(file or target.source)), Path.cwd()
    name = path.relative_to(here).as_posix() if path.is_relative_to(here) else None
    if file is None:
        return name or target.source.name, 1
    return name or target.openapi, max(operation.line, 1)


def line_hash(probe: Probe) -> str:
    """What tells a result from others in every run, whatever host, object and answer it was found by."""
    told = [probe.family, probe.operation.method, probe.operation.path, whom(probe), probe.mutation]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _grouped(judged: Iterable[Judged]) -> list[list[Judged]]:
    """Findings, and accepted ones, that make one result each, gravest first; what is accepted stands behind what is
    not, so that it covers nothing up."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        if is_finding(one.verdict) or one.verdict.outcome is Outcome.ACCEPTED:
            groups.setdefault(line_hash(one.probe), []).append(one)
    severities, outcomes = list(Severity), list(Outcome)
    for group in groups.values():
        group.sort(key=lambda one: outcomes.index(one.verdict.outcome))
    return sorted(
        groups.values(),
        key=lambda group: (
            severities.index(group[0].probe.severity),
            outcomes.index(group[0].verdict.outcome),
        ),
    )


def _results(found: Iterable[Sequence[Judged]], opened: Opened, indices: Mapping[str, int]) -> Iterator[Object]:
    room = EXCHANGES
    for group in found:
        exchanges = _exchanges(group[0])
        room -= len(json.dumps(exchanges))
        yield _result(group, opened, indices) | (exchanges if room >= 0 else {})


def _result(group: Sequence[Judged], opened: Opened, indices: Mapping[str, int]) -> Object:
    first = group[0]
    probe, verdict = first.probe, first.verdict
    more = f" And {len(group) - 1} more by this mutation." if len(group) > 1 else ""
    text = f"{headline(first)}. {probe.operation.name} as {whom(probe)}.{more}"
    accepted = {"kind": "external", "status": "accepted", "justification": safe(verdict.detail) or safe(verdict.reason)}
    return {
        "ruleId": safe(probe.family),
        "ruleIndex": indices.get(probe.family, -1),
        "level": _LEVELS[probe.severity],
        "message": {"text": _plain(text)},
        "locations": [_location(opened, probe.operation)],
        "partialFingerprints": {"primaryLocationLineHash": line_hash(probe)},
        "occurrenceCount": len(group),
        # Where one result has them, all must: an empty list says "not accepted".
        "suppressions": [accepted] if verdict.outcome is Outcome.ACCEPTED else [],
        "properties": {
            "probe": safe(probe.id),
            "mutation": safe(probe.mutation),
            "identity": safe(whom(probe)),
            "verdict": verdict.outcome,
            "reason": safe(verdict.reason),
            "confidence": verdict.confidence,
            "fingerprint": fingerprint(probe),
            "evidence": evidence_file(first),
        },
    }


def _location(opened: Opened, operation: Operation) -> Object:
    file, line = place(opened, operation)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(os.fsencode(file)), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 2},
        },
        "logicalLocations": [{"fullyQualifiedName": safe(operation.name)}],
    }


def _plain(text: str) -> str:
    """The text on one line, with nothing in it that would be read as a link."""
    shown = safe(text, 1000)
    return shown.replace("[", "\\[").replace("]", "\\]")


def _exchanges(judged: Judged) -> Object:
    """The last attempt, as it may be shown."""
    if not judged.evidence.attempts:
        return {}
    last = judged.evidence.attempts[-1]
    request = last.request
    sent: Object = {
        "protocol": "HTTP",
        "version": "1.1",
        "method": safe(request.method),
        "target": safe(request.target, BODY),
        "headers": _headers(request.headers),
    }
    if request.body is not None:
        sent["body"] = _body(request.body)
    return {"webRequest": sent, "webResponse": _answer(last)}


def _answer(exchange: Exchange) -> Object:
    if exchange.status is None:
        return {"noResponseReceived": True}
    return {
        "protocol": "HTTP",
        "statusCode": exchange.status,
        "headers": _headers(exchange.headers),
        "body": _body(exchange.body),
    }


def _headers(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers[:HEADERS]:
        key, shown = safe(name, 100), safe(value)
        found[key] = f"{found[key]}, {shown}" if key in found else shown
    return found


def _body(body: bytes) -> dict[str, str]:
    text = body[:BODY].decode("utf-8", "replace")
    return {"text": text if len(body) <= BODY else f"{text}…"}


def _rule(family: Family) -> Object:
    tags = ["security", *(f"external/cwe/cwe-{number:03}" for number in family.cwe)]
    return {
        "id": safe(family.name),
        "shortDescription": {"text": family.claim[:DESCRIPTION]},
        "fullDescription": {"text": _why(family)[:DESCRIPTION]},
        "help": {"text": family.page, "markdown": family.page},
        "defaultConfiguration": {"level": _LEVELS[family.severity]},
        "properties": {
            "tags": [*tags, f"external/owasp/{family.owasp}"],
            "precision": "high",
            "security-severity": SCORES[family.severity],
        },
    }


def _why(family: Family) -> str:
    """First paragraph of the page that is neither its claim nor a heading."""
    paragraphs = (" ".join(one.split()) for one in family.page.split("\n\n")[1:])
    return next((one for one in paragraphs if one and not one.startswith("#")), family.claim)


def _invocation(results: Results, told: Sequence[Object]) -> Object:
    times = {"startTimeUtc": _instant(results.started)}
    if results.finished:
        times["endTimeUtc"] = _instant(results.finished)
    # Findings are a success of the tool; what it could not tell is none.
    whole = all(one["level"] != "error" for one in told) and results.exit_code(strict=False) in (0, 1)
    return {"executionSuccessful": whole, **times, "toolExecutionNotifications": list(told)}


def _notifications(results: Results, opened: Opened, found: int) -> Iterator[Object]:
    """What the run could not tell, one for each operation and reason, and what became of the run as a whole."""
    if results.profile:
        yield _notification("profile", f"Only the most telling probes were sent: {results.profile}.", "note")
    if results.aborted:
        yield _notification("aborted", f"Stopped as unsafe: {results.aborted}")
    for remark in remarks(results, opened)[:RESULTS]:
        yield _notification("accept", remark.text, "warning")
    if results.unremoved:
        yield _notification("leftovers", f"Objects of this run that could not be removed: {len(results.unremoved)}.")
    if remains := len(results.left) - len(results.unremoved):
        text = f"Objects of this run that stay, since the API has no way to remove them: {remains}."
        yield _notification("remains", text, "note")
    if results.interrupted:
        yield _notification("interrupted", "The run was interrupted.")
    missing = len(results.selected) - len(results.judged)
    if missing > 0:
        yield _notification("not-judged", f"Probes without a verdict: {missing}.")
    if found > RESULTS:
        text = f"Findings beyond {RESULTS}, which stand in report.json: {found - RESULTS}."
        yield _notification("left-out", text, "note")
    groups: dict[tuple[str, str], list[Judged]] = {}
    for one in results.judged.values():
        if one.verdict.outcome is Outcome.INCONCLUSIVE:
            groups.setdefault((one.probe.operation.name, one.verdict.reason), []).append(one)
    for (name, reason), members in groups.items():
        first = members[0]
        text = f"INCONCLUSIVE: {len(members)} of the probes of {name} could not tell: {reason}; {first.verdict.detail}"
        yield _notification(reason, text) | {"locations": [_location(opened, first.probe.operation)]}


def _notification(name: str, text: str, level: str = "error") -> Object:
    return {"descriptor": {"id": safe(name)}, "level": level, "message": {"text": _plain(text)}}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""One probe as an Allure result."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from harness.family import Family
from harness.model import Json, Outcome, Severity
from harness.report.allure.steps import milliseconds, steps
from harness.report.recorded import Row
from harness.report.text import safe

TEXT = 4000
"""Characters of a text for a person."""
WORD = 200
"""Characters of a label's value."""
_SEVERITIES: Mapping[str, str] = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "normal",
    Severity.LOW: "minor",
    Severity.INFO: "trivial",
}
_UNTOLD = "not tested"


@dataclass(frozen=True, slots=True)
class Item:
    """What is shown of one probe."""

    row: Row
    family: Family | None
    """None where the family is not known here."""
    target: str
    run: str
    started: int
    """When the run began, in milliseconds."""
    evidence: Mapping[str, Json]
    """The probe's evidence file; of what held, its line; empty where there is none."""
    outdated: str = ""
    """The entry of `accept` that covers this probe without need, and so fails it; empty for none."""

    @property
    def status(self) -> str:
        """The status: what could not be told is broken, and only what held, or is mere advice, has passed."""
        outcome = self.row.outcome
        if outcome is Outcome.INCONCLUSIVE:
            return "broken"
        if outcome in (Outcome.NOT_APPLICABLE, Outcome.ACCEPTED):
            return "skipped"
        return "failed" if self.row.found or self.outdated else "passed"


def digest(*parts: str) -> str:
    """32 characters that stand for these texts on every machine."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def result(item: Item, attachments: list[dict[str, Json]]) -> dict[str, Json]:
    """The result. What history goes by is the probe's id and the target's name alone."""
    row = item.row
    history, made = digest(row.id, item.target), steps(item.evidence, item.status, item.started)
    told = f"{row.outcome}({row.reason}{f', {row.confidence}' if row.confidence else ''})"
    more = f"{item.outdated} covers nothing any more; remove it from the target file" if item.outdated else row.detail
    return {
        "uuid": str(uuid.UUID(digest(item.run, history))),
        "historyId": history,
        "testCaseId": digest(row.id),
        "fullName": safe(row.id, TEXT),
        "name": safe(row.title or row.id, TEXT),
        "status": item.status,
        "statusDetails": {
            "message": safe(": ".join(filter(None, (told, more))), TEXT),
            "trace": "\n".join(str(one["name"]) for one in made),
            "known": row.outcome is Outcome.ACCEPTED,
        },
        "stage": "finished",
        "start": item.started,
        "stop": item.started + milliseconds(item.evidence),
        "description": _description(item),
        "labels": [{"name": name, "value": safe(value, WORD)} for name, value in _labels(item)],
        "links": _links(item.family),
        "parameters": _parameters(item),
        "steps": made,
        "attachments": attachments,
    }


def _labels(item: Item) -> list[tuple[str, str]]:
    row, family = item.row, item.family
    identity = row.identity or _UNTOLD
    found = [
        ("epic", f"{row.family} (CWE-{family.cwe[0]})" if family and family.cwe else row.family),
        ("feature", row.operation),
        ("story", identity),
        ("parentSuite", family.file.parent.name if family else "suites"),
        ("suite", row.operation),
        ("subSuite", identity),
        ("severity", _SEVERITIES.get(row.severity, "normal")),
        ("tag", row.outcome),
        ("framework", "holdfast"),
        ("identity", identity),
        ("operation", row.operation),
        ("family", row.family),
        ("technique", row.mutation),
        ("verdict", row.outcome),
        ("reason", row.reason),
    ]
    if row.confidence:
        found.append(("confidence", row.confidence))
    if family:
        found += [("owasp", family.owasp), *(("cwe", f"CWE-{number}") for number in family.cwe)]
    return found


def _parameters(item: Item) -> list[dict[str, Json]]:
    row = item.row
    told = (("operation", row.operation), ("identity", row.identity or _UNTOLD), ("mutation", row.mutation))
    # The name of the full id holds all of these: history must not go by what a later version shows otherwise.
    shown: list[dict[str, Json]] = [{"name": name, "value": safe(value), "excluded": True} for name, value in told]
    return [{"name": "target", "value": safe(item.target)}, *shown]


def _links(family: Family | None) -> list[dict[str, Json]]:
    address = "https://cwe.mitre.org/data/definitions"
    numbers = family.cwe if family else ()
    return [{"type": "cwe", "name": f"CWE-{one}", "url": f"{address}/{one}.html"} for one in numbers]


def _description(item: Item) -> str:
    """Markdown, of the family's page alone: no text of the target's is in it."""
    family = item.family
    if family is None:
        return ""
    if item.status != "failed":
        return family.claim
    _, heading, rest = family.page.partition("\n## How to fix it\n")
    return f"{family.claim}{heading}{rest.partition(chr(10) + '## ')[0]}"

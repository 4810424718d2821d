"""What the target calls a refusal."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.config import Denial, matches
from harness.model import REFUSALS, Evidence, Exchange, Json, Operation, Probe

REJECTIONS = frozenset({400, 409, 422})
"""Statuses that say: not this."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the target calls a refusal."""

    unauthenticated: frozenset[int] = REFUSALS
    forbidden: frozenset[int] = REFUSALS
    invalid: frozenset[int] = frozenset({400, 422})
    denials: tuple[Denial, ...] = field(default=())
    crashes_pass: bool = False
    """Whether a crash is told and does not fail a run."""
    strict_reads: bool = False
    """Whether a bad credential on a public read is to be refused, and not served as a guest."""


def listed_for(probe: Probe, rules: Rules) -> frozenset[int]:
    return rules.forbidden if probe.mutant.credential.valid else rules.unauthenticated


def denied(probe: Probe, evidence: Evidence, rules: Rules, answer: Exchange) -> bool:
    """Whether the owner calls this answer a refusal, in words that do not mean the control's success, too."""
    control = evidence.before.exchange if evidence.before else None
    return any(
        denies(one, probe.operation, answer) and not (control and control.ok and denies(one, probe.operation, control))
        for one in rules.denials
    )


def denies(denial: Denial, operation: Operation, answer: Exchange) -> bool:
    """Whether the owner calls this answer a refusal, whatever its status."""
    meant = denial.operation is None or matches(denial.operation, operation.method, operation.path)
    return meant and _is_said(denial, answer)


def denied_by(denials: Iterable[Denial], answer: Exchange) -> bool:
    """Whether the owner calls this answer to any request a refusal; of a 2xx only by what is in it."""
    request = answer.request
    path = request.target.partition("?")[0]
    return any(
        (denial.json_ is not None or denial.status >= 300)
        and _is_said(denial, answer)
        and (denial.operation is None or matches(re.sub(r"\{[^{}/]+\}", "*", denial.operation), request.method, path))
        for denial in denials
    )


def _is_said(denial: Denial, answer: Exchange) -> bool:
    return (
        answer.status == denial.status
        and (denial.location is None or denial.location in (answer.header("location") or ""))
        and all(_holds(answer.json, path, value) for path, value in (denial.json_ or {}).items())
    )


def _holds(value: Json, path: str, wanted: Json) -> bool:
    """Whether the value at a path is there and is this one; JSON's true is no 1."""
    for name, index in re.findall(r"\.([^.\[]+)|\[([0-9]+)\]", path):
        if name and isinstance(value, dict) and name in value:
            value = value[name]
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return False
    return json.dumps(value, sort_keys=True) == json.dumps(wanted, sort_keys=True)

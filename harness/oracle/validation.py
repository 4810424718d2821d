"""Whether a body was looked at before anybody was asked who sent it."""

import re

from harness.model import REFUSALS, Evidence, Json, Probe
from harness.oracle.rules import REJECTIONS

_DEPTH = 6


def validated_first(probe: Probe, evidence: Evidence) -> bool:
    """Whether a refusal of a wrong body names the field that is wrong, where a right body is refused for its sender."""
    answer, reference, name = evidence.attempts[-1], evidence.reference, probe.mutant.invalid
    if answer.status not in REJECTIONS or reference is None or reference.status not in REFUSALS:
        return False
    return _speaks_of(answer.json, name, _DEPTH, within=False) and not _speaks_of(
        reference.json, name, _DEPTH, within=False
    )


def _speaks_of(value: Json, name: str, left: int, within: bool) -> bool:
    """Whether an answer points to a field. A word of its own, as `title` at the top of a problem (RFC 9457), is none,
    but for one that holds several things."""
    match value:
        case str():
            return re.split(r"[./]", value)[-1] == name
        case list() if left:
            return any(_speaks_of(one, name, left - 1, within) for one in value)
        case dict() if left:
            named = name in value and (within or isinstance(value[name], list | dict))
            return named or any(_speaks_of(one, name, left - 1, within=True) for one in value.values())
    return False

"""What every report says of a probe, read off its evidence."""

import base64
import hashlib
import json
from functools import lru_cache

from harness.engine import Judged, Results
from harness.model import FINDINGS, Expect, Outcome, Probe, Verdict

HELD_FILE = "evidence/held.jsonl"
GUEST, NOBODY = "guest", "nobody"
_HOLDS = {
    Expect.REFUSED: "refuses",
    Expect.INVALID: "takes nothing invalid from",
    Expect.GUEST_VIEW: "shows no more than a guest sees to",
    Expect.IGNORED: "grants nothing more to",
}


def fingerprint(probe: Probe) -> str:
    """16 characters of a-z and 2-7 that name the probe in every run, on every machine, against every host."""
    operation = probe.operation
    return _fingerprint(probe.family, probe.mutation, operation.method, operation.path, probe.mutant.pairs)


@lru_cache(maxsize=16_384)
def _fingerprint(family: str, mutation: str, method: str, path: str, pairs: tuple[tuple[str, str], ...]) -> str:
    told = [family, mutation, method, path, sorted(pairs)]
    digest = hashlib.sha256(json.dumps(told).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:16]


def whom(probe: Probe) -> str:
    """As whom the mutant went: an identity's name, `guest` where it bears no credential, `nobody` for a made-up
    name."""
    mutant, credential = probe.mutant, probe.mutant.credential
    if mutant.actor:
        return mutant.actor
    if not credential.via or credential.literal is not None or credential.cut == "scheme":
        return GUEST
    if credential.username.of:
        return credential.username.of
    blank = not credential.username.text and not credential.key.text and not credential.key.of
    return GUEST if blank else NOBODY


def expected(probe: Probe) -> str:
    """What should hold, for a person: the operation, what it does with the mutant, and what that is."""
    mutant, title = probe.mutant, probe.title.rstrip(".")
    if probe.not_applicable:
        return f"{probe.operation.name}: {title}"
    holds = "hands no secret to" if mutant.listens else _HOLDS[mutant.expect]
    case = " ".join(f"{key}={value}" for key, value in mutant.pairs)
    return f"{probe.operation.name} {holds} {whom(probe)}: {title}{f' ({case})' if case else ''}"


def is_finding(verdict: Verdict) -> bool:
    """Whether the verdict fails the run."""
    return verdict.outcome in FINDINGS and verdict.reason != "advisory"


def told_of(verdict: Verdict) -> bool:
    """Whether something was found, whether or not that fails the run."""
    return verdict.outcome in FINDINGS or verdict.outcome is Outcome.ACCEPTED


def evidence_file(judged: Judged) -> str | None:
    """Where the probe's evidence stands, from the report's folder; None where there is none."""
    if judged.verdict.outcome is Outcome.NOT_APPLICABLE:
        return None
    return HELD_FILE if judged.verdict.outcome is Outcome.HELD else f"evidence/{fingerprint(judged.probe)}.json"


def last_status(judged: Judged) -> int | None:
    """Status of the mutant's last answer."""
    return judged.evidence.attempts[-1].status if judged.evidence.attempts else None


def controls(results: Results) -> dict[str, str]:
    """Per operation, and per variant of its control, why the control failed; empty where it was good."""
    found: dict[str, str] = {}
    for judged in results.judged.values():
        probe, evidence = judged.probe, judged.evidence
        name = f"{probe.operation.name} field={probe.variant}" if probe.variant else probe.operation.name
        if evidence.before is not None:
            why = "" if evidence.before.good else evidence.before.reason or "its effect was not seen"
        elif evidence.not_sent is not None and not probe.not_applicable:
            why = evidence.not_sent
        else:
            continue
        found[name] = found.get(name) or why
    return found

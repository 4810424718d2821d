"""What was not told, why, and what would make it tellable."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.engine import Judged
from harness.model import Outcome

_FIRST = ("no-identity", "no-fixture", "needs-disposable")
"""Reasons that the owner of the target can do away with by a line or two."""

_ADVICE: Mapping[str, str] = {
    "control": "the entitled identity's own request must work and be read back: see `holdfast check`",
    "control-lost": "look for a lock-out or a limit that the run ran into",
    "identity": "mend its key in the target file",
    "no-control": "add an identity with `privileged: true` and a key",
    "target-down": "start the target, or say where it is with --base-url",
    "aborted": "find out what changed before running again",
    "blocked": "something in front of the API refuses everybody: run from where it lets you in",
    "rate-limited": "lift the limit for these accounts, or narrow the run with --family",
    "budget": "raise it under `limits:` where no account is locked for it, or run less: `--profile smoke`, `--family`",
    "network": "see the target's log, and run again",
    "masked": "give a body that passes validation: `resources: NAME: body:`",
    "noise": "run while nobody else writes",
    "unobserved": "say where the object can be read: `resources: NAME: find:`",
    "no-effect": "where this answer is a refusal, say so under `denied_when:`",
    "unexpected-status": "where this answer is a refusal, say so under `denied_when:`",
    "interrupted": "run again",
    "not-sent": "run again",
}


@dataclass(frozen=True, slots=True)
class Untested:
    """Probes that share a reason for telling nothing."""

    outcome: Outcome
    reason: str
    count: int
    detail: str
    """Of the first of them."""
    advice: str = ""


def untested(judged: Iterable[Judged]) -> list[Untested]:
    """What was not told, by reason: first INCONCLUSIVE, then what a line of the target file does away with."""
    return sorted(_grouped(judged), key=lambda one: (_rank(one), -one.count))


def _grouped(judged: Iterable[Judged]) -> Iterator[Untested]:
    groups: dict[tuple[Outcome, str, str], list[Judged]] = {}
    for one in judged:
        verdict = one.verdict
        if verdict.outcome is Outcome.INCONCLUSIVE:
            groups.setdefault((verdict.outcome, verdict.reason, ""), []).append(one)
        elif verdict.outcome is Outcome.NOT_APPLICABLE:
            groups.setdefault((verdict.outcome, verdict.reason, verdict.detail), []).append(one)
    for (outcome, reason, _), members in groups.items():
        advice = _advice(reason, members) if outcome is Outcome.INCONCLUSIVE else ""
        yield Untested(outcome, reason, len(members), members[0].verdict.detail, advice)


def _advice(reason: str, members: Sequence[Judged]) -> str:
    """What to do about a reason. A 404 may be a refusal, which only the owner can tell, and not for every operation."""
    if reason == "target-down" and "deadline" in members[0].verdict.detail:
        return "see its log; where it serves one connection at a time, say `limits: {concurrency: 1}`"
    if reason != "masked:404":
        return _ADVICE.get(reason.partition(":")[0], "")
    names = list(dict.fromkeys(one.probe.operation.name for one in members))
    more = f", and so for {len(names) - 1} more" if len(names) > 1 else ""
    word = f'`denied_when: [{{status: 404, operation: "{names[0]}"}}]`'
    return f"where a 404 is how it refuses, say so: {word}{more}; else make an object that the caller can see"


def _rank(one: Untested) -> int:
    if one.outcome is Outcome.INCONCLUSIVE:
        return 0
    return 1 if one.reason in _FIRST else 2

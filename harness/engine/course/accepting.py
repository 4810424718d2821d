"""What the target file accepts, applied to what was found. Nothing is covered but the verdict and the effect that were
accepted: something worse under the same name fails as if nothing had been said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from harness.config import Acceptance
from harness.engine.course.results import Accepted, Judged, Results, State
from harness.model import FINDINGS, Confidence, Effect, Operation, Outcome, Verdict

_KINDS: Mapping[str, frozenset[str]] = {
    "POST": frozenset({"created", "changed"}),
    "PUT": frozenset({"created", "changed"}),
    "PATCH": frozenset({"changed"}),
    "DELETE": frozenset({"deleted"}),
}
"""What an operation does to the object that it names."""


def apply(results: Results, entries: Sequence[Acceptance], resources: Mapping[str, str], day: date) -> None:
    """Turns findings that are accepted on that day into ACCEPTED, and says of the others why they are not.

    `resources` gives the resource of each operation.
    """
    planned = {probe.id: probe for probe in results.plan.probes}
    told = []
    for number, entry in enumerate(entries):
        named = [name for name, probe in planned.items() if entry.names(name) and not probe.not_applicable]
        found = [results.judged[name] for name in named if name in results.judged]
        covered = [one for one in found if _covers(entry, one, resources)]
        told.append(_told(entry, number, named, found, covered, day))
        for one in covered:
            if one.verdict.outcome is not Outcome.ACCEPTED or day <= entry.expires:
                results.judged[one.probe.id] = replace(one, verdict=_accepted(entry, one.verdict, day))
        for one in found:
            if one not in covered and one.verdict.outcome in FINDINGS:
                results.judged[one.probe.id] = replace(one, verdict=_noted(one.verdict, f"not covered by {told[-1]}"))
    results.accepted = tuple(told)


def effects_of(judged: Judged) -> tuple[str, ...]:
    """What was seen, in words that are the same in every run: the reason of the verdict, and each change in the
    state."""
    reason = _before(judged.verdict)[1]
    return tuple(dict.fromkeys((reason, *sorted(map(_words, judged.evidence.effects)))))


def closed(verdict: Verdict) -> bool:
    """Whether a door is shown to be shut: refused where a valid request works, or gone for everybody; by the state, and
    by nobody's word."""
    held = verdict.outcome is Outcome.HELD and verdict.confidence is Confidence.STATE
    return held or (verdict.outcome is Outcome.NOT_APPLICABLE and verdict.reason == "not-routed")


def _words(effect: Effect) -> str:
    where = "" if effect.inside else ", outside of what was named"
    return f"{effect.kind} {effect.resource}{where}{', of others' if effect.foreign else ''}"


def _before(verdict: Verdict) -> tuple[str, str]:
    """Outcome and reason without their acceptance."""
    if verdict.outcome is Outcome.ACCEPTED:
        outcome, _, reason = verdict.reason.partition(": ")
        return outcome, reason
    return verdict.outcome, verdict.reason


def _covers(entry: Acceptance, judged: Judged, resources: Mapping[str, str]) -> bool:
    if _before(judged.verdict)[0] != entry.verdict:
        return False
    if entry.effect is not None:
        return set(effects_of(judged)) <= set(entry.effect)
    operation = judged.probe.operation
    usual = _usual(operation, resources.get(operation.name, ""))
    return not judged.evidence.suspects and {_words(one) for one in judged.evidence.effects} <= usual


def _usual(operation: Operation, resource: str) -> set[str]:
    return {f"{kind} {resource}" for kind in _KINDS.get(operation.method, ())}


def _accepted(entry: Acceptance, verdict: Verdict, day: date) -> Verdict:
    if day > entry.expires:
        return _noted(verdict, f"its acceptance ended on {entry.expires}")
    outcome, reason = _before(verdict)
    detail = f"accepted until {entry.expires} by {entry.owner}: {entry.reason}"
    return replace(verdict, outcome=Outcome.ACCEPTED, reason=f"{outcome}: {reason}", detail=detail)


def _noted(verdict: Verdict, note: str) -> Verdict:
    return replace(verdict, detail=f"{verdict.detail}; {note}" if verdict.detail else note)


def _told(
    entry: Acceptance,
    number: int,
    named: Sequence[str],
    found: Sequence[Judged],
    covered: Sequence[Judged],
    day: date,
) -> Accepted:
    ids = _ids(covered)
    if covered:
        return Accepted(entry, number, State.EXPIRED if day > entry.expires else State.USED, ids)
    if any(one.verdict.outcome in FINDINGS for one in found):
        return Accepted(entry, number, State.EXCEEDED, ())
    if len(found) < len(named):
        return Accepted(entry, number, State.UNTOLD, ())
    applying = [one for one in found if one.verdict.outcome is not Outcome.NOT_APPLICABLE or closed(one.verdict)]
    if not applying:
        return Accepted(entry, number, State.UNUSED, ())
    fixed = all(closed(one.verdict) for one in applying)
    return Accepted(entry, number, State.FIXED if fixed else State.UNTOLD, _ids(applying) if fixed else ())


def _ids(judged: Iterable[Judged]) -> tuple[str, ...]:
    return tuple(one.probe.id for one in judged)

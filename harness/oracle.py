"""(Probe, Evidence) -> Verdict, and what evidence it still wants. Pure and total.

A verdict rests on four things seen: the control, the mutant, the state before and the state after. An effect counts
whatever the status said; silence counts only between two good controls, under a reader that was shown to see.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from harness.config import Denial, matches
from harness.model import (
    REFUSALS,
    Confidence,
    Effect,
    Evidence,
    Exchange,
    Expect,
    Forbid,
    Json,
    Look,
    Outcome,
    Probe,
    Proof,
    Verdict,
)

REJECTIONS = frozenset({400, 409, 422})


@dataclass(frozen=True, slots=True)
class Rules:
    """What the target calls a refusal."""

    unauthenticated: frozenset[int] = REFUSALS
    forbidden: frozenset[int] = REFUSALS
    invalid: frozenset[int] = frozenset({400, 422})
    denials: tuple[Denial, ...] = field(default=())


class Want(Enum):
    """Evidence that is missing for a verdict, to be supplied once."""

    REPEAT = "the mutant once more, on a fresh canary and a new connection, and the control after it"
    GUEST_ITEM = "a guest's GET of the same path"
    UNKNOWN_PATH = "the entitled identity's answer on a path that does not exist"


def wants(probe: Probe, evidence: Evidence) -> frozenset[Want]:
    """What the engine should still find out before the evidence is judged."""
    if evidence.effects or evidence.suspects or not evidence.attempts:
        return frozenset()
    last, missing = evidence.attempts[-1], set()
    once = len(evidence.attempts) == 1
    if once and (_crashed(last) or _answers_alike(evidence)):
        missing.add(Want.REPEAT)
    if last.status == 404 and evidence.guest_item is None:
        missing.add(Want.GUEST_ITEM)
    if _status(evidence.before) == 404 and evidence.unknown_path is None:
        missing.add(Want.UNKNOWN_PATH)
    return frozenset(missing)


def judge(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """The verdict on one probe."""
    if probe.not_applicable:
        reason, _, detail = probe.not_applicable.partition(": ")
        return Verdict(Outcome.NOT_APPLICABLE, reason, detail=detail)
    if evidence.same_as_control:
        return Verdict(Outcome.NOT_APPLICABLE, "same-as-control", detail="the mutant comes out equal to its control")
    return _effect(probe, evidence) or _not_judged(probe, evidence) or _answer(probe, evidence, rules)


def _effect(probe: Probe, evidence: Evidence) -> Verdict | None:
    """BYPASSED by what was seen in the state; status and controls have no say in it."""
    for effect in evidence.effects:
        predicate = next((one for one in probe.mutant.forbids if _matches(one, effect)), None)
        if predicate:
            why = effect.outside_rule.get(predicate.name, "")
            late = "; seen only later" if evidence.late else ""
            detail = f"{effect}{': ' + why if why else ''}{late}"
            return Verdict(Outcome.BYPASSED, predicate.predicate, Confidence.STATE, detail)
    if evidence.suspects:
        detail = "one of these had the effect, and none has it again alone: " + ", ".join(evidence.suspects)
        return Verdict(Outcome.BYPASSED, "group", Confidence.STATE, detail)
    return None


def _matches(forbid: Forbid, effect: Effect) -> bool:
    match forbid.predicate:
        case "any-change":
            return True
        case "outside-scope":
            return not effect.inside
        case "stored-outside-rule":
            return forbid.name in effect.outside_rule
    raise ValueError(f"no such predicate: {forbid.predicate}")


def _not_judged(probe: Probe, evidence: Evidence) -> Verdict | None:
    if evidence.not_sent:
        reason, _, detail = evidence.not_sent.partition(": ")
        return _inconclusive(reason, detail)
    if not evidence.attempts:
        return _controls(probe, evidence) or _inconclusive("not-sent", "the probe was never sent")
    if evidence.identity.startswith("disproved"):
        return _inconclusive("identity", evidence.identity.partition(": ")[2])
    return None


def _answer(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """The rows of the decision table, from the top."""
    answer = evidence.attempts[-1]
    denied = any(_denies(one, probe, answer) for one in rules.denials)
    if not denied and answer.status == 429:
        return _inconclusive("rate-limited", "the target asks to wait")
    if not denied and _answers_alike(evidence):
        return _opened(evidence)
    lost = _controls(probe, evidence)
    if lost:
        return lost
    if denied:
        return _held("denied_when", evidence)
    crash = _crash(evidence)
    if crash:
        return crash
    if answer.ok:
        return _success(probe, evidence)
    if answer.status is not None and 300 <= answer.status < 400:
        return _redirect(evidence)
    return _refusal(probe, evidence, rules, answer.status or 0)


def _denies(denial: Denial, probe: Probe, answer: Exchange) -> bool:
    """Whether the owner calls this answer a refusal, whatever its status."""
    operation = probe.operation
    return (
        answer.status == denial.status
        and (denial.operation is None or matches(denial.operation, operation.method, operation.path))
        and (denial.location is None or denial.location in (answer.header("location") or ""))
        and all(_at(answer.json, path) == value for path, value in (denial.json_ or {}).items())
    )


def _at(value: Json, path: str) -> Json:
    for step in path.removeprefix("$").strip(".").split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _answers_alike(evidence: Evidence) -> bool:
    """Whether an unread write got the answer that only its control gets."""
    control = evidence.before.exchange if evidence.before else None
    if control is None or not control.ok or evidence.look is not Look.UNREADABLE:
        return False
    same = [_alike(one, control) for one in evidence.attempts]
    return any(same) and not (evidence.reference and _alike(evidence.reference, control))


def _alike(one: Exchange, other: Exchange) -> bool:
    """Same status, media type, JSON root type and JSON keys."""
    return _face(one) == _face(other)


def _face(exchange: Exchange) -> tuple[Json, ...]:
    return exchange.status, exchange.media_type, type(exchange.json).__name__, exchange.json_keys


def _opened(evidence: Evidence) -> Verdict:
    control = evidence.before.exchange if evidence.before else None
    times = sum(1 for one in evidence.attempts if control and _alike(one, control))
    intermittent = ", intermittent" if times < len(evidence.attempts) else ""
    return Verdict(
        Outcome.BYPASSED,
        "opened",
        Confidence.RESPONSE,
        f"it got the answer of a success, and a guest does not{intermittent}",
    )


def _controls(probe: Probe, evidence: Evidence) -> Verdict | None:
    """INCONCLUSIVE where the controls do not carry a refusal; NOT-APPLICABLE where there is no such operation."""
    before, after = evidence.before, evidence.after
    if before and before.good and after and after.good:
        return None
    control = before.exchange if before else None
    answer = evidence.attempts[-1] if evidence.attempts else evidence.reference
    if control and evidence.public and not evidence.public.ok and control.status == evidence.public.status:
        return _inconclusive("blocked", f"a harmless public read gets {control.status}, too")
    if control and answer and control.status == answer.status == 405:
        return Verdict(Outcome.NOT_APPLICABLE, "not-routed", detail="405 to everybody, the control included")
    if control and control.status == 404 and evidence.unknown_path and _alike(control, evidence.unknown_path):
        return Verdict(
            Outcome.NOT_APPLICABLE, "not-served", detail="the entitled identity gets 404, as on an unknown path"
        )
    if before and not before.good and _weak_control_holds(probe, evidence):
        return Verdict(
            Outcome.HELD, "weak-control", Confidence.RESPONSE, "refused where the control gets past authentication"
        )
    if before and before.good:
        return _inconclusive("control-lost", after.reason if after else "no control was made after it")
    return _inconclusive("control", before.reason if before else "no control was made")


def _weak_control_holds(probe: Probe, evidence: Evidence) -> bool:
    control, answer = _status(evidence.before), evidence.attempts[-1].status if evidence.attempts else None
    return (
        probe.mutant.expect is Expect.REFUSED
        and control is not None
        and not 200 <= control < 400
        and control not in REFUSALS | {429}
        and answer in REFUSALS
        and evidence.reference is not None
        and _alike(evidence.reference, evidence.attempts[-1])
        and evidence.look in (Look.UNCHANGED, Look.UNREADABLE)
    )


def _crash(evidence: Evidence) -> Verdict | None:
    """A 5xx counts once, a reset or a silence only when it repeats while the control works."""
    attempts = evidence.attempts
    errors = [one for one in attempts if one.status is not None and one.status >= 500]
    broken = [one for one in attempts if one.status is None]
    if not errors and not broken:
        return None
    fine_after = evidence.repeat_after is not None and evidence.repeat_after.good
    if len(attempts) > 1 and fine_after and (errors or len(broken) == len(attempts)):
        intermittent = " (intermittent)" if len(errors + broken) < len(attempts) else ""
        what = f"status {errors[0].status}" if errors else f"no answer ({broken[0].failure})"
        return _unread(evidence) or Verdict(Outcome.CRASHED, "crash", Confidence.RESPONSE, f"{what}{intermittent}")
    if errors or len(broken) == len(attempts) or attempts[-1].status is None:
        return _inconclusive("network", attempts[-1].failure or "it failed, and the control could not show why")
    return None


def _success(probe: Probe, evidence: Evidence) -> Verdict:
    unread = _unread(evidence)
    if unread:
        return unread
    if probe.mutant.expect is Expect.INVALID:
        return _held("ignored", evidence)
    answer, control = evidence.attempts[-1], evidence.before.exchange if evidence.before else None
    differs = control is not None and (answer.status, answer.json_keys) != (control.status, control.json_keys)
    if answer.body.strip() and differs and evidence.reference and _alike(answer, evidence.reference):
        return _held("soft", evidence)
    return _inconclusive("no-effect", f"status {answer.status}, and nothing was seen to change")


def _redirect(evidence: Evidence) -> Verdict:
    answer, reference = evidence.attempts[-1], evidence.reference
    if reference and reference.status == answer.status and _place(reference) == _place(answer):
        return _unread(evidence) or _held("login-redirect", evidence)
    return _inconclusive("unexpected-status", f"status {answer.status}, and a guest is not redirected alike")


def _place(exchange: Exchange) -> str:
    return (exchange.header("location") or "").partition("?")[0]


def _refusal(probe: Probe, evidence: Evidence, rules: Rules, status: int) -> Verdict:
    unread = _unread(evidence)
    if probe.mutant.expect is Expect.INVALID:
        if status in REFUSALS:
            return _inconclusive("control", f"status {status} with a valid credential says nothing about the value")
        proper, listed, also = REJECTIONS, rules.invalid, frozenset[int]()
        listed = listed | REJECTIONS if listed == Rules().invalid else listed
    else:
        listed = rules.forbidden if probe.mutant.actor else rules.unauthenticated
        proper, also = REFUSALS, probe.mutant.also
    if status in listed or status in also:
        return unread or _held("refused", evidence)
    if status in proper:
        return unread or Verdict(
            Outcome.WEAK,
            "status",
            Confidence.RESPONSE,
            f"refused with {status}, where the target asks for {_list(listed)}",
        )
    if status == 404 and _hidden(evidence):
        return unread or _held("hidden", evidence)
    if status in REJECTIONS | {404, 405, 406, 410, 411, 412, 413, 414, 415, 431}:
        return _inconclusive(f"masked:{status}", "something before the decision answered")
    return _inconclusive("unexpected-status", f"status {status}")


def _hidden(evidence: Evidence) -> bool:
    both = evidence.reference, evidence.guest_item
    return all(one is not None and one.status == 404 for one in both)


def _unread(evidence: Evidence) -> Verdict | None:
    """INCONCLUSIVE where nobody saw that nothing happened."""
    match evidence.look:
        case Look.UNCHANGED:
            return None
        case Look.NOISE:
            return _inconclusive("noise", "something changed that no probe accounts for")
        case Look.UNREADABLE | Look.NOT:
            return _inconclusive("unobserved", "its effect could not have been seen")


def _held(reason: str, evidence: Evidence) -> Verdict:
    unread = _unread(evidence)
    if unread:
        return unread
    attested = evidence.identity.startswith("attested")
    return Verdict(Outcome.HELD, reason, Confidence.ATTESTED if attested else Confidence.STATE)


def _inconclusive(reason: str, detail: str = "") -> Verdict:
    return Verdict(Outcome.INCONCLUSIVE, reason, detail=detail)


def _crashed(exchange: Exchange) -> bool:
    return exchange.status is None or exchange.status >= 500


def _status(proof: Proof | None) -> int | None:
    return proof.exchange.status if proof and proof.exchange else None


def _list(statuses: Iterable[int]) -> str:
    return " or ".join(map(str, sorted(statuses)))

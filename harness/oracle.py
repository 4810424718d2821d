"""(Probe, Evidence) -> Verdict, and what evidence it still wants. Pure and total.

A verdict rests on four things seen: the control, the mutant, the state before and the state after. An effect counts
whatever the status said; silence counts only between two good controls, under a reader that was shown to see.
"""

import json
import re
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

_NOTHING = (b"", b"null", b"{}", b"[]", b'""')
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
    if _forbidden(probe, evidence) or evidence.suspects or not evidence.attempts:
        return frozenset()
    last, missing = evidence.attempts[-1], set()
    once = len(evidence.attempts) == 1
    alike = _answers_alike(probe, evidence)
    if once and (_crashed(last) or alike):
        missing.add(Want.REPEAT)
    if last.status == 404 and evidence.guest_item is None:
        missing.add(Want.GUEST_ITEM)
    if (alike or _status(evidence.before) == 404) and evidence.unknown_path is None:
        missing.add(Want.UNKNOWN_PATH)
    return frozenset(missing)


def judge(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """The verdict on one probe."""
    if probe.not_applicable:
        reason, _, detail = probe.not_applicable.partition(": ")
        return Verdict(Outcome.NOT_APPLICABLE, reason, detail=detail)
    if evidence.same_as_control:
        return Verdict(Outcome.NOT_APPLICABLE, "same-as-control", detail="the mutant comes out equal to its control")
    return _effect(probe, evidence) or _not_judged(probe, evidence, rules) or _answer(probe, evidence, rules)


def _effect(probe: Probe, evidence: Evidence) -> Verdict | None:
    """BYPASSED by what was seen in the state; status and controls have no say in it."""
    found = _forbidden(probe, evidence)
    if found:
        predicate, effect = found
        why = effect.outside_rule.get(predicate.name, "")
        late = "; seen only later" if evidence.late else ""
        detail = f"{effect}{': ' + why if why else ''}{late}"
        return Verdict(Outcome.BYPASSED, predicate.predicate, Confidence.STATE, detail)
    if evidence.suspects:
        detail = "one of these had the effect, and none has it again alone: " + ", ".join(evidence.suspects)
        return Verdict(Outcome.BYPASSED, "group", Confidence.STATE, detail)
    return None


def _forbidden(probe: Probe, evidence: Evidence) -> tuple[Forbid, Effect] | None:
    """The first effect that the probe must not have had."""
    pairs = ((forbid, effect) for effect in evidence.effects for forbid in probe.mutant.forbids)
    return next((pair for pair in pairs if _matches(*pair)), None)


def _matches(forbid: Forbid, effect: Effect) -> bool:
    match forbid.predicate:
        case "any-change":
            return True
        case "outside-scope":
            return not effect.inside
        case "stored-outside-rule":
            return forbid.name in effect.outside_rule
    raise ValueError(f"no such predicate: {forbid.predicate}")


def _not_judged(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    if evidence.not_sent:
        reason, _, detail = evidence.not_sent.partition(": ")
        return _inconclusive(reason, detail)
    if not evidence.attempts:
        return _controls(probe, evidence, rules) or _inconclusive("not-sent", "the probe was never sent")
    if evidence.identity.startswith("disproved"):
        return _inconclusive("identity", evidence.identity.partition(": ")[2])
    return None


def _answer(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """The rows of the decision table, from the top."""
    if _answers_alike(probe, evidence) and not _denied(probe, evidence, rules, _likest(evidence)):
        return _opened(evidence)
    answer = _telling(evidence)
    denied = _denied(probe, evidence, rules, answer)
    if not denied and evidence.attempts[-1].status == 429:
        return _inconclusive("rate-limited", "the target asks to wait")
    lost = _controls(probe, evidence, rules)
    if lost:
        return lost
    crash = None if denied and len(evidence.attempts) == 1 else _crash(probe, evidence, rules)
    if crash:
        return crash
    if _field_unread(probe, evidence):
        return _inconclusive("unobserved", "the object was not read back with the field that counts")
    if denied:
        return _held("denied_when", evidence)
    if answer.ok:
        return _success(probe, evidence)
    if answer.status is not None and 300 <= answer.status < 400:
        return _redirect(probe, evidence)
    return _refusal(probe, evidence, rules, answer.status or 0)


def _telling(evidence: Evidence) -> Exchange:
    """The attempt that says most against the server: a success if there was one, else the last."""
    return next((one for one in evidence.attempts if one.ok), evidence.attempts[-1])


def _likest(evidence: Evidence) -> Exchange:
    control = evidence.before.exchange if evidence.before else None
    return next((one for one in evidence.attempts if control and _alike(one, control)), evidence.attempts[-1])


def _denied(probe: Probe, evidence: Evidence, rules: Rules, answer: Exchange) -> bool:
    """Whether the owner calls this answer a refusal, in words that do not mean the control's success, too."""
    control = evidence.before.exchange if evidence.before else None
    return any(
        _denies(one, probe, answer) and not (control and control.ok and _denies(one, probe, control))
        for one in rules.denials
    )


def _field_unread(probe: Probe, evidence: Evidence) -> bool:
    names = {one.name for one in probe.mutant.forbids if one.predicate == "stored-outside-rule"}
    kept = [one for one in evidence.effects if one.kind != "deleted"]
    return any(name not in effect.values for name in names for effect in kept)


def _denies(denial: Denial, probe: Probe, answer: Exchange) -> bool:
    """Whether the owner calls this answer a refusal, whatever its status."""
    operation = probe.operation
    return (
        answer.status == denial.status
        and (denial.operation is None or matches(denial.operation, operation.method, operation.path))
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


def _answers_alike(probe: Probe, evidence: Evidence) -> bool:
    """Whether an unread write got the answer that only its control gets."""
    control, guest = evidence.before.exchange if evidence.before else None, evidence.reference
    if probe.mutant.expect is not Expect.REFUSED or evidence.look is not Look.UNREADABLE:
        return False
    if control is None or not control.ok or guest is None or guest.status in (None, 429):
        return False
    if any(one and _alike(one, control) for one in (guest, evidence.unknown_path)):
        return False
    return any(_alike(one, control) for one in evidence.attempts)


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


def _controls(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """INCONCLUSIVE where the controls do not carry a refusal; NOT-APPLICABLE where there is no such operation."""
    before, after = evidence.before, evidence.after
    if before and before.good and after and after.good:
        return None
    control = before.exchange if before else None
    answers = evidence.attempts or ((evidence.reference,) if evidence.reference else ())
    served = any(one.ok for one in answers if evidence.attempts)
    unknown = control and evidence.unknown_path and _alike(control, evidence.unknown_path)
    if control and control.status == 405 and answers and all(one.status == 405 for one in answers):
        return Verdict(Outcome.NOT_APPLICABLE, "not-routed", detail="405 to everybody, the control included")
    if control and control.status == 404 and unknown and not served:
        return Verdict(
            Outcome.NOT_APPLICABLE, "not-served", detail="the entitled identity gets 404, as on an unknown path"
        )
    if control and evidence.public and not evidence.public.ok and control.status == evidence.public.status:
        return _inconclusive("blocked", f"a harmless public read gets {control.status}, too")
    if before and not before.good and _weak_control_holds(probe, evidence, rules):
        return Verdict(
            Outcome.HELD, "weak-control", Confidence.RESPONSE, "refused where the control gets past authentication"
        )
    if before and before.good:
        return _inconclusive("control-lost", after.reason if after else "no control was made after it")
    return _inconclusive("control", before.reason if before else "no control was made")


def _weak_control_holds(probe: Probe, evidence: Evidence, rules: Rules) -> bool:
    reference = evidence.reference
    return (
        probe.mutant.expect is Expect.REFUSED
        and evidence.public is not None
        and all(_past_authentication(one, probe, evidence, rules) for one in (evidence.before, evidence.after))
        and all(one.status in REFUSALS & _listed(probe, rules) for one in evidence.attempts)
        and reference is not None
        and all(_alike(reference, one) for one in evidence.attempts)
        and bool(evidence.attempts)
        and evidence.look in (Look.UNCHANGED, Look.UNREADABLE)
    )


def _past_authentication(proof: Proof | None, probe: Probe, evidence: Evidence, rules: Rules) -> bool:
    """Whether a failed control failed for another reason than its credential."""
    exchange = proof.exchange if proof else None
    return (
        exchange is not None
        and exchange.status is not None
        and not 200 <= exchange.status < 400
        and exchange.status not in REFUSALS | rules.forbidden | rules.unauthenticated | {429}
        and not (exchange.status == 404 and evidence.unknown_path is None)
        and not any(_denies(one, probe, exchange) for one in rules.denials)
    )


def _listed(probe: Probe, rules: Rules) -> frozenset[int]:
    return rules.forbidden if probe.mutant.actor else rules.unauthenticated


def _crash(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """A 5xx counts once, a reset or a silence only when it repeats while the control works."""
    attempts = evidence.attempts
    errors = [
        one
        for one in attempts
        if one.status is not None and one.status >= 500 and not _denied(probe, evidence, rules, one)
    ]
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
    answer, control = _telling(evidence), evidence.before.exchange if evidence.before else None
    differs = control is not None and (answer.status, answer.json_keys) != (control.status, control.json_keys)
    says = answer.status == 200 and answer.body.strip() not in _NOTHING
    if says and differs and evidence.reference and _alike(answer, evidence.reference):
        return _held("soft", evidence)
    return _inconclusive("no-effect", f"status {answer.status}, and nothing was seen to change")


def _redirect(probe: Probe, evidence: Evidence) -> Verdict:
    answer, reference = evidence.attempts[-1], evidence.reference
    alike = reference and reference.status == answer.status and _place(reference) == _place(answer)
    if not alike or not _place(answer) or _misaimed(answer):
        return _inconclusive("unexpected-status", f"status {answer.status}, and a guest is not redirected alike")
    if probe.mutant.expect is Expect.INVALID:
        return _inconclusive("control", "a valid credential was sent to where a guest is sent")
    return _held("login-redirect", evidence)


def _misaimed(answer: Exchange) -> bool:
    """Whether it is only sent to its own path with a slash more or less."""
    path = "/" + _place(answer).partition("://")[2].partition("/")[2] if "://" in _place(answer) else _place(answer)
    return path.rstrip("/") == answer.request.target.partition("?")[0].rstrip("/")


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
        listed = _listed(probe, rules)
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
    if status == 404 and probe.mutant.expect is Expect.REFUSED and _hidden(evidence):
        return unread or _held("hidden", evidence)
    if status in REJECTIONS | {404, 405, 406, 410, 411, 412, 413, 414, 415, 431}:
        return _inconclusive(f"masked:{status}", "something before the decision answered")
    return _inconclusive("unexpected-status", f"status {status}")


def _hidden(evidence: Evidence) -> bool:
    both = evidence.reference, evidence.guest_item
    path = evidence.attempts[-1].request.target.partition("?")[0]
    same = evidence.guest_item is not None and evidence.guest_item.request.target.partition("?")[0] == path
    return same and all(one is not None and one.status == 404 for one in both)


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

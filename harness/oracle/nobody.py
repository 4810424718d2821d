"""Requests that nobody need be served: by a method, or in a form, that the document does not mention. There a refusal
says something only where the entitled identity is let in by the same."""

from harness.model import REFUSALS, Confidence, Evidence, Exchange, Look, Outcome, Probe, Proof, Verdict
from harness.oracle.answers import alike, inconclusive, unsaid
from harness.oracle.rules import Rules, listed_for

NOT_ROUTED = frozenset({404, 405, 501})
"""How a server says that it has no such method at a path, where there is an object."""


def nobody_served(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """What it comes to where the entitled identity's own request is not seen to do anything; None where it is, and for
    what the document offers."""
    own = _own(probe, evidence)
    answers = evidence.attempts
    if own is None or own.good or own.exchange is None or unsaid(own.exchange):
        return None
    if evidence.look is not Look.UNCHANGED or not all(map(_told, answers)):
        return None
    status = own.exchange.status or 0
    if any(one.ok for one in answers):
        return _answered(evidence, own.exchange)
    if status in NOT_ROUTED:
        return _nothing("not-routed", f"the entitled identity gets {status}, too")
    if status in REFUSALS and all(one.status in REFUSALS | NOT_ROUTED for one in answers):
        return _nothing("not-served", f"the entitled identity gets {status}, too")
    if status not in REFUSALS and all(one.status in REFUSALS & listed_for(probe, rules) for one in answers):
        said = f"refused where the entitled identity gets {status}"
        return Verdict(Outcome.HELD, "weak-control", Confidence.RESPONSE, said)
    return None


def _own(probe: Probe, evidence: Evidence) -> Proof | None:
    return evidence.before if probe.operation.undeclared else None


def _told(answer: Exchange) -> bool:
    """Whether an answer says yes or no, and is neither a failure nor somebody else's."""
    return not unsaid(answer) and (answer.status in NOT_ROUTED or (answer.status or 0) < 500)


def _answered(evidence: Evidence, own: Exchange) -> Verdict | None:
    """What a success comes to that did nothing, for the entitled identity neither: a read under another name."""
    read, answer = evidence.guest_item, next(one for one in evidence.attempts if one.ok)
    if any(marker in one.body.decode(errors="replace") for one in evidence.attempts for marker in evidence.hidden):
        return Verdict(Outcome.LEAKED, "marker-read", Confidence.RESPONSE, "it shows an object that a GET does not")
    if own.ok and read is not None and alike(answer, read):
        return _nothing("not-served", "it is answered as a read of the same path is, and does nothing")
    return inconclusive("no-effect", f"status {answer.status}, and nothing was seen to change")


def _nothing(reason: str, detail: str) -> Verdict:
    return Verdict(Outcome.NOT_APPLICABLE, reason, detail=detail)

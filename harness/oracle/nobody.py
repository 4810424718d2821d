"""Ways that nobody need be served on: a method, or a form of a body, that the document does not mention. There an
answer says something only where the entitled identity is let in likewise."""

from collections.abc import Sequence

from harness.model import READS, REFUSALS, Confidence, Evidence, Exchange, Look, Outcome, Probe, Proof, Verdict
from harness.oracle.answers import alike, inconclusive, unsaid
from harness.oracle.rules import Rules, denies, listed_for
from harness.oracle.words import says_no

NOT_ROUTED = frozenset({404, 405, 501})
"""How a server says that it has no such method at a path, where there is an object."""


def rests_on_the_entitled(probe: Probe, evidence: Evidence) -> bool:
    """Whether what a mutant was answered depends on whether the entitled identity is let in likewise. What a guest is
    answered who goes the usual way does not."""
    if not probe.mutant.likewise or not evidence.attempts or not all(map(_told, evidence.attempts)):
        return False
    guest = evidence.reference
    return guest is None or any(one.ok or not alike(one, guest) for one in evidence.attempts)


def nobody_served(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """What a method that the document does not mention comes to where the entitled identity is not seen to do anything
    by it; None where it is, and for what the document offers."""
    own = evidence.before if probe.operation.undeclared else None
    return None if own is None or own.good else _unseen(probe, evidence, own, rules)


def nobody_likewise(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """The same of another way to ask for what the document offers; None where nothing depends on that."""
    if not rests_on_the_entitled(probe, evidence) or evidence.look is not Look.UNCHANGED:
        return None
    own = evidence.likewise
    if own is None or own.exchange is None or unsaid(own.exchange):
        return inconclusive("control", own.reason if own else "the entitled identity was not asked likewise")
    if own.good:
        return _masked(evidence)
    return _unseen(probe, evidence, own, rules) or inconclusive("control", own.reason)


def _unseen(probe: Probe, evidence: Evidence, own: Proof, rules: Rules) -> Verdict | None:
    if own.exchange is None or unsaid(own.exchange) or evidence.look is not Look.UNCHANGED:
        return None
    answers = [_meant(probe, rules, one) for one in evidence.attempts]
    if not all(map(_told, evidence.attempts)) and not all(one in REFUSALS for one in answers):
        return None
    if any(200 <= one < 300 for one in answers):
        return _answered(probe, evidence, own.exchange)
    return _refused(probe, answers, _meant(probe, rules, own.exchange), rules)


def _meant(probe: Probe, rules: Rules, answer: Exchange) -> int:
    """The status of an answer; that of a refusal where it says no in other words."""
    says_so = any(denies(one, probe.operation, answer) for one in rules.denials) or (answer.ok and says_no(answer))
    return 403 if says_so else answer.status or 0


def _refused(probe: Probe, answers: Sequence[int], status: int, rules: Rules) -> Verdict | None:
    """What a refusal comes to, by the entitled identity's `status`. A body that was seen to be right is refused for the
    way that it went."""
    said = f"the entitled identity gets {status}, too"
    if status in NOT_ROUTED and (probe.operation.undeclared or probe.mutant.method):
        return _nothing("not-routed", said)
    both = status in REFUSALS and all(one in REFUSALS | NOT_ROUTED for one in answers)
    if both or (300 <= status < 500 and not probe.operation.undeclared):
        return _nothing("not-served", said)
    if status not in REFUSALS and all(one in REFUSALS & listed_for(probe, rules) for one in answers):
        said = f"refused where the entitled identity gets {status}"
        return Verdict(Outcome.HELD, "weak-control", Confidence.RESPONSE, said)
    return None


def _masked(evidence: Evidence) -> Verdict | None:
    """INCONCLUSIVE where another answer than a refusal is not explained by the way: the entitled are let in on it."""
    odd = next((one for one in evidence.attempts if not one.ok and one.status not in REFUSALS), None)
    if odd is None or 300 <= (odd.status or 0) < 400:
        return None
    return inconclusive(f"masked:{odd.status}", "something before the decision answered")


def _told(answer: Exchange) -> bool:
    """Whether an answer says yes or no, and is neither a failure nor somebody else's."""
    return not unsaid(answer) and (answer.status in NOT_ROUTED or (answer.status or 0) < 500)


def _answered(probe: Probe, evidence: Evidence, own: Exchange) -> Verdict | None:
    """What a success comes to that did nothing, for the entitled identity neither: a read under another name."""
    read, answer = evidence.guest_item, next(one for one in evidence.attempts if one.ok)
    if any(marker in one.body.decode(errors="replace") for one in evidence.attempts for marker in evidence.hidden):
        return Verdict(Outcome.LEAKED, "marker-read", Confidence.RESPONSE, "it shows an object that a GET does not")
    reads = probe.mutant.method in READS or (read is not None and alike(answer, read))
    if own.ok and reads:
        return _nothing("not-served", "it is answered as a read of the same path is, and does nothing")
    return inconclusive("no-effect", f"status {answer.status}, and nothing was seen to change")


def _nothing(reason: str, detail: str) -> Verdict:
    return Verdict(Outcome.NOT_APPLICABLE, reason, detail=detail)

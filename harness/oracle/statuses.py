"""What a status comes to, once effects, controls and crashes are dealt with."""

from collections.abc import Iterable

from harness.model import READS, REFUSALS, Confidence, Evidence, Expect, Outcome, Probe, Verdict
from harness.oracle.answers import held, inconclusive, place, sent_back, soft, telling, unread
from harness.oracle.causes import asks_for_html, caused, to_a_login
from harness.oracle.reads import shown_to_the_entitled
from harness.oracle.rules import REJECTIONS, Rules, listed_for
from harness.oracle.validation import validated_first


def success(probe: Probe, evidence: Evidence) -> Verdict:
    blind = unread(evidence)
    if blind:
        return blind
    if probe.mutant.expect is Expect.IGNORED:
        return held("ignored", evidence) if evidence.effects else inconclusive("no-effect", "nothing was stored at all")
    if probe.mutant.expect is Expect.INVALID or probe.mutant.method in READS or probe.mutant.own_above:
        return held("ignored", evidence)
    if soft(evidence):
        return held("soft", evidence)
    return inconclusive("no-effect", f"status {telling(evidence).status}, and nothing was seen to change")


def redirect(probe: Probe, evidence: Evidence) -> Verdict:
    answer, reference = evidence.attempts[-1], evidence.reference
    alike = reference and reference.status == answer.status and place(reference) == place(answer)
    if not alike and reference and reference.status in REFUSALS and asks_for_html(probe.mutant):
        alike = to_a_login(place(answer))
    if not alike or not place(answer):
        return inconclusive("unexpected-status", f"status {answer.status}, and a guest is not redirected alike")
    if sent_back(answer):
        return inconclusive("unexpected-status", f"status {answer.status}, to a path that is no login's")
    if probe.mutant.expect in (Expect.INVALID, Expect.IGNORED):
        return inconclusive("control", "a valid credential was sent to where a guest is sent")
    return held("login-redirect", evidence)


def refusal(probe: Probe, evidence: Evidence, rules: Rules, status: int) -> Verdict:
    blind = unread(evidence)
    if probe.mutant.expect is Expect.INVALID:
        if status in REFUSALS:
            return inconclusive("control", f"status {status} with a valid credential says nothing about the value")
        proper, listed, also = REJECTIONS, rules.invalid, probe.mutant.also
        listed = listed | REJECTIONS if listed == Rules().invalid else listed
    else:
        listed = listed_for(probe, rules)
        # A guest without a proof is refused for want of it, too.
        guests = frozenset[int]() if probe.mutant.unproved or probe.mutant.own_above else _of_guests(evidence)
        proper, also = REFUSALS, caused(probe.mutant) - (guests - REFUSALS)
        if probe.mutant.expect is Expect.IGNORED:
            also |= REFUSALS | REJECTIONS
    if probe.mutant.invalid and validated_first(probe, evidence):
        detail = f"{status}, and a word on {probe.mutant.invalid}, where a right body is refused: it is validated first"
        return blind or Verdict(Outcome.WEAK, "advisory", Confidence.RESPONSE, detail)
    if status in listed or status in also:
        return blind or held("refused", evidence)
    if status in proper:
        return blind or Verdict(
            Outcome.WEAK,
            "status",
            Confidence.RESPONSE,
            f"refused with {status}, where the target asks for {_list(listed)}",
        )
    unseen = probe.mutant.expect is Expect.REFUSED or shown_to_the_entitled(evidence)
    if status == 404 and unseen and _hidden(probe, evidence):
        return blind or held("hidden", evidence)
    if status == 404 and evidence.guest_item is not None and evidence.guest_item.status == 404:
        return inconclusive("masked:404", "guests cannot see the object; say by `body:` how one is made that they can")
    if status in REJECTIONS | {404, 405, 406, 410, 411, 412, 413, 414, 415, 431}:
        return inconclusive(f"masked:{status}", "something before the decision answered")
    return inconclusive("unexpected-status", f"status {status}")


def _of_guests(evidence: Evidence) -> frozenset[int]:
    """The status that any guest gets here, which a mutation therefore did not cause; a refusal needs no cause."""
    status = evidence.reference.status if evidence.reference else None
    return frozenset() if status is None else frozenset({status}) - REFUSALS


def _hidden(probe: Probe, evidence: Evidence) -> bool:
    """Whether whoever may not read the object, and is told so by a 404, gets one for the write, too."""
    both = (evidence.guest_item,) if probe.mutant.foreign else (evidence.reference, evidence.guest_item)
    path = evidence.attempts[-1].request.target.partition("?")[0]
    aimed = evidence.guest_item.request.target.partition("?")[0] if evidence.guest_item else None
    same = aimed == path or probe.mutant.spelling != ""
    return same and aimed is not None and all(one is not None and one.status == 404 for one in both)


def _list(statuses: Iterable[int]) -> str:
    return " or ".join(map(str, sorted(statuses)))

"""Reads: what a caller was shown, held against what guests and the entitled are shown."""

from harness.model import REFUSALS, Confidence, Evidence, Exchange, Expect, Outcome, Probe, Verdict
from harness.oracle.answers import alike, held, inconclusive, soft, unsaid
from harness.oracle.rules import Rules
from harness.oracle.views import moving_in, same


def opened_read(probe: Probe, evidence: Evidence) -> Verdict | None:
    """LEAKED where an answer holds a marker that this caller may not read, or is that of the entitled."""
    if any(_holds(one, marker) for one in evidence.attempts for marker in _hidden(probe, evidence)):
        return Verdict(Outcome.LEAKED, "marker-read", Confidence.RESPONSE, "it shows an object that is not public")
    control = evidence.before.exchange if evidence.before else None
    if _is_public(probe, evidence) or control is None or not control.ok:
        return None
    if probe.mutant.own_above:
        # What it is shown there may be its own.
        return None
    if evidence.unknown_path and (unsaid(evidence.unknown_path) or alike(evidence.unknown_path, control)):
        return None
    shown = [one for one in evidence.attempts if alike(one, control)]
    if not shown:
        return None
    intermittent = ", intermittent" if len(shown) < len(evidence.attempts) else ""
    detail = f"it is served what the entitled is served{intermittent}"
    return Verdict(Outcome.LEAKED, "opened", Confidence.RESPONSE, detail)


def _hidden(probe: Probe, evidence: Evidence) -> tuple[str, ...]:
    """The hidden markers by which this probe is judged. What a guest is shown who asks for nothing special is the
    finding of the probe that is just that; any other would be shown it whatever it changed."""
    if probe.mutant.bare or not _is_public(probe, evidence):
        return evidence.hidden
    guests = [one for one in (evidence.reference, evidence.guest_item) if one is not None]
    return tuple(marker for marker in evidence.hidden if not any(_holds(one, marker) for one in guests))


def _is_public(probe: Probe, evidence: Evidence) -> bool:
    """What is called public and refuses a guest is not."""
    guest = evidence.guest_item or evidence.reference
    return probe.public and not (guest is not None and guest.status in REFUSALS)


def served(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """What a 2xx to a read comes to, where nothing was opened by it."""
    answer = evidence.attempts[-1]
    if _is_public(probe, evidence):
        return _guest_view(probe, evidence, rules)
    if soft(evidence):
        return held("soft", evidence)
    return inconclusive("unexpected-status", f"status {answer.status}, neither a refusal nor what the entitled gets")


def _guest_view(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    answer, control = evidence.attempts[-1], evidence.before.exchange if evidence.before else None
    if evidence.hidden and not shown_to_the_entitled(evidence):
        return inconclusive("unobserved", "the hidden object stands in no answer that the entitled gets here")
    hidden = _hidden(probe, evidence)
    if not any(one.predicate == "opened" for one in probe.mutant.forbids):
        if hidden:
            return held("guest-view", evidence)
        if evidence.hidden:
            return Verdict(Outcome.NOT_APPLICABLE, "same-view", detail="guests see the hidden object without it, too")
        return Verdict(Outcome.NOT_APPLICABLE, "no-draft", detail="say how a hidden one is made, with `draft:`")
    guests = [one for one in (evidence.reference, evidence.guest_item) if one is not None]
    moving = moving_in(evidence)
    if any(same(answer, one, moving) for one in guests):
        if control is not None and not hidden and not probe.mutant.credential.via:
            return Verdict(Outcome.NOT_APPLICABLE, "same-view", detail="guests see what everybody sees")
        if rules.strict_reads and probe.mutant.credential.via and probe.mutant.expect is Expect.GUEST_VIEW:
            return Verdict(
                Outcome.WEAK, "guest-view", Confidence.RESPONSE, "served as a guest; the target asks for 401"
            )
        return held("guest-view", evidence)
    heard = guests and not any(map(unsaid, guests))
    privileged = control is not None and same(answer, control, moving)
    if heard and control is not None and privileged and not any(same(one, control, moving) for one in guests):
        return Verdict(Outcome.LEAKED, "privileged-view", Confidence.RESPONSE, "it is shown what only the entitled is")
    return inconclusive("noise", "its view is neither a guest's nor the entitled's; others may be writing")


def shown_to_the_entitled(evidence: Evidence) -> bool:
    """Whether the control's answer holds the object that guests may not see: else its absence says nothing."""
    control = evidence.before.exchange if evidence.before else None
    return control is not None and any(_holds(control, marker) for marker in evidence.hidden)


def _holds(answer: Exchange, marker: str) -> bool:
    return marker in answer.body.decode("utf-8", "replace").lower()

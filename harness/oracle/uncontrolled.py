"""Probes of what nobody may do with a valid key: no control stands beside them."""

from harness.model import REFUSALS, Confidence, Evidence, Look, Outcome, Probe, Verdict
from harness.oracle.answers import inconclusive, telling, unread
from harness.oracle.rules import Rules, denied, listed_for


def uncontrolled(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """A refusal like a guest's with the state as it was is HELD by its word alone; whatever else is no proof."""
    answer, reference = telling(evidence), evidence.reference
    proper = answer.status in REFUSALS & listed_for(probe, rules) or denied(probe, evidence, rules, answer)
    alike = reference is not None and reference.status == answer.status
    blind = unread(evidence)
    if blind:
        return blind
    if proper and alike and evidence.look is Look.UNCHANGED:
        return Verdict(
            Outcome.HELD, "refused", Confidence.ATTESTED, "no valid key is sent to it, so no control was made"
        )
    if answer.status == 429:
        return inconclusive("rate-limited", "the target asks to wait")
    return inconclusive("control", f"status {answer.status}, and no valid key may be sent to show what that means")

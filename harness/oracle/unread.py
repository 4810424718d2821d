"""Writes whose effect nobody could read: only the answer is left to tell."""

from harness.model import Confidence, Evidence, Exchange, Expect, Look, Outcome, Probe, Verdict
from harness.oracle.answers import alike, unsaid


def answers_alike(probe: Probe, evidence: Evidence) -> bool:
    """Whether an unread write got the answer that only its control gets."""
    control, guest = evidence.before.exchange if evidence.before else None, evidence.reference
    if probe.mutant.expect is not Expect.REFUSED or evidence.look is not Look.UNREADABLE:
        return False
    if control is None or not control.ok or guest is None or unsaid(guest):
        return False
    if evidence.unknown_path and unsaid(evidence.unknown_path):
        return False
    if any(one and alike(one, control) for one in (guest, evidence.unknown_path)):
        return False
    return any(alike(one, control) for one in evidence.attempts)


def likest(evidence: Evidence) -> Exchange:
    control = evidence.before.exchange if evidence.before else None
    return next((one for one in evidence.attempts if control and alike(one, control)), evidence.attempts[-1])


def opened(evidence: Evidence) -> Verdict:
    control = evidence.before.exchange if evidence.before else None
    times = sum(1 for one in evidence.attempts if control and alike(one, control))
    intermittent = ", intermittent" if times < len(evidence.attempts) else ""
    return Verdict(
        Outcome.BYPASSED,
        "opened",
        Confidence.RESPONSE,
        f"it got the answer of a success, and a guest does not{intermittent}",
    )

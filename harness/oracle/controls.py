"""What it means where a control failed."""

from harness.model import REFUSALS, Confidence, Evidence, Exchange, Expect, Look, Outcome, Probe, Proof, Verdict
from harness.oracle.answers import alike, inconclusive
from harness.oracle.rules import Rules, denies, listed_for

_BEHIND = frozenset({400, 409, 412, 415, 422, 428})
"""Statuses that speak of the request and not of its sender. A 404 may hide, and a 5xx comes of anything."""


def lost_controls(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """INCONCLUSIVE where the controls do not carry a refusal; NOT-APPLICABLE where there is no such operation."""
    before, after = evidence.before, evidence.after
    if before and before.good and after and after.good:
        return None
    control = before.exchange if before else None
    answers = evidence.attempts or ((evidence.reference,) if evidence.reference else ())
    served = any(one.ok for one in answers if evidence.attempts)
    if (
        control
        and control.status == 405
        and answers
        and all(one.status == 405 for one in answers)
        and _leaves_out(control, probe.operation.method)
    ):
        return Verdict(Outcome.NOT_APPLICABLE, "not-routed", detail="405 to everybody, the control included")
    if control and control.status == 404 and _nothing_there(control, evidence) and not served:
        return Verdict(
            Outcome.NOT_APPLICABLE, "not-served", detail="the entitled identity gets 404, as on an unknown path"
        )
    if control and control.failure == "budget":
        return inconclusive("budget", "what the target's `limits` allow was spent before its control was made")
    if control and evidence.public and not evidence.public.ok and control.status == evidence.public.status:
        return inconclusive("blocked", f"a harmless public read gets {control.status}, too")
    if before and not before.good and _weak_control_holds(probe, evidence, rules):
        return Verdict(
            Outcome.HELD, "weak-control", Confidence.RESPONSE, "refused where the control gets past authentication"
        )
    if before and before.good:
        return inconclusive("control-lost", after.reason if after else "no control was made after it")
    return inconclusive("control", before.reason if before else "no control was made")


def _leaves_out(control: Exchange, method: str) -> bool:
    """Whether a 405 says which methods are served, as it must (RFC 9110, 15.5.6), and this is none of them. One that
    does not may go by the object's state, and not by the route."""
    allowed = control.header("allow")
    return allowed is not None and method not in {one.strip() for one in allowed.upper().split(",")}


def _nothing_there(control: Exchange, evidence: Evidence) -> bool:
    """Whether the operation's own path reads as one that does not exist: a write may get 404 for what it names."""
    own, unknown = evidence.own_path, evidence.unknown_path
    return (
        own is not None
        and unknown is not None
        and own.status == 404
        and alike(own, unknown)
        and alike(control, unknown)
    )


def _weak_control_holds(probe: Probe, evidence: Evidence, rules: Rules) -> bool:
    reference = evidence.reference
    return (
        probe.mutant.expect is Expect.REFUSED
        and evidence.public is not None
        and all(_past_authentication(one, probe, evidence, rules) for one in (evidence.before, evidence.after))
        and all(one.status in REFUSALS & listed_for(probe, rules) for one in evidence.attempts)
        and reference is not None
        and all(alike(reference, one) for one in evidence.attempts)
        and bool(evidence.attempts)
        and evidence.look in (Look.UNCHANGED, Look.UNREADABLE)
    )


def _past_authentication(proof: Proof | None, probe: Probe, evidence: Evidence, rules: Rules) -> bool:
    """Whether a failed control failed for another reason than its credential."""
    exchange = proof.exchange if proof else None
    return (
        exchange is not None
        and exchange.status in _BEHIND - rules.forbidden - rules.unauthenticated
        and not (evidence.reference is not None and alike(exchange, evidence.reference))
        and not any(denies(one, probe.operation, exchange) for one in rules.denials)
    )

"""What it means where a control failed."""

from harness.model import REFUSALS, Confidence, Evidence, Expect, Look, Outcome, Probe, Proof, Verdict
from harness.oracle.answers import alike, inconclusive
from harness.oracle.rules import Rules, denies, listed_for


def lost_controls(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """INCONCLUSIVE where the controls do not carry a refusal; NOT-APPLICABLE where there is no such operation."""
    before, after = evidence.before, evidence.after
    if before and before.good and after and after.good:
        return None
    control = before.exchange if before else None
    answers = evidence.attempts or ((evidence.reference,) if evidence.reference else ())
    served = any(one.ok for one in answers if evidence.attempts)
    unknown = control and evidence.unknown_path and alike(control, evidence.unknown_path)
    if control and control.status == 405 and answers and all(one.status == 405 for one in answers):
        return Verdict(Outcome.NOT_APPLICABLE, "not-routed", detail="405 to everybody, the control included")
    if control and control.status == 404 and unknown and not served:
        return Verdict(
            Outcome.NOT_APPLICABLE, "not-served", detail="the entitled identity gets 404, as on an unknown path"
        )
    if control and evidence.public and not evidence.public.ok and control.status == evidence.public.status:
        return inconclusive("blocked", f"a harmless public read gets {control.status}, too")
    if before and not before.good and _weak_control_holds(probe, evidence, rules):
        return Verdict(
            Outcome.HELD, "weak-control", Confidence.RESPONSE, "refused where the control gets past authentication"
        )
    if before and before.good:
        return inconclusive("control-lost", after.reason if after else "no control was made after it")
    return inconclusive("control", before.reason if before else "no control was made")


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
        and exchange.status is not None
        and not 200 <= exchange.status < 400
        and exchange.status not in REFUSALS | rules.forbidden | rules.unauthenticated | {429}
        and not (exchange.status == 404 and evidence.unknown_path is None)
        and not any(denies(one, probe, exchange) for one in rules.denials)
    )

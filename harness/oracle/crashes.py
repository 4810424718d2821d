"""What a crash is, and when it counts."""

from harness.model import Confidence, Evidence, Outcome, Probe, Verdict
from harness.oracle.answers import inconclusive, unread
from harness.oracle.causes import caused
from harness.oracle.rules import Rules, denied


def crash_verdict(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    """A 5xx counts once, a reset or a silence only when it repeats while the control works.

    The 501 of a method that was asked for on purpose is an answer, and no crash.
    """
    attempts, answers = evidence.attempts, caused(probe.mutant)
    errors = [
        one
        for one in attempts
        if one.status is not None
        and one.status >= 500
        and one.status not in answers
        and not denied(probe, evidence, rules, one)
    ]
    broken = [one for one in attempts if one.status is None]
    if not errors and not broken:
        return None
    fine_after = evidence.repeat_after is not None and evidence.repeat_after.good
    if len(attempts) > 1 and fine_after and (errors or len(broken) == len(attempts)):
        reason = "advisory" if rules.crashes_pass else "crash"
        intermittent = " (intermittent)" if len(errors + broken) < len(attempts) else ""
        what = f"status {errors[0].status}" if errors else f"no answer ({broken[0].failure})"
        return unread(evidence) or Verdict(Outcome.CRASHED, reason, Confidence.RESPONSE, f"{what}{intermittent}")
    if errors or len(broken) == len(attempts) or attempts[-1].status is None:
        return inconclusive("network", attempts[-1].failure or "it failed, and the control could not show why")
    return None

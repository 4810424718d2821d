"""The decision table, from the top."""

from enum import Enum

from harness.model import Confidence, Evidence, Outcome, Probe, Verdict
from harness.oracle.answers import crashed, held, inconclusive, status_of, telling
from harness.oracle.controls import lost_controls
from harness.oracle.crashes import crash_verdict
from harness.oracle.effects import effect_verdict, field_unread, forbidden
from harness.oracle.nobody import nobody_likewise, nobody_served, rests_on_the_entitled
from harness.oracle.reads import opened_read, served
from harness.oracle.rules import Rules, denied
from harness.oracle.spelled import unserved
from harness.oracle.statuses import redirect, refusal, success
from harness.oracle.uncontrolled import uncontrolled
from harness.oracle.unread import answers_alike, likest, opened


class Want(Enum):
    """Evidence that is missing for a verdict, to be supplied once."""

    REPEAT = "the mutant once more, on a fresh canary and a new connection, and the control after it"
    GUEST_ITEM = "a guest's GET of the same path"
    SPELLED_PATH = "the entitled identity's answers on the path, plain and as the mutant spells it"
    LIKEWISE = "the entitled identity's own request, changed as the mutant is in all but its credential"
    UNKNOWN_PATH = "the entitled identity's answer on a path that does not exist"


def wants(probe: Probe, evidence: Evidence) -> frozenset[Want]:
    """What the engine should still find out before the evidence is judged."""
    if forbidden(probe, evidence) or evidence.suspects or not evidence.attempts:
        return frozenset()
    last, missing = evidence.attempts[-1], set()
    once = len(evidence.attempts) == 1
    alike = answers_alike(probe, evidence) or _shown(probe, evidence) is not None
    if once and last.failure != "budget" and (crashed(last) or alike):
        missing.add(Want.REPEAT)
    if last.status == 404 and evidence.guest_item is None:
        missing.add(Want.GUEST_ITEM)
    if probe.mutant.spelling and evidence.spelled_path is None and not crashed(last):
        missing.add(Want.SPELLED_PATH)
    if evidence.likewise is None and rests_on_the_entitled(probe, evidence):
        missing.add(Want.LIKEWISE)
    if (alike or status_of(evidence.before) == 404) and evidence.unknown_path is None:
        missing.add(Want.UNKNOWN_PATH)
    return frozenset(missing)


def judge(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """The verdict on one probe."""
    if probe.not_applicable:
        reason, _, detail = probe.not_applicable.partition(": ")
        return Verdict(Outcome.NOT_APPLICABLE, reason, detail=detail)
    if evidence.pointless:
        reason, _, detail = evidence.pointless.partition(": ")
        return Verdict(Outcome.NOT_APPLICABLE, reason, detail=detail)
    if probe.mutant.listens:
        return _heard(probe, evidence)
    if evidence.same_as_control:
        return Verdict(Outcome.NOT_APPLICABLE, "same-as-control", detail="the mutant comes out equal to its control")
    told = effect_verdict(probe, evidence) or _not_judged(probe, evidence, rules)
    if told:
        return told
    if evidence.uncontrolled:
        return unserved(probe, evidence) or uncontrolled(probe, evidence, rules)
    return _answer(probe, evidence, rules)


def _not_judged(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict | None:
    if evidence.not_sent:
        reason, _, detail = evidence.not_sent.partition(": ")
        return inconclusive(reason, detail)
    if not evidence.attempts:
        return lost_controls(probe, evidence, rules) or inconclusive("not-sent", "the probe was never sent")
    if evidence.identity.startswith("disproved"):
        return inconclusive("identity", evidence.identity.partition(": ")[2])
    return None


def _heard(probe: Probe, evidence: Evidence) -> Verdict:
    """The verdict on what a run answered besides. The answers are the state here: all of them were seen."""
    if evidence.not_sent:
        reason, _, detail = evidence.not_sent.partition(": ")
        return inconclusive(reason, detail)
    if evidence.told:
        reason = "advisory" if probe.advisory else "credential-echo"
        return Verdict(probe.worst, reason, Confidence.RESPONSE, f"an answer holds {'; '.join(evidence.told)}")
    if not evidence.answers:
        said = (
            "it answered nothing in this run but refusals" if evidence.asked else "nothing was asked of it in this run"
        )
        return Verdict(Outcome.NOT_APPLICABLE, "policy", detail=said)
    return Verdict(Outcome.HELD, "silent", Confidence.STATE, f"{evidence.answers} answers were listened to")


def _shown(probe: Probe, evidence: Evidence) -> Verdict | None:
    return None if probe.operation.writes else opened_read(probe, evidence)


def _answer(probe: Probe, evidence: Evidence, rules: Rules) -> Verdict:
    """The rows of the decision table, from the top."""
    shown = _shown(probe, evidence)
    if shown and (shown.reason == "marker-read" or not denied(probe, evidence, rules, likest(evidence))):
        return shown
    if answers_alike(probe, evidence) and not denied(probe, evidence, rules, likest(evidence)):
        return opened(evidence)
    if evidence.attempts[-1].failure == "budget":
        return inconclusive("budget", "what the target's `limits` allow was spent before it could be told")
    answer = telling(evidence)
    refused = denied(probe, evidence, rules, answer)
    if not refused and evidence.attempts[-1].status == 429:
        return inconclusive("rate-limited", "the target asks to wait")
    lost = nobody_served(probe, evidence, rules) or lost_controls(probe, evidence, rules)
    if lost:
        return lost
    crash = None if refused and len(evidence.attempts) == 1 else crash_verdict(probe, evidence, rules)
    if crash:
        return crash
    nowhere = unserved(probe, evidence) or nobody_likewise(probe, evidence, rules)
    if nowhere:
        return nowhere
    if field_unread(probe, evidence):
        return inconclusive("unobserved", "the object was not read back with the field that counts")
    if refused:
        return held("denied_when", evidence)
    if answer.ok:
        return success(probe, evidence) if probe.operation.writes else served(probe, evidence, rules)
    if answer.status is not None and 300 <= answer.status < 400:
        return redirect(probe, evidence)
    return refusal(probe, evidence, rules, answer.status or 0)

"""Spellings of a path: a refusal there says something only where somebody is served."""

from harness.model import READS, Evidence, Outcome, Probe, Verdict
from harness.oracle.answers import alike, inconclusive, unsaid


def unserved(probe: Probe, evidence: Evidence) -> Verdict | None:
    """NOT-APPLICABLE where not even the entitled are served at this spelling, INCONCLUSIVE where nobody knows; None
    where they are, and for what every path is spelled like."""
    if not probe.mutant.spelling:
        return None
    own, there = evidence.own_path, evidence.spelled_path
    if own is None or there is None or unsaid(own) or unsaid(there) or not own.ok:
        return inconclusive("control", "whether the entitled are served at this spelling could not be told")
    if alike(own, there):
        return None
    if there.ok and probe.operation.method in READS:
        return inconclusive("control", "the entitled are shown something else at this spelling")
    said = f"the entitled are answered {there.status} at this spelling"
    return Verdict(Outcome.NOT_APPLICABLE, "not-served", detail=said)

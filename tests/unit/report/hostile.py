"""Runs in which every text is an attack on whoever reads the report."""

from dataclasses import replace

from harness.engine import Judged, Results
from harness.identities import Standing
from harness.model import (
    Confidence,
    Effect,
    Evidence,
    Exchange,
    Look,
    Mutant,
    Operation,
    Outcome,
    Proof,
    Request,
    Verdict,
)
from harness.sweeping import Left
from tests.unit.report.factories import FABRICATED, probe, results

HOSTILE = (
    "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'><svg/onload=alert(1)></style></title></pre></details>"
    "<a href='javascript:alert(1)'>javascript:alert(1)</a>{{ 7 * 7 }}{% raw %}<!-- ]]>"
    "\u202e\x00\x1b[31m\x1b]0;owned\x07\x9b\r\n\u2028\ud800\u200b&lt;&#60;"
)


def attacked(by: str) -> Results:
    """A run in which every text is this one."""
    operation = Operation(by, by)
    request = Request(by, by, ((by, by),), by.encode("utf-8", "surrogatepass"))
    answer = Exchange(request, 201, (("Content-Type", by),), by.encode("utf-8", "replace"))
    effect = Effect("created", by, by, True, {by: by, "x": [by]}, {"x": by})
    kept = Evidence((answer,), (effect,), look=Look.UNCHANGED, before=Proof(replace(answer, status=None), False, by))
    dead = replace(answer, status=None, failure=by)
    run = results([])
    made: list[Judged] = []
    for outcome in Outcome:
        one = probe(by, by, operation, Mutant(FABRICATED).named(field=by))
        one = replace(
            one, id=f"{outcome} {by}", asked=replace(one.asked, title=by), mutant=replace(one.mutant, actor=by)
        )
        made.append(Judged(one, kept, Verdict(outcome, by, Confidence.STATE, by)))
        made.append(Judged(replace(one, id=f"2{one.id}"), Evidence((dead,), suspects=(by,)), Verdict(outcome, by)))
    run = results(made, standings=(Standing(by, by, by, by),))
    run.id, run.left, run.aborted = by, (Left(by, expected=False),), by
    return run

"""What is said where an object could not be made, or nothing was asked."""

from harness.canaries import NoCanary, why_unmade
from harness.model import Asked, Evidence, Exchange, Mutant, Operation, Probe, Proof, Request, Severity
from harness.openapi import Unsatisfiable
from harness.oracle import Rules, judge

ASKED = Request("POST", "/teams")


def test_a_parent_that_the_budget_did_not_reach_is_told_so() -> None:
    spent = NoCanary("teams", Proof(Exchange(ASKED, failure="budget"), False, "why"))
    assert why_unmade(spent).startswith("budget: ")
    refused = NoCanary("teams", Proof(Exchange(ASKED, 403), False, "why"))
    assert why_unmade(refused, "plain: ") == "control: plain: no teams could be made for it: why"
    assert why_unmade(Unsatisfiable("no body")) == "control: no body"


def test_what_was_not_asked_is_not_said_to_have_refused() -> None:
    heard = Mutant(listens="own-key")
    probe = Probe("x", Asked("credential-echo", "own-key", "", Severity.HIGH), Operation("GET", "/teams"), heard)
    said = [judge(probe, Evidence(asked=count), Rules()).detail for count in (0, 3)]
    assert said == ["nothing was asked of it in this run", "it answered nothing in this run but refusals"]

"""What counts of what was seen beside others."""

from dataclasses import replace

import pytest

from harness.engine.course.company import Company
from harness.engine.course.judging import Judge
from harness.markers import Markers
from harness.model import (
    Asked,
    Credential,
    Effect,
    Evidence,
    Exchange,
    Forbid,
    Look,
    Mutant,
    Operation,
    Part,
    Probe,
    Proof,
    Request,
    Severity,
)
from harness.oracle import Rules, judge

MUTANT = Mutant(Credential("key", Part("nobody"), Part("x")), forbids=(Forbid("any-change"),))
MARKERS = Markers(b"secret")
OURS, THEIRS = MARKERS.new("one"), MARKERS.new("other")


def answered(status: int) -> Exchange:
    return Exchange(Request("PUT", "/things/7/"), status, (("Content-Type", "application/json"),), b"{}")


GOOD = Proof(answered(200), True)
HELD = Evidence((answered(401),), look=Look.UNCHANGED, before=GOOD, after=GOOD, reference=answered(401))


def probe(name: str, method: str = "PUT") -> Probe:
    return Probe(
        name, Asked("family", "mutation", "A title.", Severity.HIGH), Operation(method, "/things/{id}/"), MUTANT
    )


ONE, OTHER = probe("one"), probe("other")


def company(lasting: frozenset[str] = frozenset()) -> Company:
    return Company(Judge(Rules()), MARKERS, {OURS: ONE, THEIRS: OTHER}, lasting)


def changed(marker: str) -> Evidence:
    return replace(HELD, effects=(Effect("changed", "thing", "7", values={"name": marker}),))


GONE = replace(HELD, effects=(Effect("deleted", "thing", "7"),))
CRASHED = replace(HELD, attempts=(answered(500), answered(500)), repeat_after=GOOD)


@pytest.mark.parametrize(
    ("found", "doubtful"),
    [
        (HELD, False),
        (changed(OURS), False),
        (changed(THEIRS), True),
        (changed("no marker"), True),
        (GONE, True),
        (replace(HELD, suspects=("one", "other")), True),
        (CRASHED, True),
        (replace(HELD, look=Look.NOISE), True),
        (replace(HELD, after=Proof(answered(401), False)), True),
        (Evidence(not_sent="network: the target fails"), True),
        (Evidence(not_sent="schema: no such type"), False),
        (replace(HELD, identity="disproved: dead"), False),
    ],
)
def test_what_bears_no_name_is_asked_again(found: Evidence, doubtful: bool) -> None:
    assert company().may_have_part(ONE, found) is doubtful


def test_what_would_not_show_again_is_not_asked_again() -> None:
    noise = replace(HELD, look=Look.NOISE)
    assert not company(frozenset({"one"})).may_have_part(ONE, noise)
    asked = company()
    asked.asked.add("one")
    assert not asked.may_have_part(ONE, noise)


def test_removals_strike_alone_and_need_no_name() -> None:
    assert not company().may_have_part(probe("one", "DELETE"), GONE)


@pytest.mark.parametrize(
    ("first", "again", "verdict"),
    [
        (GONE, HELD, "INCONCLUSIVE(noise)"),
        (changed(THEIRS), HELD, "INCONCLUSIVE(noise)"),
        (GONE, GONE, "BYPASSED(any-change, state)"),
        (CRASHED, HELD, "HELD(refused, state)"),
        (CRASHED, CRASHED, "CRASHED(crash, response)"),
        (replace(HELD, look=Look.NOISE), HELD, "HELD(refused, state)"),
    ],
)
def test_what_comes_again_counts(first: Evidence, again: Evidence, verdict: str) -> None:
    assert str(judge(ONE, company().settled(ONE, first, again), Rules())) == verdict


def test_what_was_never_asked_again_is_not_told_but_for_what_is_signed() -> None:
    both = replace(GONE, effects=(*GONE.effects, *changed(OURS).effects), suspects=("one",))
    left = company().untold(ONE, both, "interrupted: it was stopped")
    assert left.effects == changed(OURS).effects
    assert left.suspects == ()
    assert left.not_sent == "interrupted: it was stopped"

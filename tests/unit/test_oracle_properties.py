"""Properties of the oracle over any evidence: it always answers, and nothing that is missing ever becomes a HELD."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.config import Denial
from harness.model import (
    ANY_CHANGE,
    FINDINGS,
    Asked,
    Confidence,
    Effect,
    Evidence,
    Exchange,
    Expect,
    Forbid,
    Look,
    Mutant,
    Operation,
    Outcome,
    Probe,
    Proof,
    Request,
    Severity,
    Verdict,
)
from harness.oracle import Rules, Want, judge, wants

steady = settings(max_examples=200)

PRECEDENCE = ("NOT-APPLICABLE", "HELD", "INCONCLUSIVE", "WEAK", "CRASHED", "LEAKED", "BYPASSED")
DATA_RULE = Forbid("stored-outside-rule", "url")

REQUESTS = (Request("PUT", "/api/things/7/"), Request("GET", "/api/things/"))
BODIES = (b"", b"{}", b"null", b'{"id": 7}', b'{"detail": "no"}', b"[1]", b"<p>", b"\xff{")
TYPES = ("application/json", "text/html; charset=utf-8")
PLACES = ("/login?next=/", "/login", "/api/things/7", "https://evil.example/login", "//[")
STATUSES = (200, 201, 204, 400, 401, 403, 404, 405, 409, 422, 429, 500, 503)
FAILED = tuple(Exchange(request, failure=failure) for request in REQUESTS for failure in ("reset", "deadline"))
ANSWERED = (
    *(
        Exchange(request, status, (("Content-Type", media),), body)
        for request, status, media, body in product(REQUESTS, STATUSES, TYPES, BODIES)
    ),
    *(Exchange(REQUESTS[0], status, (("Location", place),)) for status, place in product((301, 302, 303), PLACES)),
    *(Exchange(REQUESTS[0], status) for status in range(100, 1000)),
)


def answers(*ranges: range) -> st.SearchStrategy[Exchange]:
    """Answers with a status of these, drawn from a small pool: they are often alike."""
    statuses = {status for one in ranges for status in one}
    pool = [one for one in ANSWERED if one.status in statuses]
    return st.sampled_from([one for one in pool if one.body] or pool) | st.sampled_from(pool)


def only(*statuses: int) -> st.SearchStrategy[Exchange]:
    return answers(*(range(status, status + 1) for status in statuses))


SUCCESSES = answers(range(200, 300))
CRASHES = answers(range(500, 1000)) | st.sampled_from(FAILED)
EXCHANGES = only(*STATUSES) | only(302) | answers(range(100, 1000)) | CRASHES
GOOD = st.builds(Proof, SUCCESSES, st.just(True))
PROOFS = GOOD | st.builds(Proof, st.none() | EXCHANGES, st.booleans(), st.just("why"))
EFFECTS = st.builds(
    Effect,
    st.sampled_from(("created", "changed", "deleted")),
    st.just("things"),
    st.just("7"),
    st.booleans(),
    st.sampled_from(({}, {"url": "https://ok.example/"}, {"name": "x"})),
    st.sampled_from(({}, {"url": "its host is evil.example"}, {"icon": "why"})),
)
FORBIDS = st.sampled_from((ANY_CHANGE, Forbid("outside-scope"), DATA_RULE))
EVIDENCE = st.builds(
    Evidence,
    attempts=st.lists(EXCHANGES, max_size=2).map(tuple),
    effects=st.just(()) | st.lists(EFFECTS, max_size=2).map(tuple),
    suspects=st.sampled_from((*[()] * 9, ("a", "b"))),
    late=st.booleans(),
    look=st.sampled_from((Look.UNCHANGED, *Look)),
    before=st.none() | PROOFS,
    after=st.none() | PROOFS,
    repeat_after=st.none() | PROOFS,
    reference=st.none() | EXCHANGES,
    public=st.none() | EXCHANGES,
    guest_item=st.none() | EXCHANGES,
    unknown_path=st.none() | EXCHANGES,
    own_path=st.none() | EXCHANGES | only(404),
    identity=st.sampled_from((*["proved"] * 6, "proved: x", "attested", "attested: x", "disproved: x")),
    not_sent=st.sampled_from((*[None] * 9, "aborted: why")),
    same_as_control=st.sampled_from((*[False] * 9, True)),
)
PROBES = st.builds(
    Probe,
    st.just("p"),
    st.just(Asked("f", "m", "t", Severity.HIGH)),
    st.just(Operation("PUT", "/api/things/{id}/")),
    st.builds(
        Mutant,
        expect=st.sampled_from(Expect),
        forbids=st.lists(FORBIDS, max_size=2).map(tuple),
        also=st.sampled_from((frozenset(), frozenset({400, 431}))),
        actor=st.sampled_from(("", "low")),
    ),
    not_applicable=st.sampled_from((*[None] * 9, "no-body: none is told")),
)
LISTS = st.sampled_from((frozenset({401, 403}), frozenset({401}), frozenset({403, 404})))
INVALID = st.sampled_from((frozenset({400, 422}), frozenset({422})))
DENIALS = st.sampled_from(
    (
        {"status": 302, "location": "/login"},
        {"status": 500, "operation": "PUT /api/**"},
        {"status": 200, "json": {"$.detail": "no"}},
        {"status": 429},
    )
).map(Denial.model_validate)
PLAIN = st.builds(Rules, LISTS, LISTS, INVALID)
"""Rules without `denied_when`."""
RULES = PLAIN | st.builds(Rules, LISTS, LISTS, INVALID, st.lists(DENIALS, max_size=2).map(tuple))


ATTEMPTS = st.lists(EXCHANGES, min_size=1, max_size=2).map(tuple)
CONTROLLED = st.builds(
    Evidence,
    attempts=ATTEMPTS,
    look=st.just(Look.UNCHANGED),
    before=GOOD,
    after=GOOD,
    repeat_after=st.none() | GOOD,
    reference=st.none() | EXCHANGES,
    guest_item=st.none() | EXCHANGES,
    unknown_path=st.none() | EXCHANGES,
)
"""Of a mutant sent between two good controls, with nothing seen to happen."""


def _weakly(evidence: Evidence, refusal: Exchange, before: Proof, after: Proof) -> Evidence:
    attempts = (*evidence.attempts[1:], refusal)
    return replace(evidence, attempts=attempts, reference=refusal, before=before, after=after)


BEHIND = st.builds(Proof, only(400, 409, 422), st.just(False), st.just("why"))
WEAKLY = st.builds(_weakly, EVIDENCE, only(401, 403), BEHIND, BEHIND | PROOFS)
"""Of a refusal like a guest's, where the control fails behind authentication."""
ECHOED = st.builds(
    lambda evidence, answer, item: replace(
        evidence, attempts=(*evidence.attempts[1:], answer), reference=answer, guest_item=item
    ),
    CONTROLLED,
    only(200, 202, 301, 302, 404),
    only(404),
)
"""Of a mutant answered as a guest is, between two good controls."""
UNREAD = st.builds(
    lambda evidence, answer, reference: replace(
        evidence,
        attempts=(answer, *evidence.attempts[1:]),
        before=Proof(answer, False, "why"),
        reference=reference,
        look=Look.UNREADABLE,
    ),
    EVIDENCE,
    SUCCESSES,
    st.none() | EXCHANGES,
)
"""Of a write that nobody can read back, answered as its control is."""
ANY = EVIDENCE | CONTROLLED | ECHOED | WEAKLY | UNREAD


def applicable(probe: Probe, evidence: Evidence) -> bool:
    """Whether there was anything to test."""
    return not probe.not_applicable and not evidence.same_as_control


def matching(forbid: Forbid) -> Effect:
    return Effect("changed", "things", "8", False, {"url": "x"}, {forbid.name: "why"} if forbid.name else {})


def rank(verdict: Verdict) -> int:
    return PRECEDENCE.index(verdict.outcome)


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_there_is_always_one_verdict(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    verdict = judge(probe, evidence, rules)
    assert isinstance(verdict, Verdict)
    assert verdict == judge(replace(probe), replace(evidence), replace(rules))
    assert verdict.reason
    assert verdict.outcome in PRECEDENCE
    assert bool(verdict.confidence) == (verdict.outcome in FINDINGS | {Outcome.HELD})
    assert verdict.detail.isprintable()
    assert wants(probe, evidence) == wants(replace(probe), replace(evidence))


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_nothing_holds_that_nobody_saw(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    verdict = judge(probe, evidence, rules)
    if verdict.outcome is Outcome.HELD:
        assert evidence.attempts
        assert not evidence.suspects
        readable = {Look.UNCHANGED} if verdict.reason != "weak-control" else {Look.UNCHANGED, Look.UNREADABLE}
        assert evidence.look in readable


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_only_good_controls_carry_silence(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    verdict = judge(probe, evidence, rules)
    if verdict.outcome in (Outcome.HELD, Outcome.CRASHED, Outcome.WEAK) and verdict.reason != "weak-control":
        assert evidence.before is not None
        assert evidence.before.good
        assert evidence.after is not None
        assert evidence.after.good


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_a_weak_control_is_one_that_is_kept(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    verdict = judge(probe, evidence, rules)
    if verdict.reason == "weak-control":
        assert verdict.confidence is Confidence.RESPONSE
        assert probe.mutant.expect is Expect.REFUSED
        assert not any(one.ok or (one.status or 0) >= 500 for one in evidence.attempts)
        for control in (evidence.before, evidence.after):
            assert control is not None
            assert control.exchange is not None
            assert control.exchange.status in (400, 409, 412, 415, 422, 428)


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_an_attested_identity_is_never_better_than_that(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    verdict = judge(probe, replace(evidence, identity="attested: x"), rules)
    assert (verdict.outcome, verdict.confidence) != (Outcome.HELD, Confidence.STATE)
    verdict = judge(probe, replace(evidence, identity="disproved: x"), rules)
    assert verdict.outcome is not Outcome.HELD


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES, forbid=FORBIDS)
def test_a_forbidden_effect_is_a_finding_whatever_else(
    probe: Probe, evidence: Evidence, rules: Rules, forbid: Forbid
) -> None:
    probe = replace(probe, mutant=replace(probe.mutant, forbids=(*probe.mutant.forbids, forbid)), not_applicable=None)
    evidence = replace(evidence, effects=(*evidence.effects, matching(forbid)), same_as_control=False)
    verdict = judge(probe, evidence, rules)
    assert (verdict.outcome, verdict.confidence) == (Outcome.BYPASSED, Confidence.STATE)
    assert verdict.reason in {one.predicate for one in probe.mutant.forbids}


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_one_more_effect_never_makes_it_better(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    before = judge(probe, evidence, rules)
    for forbid in probe.mutant.forbids:
        after = judge(probe, replace(evidence, effects=(*evidence.effects, matching(forbid))), rules)
        assert rank(after) >= rank(before)


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_a_missing_control_never_makes_it_hold(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    if judge(probe, evidence, rules).outcome is not Outcome.HELD:
        for poorer in (
            replace(evidence, before=None),
            replace(evidence, after=None),
            replace(evidence, repeat_after=None),
            replace(evidence, reference=None),
            replace(evidence, public=None),
            replace(evidence, guest_item=None),
            replace(evidence, unknown_path=None),
            replace(evidence, own_path=None),
        ):
            assert judge(probe, poorer, rules).outcome is not Outcome.HELD


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES, last=only(429) | CRASHES)
def test_a_crash_silence_or_429_never_holds(probe: Probe, evidence: Evidence, rules: Rules, last: Exchange) -> None:
    verdict = judge(probe, replace(evidence, attempts=(*evidence.attempts[:1], last)), rules)
    assert verdict.outcome is not Outcome.HELD or verdict.reason == "denied_when"


@steady
@given(probe=PROBES, evidence=CONTROLLED | ANY, rules=RULES, success=SUCCESSES, first=st.booleans())
def test_a_success_without_the_right_holds_only_as_soft(
    probe: Probe, evidence: Evidence, rules: Rules, success: Exchange, first: bool
) -> None:
    probe = replace(probe, mutant=replace(probe.mutant, expect=Expect.REFUSED))
    others = evidence.attempts[:1]
    verdict = judge(probe, replace(evidence, attempts=(success, *others) if first else (*others, success)), rules)
    if verdict.outcome is Outcome.HELD:
        assert verdict.reason in {"soft", "denied_when"}


@steady
@given(probe=PROBES, evidence=CONTROLLED, rules=PLAIN, value=st.sampled_from((b"", b" ", b"\r\n")))
def test_an_empty_success_never_holds(probe: Probe, evidence: Evidence, rules: Rules, value: bytes) -> None:
    probe = replace(probe, mutant=replace(probe.mutant, expect=Expect.REFUSED), not_applicable=None)
    answer = replace(evidence.attempts[0], status=200, failure=None, body=value)
    verdict = judge(probe, replace(evidence, attempts=(answer,), reference=answer), rules)
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, "no-effect")


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_no_finding_comes_of_nothing(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    verdict = judge(probe, replace(evidence, effects=(), suspects=()), rules)
    if verdict.outcome is Outcome.BYPASSED:
        assert (verdict.reason, verdict.confidence) == ("opened", Confidence.RESPONSE)
        assert evidence.look is Look.UNREADABLE
        assert probe.mutant.expect is Expect.REFUSED
        assert evidence.reference is not None
        assert evidence.before is not None
        assert evidence.before.exchange is not None
        assert evidence.before.exchange.ok
        assert any(one.ok for one in evidence.attempts)
    elif verdict.outcome is Outcome.CRASHED:
        assert len(evidence.attempts) > 1
        assert any(one.status is None or one.status >= 500 for one in evidence.attempts)
        assert evidence.look is Look.UNCHANGED


@steady
@given(probe=PROBES, evidence=ANY, rules=RULES)
def test_nothing_to_test_is_never_said_of_what_was_served(probe: Probe, evidence: Evidence, rules: Rules) -> None:
    verdict = judge(probe, evidence, rules)
    if applicable(probe, evidence) and verdict.outcome is Outcome.NOT_APPLICABLE:
        assert verdict.reason in {"not-routed", "not-served"}
        assert not any(one.ok for one in evidence.attempts)
        if verdict.reason == "not-served":
            assert evidence.own_path is not None
            assert evidence.own_path.status == 404


@steady
@given(probe=PROBES, evidence=ANY, supplied=EXCHANGES | only(404), proof=PROOFS)
def test_nothing_is_wanted_twice(probe: Probe, evidence: Evidence, supplied: Exchange, proof: Proof) -> None:
    evidence = replace(evidence, attempts=evidence.attempts[:1], guest_item=None, unknown_path=None)
    asked: set[Want] = set()
    while missing := wants(probe, evidence):
        assert not missing & asked
        asked |= missing
        if Want.REPEAT in missing:
            evidence = replace(evidence, attempts=(*evidence.attempts, supplied), repeat_after=proof)
        if Want.GUEST_ITEM in missing:
            evidence = replace(evidence, guest_item=supplied)
        if Want.UNKNOWN_PATH in missing:
            evidence = replace(evidence, unknown_path=supplied)
    assert len(evidence.attempts) <= 2


@steady
@given(probe=PROBES, evidence=ANY)
def test_nothing_is_wanted_where_the_effect_is_known(probe: Probe, evidence: Evidence) -> None:
    probe = replace(probe, mutant=replace(probe.mutant, forbids=(ANY_CHANGE,)))
    assert not wants(probe, replace(evidence, effects=(matching(ANY_CHANGE),)))
    assert not wants(probe, replace(evidence, suspects=("a",)))
    assert not wants(probe, replace(evidence, attempts=()))

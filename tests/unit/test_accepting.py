"""What `accept` covers and what it does not: the verdict and the effect that were accepted, until a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from harness.config import Acceptance
from harness.engine import Judged, Results, State, effects_of
from harness.engine.course import accepting
from harness.model import Confidence, Effect, Json, Outcome, Verdict
from tests.unit.report.factories import (
    POST,
    PUT,
    bypassed,
    held,
    not_applicable,
    probe,
    results,
    unclear,
)

TODAY = date(2026, 7, 1)
RESOURCES = {POST.name: "thing", PUT.name: "thing"}
FOUND = bypassed(probe())
HELD = held(probe())
GONE = Verdict(Outcome.NOT_APPLICABLE, "not-routed")


def entry(
    pattern: str = FOUND.probe.id, verdict: str = "BYPASSED", last: str = "2026-07-01", **more: Json
) -> Acceptance:
    # Built without its checks: the day is compared with the clock there.
    made = Acceptance.model_construct(
        probe=pattern, verdict=verdict, reason="mended soon", owner="web team", expires=date.fromisoformat(last), **more
    )
    assert isinstance(made, Acceptance)
    return made


def applied(judged: Sequence[Judged], *entries: Acceptance, day: date = TODAY) -> Results:
    run = results(judged)
    accepting.apply(run, entries, RESOURCES, day)
    return run


def test_an_accepted_finding_does_not_fail_and_is_called_accepted() -> None:
    run = applied([FOUND, held(probe(mutation="zeros"))], entry())
    verdict = run.judged[FOUND.probe.id].verdict
    assert (verdict.outcome, verdict.reason) == (Outcome.ACCEPTED, "BYPASSED: any-change")
    assert verdict.detail == "accepted until 2026-07-01 by web team: mended soon"
    assert run.accepted[0].state is State.USED
    assert run.exit_code(strict=True) == 0


def test_an_expired_one_fails_and_says_since_when() -> None:
    run = applied([FOUND], entry(last="2026-06-30"))
    verdict = run.judged[FOUND.probe.id].verdict
    assert (verdict.outcome, verdict.reason) == (Outcome.BYPASSED, "any-change")
    assert verdict.detail.endswith("; its acceptance ended on 2026-06-30")
    assert run.accepted[0].state is State.EXPIRED
    assert run.exit_code(strict=False) == 1


def changed(effects: tuple[Effect, ...], judged: Judged = FOUND) -> Judged:
    return replace(judged, evidence=replace(judged.evidence, effects=effects))


CREATED = Effect("created", "thing", "7", True, {"id": 7})
WORSE = {
    "another kind": changed((replace(CREATED, kind="deleted"),)),
    "another resource": changed((CREATED, replace(CREATED, resource="user"))),
    "beyond what was named": changed((replace(CREATED, inside=False),)),
    "of others": changed((replace(CREATED, foreign=True),)),
    "another verdict": replace(FOUND, verdict=Verdict(Outcome.LEAKED, "marker-read", Confidence.RESPONSE)),
    "one of a group": replace(FOUND, evidence=replace(FOUND.evidence, suspects=(FOUND.probe.id,))),
}


@pytest.mark.parametrize("worse", list(WORSE))
@pytest.mark.parametrize("told", [None, effects_of(FOUND)], ids=["by-hand", "as-recorded"])
def test_something_worse_under_the_same_id_is_not_covered(worse: str, told: tuple[str, ...] | None) -> None:
    judged = WORSE[worse]
    if worse == "one of a group":
        judged = replace(judged, verdict=Verdict(Outcome.BYPASSED, "group", Confidence.STATE))
    run = applied([judged], entry(effect=told))
    verdict = run.judged[FOUND.probe.id].verdict
    assert verdict.outcome is judged.verdict.outcome
    assert verdict.detail.endswith(f"not covered by accept[0] ({FOUND.probe.id})")
    assert run.accepted[0].state is State.EXCEEDED
    assert run.exit_code(strict=False) == 1


def test_what_was_recorded_covers_what_was_recorded() -> None:
    judged = WORSE["another resource"]
    assert effects_of(judged) == ("any-change", "created thing", "created user")
    run = applied([judged], entry(effect=effects_of(judged)))
    assert run.judged[FOUND.probe.id].verdict.outcome is Outcome.ACCEPTED
    less = applied([FOUND], entry(effect=effects_of(judged)))
    assert less.judged[FOUND.probe.id].verdict.outcome is Outcome.ACCEPTED
    assert effects_of(less.judged[FOUND.probe.id]) == ("any-change", "created thing")


def test_a_fixed_one_is_red_until_its_entry_goes() -> None:
    run = applied([HELD], entry())
    assert run.judged[FOUND.probe.id].verdict.outcome is Outcome.HELD
    assert run.accepted[0].state is State.FIXED
    assert run.fixed[0].probes == (FOUND.probe.id,)
    assert run.exit_code(strict=False) == 1
    assert applied([HELD]).exit_code(strict=False) == 0


def test_a_pattern_is_red_only_when_nothing_is_left_of_it() -> None:
    other = held(probe(mutation="zeros"))
    run = applied([FOUND, other], entry("fabricated-key/*[**]"))
    assert run.accepted[0].state is State.USED
    assert run.accepted[0].probes == (FOUND.probe.id,)
    assert applied([HELD, other], entry("fabricated-key/*[**]")).accepted[0].state is State.FIXED


SILENT = {
    "not told": ([unclear(probe(), "control")], State.UNTOLD, 3),
    "held by a word alone": ([held(probe(), Confidence.ATTESTED)], State.UNTOLD, 0),
    "not applicable": (
        [not_applicable(probe(not_applicable="policy: no")), held(probe(mutation="other"))],
        State.UNUSED,
        0,
    ),
    "no such probe": ([held(probe(mutation="other"))], State.UNUSED, 0),
    "gone for everybody": ([replace(HELD, verdict=GONE), held(probe(mutation="other"))], State.FIXED, 1),
}


@pytest.mark.parametrize("case", list(SILENT))
def test_an_entry_that_covers_nothing_says_why(case: str) -> None:
    judged, state, code = SILENT[case]
    run = applied(judged, entry())
    assert run.accepted[0].state is state
    assert run.exit_code(strict=False) == code


def test_a_part_of_a_run_says_nothing_of_what_it_left_out() -> None:
    run = results([held(probe(mutation="zeros"))], deselected=[FOUND.probe])
    accepting.apply(run, [entry(), entry("fabricated-key/*[**]")], RESOURCES, TODAY)
    assert [one.state for one in run.accepted] == [State.UNTOLD, State.UNTOLD]


def test_one_entry_in_force_is_enough() -> None:
    for entries in ([entry(last="2026-06-30"), entry()], [entry(), entry(last="2026-06-30")]):
        run = applied([FOUND], *entries)
        assert run.judged[FOUND.probe.id].verdict.outcome is Outcome.ACCEPTED
        assert run.exit_code(strict=False) == 0

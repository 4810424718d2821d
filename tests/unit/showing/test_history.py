"""What is said of the builds: spans that are read, differences that are told, doors that are found closed."""

from collections.abc import Mapping

import pytest

from harness.model import Outcome
from harness.showing.doors import BROKEN, GONE, MENDED, REFUSED, closed, still
from harness.showing.expected import differences, expected
from harness.showing.probing import Shown, Told
from harness.showing.steps import APIS, BUILDS

POST = "POST /things/"
OUTCOMES = {"a": Outcome.HELD, "b": Outcome.WEAK, "c": Outcome.CRASHED, "d": Outcome.NOT_APPLICABLE}
TABLE = {"v1": {"door": {"got in until 2026-02-25": ["a"], "crashed from 2026-02-25 until 2026-06-09": ["a", "b"]}}}


def shown(build: str, outcomes: Mapping[str, Outcome], untouched: bool = True, offered: bool = True) -> Shown:
    """A run of probes named by mutation."""
    told = {name: Told("door", name, POST, "high", outcome, advisory=False) for name, outcome in outcomes.items()}
    return Shown(build, "v1", told, 9, frozenset([POST] if offered else []), 5, untouched, ())


@pytest.mark.parametrize(
    ("build", "right"),
    list(zip(BUILDS, [{"a got in"}, {"a got in"}, *[{"a crashed", "b crashed"}] * 2, set()], strict=True)),
)
def test_spans_hold_from_a_build_until_another(build: str, right: set[str]) -> None:
    assert {f"{name} {word}" for _, name, word in expected("v1", build, TABLE)} == right
    assert expected("v2", build, TABLE) == frozenset()


@pytest.mark.parametrize("span", ["got in since 2014", "got in until 2015", "got in from 2026"])
def test_a_span_that_cannot_be_read_is_refused(span: str) -> None:
    with pytest.raises(ValueError, match="not a span of builds"):
        expected("v1", "2014", {"v1": {"door": {span: ["a"]}}})


def test_every_span_of_the_shipped_table_can_be_read() -> None:
    assert all(expected(api, build) for api in APIS for build in BUILDS)


def test_what_differs_is_named() -> None:
    held, entered = Outcome.HELD, Outcome.BYPASSED
    assert differences(shown("2014", {"a": entered, "b": held}), TABLE) == []
    assert differences(shown("2014", {"a": held, "b": entered}, untouched=False), TABLE) == [
        "build 2014, v1: door/a is not got in, and should be",
        "build 2014, v1: door/b is got in, and should not be",
        "build 2014, v1: rows are not as they were before the run",
    ]


def test_a_full_run_may_show_more_and_never_less() -> None:
    outcomes = {"a": Outcome.BYPASSED, "b": Outcome.BYPASSED}
    assert differences(shown("2014", outcomes), TABLE, full=True) == []
    assert len(differences(shown("2014", {}), TABLE, full=True)) == 1


@pytest.mark.parametrize(
    ("was", "now", "offered", "how"),
    [
        (Outcome.BYPASSED, Outcome.HELD, True, [REFUSED]),
        (Outcome.LEAKED, Outcome.HELD, True, [REFUSED]),
        (Outcome.BYPASSED, Outcome.CRASHED, True, [BROKEN]),
        (Outcome.CRASHED, Outcome.HELD, True, [MENDED]),
        (Outcome.BYPASSED, None, False, [GONE]),
        (Outcome.BYPASSED, None, True, []),
        (Outcome.BYPASSED, Outcome.INCONCLUSIVE, True, []),
        (Outcome.BYPASSED, Outcome.BYPASSED, True, []),
        (Outcome.HELD, Outcome.HELD, True, []),
    ],
)
def test_a_door_is_closed_only_where_that_was_seen(
    was: Outcome, now: Outcome | None, offered: bool, how: list[str]
) -> None:
    after = shown("2026-02-24", {"a": now} if now else {}, offered=offered)
    assert [one.how for one in closed(shown("2014", {"a": was}), after)] == how


def test_what_is_open_still_is_told_by_family_and_word() -> None:
    newest = shown("2026-06-09", OUTCOMES)
    assert [(family, word, len(probes)) for family, word, probes in still(newest)] == [
        ("door", "weak", 1),
        ("door", "crashed", 1),
    ]

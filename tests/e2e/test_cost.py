"""What a verdict costs in requests. It is a count, the same on every machine."""

import pytest

from benchmarks.requests_per_verdict import Ratio, measure
from harness.model import Outcome

pytestmark = pytest.mark.soak
MOST = 1.28
"""Requests per verdict whose own mutant was sent."""


@pytest.fixture(scope="module")
def fixed() -> Ratio:
    """All families on the newest build of the embedded API."""
    return measure("2026-06-09")


def test_a_verdict_is_cheap(fixed: Ratio) -> None:
    assert fixed.verdicts > 1700
    assert fixed.requests == fixed.results.cost.requests
    assert fixed.ratio <= MOST


def test_cheap_verdicts_are_verdicts(fixed: Ratio) -> None:
    judged = [one.verdict.outcome for one in fixed.results.judged.values()]
    assert judged.count(Outcome.INCONCLUSIVE) == 0
    assert judged.count(Outcome.HELD) >= 1700
    assert fixed.results.leftovers == ()

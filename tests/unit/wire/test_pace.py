"""How requests are spread, on a clock that only sleeping moves."""

import pytest

from harness.model import Request
from harness.wire import Pace, Redactor, Wire

GET = Request("GET", "/")


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.mark.parametrize(("rate", "gap"), [(50.0, 0.02), (0.5, 2.0)])
def test_requests_are_spread_evenly(rate: float, gap: float) -> None:
    clock = Clock()
    pace = Pace(rate, clock, clock.sleep)
    for _ in range(4):
        pace.wait()
    assert clock.slept == [gap, gap, gap]


def test_a_pause_saves_nothing_up() -> None:
    clock = Clock()
    pace = Pace(10.0, clock, clock.sleep)
    pace.wait()
    clock.now += 60
    for _ in range(3):
        pace.wait()
    assert clock.slept == [0.1, 0.1]


def test_without_a_rate_nobody_waits() -> None:
    clock = Clock()
    pace = Pace(None, clock, clock.sleep)
    for _ in range(3):
        pace.wait()
    assert clock.slept == []


def test_wires_share_a_pace() -> None:
    clock = Clock()
    pace = Pace(10.0, clock, clock.sleep)
    wires = [Wire("http://127.0.0.1:1", redact=Redactor({}), pace=pace) for _ in range(2)]
    for wire in (*wires, *wires):
        wire(GET, "line")
    assert clock.slept == [0.1, 0.1, 0.1]

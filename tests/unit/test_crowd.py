"""Requests at once: how many, in which order they are told, and how they stop."""

import os
import signal
from threading import Barrier, Event, Lock

import pytest

from harness.engine.sending.crowd import Crowd, broke
from harness.engine.sending.stopping import Stop, Stopped
from harness.model import Exchange, Request


class Server:
    """Counts how many requests are under way."""

    def __init__(self, awaited: int = 1) -> None:
        self.lock = Lock()
        self.now = self.most = 0
        self.together = Barrier(awaited)

    def __call__(self, request: Request, line: str) -> Exchange:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.together.wait(10)
        with self.lock:
            self.now -= 1
        return Exchange(request, status=200)


def test_so_many_are_under_way_and_no_more() -> None:
    server = Server(awaited=4)
    crowd = Crowd(server, 4)

    def row(name: int) -> list[str]:
        return [one.request.method for one in crowd.each(lambda n: crowd(Request(f"{name}{n}", "/"), "x"), range(4))]

    assert crowd.each(row, range(4)) == [[f"{name}{number}" for number in range(4)] for name in range(4)]
    assert server.most == 4


def test_alone_nothing_else_is_under_way() -> None:
    server = Server()
    crowd = Crowd(server, 4)
    under_way = list[int]()

    def work(number: int) -> None:
        if number % 5:
            crowd(Request("GET", "/"), "x")
            return
        with crowd.alone():
            under_way.append(server.now)
            crowd(Request("GET", "/"), "x")
            under_way.append(server.now)

    crowd.each(work, range(40))
    assert under_way == [0] * 16


def test_one_at_once_is_the_caller_s_own_thread_in_order() -> None:
    order = list[int]()
    Crowd(Server(), 1).each(order.append, range(5))
    assert order == [0, 1, 2, 3, 4]


def test_an_error_is_raised_when_all_that_had_begun_are_done() -> None:
    begun, done = Event(), list[int]()

    def work(number: int) -> None:
        if number == 0:
            begun.wait(10)
            raise LookupError("no more")
        begun.set()
        done.append(number)

    with pytest.raises(LookupError):
        Crowd(Server(), 2).each(work, range(3))
    assert 1 in done


def test_being_told_to_end_stops_every_thread_at_its_next_request() -> None:
    stop, told = Stop(), Event()
    crowd, stopped = Crowd(stop.heeding(Server()), 2), list[int]()

    def work(number: int) -> None:
        if number:
            assert told.wait(10)
        else:
            os.kill(os.getpid(), signal.SIGINT)
            told.set()
        try:
            for _ in range(1_000_000):
                crowd(Request("GET", "/"), "x")
        except Stopped:
            stopped.append(number)
            raise

    with stop.heeded(), pytest.raises(Stopped):
        crowd.each(work, range(2))
    assert sorted(stopped) == [0, 1]
    stop.clear()
    assert crowd(Request("GET", "/"), "x").status == 200, "the run cleans up with it"


@pytest.mark.parametrize(
    ("exchange", "is_so"),
    [
        (Exchange(Request("GET", "/"), status=500), True),
        (Exchange(Request("GET", "/"), failure="reset"), True),
        (Exchange(Request("GET", "/"), failure="budget"), False),
        (Exchange(Request("GET", "/"), status=401), False),
    ],
)
def test_what_neighbours_may_have_broken(exchange: Exchange, is_so: bool) -> None:
    assert broke(exchange) is is_so

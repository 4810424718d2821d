"""Who of a group is sent with whom."""

from collections.abc import Callable
from threading import Barrier, Event, Lock

from harness.engine.lanes.striking import Sent
from harness.engine.lanes.waves import Waves, in_waves
from harness.engine.sending.crowd import Crowd
from harness.model import GUEST, Asked, Exchange, Mutant, Operation, Probe, Request, Severity

OPERATION = Operation("PUT", "/things/{id}")
MEMBERS = [
    Probe(str(number), Asked("family", "mutation", "A title.", Severity.HIGH), OPERATION, Mutant(GUEST))
    for number in range(23)
]
PATIENCE = 10


class Target:
    """Answers each wave, of the sizes that are expected, when all of it is there."""

    def __init__(self, *sizes: int) -> None:
        self.lock = Lock()
        self.count = 0
        self.waves = [wave for size in sizes for wave in [Barrier(size)] * size]

    def send(self, probe: Probe, status: int) -> Sent:
        with self.lock:
            place = self.count
            self.count += 1
        self.waves[place].wait(PATIENCE)
        return Sent(probe, "m", Exchange(Request("PUT", "/"), status=status), "/", "1")


def sent(target: Target, size: int, first: int, answer: Callable[[int], int] = lambda number: 401) -> Waves:
    crowd = Crowd(lambda request, line: Exchange(request), size)
    return in_waves(
        crowd,
        MEMBERS,
        lambda probe: target.send(probe, answer(int(probe.id))),
        lambda exchange: exchange.status == 401,
        first,
        size,
    )


def test_twice_as_many_are_sent_at_once_each_time() -> None:
    waves = sent(Target(1, 2, 4, 8, 8), size=8, first=1)
    assert [one.probe for one in waves.sent] == MEMBERS
    assert (waves.waiting, waves.failed) == ([], [])


def test_one_at_a_time_where_no_more_may_be_under_way() -> None:
    assert len(sent(Target(*[1] * 23), size=1, first=1).sent) == 23


def test_nobody_is_sent_behind_another_answer() -> None:
    waves = sent(Target(1, 2, 4, 8, 8), size=8, first=1, answer=lambda number: 200 if number == 4 else 401)
    assert [one.probe.id for one in waves.sent] == [str(number) for number in range(7)]
    assert waves.waiting == MEMBERS[7:]
    assert waves.failed == []


def test_what_failed_among_others_is_told_apart() -> None:
    waves = sent(Target(4, 8, 1), size=8, first=4, answer=lambda number: 500 if number in (5, 9) else 401)
    assert [one.probe.id for one in waves.failed] == ["5", "9"]
    assert [one.probe for one in waves.sent] == MEMBERS[:13]
    alone = sent(Target(1, 2, 4, 8, 8), size=8, first=1, answer=lambda number: 500)
    assert (len(alone.sent), alone.failed) == (1, [])


def test_the_next_one_goes_when_another_is_answered_and_who_is_sent_is_always_the_same() -> None:
    behind = Event()

    def answer(number: int) -> int:
        if number == 9:
            # It is still under way while all are sent that may be beside it.
            assert behind.wait(PATIENCE)
            return 200
        if number == 16:
            behind.set()
        return 401

    waves = sent(Target(*[1] * 23), size=8, first=8, answer=answer)
    assert [one.probe for one in waves.sent] == MEMBERS[:17]
    assert (waves.waiting, waves.failed) == (MEMBERS[17:], [])

"""The members of a group, sent in waves: one by itself, then twice as many at once each time, for as long as all are
answered in a way that lets the next ones go. Once as many as may be are under way, the next one goes as soon as another
is answered; who is sent is the same however quick the answers are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Condition, Lock

from harness.engine.lanes.striking import Sent
from harness.engine.sending.crowd import Crowd, broke
from harness.model import Exchange, Probe


@dataclass(frozen=True, slots=True)
class Waves:
    """How far it went."""

    sent: list[Sent]
    waiting: list[Probe]
    """Those that were not sent any more."""
    failed: list[Sent]
    """Those whose request failed among others."""


def in_waves(
    crowd: Crowd,
    members: Sequence[Probe],
    send: Callable[[Probe], Sent],
    goes_on: Callable[[Exchange], bool],
    first: int,
    most: int,
) -> Waves:
    """Sends them, `first` at once to begin with and never more than `most`. `goes_on` is whether an answer lets the
    next ones go."""
    sent, waiting, count = list[Sent](), list(members), first
    while waiting:
        if count == most > 1:
            last, good = _flow(crowd, waiting, send, goes_on, most)
        else:
            last = crowd.each(send, waiting[:count])
            good = all(goes_on(one.exchange) for one in last)
        waiting = waiting[len(last) :]
        sent += last
        if not good:
            return Waves(sent, waiting, [one for one in last if len(last) > 1 and broke(one.exchange)])
        count = min(2 * count, most)
    return Waves(sent, [], [])


def _flow(
    crowd: Crowd,
    members: Sequence[Probe],
    send: Callable[[Probe], Sent],
    goes_on: Callable[[Exchange], bool],
    most: int,
) -> tuple[list[Sent], bool]:
    """Sends members in their order, each when all but the last `most` before it were answered and let it go; gives
    those that were sent, and whether all answers let the next ones go."""
    changed, asked = Condition(), Lock()
    answered, known, end = [False] * len(members), 0, len(members)
    good = True

    def pass_on(place: int) -> Sent | None:
        nonlocal known, end, good
        with changed:
            changed.wait_for(lambda: known > place - most or place >= end)
            if place >= end:
                return None
        goes = False
        try:
            sent = send(members[place])
            with asked:
                goes = goes_on(sent.exchange)
        finally:
            with changed:
                if not goes:
                    good, end = False, min(end, place + most)
                answered[place] = True
                while known < len(members) and answered[known]:
                    known += 1
                changed.notify_all()
        return sent

    return [one for one in crowd.each(pass_on, range(len(members))) if one], good

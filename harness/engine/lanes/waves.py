"""The members of a group, sent in waves: one by itself, then twice as many at once each time, for as long as all are
answered in a way that lets the next ones go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    """Those of the last wave whose request failed among others."""


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
        wave, waiting = waiting[:count], waiting[count:]
        last = crowd.each(send, wave)
        sent += last
        if not all(goes_on(one.exchange) for one in last):
            return Waves(sent, waiting, [one for one in last if len(last) > 1 and broke(one.exchange)])
        count = min(2 * count, most)
    return Waves(sent, [], [])

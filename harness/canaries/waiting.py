"""Looking until something shows."""

import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import TypeVar

PAUSES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_Seen = TypeVar("_Seen")


def until(look: Callable[[], _Seen], seen: Callable[[_Seen], bool], longest: float) -> tuple[_Seen, float]:
    """Looks until it is seen or `longest` seconds are over; gives the last look and the seconds waited for it."""
    start = time.monotonic()
    for pause in _pauses(longest):
        time.sleep(pause)
        reading = look()
        waited = time.monotonic() - start
        if seen(reading):
            return reading, waited if pause else 0.0
    return reading, waited


def _pauses(longest: float) -> Iterator[float]:
    left = longest
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        yield min(pause, left)
        left -= pause
        if left <= 0:
            return

"""Requests spread out evenly, so that the target never gets more in a second than it was said to bear."""

import time
from collections.abc import Callable
from threading import Lock


class Pace:
    """A bucket that holds one token and gets `rate` of them a second; None: there is no bucket.

    One is shared by all wires to a target. Safe to call from threads.
    """

    def __init__(
        self,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._next = float("-inf")

    def wait(self) -> float:
        """Takes a token, as soon as there is one; gives the seconds waited for it."""
        if not self._gap:
            return 0.0
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._sleep(turn - now)
        return turn - now

"""Outlasting outages: a run pauses while its target is away, and goes on when it is back.

Where no answer comes, a harmless read tells whether that was the request or the target. While the target is away the
read is repeated, after growing pauses, for as long as `limits.recovery` allows; then nothing more is sent.
"""

import time
from collections.abc import Callable
from threading import Lock

from harness.model import GATEWAY, READS, Exchange, Request, Send

DOWN = "target-down"
"""Failure of an exchange that was not sent, the target having been given up."""
PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between two looks for the target; the last goes on."""
RESENT = 2
"""How often one request is sent again. One that meets three outages may be what causes them."""
OUTAGES = 10
"""Outages of full length that one run sits out."""
_LATE = ("deadline", "deadline-reading")
_UNSENT = frozenset({"budget", "shut", "reads-only", "never", "unsendable", DOWN})


class Enduring:
    """Sends; sits outages out, and sends again what is safe to repeat.

    That is what reached nobody, what only reads, and every mutant, for its own marker tells what any of its sendings
    did. What a control has written is not sent again: its lane is asked anew.
    """

    def __init__(
        self,
        send: Send,
        harmless: Request,
        recovery: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`harmless` is a guest's read; `recovery` is seconds that one outage may last."""
        self._send = send
        self._harmless = harmless
        self._recovery = recovery
        self._left = OUTAGES * recovery
        self._clock = clock
        self._sleep = sleep
        self._answered = False
        self._well = False
        self._waiting, self._counting = Lock(), Lock()
        self.outages = 0
        """Times that the target was away and came back."""
        self.unrest = 0
        """Outages, and failures of requests that nothing was wrong with."""
        self.down = ""
        """Why nothing is sent any more; empty while the target is there."""

    def __call__(self, request: Request, line: str) -> Exchange:
        """Sends, as `harness.model.Send` does."""
        if self.down:
            return Exchange(request.shown or request, failure=DOWN)
        since = self.outages
        exchange = self._send(request, line)
        for _ in range(RESENT):
            if not self._failed(exchange) and not (_asks_again(request, line) and (exchange.status or 0) >= 500):
                break
            away = self._answered and self._sat_out(since)
            if self.down or not _repeatable(request, line, exchange, away):
                break
            self._note(exchange, line)
            since = self.outages
            exchange = self._send(request, line)
        self._note(exchange, line)
        return exchange

    def give_up(self, why: str) -> None:
        """From now on nothing is sent."""
        self.down = self.down or why

    def try_again(self) -> None:
        """Looks once more for a target that was given up: what a run has written should be removed."""
        if self.down and self._answered and self._there():
            self.down = ""
            self.outages += 1

    def _failed(self, exchange: Exchange) -> bool:
        """Whether it may be the target's absence that kept the answer away, its gateway's word for it included."""
        if exchange.status is None:
            return exchange.failure not in _UNSENT
        return self._well and exchange.status in GATEWAY

    def _there(self) -> bool:
        return not self._failed(self._send(self._harmless, "guest"))

    def _sat_out(self, since: int) -> bool:
        """Waits while the target is away; whether it was, after so many outages. Sets `down` where it does not come
        back. Of all requests that an outage met, one looks for the target."""
        with self._waiting:
            return self.outages != since or self.down != "" or self._looked_out()

    def _looked_out(self) -> bool:
        if self._there():
            return False
        since, pauses = self._clock(), iter(PAUSES)
        while self._clock() - since < min(self._recovery, self._left):
            self._sleep(next(pauses, PAUSES[-1]))
            if self._there():
                self._left -= self._clock() - since
                self.outages += 1
                with self._counting:
                    self.unrest += 1
                return True
        self.give_up(f"{DOWN}: no answer for {self._recovery:g} s, its limits.recovery")
        return True

    def _note(self, exchange: Exchange, line: str) -> None:
        if exchange.status is not None and not self._answered:
            self._answered, self._well = True, exchange.status not in GATEWAY
        honest = line.startswith(("control", "reader", "guest"))
        broken = exchange.status is None and exchange.failure not in _UNSENT
        if self._answered and honest and (broken or (exchange.status or 0) >= 500):
            with self._counting:
                self.unrest += 1


def _repeatable(request: Request, line: str, exchange: Exchange, away: bool) -> bool:
    if exchange.failure == "refused":
        return True
    written = line.startswith("control") and request.method not in READS
    # With the target there all the time, a mutant's failure is its own, and a deadline would only pass again.
    return not written if away else _asks_again(request, line) and exchange.failure not in _LATE


def _asks_again(request: Request, line: str) -> bool:
    """Whether it only looks, for the run's own sake."""
    return line.startswith(("reader", "guest")) and request.method in READS

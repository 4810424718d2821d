"""Waiting when the target asks to, and asking again where a single answer decides about everything behind it."""

import time
from threading import Lock

from harness.model import Exchange, Request, Send

LONGEST = 5.0
"""Seconds waited at once, however long the target asks for."""
TOTAL = 60.0
"""Seconds waited in one run."""

AGAIN = 2
"""How often one request is sent again."""


class Patient:
    """Sends, and sends again where the answer is 429, after the time that the target asks for; within bounds."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._left = TOTAL
        self._until = 0.0
        self._lock = Lock()

    def __call__(self, request: Request, line: str) -> Exchange:
        exchange = self._sent(request, line)
        while exchange.status == 429 and self._waits(min(_asked(exchange), LONGEST)):
            exchange = self._sent(request, line)
        return exchange

    def _sent(self, request: Request, line: str) -> Exchange:
        """Sends when nobody was asked to wait any longer: what a target has had too much of, all have sent."""
        while (pause := self._until - time.monotonic()) > 0:
            time.sleep(pause)
        return self._send(request, line)

    def _waits(self, asked: float) -> bool:
        """Whether the target may be waited for once more. Requests that wait at the same time wait together."""
        with self._lock:
            now = time.monotonic()
            more = max(0.0, now + asked - max(now, self._until))
            if more > self._left:
                return False
            self._left -= more
            self._until = max(self._until, now + asked)
            return True


class Insistent:
    """Sends what harms nobody when it is repeated, and sends it again where it broke down on the way.

    For what a run asks before it knows its target, and for logins.
    """

    def __init__(self, send: Send) -> None:
        self._send = Patient(send)

    def __call__(self, request: Request, line: str) -> Exchange:
        exchange = self._send(request, line)
        for _ in range(AGAIN):
            if not broke_down(exchange):
                break
            exchange = self._send(request, line)
        return exchange


def broke_down(exchange: Exchange) -> bool:
    """Whether it was under way when it failed, so that the next one may not."""
    if exchange.status is not None:
        return exchange.status >= 500
    return (exchange.failure or "").startswith(("reset", "closed", "framing-"))


def _asked(exchange: Exchange) -> float:
    """Seconds that `Retry-After` asks for; one where it names none."""
    told = (exchange.header("retry-after") or "").strip()
    return max(float(told), 0.1) if told.isdigit() else 1.0

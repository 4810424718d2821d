"""Waiting when the target asks to."""

import time

from harness.model import Exchange, Request, Send

LONGEST = 5.0
"""Seconds waited at once, however long the target asks for."""
TOTAL = 60.0
"""Seconds waited in one run."""


class Patient:
    """Sends, and sends again where the answer is 429, after the time that the target asks for; within bounds."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._left = TOTAL

    def __call__(self, request: Request, line: str) -> Exchange:
        exchange = self._send(request, line)
        while exchange.status == 429:
            pause = min(_asked(exchange), LONGEST)
            if pause > self._left:
                break
            self._left -= pause
            time.sleep(pause)
            exchange = self._send(request, line)
        return exchange


def _asked(exchange: Exchange) -> float:
    """Seconds that `Retry-After` asks for; one where it names none."""
    told = (exchange.header("retry-after") or "").strip()
    return max(float(told), 0.1) if told.isdigit() else 1.0

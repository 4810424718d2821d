"""Ctrl-C, and being told to end: once to finish what is under way, clean up and report; twice to end at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from harness.model import Exchange, Request, Send


class Stopped(Exception):
    """Nothing more is to be sent."""


class Stop:
    """Whether a run was told to end."""

    def __init__(self) -> None:
        self._asked = False
        self._over = False

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Listens for SIGINT and SIGTERM, in the main thread, which alone may. The second one raises
        KeyboardInterrupt."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self._told) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def clear(self) -> None:
        """What is sent from now on is sent: it cleans up."""
        self._over = True

    def heeding(self, send: Send) -> Send:
        """Sends, or raises Stopped."""

        def sent(request: Request, line: str) -> Exchange:
            if self._asked and not self._over:
                raise Stopped
            return send(request, line)

        return sent

    def _told(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

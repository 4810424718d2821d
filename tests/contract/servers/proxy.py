"""A proxy in front of a server, on 127.0.0.1, that fails as it is told: it goes away for a while, or spoils exchanges.

Each exchange has a connection of its own on the far side, so that one never waits for another.
"""

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self
from urllib.parse import urlsplit

Plan = Callable[[int], str]
"""From the number of an exchange, counted from 1, to what becomes of it: a word of `SPOILED`, `pass`, `away` or
`silence`."""
SPOILED = ("delay", "cut", "reset", "truncate", "500", "503", "lost 502", "lost 504", "429", "429 later")
"""`cut` resets the connection before the request gets through, `reset` when the server has handled it; `truncate` keeps
the end of an answer back. A status takes the request's place, behind `lost` its answer's alone; `later` says when to
come again."""
_PIECE = 65_536
_RESET = struct.pack("ii", 1, 0)
"""Closes at once, which the other side sees as a reset."""


class Chaos:
    """What becomes of a part of all exchanges, drawn from a seed."""

    def __init__(self, seed: int, share: float = 0.05) -> None:
        self._draw = random.Random(seed)
        self._share = share
        self._lock = threading.Lock()

    def __call__(self, _: int) -> str:
        with self._lock:
            spoiled = self._draw.random() < self._share
            return self._draw.choice(SPOILED) if spoiled else "pass"


class Proxy:
    """Stands in front of `upstream`; to be used as a context."""

    def __init__(self, upstream: str, plan: Plan, away: float = 0.0) -> None:
        """`away` is how many seconds it listens to nobody when the plan says so."""
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 0)
        self._plan = plan
        self._away = away
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._listener = _listening(0)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.exchanges = 0
        self.spoiled = 0

    def __enter__(self) -> Self:
        self._begin(self._accept, self._listener)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._hang_up()
        for one in self._threads:
            one.join(30)
            assert not one.is_alive()

    def _begin(self, what: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(client)
            self._begin(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            while request := _message(client):
                with self._lock:
                    self.exchanges += 1
                    action = self._plan(self.exchanges)
                    self.spoiled += action != "pass"
                if action == "away":
                    self._leave()
                    return
                if action == "silence":
                    self._stopped.wait(30)
                    return
                self._answer(client, request, action)
        with self._lock:
            self._open.discard(client)

    def _answer(self, client: socket.socket, request: bytes, action: str) -> None:
        word, _, more = action.rpartition("lost ")
        if more[:1].isdigit():
            if word:
                self._forwarded(request)
            status, _, later = more.partition(" ")
            when = b"Retry-After: 0\r\n" if later else b""
            client.sendall(b"HTTP/1.1 " + status.encode() + b" Chaos\r\n" + when + b"Content-Length: 0\r\n\r\n")
            return
        if action == "delay":
            time.sleep(0.05)
        answer = b"" if action == "cut" else self._forwarded(request)
        if action in ("cut", "reset", "truncate"):
            if action == "truncate":
                client.sendall(answer[: max(len(answer) - 5, len(answer) // 2)])
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            raise OSError("spoiled")
        client.sendall(answer)

    def _forwarded(self, request: bytes) -> bytes:
        with socket.create_connection(self._upstream, 30) as far:
            far.sendall(request)
            return _message(far)

    def _leave(self) -> None:
        """Refuses everybody for a while."""
        port = self._listener.getsockname()[1]
        self._hang_up()
        self._stopped.wait(self._away)
        if not self._stopped.is_set():
            self._listener = _listening(port)
            self._begin(self._accept, self._listener)

    def _hang_up(self) -> None:
        with self._lock:
            sockets, self._open = (self._listener, *self._open), set()
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def refusing() -> Iterator[str]:
    """A URL at which nobody listens."""
    with _bound(0) as held:
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def _bound(port: int) -> socket.socket:
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held


def _listening(port: int) -> socket.socket:
    held = _bound(port)
    held.listen(64)
    return held


def _message(source: socket.socket) -> bytes:
    """One message of HTTP/1.1 with a Content-Length or no body; empty where there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = source.recv(_PIECE)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(lengths[0] if lengths else 0) - len(body)
    while missing > 0:
        piece = source.recv(_PIECE)
        if not piece:
            break
        data, missing = data + piece, missing - len(piece)
    return data

"""A relay on the loopback interface that counts the requests which pass through it."""

import re
import select
import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from urllib.parse import urlsplit

_HEAD = re.compile(rb"[A-Za-z]+ \S+ HTTP/1\.[01]\r\n")
_AT_ONCE = 65536


class Relay(socketserver.ThreadingTCPServer):
    """Passes bytes on, unchanged. A request is a head that begins a connection or follows an answer, so that it is
    counted however often it is sent, and whatever the client believes to have sent."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        """`upstream` is http://HOST:PORT."""
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(upstream)
        self.upstream = parts.hostname or "", parts.port or 80
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"
        self._lock = Lock()
        self._count = 0

    @property
    def requests(self) -> int:
        """How many have passed."""
        with self._lock:
            return self._count

    def count(self) -> None:
        """Adds one."""
        with self._lock:
            self._count += 1

    @classmethod
    @contextmanager
    def before(cls, upstream: str) -> Iterator["Relay"]:
        """A relay for the length of the block."""
        with cls(upstream) as relay:
            thread = Thread(target=relay.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield relay
            finally:
                relay.shutdown()
                thread.join()


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        relay = self.server
        assert isinstance(relay, Relay)
        client: socket.socket = self.request
        with socket.create_connection(relay.upstream) as server:
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            awaited = True
            while True:
                for one in select.select([client, server], [], [])[0]:
                    data = one.recv(_AT_ONCE)
                    if not data:
                        return
                    if one is client and awaited and _HEAD.match(data):
                        relay.count()
                    awaited = one is server
                    (server if one is client else client).sendall(data)

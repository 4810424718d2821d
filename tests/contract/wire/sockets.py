"""Servers that answer with bytes of the test's choosing, each connection in a thread of its own."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

Handler = Callable[[socket.socket], None]


class Server:
    """Listens on a port that the kernel assigns and runs `handle` on each connection until it returns."""

    def __init__(self, handle: Handler, host: str = "127.0.0.1") -> None:
        self._handle = handle
        self._listener = socket.create_server((host, 0))
        self.host, self.port = self._listener.getsockname()[:2]
        self.connections: list[socket.socket] = []
        self.ended: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Base URL over plain HTTP."""
        return f"http://{self.host}:{self.port}"

    def stop(self) -> None:
        """Ends every connection and waits for the threads."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._handle(connection)
        self.ended.append(connection)


def request_of(connection: socket.socket) -> bytes:
    """One request with a body of its `Content-Length`; empty when the client is gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        if not (more := connection.recv(65536)):
            return b""
        body += more
    return head + b"\r\n\r\n" + body


def answer(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """A sound answer."""
    lines = (b"HTTP/1.1 " + status, *fields, b"Content-Length: %d" % len(body))
    return b"\r\n".join((*lines, b"", body))


def always(data: bytes) -> Handler:
    """Answers each request with `data`, and keeps the connection."""

    def handle(connection: socket.socket) -> None:
        while request_of(connection):
            connection.sendall(data)

    return handle


def once(data: bytes) -> Handler:
    """Answers one request with `data`, and ends."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(data)

    return handle


def reset(connection: socket.socket) -> None:
    """Ends the connection with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within five seconds."""
    end = time.monotonic() + 5
    pause = threading.Event()
    while not condition():
        if time.monotonic() > end:
            return False
        pause.wait(0.01)
    return True

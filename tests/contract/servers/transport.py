"""HTTP/1.1 with connections that stay open, and a server that leaves none open behind it.

Werkzeug's own handler closes each connection after one answer, because it cannot know where an unread body ends. Here
a body is always read to its end, and one whose end is in doubt is refused.
"""

import contextlib
import itertools
import socket
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from .calls import CONNECTION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_NUMBERS = itertools.count(1)


class KeepAliveHandler(WSGIRequestHandler):
    """Answers any number of requests on one connection, and logs none."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Count the connections: a port may serve another one later."""
        super().setup()
        self._number = next(_NUMBERS)

    def make_environ(self) -> "WSGIEnvironment":
        """The environment, with the connection's number."""
        return {**super().make_environ(), CONNECTION: self._number}

    def run_wsgi(self) -> None:
        """Answer one request."""
        if not self._framed():
            self._hang_up()
            return
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, self.make_environ(), buffered=True)
        except OSError:
            self._hang_up()
            return
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if "Transfer-Encoding" in self.headers:
            # Trailers may follow the last chunk.
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"".join(chunks))

    def _framed(self) -> bool:
        lengths = self.headers.get_all("Content-Length", [])
        codings = self.headers.get_all("Transfer-Encoding", [])
        if codings:
            return not lengths and [coding.strip().lower() for coding in codings] == ["chunked"]
        return not lengths or (len(lengths) == 1 and lengths[0].isascii() and lengths[0].isdigit())

    def _hang_up(self) -> None:
        self.close_connection = True
        self.send_error(400)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: a request line may hold a secret, and `Record` has the rest."""


class Server(ThreadedWSGIServer):
    """A thread for each connection, all of them finished by `stop`."""

    daemon_threads = False

    def __init__(self, app: Any) -> None:
        self._connections: set[socket.socket] = set()
        super().__init__("127.0.0.1", 0, app, KeepAliveHandler)

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """Take no more connections, and end those that are open: an idle one would keep its thread for ever."""
        self.shutdown()
        for connection in tuple(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

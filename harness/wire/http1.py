"""One request and its answer over one socket: bytes exactly as given, within a deadline (RFC 9112)."""

import re
import select
import socket
import ssl
from collections.abc import Iterator

from harness import __version__
from harness.model import Request
from harness.wire.answers import Answer, AnswerParser
from harness.wire.failures import Failed, Unanswered, reason_of
from harness.wire.framing import check
from harness.wire.origin import left

_PIECE = 64 * 1024
_SENDABLE = re.compile("[^\r\n\0\u0100-\U0010ffff]*")
_MARK = "⟦".encode()
_DEFAULTS = (("User-Agent", f"holdfast/{__version__}"), ("Accept", "application/json"))


def octets(request: Request, authority: str) -> bytes:
    """The request as it goes out: what is given comes first to last as written, what HTTP needs besides is added.

    To a raw request nothing is added. Raises `ValueError`, which quotes nothing, for text that cannot be one line of
    Latin-1, and its kind `Refused` for what might be taken for two requests.
    """
    if request.lines and _MARK in b"".join((*request.lines, request.body or b"")):
        raise ValueError("a raw request holds the character that marks shell text in evidence")
    lines = request.lines or tuple(line.encode("latin-1") for line in _lines(request, authority))
    check(lines, request.body)
    return b"\r\n".join((*lines, b"", request.body or b""))


def leaves_clean(request: Request) -> bool:
    """Whether the server surely sees the request as we do, so that another may follow on its connection."""
    return not request.lines and not any(
        name.lower() in ("transfer-encoding", "connection", "upgrade") for name, _ in request.headers
    )


def _lines(request: Request, authority: str) -> Iterator[str]:
    given = {name.lower() for name, _ in request.headers}
    yield f"{_sendable(request.method, 'method')} {_sendable(request.target, 'target')} HTTP/1.1"
    if "host" not in given:
        yield f"Host: {authority}"
    for name, value in request.headers:
        yield f"{_sendable(name, 'header name')}: {_sendable(value, 'header value')}"
    for name, value in _DEFAULTS:
        if name.lower() not in given:
            yield f"{name}: {value}"
    if request.body is not None and not given & {"content-length", "transfer-encoding"}:
        yield f"Content-Length: {len(request.body)}"
    if "connection" not in given:
        yield "Connection: keep-alive"


def _sendable(text: str, what: str) -> str:
    if _SENDABLE.fullmatch(text) is None:
        raise ValueError(f"a {what} holds a line break, a NUL or a character above U+00FF")
    return text


class Connection:
    """A connected socket that carries one exchange at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._readable = select.poll()
        self._readable.register(sock, select.POLLIN)

    def close(self) -> None:
        """Lets go of the socket."""
        self._sock.close()

    def quiet(self) -> bool:
        """Whether the peer has neither ended nor said anything that nobody asked for."""
        pending = isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()
        return not pending and not self._readable.poll(0)

    def exchange(self, payload: bytes, method: str, until: float) -> Answer:
        """The answer to `payload`. Raises `Failed`, and `Unanswered` where the peer left without a word."""
        parser = AnswerParser(method)
        try:
            cut = self._send(payload, until)
            outcome = self._receive(parser, until)
        except OSError as error:
            cut, outcome = True, reason_of(error)
        if isinstance(outcome, Answer):
            return outcome
        reason = "reset" if cut and outcome == "closed" else outcome
        if parser.started or reason not in ("closed", "reset", "tls-failed"):
            raise Failed(reason)
        raise Unanswered(reason)

    def _send(self, payload: bytes, until: float) -> bool:
        """Whether the peer stopped reading. It may have answered all the same: a server refuses a body unread."""
        unsent = memoryview(payload)
        try:
            while unsent:
                self._sock.settimeout(left(until))
                unsent = unsent[self._sock.send(unsent[:_PIECE]) :]
        except ConnectionError:
            return True
        return False

    def _receive(self, parser: AnswerParser, until: float) -> Answer | str:
        while True:
            self._sock.settimeout(left(until))
            data = self._sock.recv(_PIECE)
            outcome = parser.feed(data) if data else parser.end()
            if outcome is not None:
                return outcome

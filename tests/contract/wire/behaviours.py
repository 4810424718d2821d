"""What a hostile server does on one connection, and how the exchange with it must end."""

import socket
import threading
import zlib
from collections.abc import Iterator, Mapping

from tests.contract.wire.sockets import Handler, answer, once, request_of, reset

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
JSON = b"Content-Type: application/json"
FOUND = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
ROUNDS = 4000
"""No hostile loop runs on for ever, even if the client should never leave."""
PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""


def drip(start: bytes, drop: bytes) -> Handler:
    """Sends `start` at once, and `drop` every twentieth of a second from then on."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(start)
        for _ in range(ROUNDS):
            connection.sendall(drop)
            PAUSE.wait(0.05)

    return handle


def flood(start: bytes, wave: bytes) -> Handler:
    """Sends `start`, and `wave` as fast as it is taken."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(start)
        for _ in range(ROUNDS):
            connection.sendall(wave)

    return handle


def cut(start: bytes) -> Handler:
    """Sends `start`, lets it be read, and ends with a RST."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(start)
        PAUSE.wait(0.2)
        reset(connection)

    return handle


def stalling(start: bytes) -> Handler:
    """Sends `start` and nothing more."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(start)
        connection.recv(1)

    return handle


def leaving(connection: socket.socket) -> None:
    """Ends its side without a word."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        continue


def resetting(connection: socket.socket) -> None:
    """Ends with a RST."""
    request_of(connection)
    reset(connection)


def packed(plain: Iterator[bytes], window: int) -> bytes:
    """Pieces under one zlib coding, without ever being held together."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join([*(packer.compress(piece) for piece in plain), packer.flush()])


def zeros(megabytes: int) -> Iterator[bytes]:
    return (b"\0" * 1024 * 1024 for _ in range(megabytes))


GZIP = packed(iter([b"hello"]), 31)
BOMB = packed(zeros(64), 31)


def coded(coding: bytes, body: bytes) -> Handler:
    return once(answer(body, b"Content-Encoding: " + coding))


def told(body: bytes) -> Handler:
    return once(answer(body, JSON))


SLOW: Mapping[str, Handler] = {
    "silent": stalling(b""),
    "half a status line": stalling(b"HTTP/1.1 2"),
    "a head and no more": stalling(OK + b"Content-Length: 9\r\n\r\n"),
    "a chunk and no more": stalling(CHUNKED + b"3\r\nabc\r\n"),
    "interim and no more": stalling(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "gzip and no more": stalling(OK + b"Content-Encoding: gzip\r\nContent-Length: 999\r\n\r\n" + BOMB[:100]),
    "drip status": drip(b"", b"H"),
    "drip headers": drip(OK, b"A: b\r\n"),
    "drip header": drip(OK, b"A"),
    "drip body": drip(OK + b"Content-Length: 99999\r\n\r\n", b"x"),
    "drip without length": drip(OK + b"\r\n", b"x"),
    "drip chunks": drip(CHUNKED, b"1\r\nx\r\n"),
    "drip chunk size": drip(CHUNKED, b"0"),
    "drip chunk extension": drip(CHUNKED + b"1;", b"x"),
    "drip trailers": drip(CHUNKED + b"0\r\n", b"A: b\r\n"),
    "drip interim": drip(b"HTTP/1.1 100 Continue\r\n", b"A: b\r\n"),
    "drip a redirect": drip(b"HTTP/1.1 302 Found\r\nLocation: /a", b"a"),
}
"""Behaviours that only the deadline ends."""

ENDLESS: Mapping[str, tuple[Handler, str]] = {
    "endless body": (flood(OK + b"\r\n", b"x" * 65536), "too-large"),
    "endless chunks": (flood(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"), "too-large"),
    "endless small chunks": (flood(CHUNKED, b"1\r\nx\r\n" * 10_000), "chunk-flood"),
    "endless headers": (flood(OK, b"A: b\r\n" * 50), "header-flood"),
    "endless header": (flood(OK + b"A: ", b"x" * 65536), "too-large-line"),
    "endless long headers": (flood(OK, b"A: " + b"x" * 9_000 + b"\r\n"), "too-large-head"),
    "endless trailers": (flood(CHUNKED + b"0\r\n", b"A: b\r\n" * 50), "header-flood"),
    "endless interim": (flood(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), "interim-flood"),
    "endless early hints": (flood(b"HTTP/1.1 103 Early Hints\r\n", b"Link: </a>\r\n" * 50), "header-flood"),
    "endless line": (flood(b"", b"x" * 65536), "too-large-line"),
    "endless chunk size": (flood(CHUNKED, b"0" * 65536), "too-large-line"),
    "endless chunk extension": (flood(CHUNKED + b"1;", b"x" * 65536), "too-large-line"),
    "endless blank lines": (flood(b"", b"\r\n" * 1000), "framing-status-line"),
    "enormous length": (flood(OK + b"Content-Length: 99999999999\r\n\r\n", b"x"), "too-large"),
    "enormous chunk": (flood(CHUNKED + b"FFFFFFFFFFFFFFFF\r\n", b"x"), "too-large"),
    "redirect with endless body": (flood(b"HTTP/1.1 302 F\r\nLocation: /\r\n\r\n", b"x" * 65536), "too-large"),
    "refusal with endless body": (flood(b"HTTP/1.1 401 No\r\n\r\n", b"x" * 65536), "too-large"),
    "gzip bomb": (coded(b"gzip", BOMB), "too-large-decoded"),
    "deflate bomb": (coded(b"deflate", packed(zeros(64), 15)), "too-large-decoded"),
    "chunked bomb": (
        once(
            OK
            + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BOMB)
            + BOMB
            + b"\r\n0\r\n\r\n"
        ),
        "too-large-decoded",
    ),
    "bomb until the end": (once(OK + b"Content-Encoding: gzip\r\n\r\n" + BOMB), "too-large-decoded"),
    "bomb in a refusal": (once(answer(BOMB, b"Content-Encoding: gzip", status=b"403 No")), "too-large-decoded"),
}
"""Behaviours that only the bounds end."""

BROKEN: Mapping[str, tuple[Handler, str]] = {
    "closed": (leaving, "closed"),
    "closed after the request": (once(b""), "closed"),
    "reset": (resetting, "reset"),
    "reset within the head": (cut(OK + b"A: "), "reset"),
    "reset within the body": (cut(OK + b"Content-Length: 9\r\n\r\nabc"), "reset"),
    "ends early": (once(OK + b"Content-Le"), "framing-early-end"),
    "ends before the blank line": (once(OK + b"Content-Length: 0\r\n"), "framing-early-end"),
    "cut short": (once(OK + b"Content-Length: 9\r\n\r\nabc"), "framing-truncated"),
    "chunks cut short": (once(CHUNKED + b"9\r\nabc"), "framing-truncated"),
    "no last chunk": (once(CHUNKED + b"3\r\nabc\r\n"), "framing-truncated"),
    "ssh": (once(b"SSH-2.0-OpenSSH_9.6\r\n"), "framing-status-line"),
    "smtp": (once(b"220 mail ESMTP\r\n"), "framing-status-line"),
    "redis": (once(b"-ERR unknown command 'GET'\r\n"), "framing-status-line"),
    "icecast": (once(b"ICY 200 OK\r\n\r\n"), "framing-status-line"),
    "http/0.9": (once(b"<html>hello</html>\r\n"), "framing-status-line"),
    "http/2": (once(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff\r\n"), "framing-nul"),
    "http/2.0 in words": (once(b"HTTP/2.0 200 OK\r\n\r\n"), "framing-version"),
    "tls alert": (once(b"\x15\3\1\0\2\2\x16"), "framing-early-end"),
    "zeros": (once(b"\0" * 100), "framing-early-end"),
    "status 999": (once(b"HTTP/1.1 999 Odd\r\n\r\n"), "framing-status"),
    "status 000": (once(b"HTTP/1.1 000 Odd\r\n\r\n"), "framing-status"),
    "status in letters": (once(b"HTTP/1.1 abc Odd\r\n\r\n"), "framing-status-line"),
    "bare LF": (once(b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"), "framing-line-end"),
    "bare CR in a header": (once(OK + b"A: x\rB: y\r\n\r\n"), "framing-line-end"),
    "folded header": (once(OK + b"A: x\r\n y\r\n\r\n"), "framing-fold"),
    "space before a colon": (once(OK + b"Content-Length : 0\r\n\r\n"), "framing-header"),
    "header without colon": (once(OK + b"nonsense\r\n\r\n"), "framing-header"),
    "header without name": (once(OK + b": x\r\n\r\n"), "framing-header"),
    "NUL in a header": (once(OK + b"A: \0\r\n\r\n"), "framing-nul"),
    "switching protocols": (once(b"HTTP/1.1 101 Up\r\nUpgrade: h2c\r\n\r\n"), "framing-upgrade"),
    "length and chunked": (
        once(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"),
        "framing-length-and-chunked",
    ),
    "two lengths": (once(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), "framing-length"),
    "lengths in a list": (once(OK + b"Content-Length: 3, 4\r\n\r\nabc"), "framing-length"),
    "negative length": (once(OK + b"Content-Length: -1\r\n\r\n"), "framing-length"),
    "length in hexadecimal": (once(OK + b"Content-Length: 0x3\r\n\r\nabc"), "framing-length"),
    "length of thirty digits": (once(OK + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nabc"), "framing-length"),
    "bytes behind the body": (once(answer(b"abc") + b"more"), "framing-extra-bytes"),
    "a second answer": (once(answer(b"abc") + answer(b"def")), "framing-extra-bytes"),
    "a body behind a 204": (once(answer(b"abc", status=b"204 No")), "framing-extra-bytes"),
    "unknown transfer coding": (
        once(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        "framing-transfer-encoding",
    ),
    "chunked twice": (
        once(OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        "framing-transfer-encoding",
    ),
    "chunked under 1.0": (
        once(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        "framing-transfer-encoding",
    ),
    "negative chunk": (once(CHUNKED + b"-1\r\nx\r\n"), "framing-chunk"),
    "chunk in C": (once(CHUNKED + b"0x1\r\nx\r\n"), "framing-chunk"),
    "chunk longer than told": (once(CHUNKED + b"1\r\nxy\r\n0\r\n\r\n"), "framing-chunk"),
    "chunk ended by LF": (once(CHUNKED + b"1\nx\r\n0\r\n\r\n"), "framing-line-end"),
    "gzip twice": (coded(b"gzip, gzip", GZIP), "encoding"),
    "brotli": (coded(b"br", b"x"), "encoding"),
    "unknown coding": (coded(b"\xff", b"x"), "encoding"),
    "gzip that is none": (coded(b"gzip", b"plain"), "encoding"),
    "gzip cut short": (coded(b"gzip", GZIP[:-4]), "encoding"),
    "gzip with a wrong sum": (coded(b"gzip", GZIP[:-8] + b"\0" * 8), "encoding"),
    "gzip and another": (coded(b"gzip", GZIP + GZIP), "encoding"),
}
"""Behaviours that are no answer."""

ODD: Mapping[str, tuple[Handler, int]] = {
    "redirect to itself": (once(FOUND + b"/\r\n\r\n"), 302),
    "redirect elsewhere": (once(FOUND + b"http://127.0.0.9/latest/meta-data/\r\n\r\n"), 302),
    "redirect to a file": (once(FOUND + b"file:///etc/passwd\r\n\r\n"), 302),
    "redirect to nonsense": (once(FOUND + b"http://[::1\r\n\r\n"), 302),
    "redirect of a body": (once(b"HTTP/1.1 307 T\r\nContent-Length: 0\r\nLocation: //127.0.0.9/\r\n\r\n"), 307),
    "unavailable for a day": (once(answer(b"", b"Retry-After: 86400", status=b"503 Later")), 503),
    "throttled for a day": (once(answer(b"", b"Retry-After: 86400", status=b"429 Later")), 429),
    "terminal codes": (once(answer(b"\x1b[2J\x07\x1b]0;x\x07", b"X-\x7c: \x1b[31m")), 200),
    "NaN": (told(b'{"id": NaN}'), 200),
    "infinity": (told(b'{"id": 1e999999}'), 200),
    "duplicate keys": (told(b'{"id": 1, "id": 2}'), 200),
    "a million digits": (told(b'{"id": ' + b"9" * 1_000_000 + b"}"), 200),
    "deep nesting": (told(b"[" * 500_000 + b"]" * 500_000), 200),
    "a flat array": (told(b"[" + b"1," * 4_000_000 + b"1]"), 200),
    "broken UTF-8": (told(b'{"id": "\xc3\x28"}'), 200),
    "half a surrogate": (told(b'{"id": "\\ud800"}'), 200),
    "byte order mark": (told(b"\xef\xbb\xbf{}"), 200),
    "UTF-16": (told('{"id": 1}'.encode("utf-16")), 200),
    "a name of a megabyte": (told(b'{"' + b"x" * 1_000_000 + b'": 1}'), 200),
    "a length told twice alike": (once(OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), 200),
    "a hundred cookies": (once(answer(b"", *[b"Set-Cookie: a=b; Domain=127.0.0.2"] * 99)), 200),
}
"""Behaviours that are answers, and must mislead nobody."""


def endings() -> dict[str, tuple[Handler, str | int]]:
    """Every behaviour with the failure or status that it must end as."""
    slow = {name: (handle, "deadline") for name, handle in SLOW.items()}
    return {**slow, **ENDLESS, **BROKEN, **ODD}

"""The wire against hostile servers: each ends in time as a typed failure, within bounds."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from harness.model import Request
from harness.wire import Wire
from tests.contract.wire.sockets import Handler, Server, once, request_of, reset

Serve = Callable[..., Server]
Make = Callable[..., Wire]

GET = Request("GET", "/")
OK = b"HTTP/1.1 200 OK\r\n"
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


def silent(connection: socket.socket) -> None:
    request_of(connection)
    connection.recv(1)


def leaving(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        continue


def resetting(connection: socket.socket) -> None:
    request_of(connection)
    reset(connection)


def bomb() -> bytes:
    """Sixty-four megabytes of zeros, in about sixty-four kilobytes."""
    member = gzip.compress(b"\0" * 64 * 1024 * 1024, 9)
    return OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(member) + member


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HOSTILE: dict[str, tuple[Handler, str]] = {
    "silent": (silent, "deadline"),
    "drip status": (drip(b"", b"H"), "deadline"),
    "drip headers": (drip(OK, b"A: b\r\n"), "deadline"),
    "drip header": (drip(OK, b"A"), "deadline"),
    "drip body": (drip(OK + b"Content-Length: 99999\r\n\r\n", b"x"), "deadline"),
    "drip without length": (drip(OK + b"\r\n", b"x"), "deadline"),
    "drip chunks": (drip(CHUNKED, b"1\r\nx\r\n"), "deadline"),
    "drip chunk size": (drip(CHUNKED, b"0"), "deadline"),
    "drip interim": (drip(b"HTTP/1.1 100 Continue\r\n", b"A: b\r\n"), "deadline"),
    "endless body": (flood(OK + b"\r\n", b"x" * 65536), "too-large"),
    "endless chunks": (flood(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"), "too-large"),
    "endless headers": (flood(OK, b"A: b\r\n" * 50), "header-flood"),
    "endless header": (flood(OK + b"A: ", b"x" * 65536), "too-large-line"),
    "endless interim": (flood(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), "interim-flood"),
    "endless line": (flood(b"", b"x" * 65536), "too-large-line"),
    "enormous length": (flood(OK + b"Content-Length: 99999999999\r\n\r\n", b"x"), "too-large"),
    "redirect with endless body": (flood(b"HTTP/1.1 302 F\r\nLocation: /\r\n\r\n", b"x" * 65536), "too-large"),
    "gzip bomb": (once(bomb()), "too-large-decoded"),
    "closed": (leaving, "closed"),
    "closed after the request": (once(b""), "closed"),
    "reset": (resetting, "reset"),
    "ends early": (once(OK + b"Content-Le"), "framing-early-end"),
    "cut short": (once(OK + b"Content-Length: 9\r\n\r\nabc"), "framing-truncated"),
    "ssh": (once(b"SSH-2.0-OpenSSH_9.6\r\n"), "framing-status-line"),
    "zeros": (once(b"\0" * 100), "framing-early-end"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_servers_end_in_time_as_a_typed_failure(name: str, serve: Serve, wire: Make) -> None:
    handle, failure = HOSTILE[name]
    server = serve(handle)
    # Only a deadline that is the expected end may be short: a busy machine must not turn another failure into it.
    exchange = wire(server.url, deadline=0.3 if failure == "deadline" else 20.0)(GET, "line")
    assert (exchange.failure, exchange.status, exchange.body) == (failure, None, b"")
    assert len(server.connections) == 1


def test_a_reset_within_the_body_is_told(serve: Serve, wire: Make) -> None:
    received = threading.Event()

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(OK + b"Content-Length: 9\r\n\r\nabc")
        received.wait(0.2)
        reset(connection)

    assert wire(serve(handle).url, deadline=5.0)(GET, "line").failure == "reset"


def test_a_body_that_is_never_read_ends_at_the_deadline(serve: Serve, wire: Make) -> None:
    gone = threading.Event()
    server = serve(lambda connection: bool(gone.wait(20)) and None)
    exchange = wire(server.url)(Request("POST", "/", (), b"x" * 16_000_000), "line")
    gone.set()
    assert exchange.failure == "deadline"


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port where nothing listens, held so that nothing can."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_closed_port_refuses(nobody: int, wire: Make, scheme: str) -> None:
    assert wire(f"{scheme}://127.0.0.1:{nobody}", deadline=5.0)(GET, "line").failure == "refused"


def test_a_full_backlog_ends_at_the_deadline(wire: Make) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        with socket.create_connection(listener.getsockname()[:2]):
            sends = [wire(f"http://127.0.0.1:{listener.getsockname()[1]}")(GET, "line").failure for _ in range(3)]
    assert set(sends) == {"deadline"}


def test_a_name_that_nobody_knows_is_unresolved(wire: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert wire("http://nobody.invalid", deadline=5.0)(GET, "line").failure == "unresolved"


def test_a_resolver_that_hangs_ends_at_the_deadline(wire: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(20) and [])
    exchange = wire("http://slow.invalid")(GET, "line")
    done.set()
    assert exchange.failure == "deadline"


def test_a_name_is_resolved_once(serve: Serve, wire: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = serve(once(OK + b"\r\n"), "127.0.0.2")
    server = serve(once(OK + b"Content-Length: 0\r\n\r\n"))
    answers = iter([server, trap])

    def rebinding(*_: object, **__: object) -> object:
        chosen = next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (chosen.host, chosen.port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    send = wire("http://rebound.invalid", deadline=5.0)
    assert [send(GET, line).status for line in "abc"] == [200, 200, 200]
    assert not trap.connections


def test_a_silent_tls_handshake_ends_at_the_deadline(serve: Serve, wire: Make) -> None:
    server = serve(lambda connection: bool(connection.recv(65536)) and connection.recv(65536) and None)
    assert wire(server.url.replace("http:", "https:"))(GET, "line").failure == "deadline"


def test_a_dripping_tls_handshake_ends_at_the_deadline(serve: Serve, wire: Make) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"\x16\x03\x03\x40\x00")
        for _ in range(ROUNDS):
            connection.sendall(b"\x02")
            PAUSE.wait(0.05)

    assert wire(serve(handle).url.replace("http:", "https:"))(GET, "line").failure == "deadline"


def test_a_peer_that_leaves_the_tls_handshake_fails(serve: Serve, wire: Make, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = serve(lambda connection: bool(connection.recv(65536)) and None)
    exchange = wire(server.url.replace("http:", "https:"), ca=tmp_path / "ca.pem", deadline=5.0)(GET, "line")
    assert exchange.failure == "tls-failed"


def test_elapsed_is_told_for_failures_too(serve: Serve, wire: Make) -> None:
    begun = time.monotonic()
    exchange = wire(serve(silent).url)(GET, "line")
    assert 0.3 <= exchange.elapsed <= time.monotonic() - begun

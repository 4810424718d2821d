"""The wire against hostile servers: each ends in time as a typed failure, within bounds."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import trustme

from harness.model import (
    Asked,
    Evidence,
    Exchange,
    Look,
    Mutant,
    Operation,
    Outcome,
    Probe,
    Proof,
    Request,
    Severity,
    Verdict,
)
from harness.oracle import Rules, judge
from harness.wire import Wire
from tests.contract.wire.behaviours import ENDLESS, ODD, OK, PAUSE, ROUNDS, SLOW, endings
from tests.contract.wire.meeting import Meeting
from tests.contract.wire.sockets import Server, once

Serve = Callable[..., Server]
Make = Callable[..., Wire]

GET = Request("GET", "/")
POST = Request("POST", "/", (), b"{}")
HOSTILE = endings()
MOST = 150 * 1024
"""Kilobytes that a process may take, whatever it is sent."""


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 80


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_servers_end_in_time_and_never_as_held(name: str, serve: Serve, wire: Make) -> None:
    handle, ending = HOSTILE[name]
    server = serve(handle)
    # Only a deadline that is the expected end may be short: a busy machine must not turn another failure into it.
    deadline = 0.3 if ending == "deadline" else 20.0
    exchange = wire(server.url, deadline=deadline)(POST, "line")
    if isinstance(ending, str):
        assert (exchange.failure, exchange.status, exchange.body) == (ending, None, b"")
    else:
        assert (exchange.failure, exchange.status) == (None, ending)
    assert len(server.connections) == 1
    assert exchange.elapsed < 10 * deadline, "a hang"
    for verdict in verdicts(exchange):
        assert verdict.outcome is not Outcome.HELD, verdict


def verdicts(exchange: Exchange) -> Iterator[Verdict]:
    """What is made of a mutant that got this, once and again, between two good controls with nothing changed."""
    good = Exchange(POST, 201, (("Content-Type", "application/json"),), b'{"id": 7}')
    refused = Exchange(POST, 401, (("Content-Type", "application/json"),), b'{"detail": "no"}')
    public = Exchange(GET, 200, (), b"{}")
    proof = Proof(good, True)
    for method, look in product(("POST", "PUT", "DELETE", "GET"), (Look.UNCHANGED, Look.UNREADABLE, Look.NOT)):
        probe = Probe("p", Asked("f", "m", "t", Severity.HIGH), Operation(method, "/"), Mutant())
        for attempts in ((exchange,), (exchange, exchange)):
            for after in (None, proof):
                evidence = Evidence(attempts, look=look, before=proof, after=proof, repeat_after=after)
                yield judge(probe, replace(evidence, reference=refused, public=public, guest_item=refused), Rules())


def test_no_behaviour_takes_much_memory(serve: Serve) -> None:
    """One process meets all those that only bounds end, and the largest answers."""
    names = [*ENDLESS, *(name for name, (_, ending) in ODD.items() if ending == 200)]
    with Meeting.begin() as meeting:
        for name in names:
            met = meeting.meet(serve(HOSTILE[name][0]).url, 20.0)
            assert met.ended == str(HOSTILE[name][1])
            assert met.kilobytes < MOST, name


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
    exchange = wire(serve(SLOW["silent"]).url)(GET, "line")
    assert 0.3 <= exchange.elapsed <= time.monotonic() - begun

"""The wire against sound servers: bytes as written, one origin, connections of a line, counts, no secrets."""

import base64
import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from harness.errors import UsageError
from harness.model import Exchange, Request, Send
from harness.wire import Redactor, Refused, Wire
from harness.wire.wire import MOST_IDLE
from tests.contract.wire.sockets import Handler, Server, always, answer, eventually, once, request_of, reset

Serve = Callable[..., Server]
Make = Callable[..., Wire]

GET = Request("GET", "/")
POST = Request("POST", "/", (), b"{}")
KEY = "0f83be29d7714a6c"


def echo(connection: socket.socket) -> None:
    while data := request_of(connection):
        connection.sendall(answer(data))


def test_bytes_arrive_as_written(serve: Serve, wire: Make) -> None:
    server = serve(echo)
    send: Send = wire(server.url)
    headers = (("X-Twice", "1"), ("x-twice", "2"), ("X-Odd", '\\ "\xe9\t'), ("Cookie", "a=b"))
    for target in ("/a/%6f/../b;x?q#", "/\\..\\x", "//other.example/", "/a b", "/?a=%00&&=", "*", "/caf\xe9"):
        exchange = send(Request("POST", target, headers, b"\x00\r\n\r\n"), "line")
        assert exchange.body.startswith(
            f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n".encode("latin-1")
        )
        assert b'\r\nX-Twice: 1\r\nx-twice: 2\r\nX-Odd: \\ "\xe9\t\r\nCookie: a=b\r\n' in exchange.body
        assert exchange.body.endswith(b"\r\n\r\n\x00\r\n\r\n")
    assert len(server.connections) == 1


def test_nothing_is_added_from_the_environment(
    serve: Serve, wire: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trap = serve(always(answer(b"trapped")), "127.0.0.2")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, trap.url)
    exchange = wire(serve(echo).url)(GET, "line")
    assert b"authorization" not in exchange.body.lower()
    assert not trap.connections


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"])
def test_redirects_are_answers_and_lead_nowhere(serve: Serve, wire: Make, status: bytes) -> None:
    trap = serve(always(answer(b"trapped")), "127.0.0.2")
    elsewhere = f"Location: {trap.url}/".encode()
    server = serve(always(answer(b"", elsewhere, b"Refresh: 0; url=" + trap.url.encode(), status=status)))
    exchange = wire(server.url)(Request("POST", f"{trap.url}/", (("Host", "127.0.0.2"),), b"{}"), "line")
    assert exchange.status == int(status[:3])
    assert exchange.header("location") == f"{trap.url}/"
    assert not trap.connections
    assert len(server.connections) == 1


def test_cookies_are_not_kept(serve: Serve, wire: Make) -> None:
    send = wire(serve(echo).url)
    first = send(Request("GET", "/", (("X-Reply", "Set-Cookie"),)), "line")
    assert first.ok
    server = serve(always(answer(b"", b"Set-Cookie: session=1; Path=/")))
    kept = wire(server.url)
    assert kept(GET, "line").header("set-cookie")
    seen: list[bytes] = []

    def watch(connection: socket.socket) -> None:
        while data := request_of(connection):
            seen.append(data)
            connection.sendall(answer(b"", b"Set-Cookie: session=1; Path=/"))

    watched = wire(serve(watch).url)
    assert [watched(GET, "line").status for _ in range(2)] == [200, 200]
    assert b"cookie" not in b"".join(seen).lower()


def test_a_line_keeps_its_connection_and_shares_it_with_no_other(serve: Serve, wire: Make) -> None:
    server = serve(echo)
    send = wire(server.url)
    for line in ("a", "b", "a", "b", "a"):
        assert send(POST, line).ok
    assert len(server.connections) == 2


@pytest.mark.parametrize("status", [b"302 Found", b"403 Forbidden"])
def test_whoever_refuses_a_body_may_not_have_read_it(serve: Serve, wire: Make, status: bytes) -> None:
    server = serve(always(answer(b"", status=status)))
    send = wire(server.url)
    assert [send(one, "line").status for one in (POST, GET, GET)] == [int(status[:3])] * 3
    assert len(server.connections) == 2


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_whoever_expects_no_body_may_not_have_read_it(serve: Serve, wire: Make, method: str) -> None:
    server = serve(always(answer(b"")))
    send = wire(server.url)
    assert [send(Request(method, "/", body=body), "line").status for body in (b"{}", None, None)] == [200] * 3
    assert len(server.connections) == 2


def test_idle_connections_are_bounded(serve: Serve, wire: Make) -> None:
    server = serve(echo)
    send = wire(server.url)
    for number in range(MOST_IDLE + 1):
        assert send(GET, str(number)).ok
    for number in (0, MOST_IDLE):
        assert send(GET, str(number)).ok
    assert len(server.connections) == MOST_IDLE + 2


def test_threads_may_share_a_line(serve: Serve, wire: Make) -> None:
    server = serve(echo)
    send = wire(server.url, deadline=5.0)
    wrong: list[str] = []

    def work(name: str) -> None:
        for number in range(25):
            exchange = send(Request("GET", f"/{name}/{number}"), "line")
            if f"GET /{name}/{number} ".encode() not in exchange.body:
                wrong.append(f"{name}/{number}: {exchange.failure}")

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not wrong
    assert send.requests == 200


@pytest.mark.parametrize("fields", [(b"Connection: close",), ()])
def test_an_answer_that_ends_its_connection_is_followed_by_a_new_one(
    serve: Serve, wire: Make, fields: tuple[bytes, ...]
) -> None:
    server = serve(once(answer(b"x", *fields)))
    send = wire(server.url, deadline=5.0)
    for _ in range(3):
        assert send(POST, "line").ok
        assert eventually(lambda: len(server.ended) == len(server.connections))
    assert len(server.connections) == 3
    assert send.by_method == {"POST": 3}


def test_a_connection_with_bytes_that_nobody_asked_for_is_dropped(serve: Serve, wire: Make) -> None:
    bodies = iter([b"first", b"later"])
    speak, said = threading.Event(), threading.Event()

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(answer(next(bodies)))
        if not said.is_set():
            speak.wait(5)
            connection.sendall(answer(b"smuggled"))
            said.set()

    send = wire(serve(handle).url, deadline=5.0)
    assert send(POST, "line").body == b"first"
    speak.set()
    assert said.wait(5)
    assert send(POST, "line").body == b"later"


def resetting(connection: socket.socket) -> None:
    request_of(connection)
    reset(connection)


def leaving(connection: socket.socket) -> None:
    """Answers one request, takes another, and leaves without a word."""
    request_of(connection)
    connection.sendall(answer(b"x"))
    request_of(connection)


def test_a_read_is_sent_again_when_its_idle_connection_ends(serve: Serve, wire: Make) -> None:
    server = serve(leaving)
    send = wire(server.url)
    assert send(GET, "line").ok
    assert send(GET, "line").ok
    assert len(server.connections) == 2
    assert send.requests == 3


def test_a_write_is_never_sent_again(serve: Serve, wire: Make) -> None:
    server = serve(leaving)
    send = wire(server.url)
    assert send(POST, "line").ok
    assert send(POST, "line").failure == "closed"
    assert (len(server.connections), send.writes) == (1, 2)


def test_a_read_on_a_new_connection_is_never_sent_again(serve: Serve, wire: Make) -> None:
    server = serve(resetting)
    assert wire(server.url)(GET, "line").failure == "reset"
    assert len(server.connections) == 1


def test_a_request_that_hides_another_is_never_sent(serve: Serve, wire: Make) -> None:
    server = serve(always(answer(b"x")))
    send = wire(server.url)
    with pytest.raises(Refused, match="length"):
        send(Request("POST", "/", (("Content-Length", "1"),), b"xGET /smuggled HTTP/1.1\r\n\r\n"), "line")
    assert (send.requests, server.connections) == (0, [])


def test_an_answer_given_before_the_body_was_read_counts(serve: Serve, wire: Make) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(answer(b"too much", b"Connection: close", status=b"413 Too Large"))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            continue

    exchange = wire(serve(handle).url, deadline=5.0)(Request("POST", "/", (), b"x" * 4_000_000), "line")
    assert (exchange.status, exchange.body) == (413, b"too much")


def test_counts_and_budget(serve: Serve, wire: Make) -> None:
    server = serve(echo)
    send = wire(server.url, budget=4)
    for method in ("GET", "POST", "DELETE", "HEAD"):
        send(Request(method, "/"), method)
    assert send.by_method == {"GET": 1, "POST": 1, "DELETE": 1, "HEAD": 1}
    assert (send.requests, send.writes) == (4, 2)
    assert send(POST, "POST").failure == "budget"
    assert (send.requests, len(server.connections)) == (4, 4)


def test_a_closed_wire_sends_nothing(serve: Serve, wire: Make) -> None:
    server = serve(echo)
    send = wire(server.url)
    assert send(GET, "line").ok
    send.close()
    assert send(GET, "line").failure == "shut"
    assert eventually(lambda: bool(server.ended))
    assert len(server.connections) == 1


def secrets_in(exchange: Exchange) -> str:
    parts = (exchange.request.target, exchange.request.headers, exchange.request.body, exchange.headers, exchange.body)
    return repr((parts, exchange))


def test_no_secret_leaves_the_wire(serve: Serve, wire: Make) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        while data := request_of(connection):
            seen.append(data)
            basic = base64.b64encode(f"me:{KEY}".encode())
            connection.sendall(answer(data, b"X-Echo: " + basic, b"X-" + KEY.encode() + b": 1"))

    send = wire(serve(handle).url, redact=Redactor({"ADMIN_KEY": KEY}))
    plain = Request("PUT", f"/?k={KEY}", (("Authorization", f"Bearer {KEY}"),), f'"{KEY[::-1]}"'.encode())
    exchange = send(plain, "line")
    assert KEY.encode() in seen[0]
    assert exchange.request.target == "/?k=[ADMIN_KEY]"
    assert exchange.request.headers == (("Authorization", "Bearer [ADMIN_KEY]"),)
    assert exchange.request.body == b'"[ADMIN_KEY]"'
    assert b"GET" not in exchange.body
    assert b"[ADMIN_KEY]" in exchange.body
    for run in (KEY[:8], KEY[-8:], KEY[::-1][:8]):
        assert run not in secrets_in(exchange)
    assert Redactor({"ADMIN_KEY": KEY}).finds(secrets_in(exchange).encode()) == []


def test_evidence_keeps_the_request_as_it_may_be_shown(serve: Serve, wire: Make) -> None:
    shown = Request("GET", "/", (("Authorization", "Bearer $ADMIN_KEY"),))
    send = wire(serve(echo).url, redact=Redactor({"ADMIN_KEY": KEY}))
    exchange = send(Request("GET", "/", (("Authorization", f"Bearer {KEY}"),), None, shown), "line")
    assert exchange.request == shown
    assert b"Bearer [ADMIN_KEY]" in exchange.body
    failed = wire("http://127.0.0.1:1")(Request("GET", "/", (), None, shown), "line")
    assert (failed.request, failed.failure) == (shown, "refused")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def over_tls(handle: Handler, certificate: trustme.LeafCert) -> Handler:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            handle(secured)

    return wrapped


def plain(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(answer(b"x"))


def trust(authority: trustme.CA, folder: Path) -> Path:
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return folder / "ca.pem"


def test_tls_exchanges_share_a_connection(serve: Serve, wire: Make, authority: trustme.CA, tmp_path: Path) -> None:
    server = serve(over_tls(echo, authority.issue_cert("127.0.0.1")))
    send = wire(server.url.replace("http:", "https:"), ca=trust(authority, tmp_path), deadline=5.0)
    for size in (10, 100_000, 10):
        exchange = send(Request("POST", "/", (), b"x" * size), "line")
        assert exchange.body.endswith(b"\r\n\r\n" + b"x" * size)
    assert len(server.connections) == 1


@pytest.mark.parametrize("kind", ["tls-wrong-host", "tls-expired", "tls-untrusted", "system", "plain"])
def test_tls_is_always_verified(serve: Serve, wire: Make, authority: trustme.CA, tmp_path: Path, kind: str) -> None:
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = {
        "tls-wrong-host": lambda: authority.issue_cert("127.0.0.2"),
        "tls-expired": lambda: authority.issue_cert("127.0.0.1", not_after=past),
        "tls-untrusted": lambda: trustme.CA().issue_cert("127.0.0.1"),
    }.get(kind, lambda: authority.issue_cert("127.0.0.1"))()
    seen: list[bytes] = []
    handle = plain if kind == "plain" else over_tls(lambda c: seen.append(request_of(c)), certificate)
    ca = None if kind == "system" else trust(authority, tmp_path)
    exchange = wire(serve(handle).url.replace("http:", "https:"), ca=ca, deadline=5.0)(POST, "line")
    assert exchange.failure == {"system": "tls-untrusted", "plain": "tls-failed"}.get(kind, kind)
    assert not seen


def test_session_keys_are_not_written(
    serve: Serve, wire: Make, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    server = serve(over_tls(echo, authority.issue_cert("127.0.0.1")))
    assert wire(server.url.replace("http:", "https:"), ca=trust(authority, tmp_path), deadline=5.0)(GET, "line").ok
    assert not (tmp_path / "keys").exists() or not (tmp_path / "keys").read_text().count("CLIENT_")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_cannot_be_read_is_told(wire: Make, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    with pytest.raises(UsageError, match="cannot be read as PEM"):
        wire("https://127.0.0.1", ca=file)


def test_an_answer_that_takes_too_long_to_look_through_is_none(
    serve: Serve, wire: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(always(answer(b"x" * 1_000_000)))
    send, heard = wire(server.url, redact=Redactor({"KEY": KEY}), deadline=30), list[Exchange]()
    send.listener = lambda request, told, exchange: heard.append(exchange)
    assert send(GET, "line").status == 200
    monkeypatch.setattr("harness.wire.redaction.time", SimpleNamespace(monotonic=lambda: float("inf")))
    late = send(GET, "line")
    assert (late.status, late.failure, late.body) == (None, "deadline-reading", b"")
    assert len(heard) == 1

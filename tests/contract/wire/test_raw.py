"""Raw requests arrive byte for byte, within the same bounds as all others, and tell no secret afterwards."""

import socket
from collections.abc import Callable

import pytest

from harness.model import Request
from harness.report.evidence import exchange_of
from harness.wire import Redactor, Wire, raw
from tests.contract.wire.sockets import Server, always, answer, once, request_of

Serve = Callable[..., Server]
Make = Callable[..., Wire]

KEY = "0f83be29d7714a6c"
GET = b"GET /a HTTP/1.1"
HOST = b"Host: api"
FORMS: dict[str, list[bytes]] = {
    "duplicate lines": [GET, HOST, b"Authorization: ApiKey a:1", b"Authorization: ApiKey a:2", b"authorization:"],
    "two hosts": [GET, HOST, b"Host: other"],
    "no host": [GET],
    "absolute form": [b"GET http://api:80/a HTTP/1.1", HOST],
    "absolute form with a user": [b"GET http://u:p@api/a HTTP/1.1", HOST],
    "authority form": [b"GET api:80 HTTP/1.1", HOST],
    "asterisk form": [b"OPTIONS * HTTP/1.1", HOST],
    "no slash": [b"GET a/b HTTP/1.1", HOST],
    "dot segments": [b"GET /a/./b/../../c/..;/d HTTP/1.1", HOST],
    "encoded dot segments": [b"GET /a/%2e%2E/b/%252e%252e/c HTTP/1.1", HOST],
    "encoded slashes": [b"GET /a%2fb%2Fc%5cd HTTP/1.1", HOST],
    "backslashes": [b"GET /a\\..\\b HTTP/1.1", HOST],
    "semicolons": [b"GET /a;x=1/;/b;.json?c;d HTTP/1.1", HOST],
    "double slashes": [b"GET //a///b// HTTP/1.1", HOST],
    "a fragment": [b"GET /a#b?c#d HTTP/1.1", HOST],
    "an encoded NUL": [b"GET /a%00.json HTTP/1.1", HOST],
    "a NUL in the target": [b"GET /a\0b HTTP/1.1", HOST],
    "a NUL in a value": [GET, HOST, b"Authorization: ApiKey a\0:1"],
    "a NUL in a name": [GET, HOST, b"Author\0ization: x"],
    "an overlong dot": [b"GET /%c0%ae%c0%ae/a HTTP/1.1", HOST],
    "a target beyond ASCII": [b"GET /caf\xe9/\xff/\xc3\xa9 HTTP/1.1", HOST],
    "a target with spaces": [b"GET /a b  c HTTP/1.1", HOST],
    "a folded line": [GET, HOST, b"Authorization: ApiKey", b" a:1", b"\ta:2"],
    "a folded first line": [GET, b" Host: api", HOST],
    "space before the colon": [GET, HOST, b"Authorization : ApiKey a:1", b"X-A\t: b"],
    "space before the name": [GET, HOST, b"\tAuthorization: ApiKey a:1"],
    "no colon": [GET, HOST, b"Authorization"],
    "no name": [GET, HOST, b": x"],
    "a name beyond ASCII": [GET, HOST, b"X-\xe9\xff: 1"],
    "a value beyond ASCII": [GET, HOST, b"X: \x80\xa0\xff\xc3\xa9\xf0\x9f\x98\x80"],
    "control characters": [GET, HOST, b"X: \x01\x08\x0b\x0c\x1b[2J\x7f"],
    "space around a value": [GET, HOST, b"X:   a \t", b"Y:b"],
    "an invented method": [b"FROBNICATE /a HTTP/1.1", HOST],
    "a method in small letters": [b"get /a HTTP/1.1", HOST],
    "a method beyond ASCII": [b"G\xcbT /a HTTP/1.1", HOST],
    "a method and no more": [b"GET"],
    "version 0.9": [b"GET /a"],
    "version 1.0": [b"GET /a HTTP/1.0"],
    "an unknown version": [b"GET /a HTTP/3.7", HOST],
    "two spaces": [b"GET  /a  HTTP/1.1", HOST],
    "tabs": [b"GET\t/a\tHTTP/1.1", HOST],
    "a long line": [GET, HOST, b"X: " + b"x" * 100_000],
    "many lines": [GET, HOST, *(b"X-%d: y" % number for number in range(500))],
}


def keeping(seen: list[bytes], size: int) -> Callable[[socket.socket], None]:
    """Takes `size` bytes and whatever follows them at once, then answers."""

    def handle(connection: socket.socket) -> None:
        data = b""
        while len(data) < size and (more := connection.recv(65536)):
            data += more
        connection.setblocking(False)
        try:
            data += connection.recv(65536)
        except BlockingIOError:
            connection.setblocking(True)
        seen.append(data)
        connection.sendall(answer(b"x"))

    return handle


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", [None, b"\0\r\n\r\n\xff{}"], ids=["bare", "body"])
def test_every_form_arrives_byte_for_byte(form: str, body: bytes | None, serve: Serve, wire: Make) -> None:
    lines = FORMS[form] if body is None else [*FORMS[form], b"Content-Length: %d" % len(body)]
    written = b"".join(line + b"\r\n" for line in lines) + b"\r\n" + (body or b"")
    seen: list[bytes] = []
    exchange = wire(serve(keeping(seen, len(written))).url, deadline=20.0)(raw(lines, body), "line")
    assert seen == [written]
    assert (exchange.status, exchange.body) == (200, b"x")
    assert exchange.request.lines == tuple(lines)


def test_a_raw_request_shares_no_connection(serve: Serve, wire: Make) -> None:
    server = serve(always(answer(b"x")))
    send = wire(server.url, deadline=5.0)
    plain, odd = Request("GET", "/"), raw([GET, HOST])
    assert [send(one, "line").status for one in (plain, odd, odd, plain)] == [200] * 4
    # The first one's own is still idle when the last one comes.
    assert len(server.connections) == 3


def test_budget_deadline_and_bounds_are_those_of_all(serve: Serve, wire: Make) -> None:
    silent = serve(lambda connection: bool(request_of(connection)) and connection.recv(1) and None)
    assert wire(silent.url)(raw([GET, HOST]), "line").failure == "deadline"
    endless = serve(once(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200))
    assert wire(endless.url, deadline=5.0)(raw([GET, HOST]), "line").failure == "header-flood"
    server = serve(always(answer(b"x")))
    send = wire(server.url, budget=1, deadline=5.0)
    assert [send(raw([GET, HOST]), "line").failure for _ in range(2)] == [None, "budget"]
    assert send.by_method == {"GET": 1}


def test_an_absolute_target_leads_nowhere_else(serve: Serve, wire: Make) -> None:
    trap = serve(always(answer(b"trapped")), "127.0.0.2")
    server = serve(always(answer(b"x")))
    lines = [b"GET " + trap.url.encode() + b"/ HTTP/1.1", b"Host: 127.0.0.2:%d" % trap.port]
    assert wire(server.url, deadline=5.0)(raw(lines), "line").body == b"x"
    assert not trap.connections


def test_no_secret_of_a_raw_request_is_kept(serve: Serve, wire: Make) -> None:
    seen: list[bytes] = []
    body = KEY[::-1].encode()
    lines = [GET, b"Authorization : ApiKey a:" + KEY.encode(), b" " + KEY.upper().encode(), b"Content-Length: 16"]
    redactor = Redactor({"ADMIN_KEY": KEY})
    exchange = wire(serve(keeping(seen, 1)).url, redact=redactor, deadline=5.0)(raw(lines, body), "line")
    assert seen[0].count(KEY.encode()) == 1
    assert exchange.request.lines == (
        GET,
        b"Authorization : ApiKey a:[ADMIN_KEY]",
        b" [ADMIN_KEY]",
        b"Content-Length: 16",
    )
    assert redactor.finds(repr((exchange, exchange.request.lines, exchange.request.headers)).encode()) == []
    assert exchange.request.body == b"[ADMIN_KEY]"
    assert exchange_of(exchange)["request"]["raw"] == [
        "GET /a HTTP/1.1",
        "Authorization : ApiKey a:[ADMIN_KEY]",
        " [ADMIN_KEY]",
        "Content-Length: 16",
    ]


def test_evidence_keeps_a_raw_request_as_it_may_be_shown(serve: Serve, wire: Make) -> None:
    shown = raw([GET, "Authorization: ApiKey a:⟦$ADMIN_KEY⟧".encode()])
    sent = raw([GET, b"Authorization: ApiKey a:" + KEY.encode()], shown=shown)
    redactor = Redactor({"ADMIN_KEY": KEY})
    assert wire(serve(always(answer(b"x"))).url, redact=redactor, deadline=5.0)(sent, "line").request == shown

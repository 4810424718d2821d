"""What goes out is what was written, and what would be another request is refused."""

import traceback

import pytest

from harness import __version__
from harness.errors import UsageError
from harness.model import Request
from harness.wire import Redactor, Wire, raw
from harness.wire.http1 import leaves_clean, octets
from harness.wire.origin import Origin, origin_of


def test_the_given_comes_as_written_and_the_needed_is_added() -> None:
    request = Request("POST", "/a/%6f/../b;x?q#\\ é", (("X-b", " two "), ("x-B", ""), ("Accept", "*/*")), b"\r\n{}")
    assert octets(request, "host:8") == (
        b"POST /a/%6f/../b;x?q#\\ \xe9 HTTP/1.1\r\nHost: host:8\r\nX-b:  two \r\nx-B: \r\nAccept: */*\r\n"
        b"User-Agent: holdfast/"
        + __version__.encode()
        + b"\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\n\r\n{}"
    )


def test_what_is_given_is_not_added() -> None:
    given = (
        ("HOST", "other"),
        ("user-agent", "x"),
        ("accept", "y"),
        ("content-length", "2"),
        ("connection", "close"),
    )
    head = b"PUT / HTTP/1.1\r\n" + b"".join(f"{name}: {value}\r\n".encode() for name, value in given) + b"\r\n"
    assert octets(Request("PUT", "/", given, b"ab"), "host") == head + b"ab"


def test_a_body_of_nothing_has_a_length_and_no_body_has_none() -> None:
    assert b"Content-Length: 0\r\n" in octets(Request("POST", "/", (), b""), "host")
    assert b"Content-Length" not in octets(Request("POST", "/"), "host")
    assert b"Content-Length" not in octets(
        Request("POST", "/", (("Transfer-Encoding", "chunked"),), b"0\r\n\r\n"), "host"
    )


@pytest.mark.parametrize("bad", ["s3cret\r\nX: y", "s3cret\n", "\rs3cret", "s3cret\0", "s3cret\u2603"])
@pytest.mark.parametrize("place", ["method", "target", "header name", "header value"])
def test_text_that_would_make_another_request_is_refused_without_quoting_it(bad: str, place: str) -> None:
    request = {
        "method": Request(bad, "/"),
        "target": Request("GET", bad),
        "header name": Request("GET", "/", ((bad, "x"),)),
        "header value": Request("GET", "/", (("x", bad),)),
    }[place]
    wire = Wire("http://127.0.0.1:1", redact=Redactor({}))
    with pytest.raises(ValueError, match=f"a {place} holds") as caught:
        wire(request, "line")
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    assert wire.requests == 0


@pytest.mark.parametrize(
    ("request_", "clean"),
    [
        (Request("POST", "/", (), b"ab"), True),
        (Request("POST", "/", (("Content-Length", "2"),), b"ab"), True),
        (Request("POST", "/", (("Transfer-Encoding", "chunked"),), b"0\r\n\r\n"), False),
        (Request("POST", "/", (("Connection", "close"),)), False),
        (Request("GET", "/", (("upgrade", "websocket"),)), False),
        (raw([b"GET / HTTP/1.1", b"Host: host"]), False),
    ],
)
def test_a_connection_is_kept_where_the_server_surely_sees_the_same_request(request_: Request, clean: bool) -> None:
    assert leaves_clean(request_) is clean


@pytest.mark.parametrize(
    ("url", "origin", "authority"),
    [
        ("http://api.example", Origin("http", "api.example", 80), "api.example"),
        ("HTTPS://API.example:443/api/v1/", Origin("https", "api.example", 443), "api.example"),
        ("https://127.0.0.1:8443", Origin("https", "127.0.0.1", 8443), "127.0.0.1:8443"),
        ("http://[::1]:81/", Origin("http", "::1", 81), "[::1]:81"),
        ("http://bücher.example", Origin("http", "xn--bcher-kva.example", 80), "xn--bcher-kva.example"),
    ],
)
def test_origins(url: str, origin: Origin, authority: str) -> None:
    assert origin_of(url) == origin
    assert origin.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "s3cret",
        "//s3cret",
        "ftp://s3cret",
        "http://",
        "http://h:s3cret",
        "http://h:0/s3cret",
        "http://h:99999/s3cret",
        "http://u:s3cret@h",
        "http://s3cret@h",
        "http://[s3cret",
        "http://" + "s3cret" * 20,
        "file:///s3cret",
    ],
)
def test_other_base_urls_are_refused_without_quoting_them(url: str) -> None:
    with pytest.raises(UsageError, match="the base URL") as caught:
        origin_of(url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None

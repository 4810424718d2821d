"""One request that may be taken for two is refused by name, whatever its disguise; every other odd form is not."""

import pytest

from harness.wire import Redactor, Refused, Wire, raw
from harness.wire.framing import check

POST = b"POST /a HTTP/1.1"
HOST = b"Host: api"
CHUNKED = b"Transfer-Encoding: chunked"
SMUGGLED = b"0\r\n\r\nGET /b HTTP/1.1\r\nHost: api\r\n\r\n"

REFUSED: dict[str, tuple[str, list[bytes], bytes | None]] = {
    "a second request in a header": ("line-break", [POST, b"X: y\r\n\r\nGET /b HTTP/1.1"], None),
    "a second header in a header": ("line-break", [POST, b"X: y\r\nAuthorization: z"], None),
    "a bare LF": ("line-break", [POST, b"X: y\nZ: w"], None),
    "a bare CR": ("line-break", [b"POST /a HTTP/1.1\rX: y"], None),
    "a CRLF in the target": ("line-break", [b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1"], None),
    "an empty line": ("blank-line", [POST, b"", b"GET /b HTTP/1.1"], None),
    "a line of space": ("blank-line", [POST, b" \t", b"X: y"], None),
    "a line of NULs": ("blank-line", [POST, b"\0\0", b"X: y"], None),
    "a request line for a header": ("second-request", [POST, HOST, b"DELETE /b HTTP/1.1"], None),
    "a request line folded": ("second-request", [POST, b"X: y", b" GET\t/b HTTP/1.1"], None),
    "CL.TE": ("length-and-chunked", [POST, b"Content-Length: 36", CHUNKED], SMUGGLED),
    "TE.CL": ("length-and-chunked", [POST, CHUNKED, b"Content-Length: 3"], SMUGGLED),
    "CL and a disguised TE": (
        "length-and-chunked",
        [POST, b"Content-Length: 5", b"Transfer-Encoding : chunked"],
        b"0\r\n\r\n",
    ),
    "CL and a folded TE": (
        "length-and-chunked",
        [POST, b"Content-Length: 5", b"X: y", b" Transfer-Encoding: chunked"],
        b"0\r\n\r\n",
    ),
    "CL and a TE with a NUL": (
        "length-and-chunked",
        [POST, b"Content-Length: 5", b"Transfer-Encoding\0: chunked"],
        b"0\r\n\r\n",
    ),
    "CL and a TE with underscore": (
        "length-and-chunked",
        [POST, b"Content-Length: 5", b"transfer_encoding: chunked"],
        b"0\r\n\r\n",
    ),
    "CL and a TE without colon": (
        "length-and-chunked",
        [POST, b"Content-Length: 5", b"Transfer-Encoding"],
        b"0\r\n\r\n",
    ),
    "two differing lengths": ("two-lengths", [POST, b"Content-Length: 2", b"Content-Length: 0"], b"ab"),
    "one length twice": ("two-lengths", [POST, b"Content-Length: 2", b"content-length: 2"], b"ab"),
    "a second length in disguise": ("two-lengths", [POST, b"Content-Length: 2", b"Content_Length: 0"], b"ab"),
    "bytes behind the body": ("length", [POST, b"Content-Length: 1"], b"xGET /b HTTP/1.1\r\n\r\n"),
    "a body cut short": ("length", [POST, b"Content-Length: 9"], b"x"),
    "a length and no body": ("length", [POST, b"Content-Length: 9"], None),
    "two lengths in one line": ("length", [POST, b"Content-Length: 2, 0"], b"ab"),
    "a length with a sign": ("length", [POST, b"Content-Length: +2"], b"ab"),
    "a length with a zero": ("length", [POST, b"Content-Length: 02"], b"ab"),
    "a length behind a tab": ("length", [POST, b"Content-Length:\t2"], b"ab"),
    "a length with space before its colon": ("length", [POST, b"Content-Length : 2"], b"ab"),
    "a length in other words": ("length", [POST, b"Content_Length: 2"], b"ab"),
    "a length folded": ("length", [POST, b"Content-Length: 2", b" 0"], b"ab"),
    "two codings": ("transfer-encoding", [POST, CHUNKED, b"Transfer-Encoding: identity"], b"0\r\n\r\n"),
    "a coding before chunked": ("transfer-encoding", [POST, b"Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n"),
    "an unknown coding": ("transfer-encoding", [POST, b"Transfer-Encoding: xchunked"], b"0\r\n\r\n"),
    "chunked behind a vertical tab": ("transfer-encoding", [POST, b"Transfer-Encoding: \x0bchunked"], b"0\r\n\r\n"),
    "chunked in quotes": ("transfer-encoding", [POST, b'Transfer-Encoding: "chunked"'], b"0\r\n\r\n"),
    "chunked folded": ("transfer-encoding", [POST, b"Transfer-Encoding:", b" chunked"], b"0\r\n\r\n"),
    "chunked with space before its colon": ("transfer-encoding", [POST, b"Transfer-Encoding : chunked"], b"0\r\n\r\n"),
    "chunked under HTTP/1.0": ("transfer-encoding", [b"POST / HTTP/1.0", CHUNKED], b"0\r\n\r\n"),
    "bytes behind the last chunk": ("chunks", [POST, CHUNKED], SMUGGLED),
    "no last chunk": ("chunks", [POST, CHUNKED], b"2\r\nab\r\n"),
    "a chunk shorter than it says": ("chunks", [POST, CHUNKED], b"5\r\nab\r\n0\r\n\r\n"),
    "a chunk longer than it says": ("chunks", [POST, CHUNKED], b"1\r\nab\r\n0\r\n\r\n"),
    "a chunk extension": ("chunks", [POST, CHUNKED], b"2;x\r\nab\r\n0\r\n\r\n"),
    "a chunk size in C": ("chunks", [POST, CHUNKED], b"0x2\r\nab\r\n0\r\n\r\n"),
    "a chunk ended by LF": ("chunks", [POST, CHUNKED], b"2\nab\r\n0\r\n\r\n"),
    "trailers": ("chunks", [POST, CHUNKED], b"0\r\nX: y\r\n\r\n"),
    "chunked and no body": ("chunks", [POST, CHUNKED], None),
    "a body that nobody announces": ("unframed-body", [POST, HOST], b"GET /b HTTP/1.1\r\n\r\n"),
    "a body behind a length of no name": ("unframed-body", [POST, b"X-Content-Length: 2"], b"ab"),
    "a length in the place of the request line": ("unframed-body", [b"Content-Length: 2"], b"ab"),
    "CONNECT": ("tunnel", [b"CONNECT other:443 HTTP/1.1", HOST], None),
    "h2c": ("tunnel", [b"GET / HTTP/1.1", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c"], None),
    "HTTP2-Settings": ("tunnel", [b"GET / HTTP/1.1", b"HTTP2-Settings: AAMAAABkAAQAAP__"], None),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_be_taken_for_two_requests_is_refused_by_name(case: str) -> None:
    name, lines, body = REFUSED[case]
    wire = Wire("http://127.0.0.1:1", redact=Redactor({}))
    with pytest.raises(Refused) as caught:
        wire(raw(lines, body), "line")
    assert caught.value.name == name
    assert wire.requests == 0


def test_a_mark_of_shell_text_is_not_sent() -> None:
    wire = Wire("http://127.0.0.1:1", redact=Redactor({}))
    with pytest.raises(ValueError, match="marks shell text"):
        wire(raw([POST, "X: ⟦$(id)⟧".encode()]), "line")
    assert wire.requests == 0


SOUND: dict[str, tuple[list[bytes], bytes | None]] = {
    "no header at all": ([b"GET /"], None),
    "a body of nothing": ([POST, b"Content-Length: 0"], None),
    "a length": ([POST, b"CONTENT-LENGTH:2"], b"ab"),
    "chunks": ([POST, CHUNKED], b"2\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n"),
    "a word of two requests in a value": ([POST, b"User-Agent: GET /b HTTP/1.1"], None),
    "an invented method": ([b"B\xc3\xa9Z /a HTTP/9.9", HOST, HOST], None),
    "a websocket": ([b"GET / HTTP/1.1", b"Connection: Upgrade", b"Upgrade: websocket"], None),
}


@pytest.mark.parametrize("case", SOUND)
def test_what_is_one_request_to_everybody_is_not(case: str) -> None:
    check(*SOUND[case])


def test_a_raw_request_tells_method_target_and_headers_as_well_as_can_be() -> None:
    request = raw([b"GET http://other/a b HTTP/1.1", b"A: 1", b"a:2", b" folded", b"B : \xe9"])
    assert (request.method, request.target) == ("GET", "http://other/a b")
    assert request.headers == (("A", "1"), ("a", "2"), (" folded", ""), ("B ", "\xe9"))
    assert raw([b"GET /a"]).target == "/a"
    with pytest.raises(ValueError, match="needs its request line"):
        raw([])

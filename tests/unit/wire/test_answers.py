"""Answers as hostile as a byte string can be: each ends as one typed failure, none raises, nothing grows."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.wire.answers import Answer, AnswerParser, Limits

SMALL = Limits(wire=4096, decoded=4096, head=512, line=128, fields=6, interim=2, chunks=4)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\n"


def read(data: bytes, method: str = "GET") -> Answer | str:
    parser = AnswerParser(method, SMALL)
    return parser.feed(data) or parser.end()


def sized(body: bytes, *fields: bytes) -> bytes:
    return OK + b"".join(field + b"\r\n" for field in fields) + b"Content-Length: %d\r\n\r\n" % len(body) + body


HOSTILE = {
    "nothing": (b"", "closed"),
    "half a status line": (b"HTTP/1.1 2", "framing-early-end"),
    "status line only": (OK, "framing-early-end"),
    "end within a header": (OK + b"Content-Le", "framing-early-end"),
    "end after a header line": (OK + b"Content-Length: 0\r\n", "framing-early-end"),
    "end within the blank line": (OK + b"Content-Length: 0\r\n\r", "framing-early-end"),
    "end after an interim answer": (b"HTTP/1.1 100 Continue\r\n\r\n", "framing-early-end"),
    "ssh banner": (b"SSH-2.0-OpenSSH_9.6\r\n", "framing-status-line"),
    "http/0.9": (b"<html>\r\n</html>\r\n", "framing-status-line"),
    "tls alert": (b"\x15\x03\x01\x00\x02\x02\x16\r\n", "framing-nul"),
    "blank line first": (b"\r\n" + sized(b""), "framing-status-line"),
    "lower-case protocol": (b"http/1.1 200 OK\r\n\r\n", "framing-status-line"),
    "no status": (b"HTTP/1.1\r\n\r\n", "framing-status-line"),
    "two spaces": (b"HTTP/1.1  200 OK\r\n\r\n", "framing-status-line"),
    "tab": (b"HTTP/1.1\t200 OK\r\n\r\n", "framing-status-line"),
    "four digits": (b"HTTP/1.1 2000 OK\r\n\r\n", "framing-status-line"),
    "two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "framing-status-line"),
    "negative status": (b"HTTP/1.1 -20 OK\r\n\r\n", "framing-status-line"),
    "status in letters": (b"HTTP/1.1 OK 200\r\n\r\n", "framing-status-line"),
    "version with two digits": (b"HTTP/1.10 200 OK\r\n\r\n", "framing-status-line"),
    "version 2": (b"HTTP/2.0 200 OK\r\n\r\n", "framing-version"),
    "version 1.2": (b"HTTP/1.2 200 OK\r\n\r\n", "framing-version"),
    "version 0.9": (b"HTTP/0.9 200 OK\r\n\r\n", "framing-version"),
    "status 999": (b"HTTP/1.1 999 Odd\r\n\r\n", "framing-status"),
    "status 600": (b"HTTP/1.1 600 Odd\r\n\r\n", "framing-status"),
    "status 099": (b"HTTP/1.1 099 Odd\r\n\r\n", "framing-status"),
    "switching protocols": (b"HTTP/1.1 101 Up\r\nUpgrade: x\r\n\r\n", "framing-upgrade"),
    "bare LF throughout": (b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", "framing-line-end"),
    "bare LF after a header": (OK + b"Content-Length: 0\n\r\n", "framing-line-end"),
    "bare LF as the blank line": (OK + b"Content-Length: 0\r\n\n", "framing-line-end"),
    "bare CR in a header": (OK + b"A: x\rB: y\r\n\r\n", "framing-line-end"),
    "bare CR in the status line": (b"HTTP/1.1 200 O\rK\r\n\r\n", "framing-line-end"),
    "two CRs": (OK + b"A: x\r\r\n\r\n", "framing-line-end"),
    "NUL in a header": (OK + b"A: x\0y\r\n\r\n", "framing-nul"),
    "NUL in a name": (OK + b"A\0: x\r\n\r\n", "framing-nul"),
    "folded by a space": (OK + b"A: x\r\n y\r\n\r\n", "framing-fold"),
    "folded by a tab": (OK + b"A: x\r\n\ty\r\n\r\n", "framing-fold"),
    "fold before any header": (OK + b" A: x\r\n\r\n", "framing-fold"),
    "space before the colon": (OK + b"Content-Length : 0\r\n\r\n", "framing-header"),
    "tab before the colon": (OK + b"Content-Length\t: 0\r\n\r\n", "framing-header"),
    "no colon": (OK + b"Content-Length 0\r\n\r\n", "framing-header"),
    "no name": (OK + b": x\r\n\r\n", "framing-header"),
    "space in a name": (OK + b"A B: x\r\n\r\n", "framing-header"),
    "name beyond ASCII": (OK + b"\xc3\xa9: x\r\n\r\n", "framing-header"),
    "length and chunked": (
        OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        "framing-length-and-chunked",
    ),
    "chunked and length": (
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        "framing-length-and-chunked",
    ),
    "differing lengths": (OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "framing-length"),
    "lengths in two spellings": (OK + b"Content-Length: 3\r\nContent-Length: 03\r\n\r\nabc", "framing-length"),
    "list of lengths": (OK + b"Content-Length: 3, 3\r\n\r\nabc", "framing-length"),
    "negative length": (OK + b"Content-Length: -1\r\n\r\n", "framing-length"),
    "signed length": (OK + b"Content-Length: +3\r\n\r\nabc", "framing-length"),
    "length in hexadecimal": (OK + b"Content-Length: 0x3\r\n\r\nabc", "framing-length"),
    "empty length": (OK + b"Content-Length:\r\n\r\n", "framing-length"),
    "length in other digits": (OK + b"Content-Length: \xb2\r\n\r\n", "framing-length"),
    "length of a hundred digits": (OK + b"Content-Length: " + b"9" * 100 + b"\r\n\r\n", "framing-length"),
    "negative length to HEAD": (OK + b"Content-Length: -1\r\n\r\n", "framing-length"),
    "enormous length": (OK + b"Content-Length: 999999999\r\n\r\nabc", "too-large"),
    "short of its length": (OK + b"Content-Length: 9\r\n\r\nabc", "framing-truncated"),
    "beyond its length": (OK + b"Content-Length: 3\r\n\r\nabcd", "framing-extra-bytes"),
    "second answer": (sized(b"") + sized(b""), "framing-extra-bytes"),
    "body of a 204": (b"HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\nabc", "framing-extra-bytes"),
    "body of a 304": (b"HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\nabc", "framing-extra-bytes"),
    "chunked twice": (OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "framing-transfer-encoding"),
    "chunked on two lines": (CHUNKED[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", "framing-transfer-encoding"),
    "gzip as transfer coding": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", "framing-transfer-encoding"),
    "unknown transfer coding": (OK + b"Transfer-Encoding: xchunked\r\n\r\n", "framing-transfer-encoding"),
    "chunked in 1.0": (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "framing-transfer-encoding"),
    "chunk size in letters": (CHUNKED + b"xyz\r\n", "framing-chunk"),
    "empty chunk size": (CHUNKED + b"\r\n", "framing-chunk"),
    "negative chunk size": (CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n", "framing-chunk"),
    "chunk size with 0x": (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", "framing-chunk"),
    "chunk size with a space": (CHUNKED + b"3 \r\nabc\r\n0\r\n\r\n", "framing-chunk"),
    "space before a chunk size": (CHUNKED + b" 3\r\nabc\r\n0\r\n\r\n", "framing-chunk"),
    "chunk size of a hundred digits": (CHUNKED + b"f" * 100 + b"\r\n", "framing-chunk"),
    "enormous chunk": (CHUNKED + b"ffffffffffffffff\r\n", "too-large"),
    "chunk longer than its size": (CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n", "framing-chunk"),
    "chunk ended by LF": (CHUNKED + b"3\r\nabc\n0\r\n\r\n", "framing-line-end"),
    "chunk size ended by LF": (CHUNKED + b"3\nabc\r\n0\r\n\r\n", "framing-line-end"),
    "endless chunk line": (CHUNKED + b"3;" + b"x" * 200, "too-large-line"),
    "end within a chunk": (CHUNKED + b"9\r\nabc", "framing-truncated"),
    "end after a chunk": (CHUNKED + b"3\r\nabc\r\n", "framing-truncated"),
    "no end of trailers": (CHUNKED + b"0\r\n", "framing-truncated"),
    "malformed trailer": (CHUNKED + b"0\r\nA B\r\n\r\n", "framing-header"),
    "bytes after the chunks": (CHUNKED + b"0\r\n\r\nx", "framing-extra-bytes"),
    "endless first line": (b"x" * 300, "too-large-line"),
    "endless header line": (OK + b"A: " + b"x" * 300, "too-large-line"),
    "long header line": (OK + b"A: " + b"x" * 200 + b"\r\n\r\n", "too-large-line"),
    "long head": (OK + (b"A: " + b"x" * 100 + b"\r\n") * 6 + b"\r\n", "too-large-head"),
    "many headers": (OK + b"A: x\r\n" * 7 + b"\r\n", "header-flood"),
    "many chunks": (CHUNKED + b"1\r\nx\r\n" * 5 + b"0\r\n\r\n", "chunk-flood"),
    "many trailers": (CHUNKED + b"0\r\n" + b"A: x\r\n" * 7 + b"\r\n", "header-flood"),
    "interim flood": (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + sized(b""), "interim-flood"),
    "body without end": (OK + b"\r\n" + b"x" * 4096, "too-large"),
    "gzip bomb": (sized(gzip.compress(b"\0" * 1_000_000), b"Content-Encoding: gzip"), "too-large-decoded"),
    "deflate bomb": (sized(zlib.compress(b"\0" * 500_000), b"Content-Encoding: deflate"), "too-large-decoded"),
    "gzip twice": (sized(b"x", b"Content-Encoding: gzip, gzip"), "encoding"),
    "gzip on two lines": (sized(b"x", b"Content-Encoding: gzip", b"Content-Encoding: gzip"), "encoding"),
    "brotli": (sized(b"x", b"Content-Encoding: br"), "encoding"),
    "no gzip at all": (sized(b"plain", b"Content-Encoding: gzip"), "encoding"),
    "gzip cut short": (sized(gzip.compress(b"hello")[:-4], b"Content-Encoding: gzip"), "encoding"),
    "gzip and more": (sized(gzip.compress(b"hello") + b"x", b"Content-Encoding: gzip"), "encoding"),
    "gzip told as deflate": (sized(gzip.compress(b"hello"), b"Content-Encoding: deflate"), "encoding"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_end_as_a_typed_failure(name: str) -> None:
    data, failure = HOSTILE[name]
    assert read(data, "HEAD" if "HEAD" in name else "GET") == failure


@pytest.mark.parametrize("name", HOSTILE)
def test_the_failure_is_the_same_byte_by_byte(name: str) -> None:
    data, failure = HOSTILE[name]
    parser = AnswerParser("HEAD" if "HEAD" in name else "GET", SMALL)
    outcome = next(filter(None, (parser.feed(data[i : i + 1]) for i in range(len(data)))), None) or parser.end()
    if failure == "framing-extra-bytes":
        # What comes later is seen when the connection is to be used again.
        assert isinstance(outcome, Answer)
    else:
        assert outcome == failure


GOOD = {
    "length": (sized(b"abc"), b"abc", True),
    "length told twice alike": (OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", b"abc", True),
    "empty": (sized(b""), b"", True),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", b"x", True),
    "chunks": (CHUNKED + b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: x\r\n\r\n", b"abc0123456789", True),
    "chunked in capitals": (OK + b"transfer-encoding: CHUNKED\r\n\r\n0\r\n\r\n", b"", True),
    "until the end": (OK + b"\r\nabc", b"abc", False),
    "1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc", False),
    "to be closed": (sized(b"abc", b"Connection: x, Close"), b"abc", False),
    "interim": (b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" * 2 + sized(b"abc"), b"abc", True),
    "gzip": (sized(gzip.compress(b"hello"), b"Content-Encoding: gzip"), b"hello", True),
    "deflate": (sized(zlib.compress(b"hello"), b"Content-Encoding: Deflate"), b"hello", True),
    "identity": (sized(b"abc", b"Content-Encoding: identity"), b"abc", True),
    "empty gzip": (sized(b"", b"Content-Encoding: gzip"), b"", True),
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_sound_answers_are_read_however_they_are_cut(name: str, step: int) -> None:
    data, body, reusable = GOOD[name]
    parser = AnswerParser("GET", SMALL)
    outcome = None
    for start in range(0, len(data), step):
        outcome = parser.feed(data[start : start + step])
    answer = outcome or parser.end()
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, answer.reusable) == (200, body, reusable)


def test_headers_keep_order_case_and_every_byte() -> None:
    answer = read(OK + b"b:  x\xff \t\r\nA:\r\nb: \x1b[2J\r\nContent-Length: 0\r\n\r\n")
    assert isinstance(answer, Answer)
    assert answer.headers == (("b", "x\xff"), ("A", ""), ("b", "\x1b[2J"), ("Content-Length", "0"))


def test_an_answer_to_head_has_no_body_whatever_it_says() -> None:
    answer = read(OK + b"Content-Length: 999999999\r\nContent-Encoding: br\r\n\r\n", "HEAD")
    assert isinstance(answer, Answer)
    assert (answer.body, answer.reusable) == (b"", True)


def test_an_outcome_is_final() -> None:
    parser = AnswerParser("GET")
    first = parser.feed(b"nonsense\r\n")
    assert first == "framing-status-line"
    assert parser.feed(sized(b"abc")) == first
    assert parser.end() == first


PIECES = st.sampled_from(
    [
        OK,
        CHUNKED,
        GZIP,
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b" ",
        b":",
        b"Content-Length: 3\r\n",
        b"abc",
        b"3\r\n",
        b"0\r\n\r\n",
    ]
)


@given(
    st.lists(PIECES | st.binary(max_size=20), max_size=12), st.sampled_from(["GET", "HEAD", "POST"]), st.integers(1, 50)
)
def test_no_bytes_make_it_raise_and_cuts_change_nothing(pieces: list[bytes], method: str, step: int) -> None:
    data = b"".join(pieces)
    whole = read(data, method)
    parser = AnswerParser(method, SMALL)
    outcomes = [parser.feed(data[start : start + step]) for start in range(0, len(data), step)]
    cut = next(filter(None, outcomes), None) or parser.end()
    if whole == "framing-extra-bytes" and isinstance(cut, Answer):
        return
    assert cut == whole
    kinds = {"closed", "framing", "too", "header", "interim", "chunk", "encoding"}
    assert isinstance(whole, Answer) or whole.split("-")[0] in kinds


@given(st.lists(st.binary(min_size=1, max_size=700), max_size=20))
def test_a_body_never_exceeds_its_bound(pieces: list[bytes]) -> None:
    parser = AnswerParser("GET", SMALL)
    parser.feed(GZIP + b"\r\n" + gzip.compress(b"".join(pieces)))
    outcome = parser.end()
    if isinstance(outcome, str):
        assert outcome in ("too-large", "too-large-decoded")
    else:
        assert outcome.body == b"".join(pieces)
        assert len(outcome.body) <= SMALL.decoded

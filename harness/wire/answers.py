"""HTTP/1.1 answers, read strictly and within bounds, from bytes in whatever pieces they come (RFC 9112).

Stricter than the RFC demands wherever it leaves room for two readings: line ends are CRLF only, nothing is folded,
framing is told once, and nothing follows the body. There is no socket here, so that anything may be fed.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from harness.wire.codings import Collector, collector_for
from harness.wire.failures import Failed

MEBIBYTE = 1024 * 1024
SMALL = 4096
"""Bytes of a body of which another answer may have the like."""
_Value = TypeVar("_Value")
_STATUS_LINE = re.compile(rb"HTTP/([0-9])\.([0-9]) ([0-9]{3})(?: .*)?", re.DOTALL)
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;.*)?", re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an answer is taken."""

    wire: int = 8 * MEBIBYTE
    """Bytes received, heads and framing included."""
    decoded: int = 8 * MEBIBYTE
    """Bytes of the body with its coding undone."""
    head: int = 64 * 1024
    """Bytes of one block of header lines."""
    line: int = 16 * 1024
    """Bytes of one line, its end included."""
    fields: int = 100
    """Header lines of one block."""
    interim: int = 5
    """1xx answers before the final one."""
    chunks: int = 100_000
    """Chunks of a body: eight megabytes of single bytes would take seconds to put together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """In order, as sent; bytes above ASCII as Latin-1."""
    body: bytes
    """Chunks joined, content coding undone."""
    reusable: bool
    """Whether the connection may carry another request."""


class AnswerParser:
    """Reads one answer to a request of `method`. What a server sends never makes it raise."""

    def __init__(self, method: str, limits: Limits | None = None) -> None:
        self._method = method
        self._limits = limits or Limits()
        self._buffer = bytearray()
        self._received = 0
        self._ended = False
        self._outcome: Answer | str | None = None
        self._steps = self._answer()

    @property
    def started(self) -> bool:
        """Whether anything at all was received."""
        return self._received > 0

    def feed(self, data: bytes) -> Answer | str | None:
        """Takes bytes as they came. Gives the answer, or why there is none, once known; None while more is needed."""
        if self._outcome is None:
            self._received += len(data)
            self._buffer += data
            if self._received > self._limits.wire:
                self._outcome = "too-large"
            else:
                self._advance()
        return self._outcome

    def end(self) -> Answer | str:
        """Tells that no more comes; gives the answer, or why there is none."""
        self._ended = True
        if self._outcome is None:
            self._advance()
        assert self._outcome is not None
        return self._outcome

    def _advance(self) -> None:
        try:
            next(self._steps)
        except StopIteration as stop:
            self._outcome = stop.value
        except Failed as failed:
            self._outcome = failed.reason
        if self._outcome is not None:
            self._buffer.clear()

    def _answer(self) -> Generator[None, None, Answer]:
        minor, status, fields = yield from self._head()
        length, chunked = _framing(fields, minor)
        if self._method == "HEAD" or status in (204, 304):
            length, chunked, body = 0, False, b""
        else:
            body = yield from self._body(length, chunked, fields)
        if self._buffer:
            raise Failed("framing-extra-bytes")
        delimited = chunked or length is not None
        kept = minor == 1 and "close" not in _tokens(fields, "connection")
        head = _shared(tuple(fields))
        return Answer(status, head, _shared(body) if len(body) <= SMALL else body, reusable=delimited and kept)

    def _head(self) -> Generator[None, None, tuple[int, int, list[tuple[str, str]]]]:
        for _ in range(self._limits.interim + 1):
            minor, status = yield from self._status_line()
            fields = yield from self._fields("framing-early-end")
            if status == 101:
                raise Failed("framing-upgrade")
            if status >= 200:
                return minor, status, fields
        raise Failed("interim-flood")

    def _status_line(self) -> Generator[None, None, tuple[int, int]]:
        while not self._buffer:
            yield from self._wait("framing-early-end" if self.started else "closed")
        match = _STATUS_LINE.fullmatch((yield from self._line("framing-early-end")))
        if match is None:
            raise Failed("framing-status-line")
        major, minor, status = (int(group) for group in match.groups())
        if major != 1 or minor > 1:
            raise Failed("framing-version")
        if not 100 <= status <= 599:
            raise Failed("framing-status")
        return minor, status

    def _fields(self, early: str) -> Generator[None, None, list[tuple[str, str]]]:
        fields: list[tuple[str, str]] = []
        room = self._limits.head
        while line := (yield from self._line(early)):
            room -= len(line)
            if room < 0:
                raise Failed("too-large-head")
            if len(fields) == self._limits.fields:
                raise Failed("header-flood")
            fields.append(_field(line))
        return fields

    def _line(self, early: str) -> Generator[None, None, bytes]:
        """One line without its end; `early` is the failure if the peer ends within it."""
        searched = 0
        while (found := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched >= self._limits.line:
                raise Failed("too-large-line")
            yield from self._wait(early)
        line = bytes(self._buffer[: found + 1])
        del self._buffer[: found + 1]
        if len(line) > self._limits.line:
            raise Failed("too-large-line")
        if b"\0" in line:
            raise Failed("framing-nul")
        if not line.endswith(b"\r\n") or line.count(b"\r") > 1:
            raise Failed("framing-line-end")
        return line[:-2]

    def _wait(self, early: str) -> Iterator[None]:
        if self._ended:
            raise Failed(early)
        yield

    def _body(self, length: int | None, chunked: bool, fields: list[tuple[str, str]]) -> Generator[None, None, bytes]:
        collector = collector_for(",".join(_values(fields, "content-encoding")), self._limits.decoded)
        if chunked:
            yield from self._chunks(collector)
        elif length is not None:
            yield from self._exactly(length, collector)
        else:
            yield from self._rest(collector)
        return collector.whole()

    def _exactly(self, length: int, collector: Collector) -> Iterator[None]:
        if length > self._limits.wire:
            raise Failed("too-large")
        while length:
            while not self._buffer:
                yield from self._wait("framing-truncated")
            piece = bytes(self._buffer[:length])
            del self._buffer[:length]
            collector.add(piece)
            length -= len(piece)

    def _chunks(self, collector: Collector) -> Iterator[None]:
        for _ in range(self._limits.chunks + 1):
            match = _CHUNK.fullmatch((yield from self._line("framing-truncated")))
            if match is None:
                raise Failed("framing-chunk")
            size = int(match[1], 16)
            if not size:
                yield from self._fields("framing-truncated")
                return
            yield from self._exactly(size, collector)
            if (yield from self._line("framing-truncated")):
                raise Failed("framing-chunk")
        raise Failed("chunk-flood")

    def _rest(self, collector: Collector) -> Iterator[None]:
        while True:
            collector.add(bytes(self._buffer))
            self._buffer.clear()
            if self._ended:
                return
            yield


@lru_cache(maxsize=256)
def _shared(value: _Value) -> _Value:
    """The value, or an equal one from before: a run keeps thousands of answers, most of which say the same."""
    return value


@lru_cache(maxsize=256)
def _field(line: bytes) -> tuple[str, str]:
    if line[:1] in (b" ", b"\t"):
        raise Failed("framing-fold")
    name, colon, value = line.partition(b":")
    if not colon or _TOKEN.fullmatch(name) is None:
        raise Failed("framing-header")
    return name.decode("ascii"), value.strip(b" \t").decode("latin-1")


def _values(fields: list[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in fields if key.lower() == name]


def _tokens(fields: list[tuple[str, str]], name: str) -> set[str]:
    return {token.strip(" \t").lower() for value in _values(fields, name) for token in value.split(",")}


def _framing(fields: list[tuple[str, str]], minor: int) -> tuple[int | None, bool]:
    """Length of the body (None where it is not told) and whether it is chunked (RFC 9112, section 6.3)."""
    lengths = set(_values(fields, "content-length"))
    codings = _values(fields, "transfer-encoding")
    if lengths and codings:
        raise Failed("framing-length-and-chunked")
    if codings:
        if minor == 0 or [coding.lower() for coding in codings] != ["chunked"]:
            raise Failed("framing-transfer-encoding")
        return None, True
    if not lengths:
        return None, False
    if len(lengths) > 1 or _LENGTH.fullmatch(told := lengths.pop()) is None:
        raise Failed("framing-length")
    return int(told), False

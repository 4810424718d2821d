"""Bodies as they arrive, their content coding undone, never larger than the bound."""

import zlib
from typing import Protocol

from harness.wire.failures import Failed

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""Window bits of zlib that read each coding (RFC 9110, section 8.4.1)."""


class Collector(Protocol):
    """Takes the pieces of a body; raises `Failed` as soon as they are too much or broken."""

    def add(self, piece: bytes) -> None: ...

    def whole(self) -> bytes: ...


class Plain:
    """A body sent as it is."""

    def __init__(self, bound: int) -> None:
        self._pieces: list[bytes] = []
        self._room = bound

    def add(self, piece: bytes) -> None:
        """One more piece."""
        self._room -= len(piece)
        if self._room < 0:
            raise Failed("too-large-decoded")
        self._pieces.append(piece)

    def whole(self) -> bytes:
        """The body."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)


class Compressed:
    """A body under one zlib coding. An empty one stays empty; a second member or a missing end is broken."""

    def __init__(self, window: int, bound: int) -> None:
        self._plain = Plain(bound)
        self._room = bound
        self._zlib = zlib.decompressobj(window)
        self._begun = False

    def add(self, piece: bytes) -> None:
        """One more compressed piece, decoded at once up to one byte beyond the bound."""
        self._begun = self._begun or bool(piece)
        try:
            plain = self._zlib.decompress(piece, self._room + 1)
        except zlib.error:
            raise Failed("encoding") from None
        self._room -= len(plain)
        self._plain.add(plain)
        if self._zlib.unused_data:
            raise Failed("encoding")

    def whole(self) -> bytes:
        """The decoded body."""
        if self._begun and not self._zlib.eof:
            raise Failed("encoding")
        return self._plain.whole()


def collector_for(coding: str, bound: int) -> Collector:
    """What decodes a body whose `Content-Encoding` fields, joined by commas, read `coding`."""
    names = [name for part in coding.lower().split(",") if (name := part.strip(" \t")) not in ("", "identity")]
    if not names:
        return Plain(bound)
    if len(names) == 1 and names[0] in _WINDOW:
        return Compressed(_WINDOW[names[0]], bound)
    raise Failed("encoding")

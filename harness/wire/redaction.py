"""Takes secrets out of everything that is kept, and finds them in what was written."""

import hashlib
import html
import re
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from threading import Lock
from typing import BinaryIO

from harness.wire.views import glimpse, views

RUN = 8
"""Characters of a secret in a row that count as the secret."""
DRAWS = 100
_WORD = re.compile(rb"[a-z]{1,11}")
"""What any text may hold by chance."""
_NOTHING = rb"(?!)"
"""A pattern that no text matches."""
_BLOCK = 4
"""Every run of eight bytes holds one block of four that begins at a multiple of four, wherever the run begins."""
_FEW = 48
"""Blocks that are sooner looked for one by one than all together."""
_STRETCHES = 256
"""Stretches of one part that are sooner looked at apart than the whole."""
_LITTLE = 4096
"""Bytes of a part whose readings are looked at together."""
_ROW = b"x" * RUN
_PART = 64 * 1024
"""Bytes looked at together, which bounds the memory that their readings take."""
_OVERLAP = 256
"""Bytes that parts share: more than eight characters take in any encoding."""
_WIDEST = 12
"""Bytes that a byte of a secret takes in the widest encodings: `\\\\u005c`, or percent signs in base64."""


class Redactor:
    """Knows secrets by their labels, and shows the labels alone.

    What counts as a secret: eight or more of its characters in a row, forward or reversed, in any letter case, plain,
    URL-encoded, JSON-escaped, in base64 of any alignment and alphabet, or in hexadecimal; the same of its SHA-1 and
    SHA-256 in hexadecimal, forward; and a secret of fewer than eight characters wherever it stands whole, forward or
    reversed, with no letter or digit beside it.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._lock = Lock()
        self._labels: tuple[str, ...] = ()
        self._runs: dict[bytes, str] = {}
        self._whole: dict[bytes, str] = {}
        self._full: dict[str, frozenset[bytes]] = {}
        self._proofs: dict[str, frozenset[bytes]] = {}
        self._blocks: frozenset[int] = frozenset()
        self._letters: frozenset[int] = frozenset()
        self._take_in(secrets)

    def __repr__(self) -> str:
        return f"Redactor({', '.join(self._labels)})"

    def learn(self, label: str, secret: str, key: bool = True) -> None:
        """From now on knows one more secret, which may go by a label that others have; `whole` tells of it only where
        it is a `key`. Safe to call from threads."""
        self._take_in({label: secret}, key)

    def text(self, text: str) -> str:
        """`text` with every secret replaced by its `[LABEL]`."""
        octets = octets_of(text)
        clean = self.data(octets)
        if clean is octets:
            return text
        return clean.decode("latin-1" if len(octets) == len(text) else "utf-8", "replace")

    def data(self, data: bytes, until: float | None = None) -> bytes:
        """`data` with every secret replaced by its `[LABEL]`; the same object where there is none.

        Raises TimeoutError where that takes longer than `until`, on `time.monotonic`; a small text is always read."""
        spans = sorted(self._spans(data, until))
        if not spans:
            return data
        kept, end = [], 0
        for start, stop, label in spans:
            if start >= end:
                kept += [data[end:start], f"[{label}]".encode()]
            end = max(end, stop)
        return b"".join((*kept, data[end:]))

    def finds(self, data: bytes, until: float | None = None) -> list[str]:
        """Labels of the secrets in `data`, in the order in which they were given. Raises what `data` does."""
        found = {label for _, _, label in self._spans(data, until)}
        return [label for label in self._labels if label in found]

    def whole(self, data: bytes) -> frozenset[str]:
        """Labels of the secrets of eight characters or more that stand in `data` from end to end, in their own letter
        case, plain or encoded. A part of a key, as pages show to tell keys apart, is none."""
        return frozenset(self._standing(data, {name: self._full.get(name, frozenset()) for name in self.finds(data)}))

    def leaks(self, file: BinaryIO, words: Collection[str] = ()) -> frozenset[str]:
        """The same of a file, which is never held as a whole, and of all secrets, proofs too; but for those that cannot
        be told from other text: a short word of small letters, or one of `words`."""
        known = {name: self._full.get(name, frozenset()) | self._proofs.get(name, frozenset()) for name in self._labels}
        plain = {octets_of(word) for word in words}
        told = {
            name: {one for one in some if one not in plain and not _WORD.fullmatch(one)} for name, some in known.items()
        }
        overlap = _reach(told)
        part, found = file.read(_PART + overlap), set[str]()
        while part:
            if self.finds(part):
                found |= self._standing(part, told)
            more = file.read(_PART)
            part = part[-overlap:] + more if more else b""
        return frozenset(found)

    def _standing(self, data: bytes, told: Mapping[str, Collection[bytes]]) -> set[str]:
        step, reach = range(0, len(data), _PART), _reach(told)
        read = [view.text for start in step if told for view in views(data[start : start + _PART + reach])]
        return {name for name, some in told.items() if any(one in text for one in some for text in read)}

    def fresh(self, make: Callable[[], str]) -> str:
        """What `make` gives, drawn again while it happens to hold a secret. Raises `ValueError` after 100 draws."""
        for _ in range(DRAWS):
            if not self.finds(octets_of(text := make())):
                return text
        raise ValueError(f"each of {DRAWS} draws held a secret: draw from a larger alphabet")

    def _take_in(self, secrets: Mapping[str, str], keys: bool = True) -> None:
        with self._lock:
            runs, whole, blocks, letters = dict(self._runs), dict(self._whole), set[int](), set(self._letters)
            for label, secret in secrets.items():
                if len(secret) >= RUN:
                    known, told = self._full if keys else self._proofs, _whole_spellings(secret)
                    grown = {**known, label: known.get(label, frozenset()) | told}
                    self._full, self._proofs = (grown, self._proofs) if keys else (self._full, grown)
                for word in _spellings(secret) if 0 < len(secret) < RUN else ():
                    whole.setdefault(word, label)
                for run in _runs_of(secret) if secret else ():
                    runs.setdefault(run, label)
                    blocks.update(block for i in range(_BLOCK) for block in _blocks(run[i:]))
                    letters.update(run)
            words = b"|".join(re.escape(word) for word in sorted(whole, key=len, reverse=True)) or _NOTHING
            # Others may be reading: each is replaced as a whole, and what leads to an entry after the entry itself.
            self._labels = tuple(dict.fromkeys((*self._labels, *secrets)))
            self._runs, self._whole = runs, whole
            self._word = re.compile(rb"(?<![0-9A-Za-z])(?:" + words + rb")(?![0-9A-Za-z])")
            self._least = min((RUN, *map(len, whole)))
            self._letters = frozenset(letters)
            self._table = bytes(ord("x") if code in letters else ord(" ") for code in range(256))
            self._apart = bytes(sorted(set(range(256)) - letters)[:1])
            self._blocks |= blocks

    def _spans(self, data: bytes, until: float | None = None) -> Iterator[tuple[int, int, str]]:
        """Start, end and label of each run of each secret, in no order; runs overlap."""
        for offset in range(0, len(data) if self._labels else 0, _PART):
            if offset and until is not None and time.monotonic() > until:
                raise TimeoutError
            for start, end, label in self._spans_in(data[offset : offset + _PART + _OVERLAP]):
                yield offset + start, offset + end, label

    def _spans_in(self, part: bytes) -> Iterator[tuple[int, int, str]]:
        # Nearly always there is nothing, which a quick look tells.
        if not self._suspects(part):
            return
        for view in views(part):
            text = view.text.lower()
            for start, end, label in (*self._runs_in(text), *self._words_in(text)):
                yield (*view.locate(start, end), label)

    def _suspects(self, part: bytes) -> bool:
        texts = glimpse(part, self._least)
        # Of little text one look at all its readings takes a third of a look at each.
        for text in [self._apart.join(texts)] if len(part) <= _LITTLE else texts:
            folded = text.lower()
            if any(word in folded for word in self._whole) or any(True for _ in self._runs_in(self._dense(folded))):
                return True
        return False

    def _dense(self, text: bytes) -> bytes:
        """A text without what can hold no run: in what is no text, decoded by mere chance, that is nearly all."""
        told = text.translate(self._table)
        kept: list[bytes] = []
        start = told.find(_ROW)
        while start >= 0:
            end = told.find(b" ", start + RUN)
            end = len(text) if end < 0 else end
            kept.append(text[start:end])
            if len(kept) > _STRETCHES:
                return text
            start = told.find(_ROW, end)
        return self._apart.join(kept)

    def _runs_in(self, text: bytes) -> Iterator[tuple[int, int, str]]:
        for place in self._places(text):
            for start in range(max(0, place - _BLOCK + 1), place + 1):
                if label := self._runs.get(text[start : start + RUN]):
                    yield start, start + RUN, label

    def _places(self, text: bytes) -> Iterator[int]:
        """Where blocks of secrets stand in a text."""
        blocks = _blocks(text)
        found = self._blocks.intersection(blocks)
        if len(found) > _FEW:
            yield from (_BLOCK * number for number, block in enumerate(blocks) if block in found)
            return
        for block in found:
            octets = block.to_bytes(_BLOCK, sys.byteorder)
            place = text.find(octets)
            while place >= 0:
                if place % _BLOCK == 0:
                    yield place
                place = text.find(octets, place + 1)

    def _words_in(self, text: bytes) -> Iterator[tuple[int, int, str]]:
        for match in self._word.finditer(text):
            yield match.start(), match.end(), self._whole[match[0]]


def _reach(told: Mapping[str, Collection[bytes]]) -> int:
    """Bytes that the longest secret takes at most, however it is encoded."""
    return _OVERLAP + _WIDEST * max((len(one) for some in told.values() for one in some), default=0)


def octets_of(text: str) -> bytes:
    """`text` as it would stand in a header: Latin-1 where it can be, else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _whole_spellings(secret: str) -> frozenset[bytes]:
    """A secret in its own letter case, in every way that the views leave as it is."""
    escaped = html.escape(secret).replace("&#x27;", "'")
    texts = {secret, secret.replace(" ", "+"), escaped, escaped.replace("&quot;", '"'), escaped.replace("'", "&apos;")}
    return frozenset(octets for text in texts for octets in (octets_of(text), text.encode("utf-8", "surrogatepass")))


def _spellings(secret: str) -> set[bytes]:
    """The secret in every way that differs in more than the case of ASCII letters, which is folded when looking."""
    texts = {secret, secret.lower(), secret.upper(), secret.swapcase()}
    texts |= {text.replace(" ", "+") for text in texts}
    # An error page shows it escaped.
    texts |= {html.escape(text) for text in texts}
    texts |= {text[::-1] for text in texts}
    return {octets.lower() for text in texts for octets in (octets_of(text), text.encode("utf-8", "surrogatepass"))}


def _runs_of(secret: str) -> Iterator[bytes]:
    """Every run of a secret, where it is as long as one, and of its digests."""
    for spelling in _spellings(secret) if len(secret) >= RUN else ():
        yield from _windows(spelling)
    for algorithm in ("sha1", "sha256"):
        digest = hashlib.new(algorithm, secret.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        yield from _windows(digest.encode())


def _windows(octets: bytes) -> Iterable[bytes]:
    return (octets[start : start + RUN] for start in range(len(octets) - RUN + 1))


def _blocks(text: bytes) -> memoryview:
    """The text as numbers of four bytes, beginning at every fourth; what is left over at the end is no block."""
    return memoryview(text)[: len(text) - len(text) % _BLOCK].cast("I")

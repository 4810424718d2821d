"""A text as it reads once its encoding is undone, and where each byte of that reading stands in the text."""

import binascii
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from string import ascii_letters, digits

NESTING = 2
"""How often escapes are undone: JSON within JSON, or a percent sign that is itself escaped."""

Locate = Callable[[int, int], tuple[int, int]]
_ESCAPE = re.compile(
    rb"%[0-9A-Fa-f]{2}"
    rb"|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}"
    rb'|\\["\\/bfnrt]'
)
_LETTERS = {b'"': b'"', b"\\": b"\\", b"/": b"/", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _table(alphabet: str, other: str, swaps: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    swapped = bytes.maketrans(*swaps)
    return bytes(swapped[code] if chr(code) in alphabet else ord(other) for code in range(256))


# Whatever is not of the alphabet reads as zero, so that positions stay where they are.
_BASE64 = _table(ascii_letters + digits + "+/-_", "A", (b"-_", b"+/"))
_HEX = _table("0123456789abcdefABCDEF", "0")


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a text."""

    text: bytes
    locate: Locate
    """From start and end in `text` to start and end in what was given."""


def views(data: bytes) -> list[View]:
    """`data` itself and with its escapes undone; each also read as base64 and as hexadecimal, in every alignment."""
    found: list[View] = []
    view: View | None = View(data, lambda start, end: (start, end))
    for _ in range(NESTING + 1):
        if view is None:
            break
        found += (view, *_decoded(view))
        view = _unescaped(view)
    return found


def _decoded(view: View) -> Iterator[View]:
    # Padded, for the last characters of a text may be fewer than a group of four.
    flat = view.text.translate(_BASE64) + b"AAAA"
    for skip in range(4):
        groups = flat[skip : len(flat) - (len(flat) - skip) % 4]
        yield View(binascii.a2b_base64(groups), _scaled(view, skip, 4, 3))
    flat = view.text.translate(_HEX)
    for skip in range(2):
        pairs = flat[skip : len(flat) - (len(flat) - skip) % 2]
        yield View(binascii.unhexlify(pairs), _scaled(view, skip, 2, 1))


def _scaled(view: View, skip: int, characters: int, octets: int) -> Locate:
    def locate(start: int, end: int) -> tuple[int, int]:
        first = skip + start * characters // octets
        last = skip - (-end * characters // octets)
        return view.locate(first, min(last, len(view.text)))

    return locate


def _unescaped(view: View) -> View | None:
    """The view with URL and JSON escapes undone; None where there are none."""
    if b"%" not in view.text and b"\\" not in view.text:
        return None
    plain, count = _ESCAPE.subn(lambda match: _meaning(match[0]), view.text)

    @cache
    def edges() -> tuple[list[int], list[int]]:
        return _edges(view.text)

    def locate(start: int, end: int) -> tuple[int, int]:
        heres, theres = edges()
        first, last = bisect_right(heres, start) - 1, bisect_right(heres, end - 1) - 1
        # Every second segment is an escape, which is taken whole.
        begins = theres[first] + (0 if first % 2 else start - heres[first])
        ends = theres[last + 1] if last % 2 else theres[last] + end - heres[last]
        return view.locate(begins, ends)

    return View(plain, locate) if count else None


def _edges(text: bytes) -> tuple[list[int], list[int]]:
    """Where each segment begins once the escapes are undone, and where in `text`: plain ones and escapes by turns."""
    heres, theres = [0], [0]
    for match in _ESCAPE.finditer(text):
        here = heres[-1] + match.start() - theres[-1]
        heres += (here, here + len(_meaning(match[0])))
        theres += match.span()
    return heres, theres


@lru_cache(maxsize=4096)
def _meaning(escape: bytes) -> bytes:
    if escape[:1] == b"%":
        return binascii.unhexlify(escape[1:])
    if escape[1:2] != b"u":
        return _LETTERS[escape[1:]]
    units = binascii.unhexlify(escape.replace(b"\\u", b""))
    return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")

"""A text as it reads once its encoding is undone, and where each byte of that reading stands in the text."""

import binascii
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_letters, digits

NESTING = 2
"""How often escapes are undone: JSON within JSON, or a percent sign that is itself escaped."""

Locate = Callable[[int, int], tuple[int, int]]
_ESCAPE = re.compile(
    rb"%[0-9A-Fa-f][0-9A-Fa-f]"
    rb"|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}"
    rb'|\\["\\/bfnrt]'
    rb"|&#[0-9]{1,7};|&#[xX][0-9A-Fa-f]{1,6};"
)
_ESCAPES = re.compile(
    rb"(?:%[0-9A-Fa-f][0-9A-Fa-f])++"
    rb"|(?:\\u[0-9A-Fa-f]{4})++"
    rb'|(?:\\["\\/bfnrt])++'
    rb"|&#[0-9]{1,7};|&#[xX][0-9A-Fa-f]{1,6};"
)
"""The same, as many of a kind as stand in a row."""
_PLAIN = re.compile(rb"([^%\\&]{16})[^%\\&]{17,}+(?<=([^%\\&]{16}))")
"""What lies between two escapes and is more than an encoding of eight bytes takes beside each."""
_BEGINNINGS = b"%", b"\\", b"&#"
_LETTERS = bytes.maketrans(b"bfnrt", b"\b\f\n\r\t")


def _table(alphabet: str, other: str, swaps: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    swapped = bytes.maketrans(*swaps)
    return bytes(swapped[code] if chr(code) in alphabet else ord(other) for code in range(256))


# Whatever is not of the alphabet reads as zero, so that positions stay where they are.
_BASE64 = _table(ascii_letters + digits + "+/-_", "A", (b"-_", b"+/"))
_HEX = _table("0123456789abcdefABCDEF", "0")
_ONLY_BASE64 = _table(ascii_letters + digits + "+/-_", " ")
_ONLY_HEX = _table("0123456789abcdefABCDEF", " ")
_MARKED = bytes(ord(" ") if code == ord(" ") else ord("x") for code in range(256))


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


def glimpse(data: bytes, least: int = 8) -> list[bytes]:
    """Every run of `least` bytes, eight at most, that any of the `views` has, sooner and with no places: what cannot
    be an encoding of as many is left out."""
    found: list[bytes] = []
    base64, hexadecimal = -(-4 * least // 3) - 1, 2 * least - 1
    for _ in range(NESTING + 1):
        found.append(data)
        if long := _words(data, _ONLY_BASE64, base64):
            found += _from_base64(b"AAAA".join(long))
            if long := _words(b" ".join(long), _ONLY_HEX, hexadecimal):
                found += _from_hex(b"00".join((*long, b"")))
        if not any(one in data for one in _BEGINNINGS):
            break
        # What is far from every escape was looked at already.
        near = _PLAIN.sub(rb"\1\0\2", data)
        data = _undone(near)
        if len(data) == len(near):
            break
    return found


def _words(data: bytes, table: bytes, least: int) -> Sequence[bytes]:
    """What stands between spaces once `table` has made one of everything else; of so many bytes or more, each once."""
    only = data.translate(table)
    # Splitting takes long where all is in small pieces, and then there is mostly nothing.
    if b"x" * least not in only.translate(_MARKED):
        return ()
    return list({word: None for word in only.split() if len(word) >= least})


def _decoded(view: View) -> Iterator[View]:
    for skip, text in enumerate(_from_base64(view.text)):
        yield View(text, _scaled(view, skip, 4, 3))
    for skip, text in enumerate(_from_hex(view.text)):
        yield View(text, _scaled(view, skip, 2, 1))


def _from_base64(text: bytes) -> Iterator[bytes]:
    # Padded, for the last characters of a text may be fewer than a group of four.
    flat = text.translate(_BASE64) + b"AAAA"
    for skip in range(4):
        yield binascii.a2b_base64(flat[skip : len(flat) - (len(flat) - skip) % 4])


def _from_hex(text: bytes) -> Iterator[bytes]:
    flat = text.translate(_HEX)
    for skip in range(2):
        yield binascii.unhexlify(flat[skip : len(flat) - (len(flat) - skip) % 2])


def _scaled(view: View, skip: int, characters: int, octets: int) -> Locate:
    def locate(start: int, end: int) -> tuple[int, int]:
        first = skip + start * characters // octets
        last = skip - (-end * characters // octets)
        return view.locate(first, min(last, len(view.text)))

    return locate


def _unescaped(view: View) -> View | None:
    """The view with URL and JSON escapes undone; None where there are none."""
    plain = _undone(view.text)

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

    # Every escape is longer than what it stands for.
    return View(plain, locate) if len(plain) < len(view.text) else None


def _undone(text: bytes) -> bytes:
    if not any(one in text for one in _BEGINNINGS):
        return text
    return _ESCAPES.sub(_meant, text)


def _edges(text: bytes) -> tuple[list[int], list[int]]:
    """Where each segment begins once the escapes are undone, and where in `text`: plain ones and escapes by turns."""
    heres, theres = [0], [0]
    for match in _ESCAPE.finditer(text):
        here = heres[-1] + match.start() - theres[-1]
        heres += (here, here + len(_meaning(match[0])))
        theres += match.span()
    return heres, theres


def _meant(match: re.Match[bytes]) -> bytes:
    return _PERCENT.get(match[0]) or _meaning(match[0])


def _meaning(escapes: bytes) -> bytes:
    """What one escape, or several of a kind in a row, stand for."""
    if escapes[:1] == b"%":
        return binascii.unhexlify(escapes.replace(b"%", b""))
    if escapes[:1] == b"&":
        return html.unescape(escapes.decode("ascii")).encode("utf-8", "surrogatepass")
    if escapes[1:2] != b"u":
        return escapes[1::2].translate(_LETTERS)
    units = binascii.unhexlify(escapes.replace(b"\\u", b""))
    return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")


_PERCENT = {form % code: bytes([code]) for code in range(256) for form in (b"%%%02x", b"%%%02X")}
"""Single ones are many, and are looked up."""

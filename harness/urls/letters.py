"""Corpus rules on letters that look or fold alike, and on letters written in percent: class IDN."""

from collections.abc import Mapping
from typing import Final

from harness.urls.authority import Build
from harness.urls.place import Place

_DOTS: Final = {"ideographic": "\u3002", "full-width": "\uff0e", "half-width": "\uff61", "one-leader": "\u2024"}
_CYRILLIC: Final = {
    "o": "\u043e", "a": "\u0430", "e": "\u0435", "p": "\u0440", "c": "\u0441", "y": "\u0443", "x": "\u0445"
}  # fmt: skip


def _dotted_other(dot: str) -> Build:
    return lambda p: p.at(p.evil.replace(".", dot))


def _dotted_host(dot: str) -> Build:
    return lambda p: p.at(p.authority.replace(".", dot))


def _full_width(p: Place) -> str:
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isalnum() else char for char in p.host)
    return p.at(p.authority.replace(p.host, wide))


def _cyrillic(p: Place) -> str | None:
    latin = next((char for char in _CYRILLIC if char in p.host), None)
    return p.host.replace(latin, _CYRILLIC[latin], 1) if latin else None


def _cyrillic_host(p: Place) -> str | None:
    twin = _cyrillic(p)
    return p.at(twin) if twin else None


def _punycode_host(p: Place) -> str | None:
    twin = _cyrillic(p)
    return p.at(".".join(_ascii_label(label) for label in twin.split("."))) if twin else None


def _ascii_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def _circled(p: Place) -> str | None:
    letter = next((char for char in p.host if "a" <= char <= "z"), None)
    return p.at(p.authority.replace(letter, chr(0x24D0 + ord(letter) - ord("a")), 1)) if letter else None


def _folded(letters: str, twin: str) -> Build:
    """The host with letters that fold to, or from, a twin; with the twin glued to its first label where it has none."""

    def build(p: Place) -> str:
        host = p.host.replace(letters, twin, 1)
        first, dot, rest = p.host.partition(".")
        return p.at(host if host != p.host else f"{first}{twin}{dot}{rest}")

    return build


def _between(char: str) -> Build:
    return lambda p: p.at(f"{p.evil}{char}.{p.authority}")


IDN: Final[Mapping[str, Build]] = {
    **{f"{name}-dot-other": _dotted_other(dot) for name, dot in _DOTS.items()},
    **{f"{name}-dot-host": _dotted_host(dot) for name, dot in _DOTS.items()},
    "full-width-host": _full_width,
    "cyrillic-host": _cyrillic_host,
    "punycode-host": _punycode_host,
    "circled-letter": _circled,
    "full-width-slash": _between("\uff0f"),
    "full-width-hash": _between("\uff03"),
    "full-width-question": _between("\uff1f"),
    "full-width-at": lambda p: p.at(f"{p.host}\uff20{p.evil}"),
    "full-width-colon": _between("\uff1a"),
    "fraction-slash": _between("\u2044"),
    "account-of": _between("\u2100"),
    "sharp-s": _folded("ss", "\xdf"),
    "dotless-i": _folded("i", "\u0131"),
    "kelvin-sign": _folded("k", "\u212a"),
    "pct-dots-in-host": lambda p: p.at(p.authority.replace(".", "%2E")),
    "pct-dots-in-other": lambda p: p.at(p.evil.replace(".", "%2E")),
    "pct-letter-in-host": lambda p: p.at(f"%{ord(p.authority[0]):02X}{p.authority[1:]}"),
    "zero-width-joiner": lambda p: p.at(f"{p.authority[:2]}\u200d{p.authority[2:]}"),
}

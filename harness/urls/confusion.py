"""Corpus rules on which readers disagree: classes SLASH, DELIM, CTL, LINE."""

from collections.abc import Iterator, Mapping
from typing import Final

from harness.urls.authority import Build
from harness.urls.place import Place

SLASH: Final[Mapping[str, Build]] = {
    "one-slash-other": lambda p: f"{p.scheme}:/{p.evil}{p.tail}",
    "no-slash-other": lambda p: f"{p.scheme}:{p.evil}{p.tail}",
    "three-slashes-other": lambda p: f"{p.scheme}:///{p.evil}{p.tail}",
    "four-slashes-other": lambda p: f"{p.scheme}:////{p.evil}{p.tail}",
    "two-backslashes-other": lambda p: f"{p.scheme}:\\\\{p.evil}{p.tail}",
    "slash-backslash-other": lambda p: f"{p.scheme}:/\\{p.evil}{p.tail}",
    "backslash-slash-other": lambda p: f"{p.scheme}:\\/{p.evil}{p.tail}",
    "one-slash-host": lambda p: f"{p.scheme}:/{p.authority}{p.tail}",
    "no-slash-host": lambda p: f"{p.scheme}:{p.authority}{p.tail}",
    "three-slashes-host": lambda p: f"{p.scheme}:///{p.authority}{p.tail}",
    "other-backslash-dot-host": lambda p: p.at(f"{p.evil}\\.{p.authority}"),
    "other-backslash-host": lambda p: p.at(f"{p.evil}\\{p.authority}"),
    "host-backslash-dot-other": lambda p: p.at(f"{p.host}\\.{p.evil}"),
    "relative-backslashes": lambda p: f"\\\\{p.evil}{p.tail}",
    "relative-slash-backslash": lambda p: f"/\\{p.evil}{p.tail}",
}

# fmt: off
_DELIMITERS: Final = {
    "question": "?", "hash": "#", "semicolon": ";", "comma": ",", "pct-dot": "%2e", "pct-slash": "%2f",
    "pct-backslash": "%5c", "pct-question": "%3f", "pct-hash": "%23", "pct-nul": "%00", "ampersand": "&", "pipe": "|",
    "caret": "^", "backtick": "`", "quote": '"', "less-than": "<", "brace": "{", "asterisk": "*", "bang": "!",
    "tilde": "~", "underscore": "_", "dollar": "$", "apostrophe": "'", "parenthesis": "(", "equals": "=", "plus": "+",
}
_CONTROLS: Final = {
    "tab": "\t", "lf": "\n", "cr": "\r", "crlf": "\r\n", "nul": "\0", "vt": "\v", "ff": "\f", "us": "\x1f",
    "del": "\x7f", "nbsp": "\xa0", "zwsp": "\u200b", "bom": "\ufeff", "shy": "\xad", "rlo": "\u202e",
    "ls": "\u2028", "wj": "\u2060", "space": " ",
}
# fmt: on


def _after_other(delimiter: str) -> Build:
    return lambda p: p.at(f"{p.evil}{delimiter}.{p.authority}")


def _after_host(delimiter: str) -> Build:
    return lambda p: p.at(f"{p.host}{delimiter}.{p.evil}")


DELIM: Final[Mapping[str, Build]] = {
    **{f"{name}-after-other": _after_other(delimiter) for name, delimiter in _DELIMITERS.items()},
    **{f"{name}-after-host": _after_host(delimiter) for name, delimiter in _DELIMITERS.items()},
}


def _controls(name: str, char: str) -> Iterator[tuple[str, Build]]:
    """One character in the eight places where readers strip it, stop at it, or keep it."""
    yield f"{name}-leading", lambda p: char + p.good
    yield f"{name}-trailing", lambda p: p.good + char
    yield f"{name}-in-scheme", lambda p: f"{p.scheme[:-1]}{char}{p.scheme[-1]}://{p.authority}{p.tail}"
    yield f"{name}-in-host", lambda p: p.at(f"{p.authority[:2]}{char}{p.authority[2:]}")
    yield f"{name}-between-host-and-other", lambda p: p.at(f"{p.host}{char}{p.evil}")
    yield f"{name}-after-scheme", lambda p: f"{p.scheme}:{char}//{p.authority}{p.tail}"
    yield f"{name}-between-slashes", lambda p: f"{p.scheme}:/{char}/{p.authority}{p.tail}"
    yield f"{name}-in-path", lambda p: p.under(f"a{char}b/")


CTL: Final[Mapping[str, Build]] = dict(rule for name, char in _CONTROLS.items() for rule in _controls(name, char))


def _other(p: Place) -> str:
    return p.at(p.evil)


LINE: Final[Mapping[str, Build]] = {
    "line-other-then-allowed": lambda p: f"{_other(p)}\n{p.good}",
    "line-allowed-then-other": lambda p: f"{p.good}\n{_other(p)}",
    "space-allowed-then-other": lambda p: f"{p.good} {_other(p)}",
    "comma-allowed-then-other": lambda p: f"{p.good},{_other(p)}",
}

"""`METHOD /path` patterns: `*` is anything within a segment, `**` anything at all; nothing else is special."""

import re

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")

_NAME = re.compile(r"\{[^{}/]+\}")
_STARS = re.compile(r"(\*+)")


def matches(pattern: str, method: str, path: str) -> bool:
    """Whether a request or operation is meant. `path` is without query; a template's `{id}` is text like any other,
    but what it is called does not matter.

    A star may stand for nothing: `GET /x/**` means `/x/` but not `/x`. `GET` does not mean `HEAD`.
    """
    wanted, _, shape = pattern.partition(" ")
    return wanted == method and reaches(_NAME.sub("{}", shape), _NAME.sub("{}", path))


def reaches(shape: str, text: str) -> bool:
    """Whether a text is of a shape with stars from its beginning to its end."""
    return len(text) in _ends(shape, text)


def _ends(shape: str, path: str) -> set[int]:
    """Every offset in `path` up to which `shape` can reach: time is bounded by their product, whatever they hold."""
    ends = {0}
    for part in _STARS.split(shape):
        if part == "*":
            ends = {end for start in ends for end in range(start, _segment_end(path, start) + 1)}
        elif part.startswith("*"):
            ends = set(range(min(ends), len(path) + 1)) if ends else ends
        else:
            ends = {end + len(part) for end in ends if path.startswith(part, end)}
    return ends


def _segment_end(path: str, start: int) -> int:
    slash = path.find("/", start)
    return len(path) if slash < 0 else slash

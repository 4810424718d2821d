"""`METHOD /path` patterns: `*` is anything within a segment, `**` anything at all; nothing else is special."""

import re
from collections.abc import Iterable

from harness.model import Operation

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


def any_of(patterns: Iterable[str], operation: Operation) -> bool:
    """Whether an operation is among those that the patterns mean."""
    return any(matches(one, operation.method, operation.path) for one in patterns)


def can_mean(pattern: str, method: str, path: str) -> bool:
    """Whether a pattern may mean some request to a template's `path`, with whatever in its `{parameters}`. By whole
    segments: of one that holds `**` beside text it is taken that it may."""
    wanted, _, shape = pattern.partition(" ")
    segments, ends = path.split("/"), {0}
    for part in _NAME.sub("*", shape).split("/"):
        if "**" in part:
            ends = set(range(min(ends, default=len(segments)) + 1, len(segments) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(segments) and _fits(part, segments[end])}
    return wanted == method and len(segments) in ends


def _fits(shape: str, segment: str) -> bool:
    return _NAME.search(segment) is not None or reaches(shape, segment)


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

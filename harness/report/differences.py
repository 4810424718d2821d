"""A mutant beside its control, line by line."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from harness.bodies import bounded_json
from harness.model import Request

_MARKER = re.compile(r"hf[a-z2-7]{22}")

LINES = 60
"""Lines of a request that are compared at most."""
BODY = 16384
"""Bytes of a body that are looked at."""
AROUND = 12
"""Unchanged lines kept on either side of a change."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison."""

    sign: str
    """`-` of the control alone, `+` of the mutant alone, a blank of both, `…` for unchanged lines left out."""
    text: str


def differences(control: Request | None, mutant: Request) -> list[Line]:
    """Request line, headers and body; what this run draws anew for every request (markers, the path of the object
    aimed at) is taken for equal. Without a control, the mutant alone."""
    new = _lines(mutant)
    if control is None:
        return [Line(" ", one) for one in new]
    old = [_aligned(one, control, mutant) for one in _lines(control)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if all(tag == "equal" for tag, *_ in matcher.get_opcodes()):
        return [Line(" ", one) for one in new]
    return list(_folded(matcher, old, new))


def markers(request: Request) -> list[str]:
    """The markers in a request, in the order in which they first stand in it."""
    text = request.target + (request.body or b"")[:BODY].decode("utf-8", "replace")
    return list(dict.fromkeys(_MARKER.findall(text)))


def _folded(matcher: "SequenceMatcher[str]", old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    done = 0
    for group in matcher.get_grouped_opcodes(AROUND):
        if left_out := group[0][3] - done:
            yield Line("…", _unchanged(left_out))
        for tag, old_start, old_end, start, end in group:
            if tag == "equal":
                yield from (Line(" ", one) for one in new[start:end])
                continue
            yield from (Line("-", one) for one in old[old_start:old_end])
            yield from (Line("+", one) for one in new[start:end])
        done = group[-1][4]
    if left_out := len(new) - done:
        yield Line("…", _unchanged(left_out))


def _unchanged(count: int) -> str:
    return f"{count} unchanged line{'' if count == 1 else 's'}"


def _lines(request: Request) -> list[str]:
    lines = [f"{request.method} {request.target}", *(f"{name}: {value}" for name, value in request.headers)]
    if request.body is not None:
        lines += ["", *_body(request.body[:BODY])]
    return lines if len(lines) <= LINES else [*lines[:LINES], f"… {len(lines) - LINES} more lines"]


def _body(body: bytes) -> list[str]:
    """A line for each field where that changes nothing but white space; else as sent."""
    text = body.decode("utf-8", "backslashreplace")
    try:
        value = bounded_json(body)
    except ValueError:
        return text.split("\n")
    if text not in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        return text.split("\n")
    return json.dumps(value, indent=2, ensure_ascii=False).split("\n")


def _aligned(line: str, control: Request, mutant: Request) -> str:
    for old, new in zip(markers(control), markers(mutant), strict=False):
        line = line.replace(old, new)
    path, other = (one.target.partition("?")[0] for one in (control, mutant))
    if path != other and _shape(path) == _shape(other):
        line = re.sub(re.escape(path) + r"(?![\w-])", lambda _: other, line)
    return line


def _shape(path: str) -> list[str]:
    """The path's parts, with those that name an object left out."""
    return ["" if re.search(r"\d", one) else one for one in path.split("/")]

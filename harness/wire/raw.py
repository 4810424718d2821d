"""Requests that go out byte for byte, for what no other client would say.

Nothing is added and nothing is mended: the head is the given lines with CRLF behind each, and then the body. What is
wrong with a line is the probe's own business, unless it would make two requests out of one: see `framing`.
"""

from collections.abc import Sequence

from harness.model import Request


def raw(lines: Sequence[bytes], body: bytes | None = None, shown: Request | None = None) -> Request:
    """A request whose head is `lines`, the first of which is the request line; `Host` and lengths are the caller's.

    What its method, target and headers say is read from the lines as well as can be, for those who look at them.
    `shown` is the same request with `⟦$VARIABLE⟧` in place of secrets. Raises `ValueError` where there is no line.
    """
    if not lines:
        raise ValueError("a raw request needs its request line")
    first, *fields = (line.decode("latin-1") for line in lines)
    method, _, rest = first.partition(" ")
    target, space, _ = rest.rpartition(" ")
    return Request(method, target if space else rest, tuple(map(_field, fields)), body, shown, tuple(lines))


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.removeprefix(" ")

"""What is never sent: one request that some server on the way may take for two.

Such a request may reach a stranger through a front end that both share, so it is refused whoever wrote it, by name:

    line-break             a line that holds a CR or LF: what follows it is another line, or another request
    blank-line             a line of nothing but space: the head ends there for some
    second-request         a header line that is itself a request line
    length-and-chunked     Content-Length and Transfer-Encoding together
    two-lengths            more than one Content-Length
    length                 a Content-Length, or its spelling, that is not plainly the length of the body
    transfer-encoding      anything but one plain `Transfer-Encoding: chunked` under HTTP/1.1
    chunks                 a chunked body that ends before its last byte, or behind it, or is oddly written
    unframed-body          a body whose length nobody tells
    tunnel                 CONNECT, and upgrades to HTTP/2: what comes then is no longer seen by who let it through

Names of header lines are compared by their letters alone, so that a disguise of one is taken for the line itself.
"""

import re
from collections.abc import Sequence

_REQUEST_LINE = re.compile(rb"\s*[A-Za-z]+[ \t\v\f]+[^ ].*HTTP/[0-9]", re.DOTALL)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")
_FOLD = (b" ", b"\t")
_NO_LETTERS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz"))


class Refused(ValueError):
    """A request that must not be sent; `name` says which rule it breaks. Quotes nothing of it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"never sent, for it may be taken for two requests: {name}")
        self.name = name


def check(lines: Sequence[bytes], body: bytes | None) -> None:
    """Raises `Refused` where a request of these lines and this body is one of the above."""
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise Refused("line-break")
    if not all(line.strip(b" \t\v\f\0") for line in lines):
        raise Refused("blank-line")
    if any(_REQUEST_LINE.match(line) for line in lines[1:]):
        raise Refused("second-request")
    first, *fields = lines
    names = [line.partition(b":")[0].lower().translate(None, _NO_LETTERS) for line in fields]
    _check_tunnel(first, fields, names)
    lengths, codings = names.count(b"contentlength"), names.count(b"transferencoding")
    if lengths and codings:
        raise Refused("length-and-chunked")
    if lengths > 1:
        raise Refused("two-lengths")
    if codings:
        if codings > 1 or not _is_plain(fields, names.index(b"transferencoding"), b"transfer-encoding", b"chunked"):
            raise Refused("transfer-encoding")
        _check_chunks(first, body or b"")
    elif lengths:
        length = str(len(body or b"")).encode()
        if not _is_plain(fields, names.index(b"contentlength"), b"content-length", length):
            raise Refused("length")
    elif body:
        raise Refused("unframed-body")


def _check_tunnel(first: bytes, fields: Sequence[bytes], names: Sequence[bytes]) -> None:
    upgrades = (line.lower() for line, name in zip(fields, names, strict=True) if name == b"upgrade")
    connects = first.split(maxsplit=1)[0].upper() == b"CONNECT"
    if connects or b"httpsettings" in names or any(b"h2" in one for one in upgrades):
        raise Refused("tunnel")


def _check_chunks(first: bytes, body: bytes) -> None:
    if not first.endswith(b" HTTP/1.1"):
        raise Refused("transfer-encoding")
    at, size = 0, -1
    while size and (match := _CHUNK.match(body, at)):
        size = int(match[1], 16)
        at = match.end() + size + 2
        if body[at - 2 : at] != b"\r\n":
            raise Refused("chunks")
    if size or at != len(body):
        raise Refused("chunks")


def _is_plain(fields: Sequence[bytes], number: int, name: bytes, value: bytes) -> bool:
    """Whether that line says exactly this, and no folded line behind it says more."""
    folded = number + 1 < len(fields) and fields[number + 1].startswith(_FOLD)
    return fields[number].lower() in (name + b":" + value, name + b": " + value) and not folded

"""A request as one command for a POSIX shell that sends the same bytes again."""

import re
import shlex
import string

from harness.credentials import pieces
from harness.model import Request
from harness.wire.redaction import octets_of

_PLAIN = re.compile(r"[A-Za-z0-9/._~%&=?:,+@-]*")
_KEPT = re.compile(r"/[A-Za-z0-9/._~%&=?:,+@;$(){}\[\]!*'-]*")
"""Targets that curl leaves as they are; others it would encode, cut off or mend."""
_PRINTABLE = re.compile("[ -~]*")
_UNPRINTABLE = re.compile("[^ -~]+")
_LITERAL = frozenset(string.ascii_letters.encode() + string.digits.encode() + b" /:;,.=?&@_+*(){}[]|~#^<>")
_ADDRESS = "a=${BASE_URL#*://}; a=${a%%/*}; h=${a%:*}; h=${h#[}; h=${h%]}"
_PLUG = (
    'case $BASE_URL in https:*) openssl s_client -quiet -verify_return_error -connect "$a";; '
    '*) nc -w 10 "$h" "${a##*:}";; esac'
)


def curl(request: Request) -> str:
    """The request, as an exchange keeps it, as a `curl` command; a raw one, which curl would mend, as a pipe into `nc`.

    `$BASE_URL` stands for `scheme://host:port`; credentials are `$VARIABLES`, as the request shows them. Header values
    are shell text that belongs inside double quotes; target and body, and the lines of a raw request, are taken
    literally, but for the marked `pieces` in them.
    """
    if request.lines:
        return _piped(request)
    words = ["curl -sSi", *_flags(request), _address(request.target)]
    words += [_header(name, value) for name, value in request.headers]
    if request.body is None:
        return " ".join(words)
    if not any(name.lower() == "content-type" for name, _ in request.headers):
        words.append("-H 'Content-Type:'")
    parts = list(pieces(request.body.decode("utf-8", "surrogateescape")))
    if all(_PRINTABLE.fullmatch(literal) for literal, _ in parts):
        return " ".join([*words, "--data-raw", _joined(parts) or "''"])
    return " ".join([f"printf {_octal(request.body)} |", *words, "--data-binary @-"])


def _piped(request: Request) -> str:
    octets = b"\r\n".join((*request.lines, b"", request.body or b""))
    written = []
    for literal, shell in pieces(octets.decode("utf-8", "surrogateescape")):
        written += [f"printf {_octal(literal.encode('utf-8', 'surrogateescape'))}"] if literal else []
        written += [f'printf %s "{shell}"'] if shell else []
    return f"{_ADDRESS}; {{ {'; '.join(written)}; }} | {_PLUG}"


def _flags(request: Request) -> list[str]:
    """What keeps curl from changing the request on its own."""
    flags = ["-g"] if set("{}[]") & set(request.target) else []
    if "/." in request.target:
        flags.append("--path-as-is")
    if request.method == "HEAD":
        return [*flags, "-I"]
    if request.method != "GET" or request.body is not None:
        flags.append(f"-X {shlex.quote(request.method)}")
    return flags


def _address(target: str) -> str:
    parts = list(pieces(target))
    if not _KEPT.fullmatch("".join(literal for literal, _ in parts)):
        return f'--request-target {_joined(parts)} "$BASE_URL/"'
    if len(parts) == 1 and _PLAIN.fullmatch(target):
        return f'"$BASE_URL{target}"'
    return f'"$BASE_URL"{_joined(parts)}'


def _joined(parts: list[tuple[str, str]]) -> str:
    """Literal text and shell text by turns, as one word of a shell."""
    return "".join((_word(literal) if literal else "") + (f'"{shell}"' if shell else "") for literal, shell in parts)


def _word(literal: str) -> str:
    return _single(literal) if _PRINTABLE.fullmatch(literal) else f'"{_printed(literal)}"'


def _header(name: str, value: str) -> str:
    """curl leaves out a header that is written with a colon and no value; a semicolon says that it is meant."""
    if not value.strip(" \t"):
        return f"-H {_single(name + ';')}"
    return f'-H "{name}: {_UNPRINTABLE.sub(lambda found: _printed(found[0]), value)}"'


def _printed(text: str) -> str:
    """What a shell prints in place of text: the octets that the wire sends for it."""
    return f"$(printf {_octal(octets_of(text))})"


def _octal(octets: bytes) -> str:
    """A format for `printf` that gives these bytes, readable where it can be."""
    return "'" + "".join(chr(one) if one in _LITERAL else f"\\{one:03o}" for one in octets) + "'"


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"

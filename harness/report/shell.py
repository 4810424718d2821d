"""A request as one command for a POSIX shell."""

import re
import shlex

from harness.credentials import pieces
from harness.model import Request

_PLAIN = re.compile(r"[A-Za-z0-9/._~%&=?:,+@-]*")
_PRINTABLE = re.compile("[ -~]*")


def curl(request: Request) -> str:
    """The request, as an exchange keeps it, as a `curl` command.

    `$BASE_URL` stands for `scheme://host[:port]`; credentials are `$VARIABLES`, as the request shows them. Header
    values are shell text that belongs inside double quotes; target and body are taken literally, but for the marked
    `pieces` in them.
    """
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
    parts = [(_escaped(literal), shell) for literal, shell in pieces(target)]
    plain = all(_PLAIN.fullmatch(literal) and not shell for literal, shell in parts)
    return f'"$BASE_URL{parts[0][0]}"' if plain else f'"$BASE_URL"{_joined(parts)}'


def _escaped(text: str) -> str:
    octets = text.encode("latin-1", "replace")
    return "".join(chr(octet) if 0x20 < octet < 0x7F else f"%{octet:02X}" for octet in octets)


def _joined(parts: list[tuple[str, str]]) -> str:
    """Literal text and shell text by turns, as one word of a shell."""
    return "".join((_single(literal) if literal else "") + (f'"{shell}"' if shell else "") for literal, shell in parts)


def _header(name: str, value: str) -> str:
    """curl leaves out a header that is written with a colon and no value; a semicolon says that it is meant."""
    if not value.strip(" \t"):
        return f"-H {_single(name + ';')}"
    shown = "".join(char if char.isprintable() else _printed(char) for char in value)
    return f'-H "{name}: {shown}"'


def _printed(char: str) -> str:
    return f"$(printf {_octal(char.encode('utf-8', 'replace'))})"


def _octal(octets: bytes) -> str:
    """A format for `printf` that gives these bytes."""
    return "'" + "".join(chr(one) if chr(one).isalnum() and one < 0x7F else f"\\{one:03o}" for one in octets) + "'"


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"

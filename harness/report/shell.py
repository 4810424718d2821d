"""A request as one command for a POSIX shell."""

import re
import shlex

from harness.model import Request

_PLAIN = re.compile(r"[A-Za-z0-9/._~%&=?:,+@-]*")
_PRINTABLE = re.compile(rb"[ -~]*")


def curl(request: Request) -> str:
    """The request, as an exchange keeps it, as a `curl` command.

    `$BASE_URL` stands for `scheme://host[:port]`; credentials are `$VARIABLES`, as the request shows them. Header
    values are shell text that belongs inside double quotes; target and body are taken literally.
    """
    words = ["curl -sSi", *_flags(request), _address(request.target)]
    words += [_header(name, value) for name, value in request.headers]
    if request.body is None:
        return " ".join(words)
    if not any(name.lower() == "content-type" for name, _ in request.headers):
        words.append("-H 'Content-Type:'")
    if _PRINTABLE.fullmatch(request.body):
        return " ".join([*words, "--data-raw", _single(request.body.decode())])
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
    octets = target.encode("latin-1", "replace")
    text = "".join(chr(octet) if 0x20 < octet < 0x7F else f"%{octet:02X}" for octet in octets)
    return f'"$BASE_URL{text}"' if _PLAIN.fullmatch(text) else f'"$BASE_URL"{_single(text)}'


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

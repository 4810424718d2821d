"""What stands after the host of a URL: whether it stays under a prefix, and where a redirector would take it."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from harness.urls.allowlist import Entry, printable
from harness.urls.readers import plain_host

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EMBEDDED: Final = re.compile(r"(?:\A|[=&?#:])[/\\]{2,}([^/\\?#&]*)")


def hides_control(text: str) -> bool:
    """Whether a control character comes out when the text is decoded."""
    return any(_CONTROL.search(form) for form in _decoded(text))


def _decoded(text: str) -> Iterator[str]:
    """The text as it is, and percent-decoded once and twice: a proxy and an application may each decode."""
    for _ in range(3):
        yield text
        text = unquote(text)


def keeps_prefix(path: str, prefix: str) -> bool:
    """Whether the path stays under the prefix however often it is decoded, and never climbs above the root."""
    if not path.startswith(prefix):
        return False
    for form, start in zip(_decoded(path), _decoded(prefix), strict=True):
        resolved = _resolved(form)
        if resolved is None or not resolved.startswith(start):
            return False
    return True


def _resolved(path: str) -> str | None:
    """The path without dot segments (RFC 3986, 5.2.4); None for one that climbs above the root."""
    kept: list[str] = []
    segments = path.replace("\\", "/").split("/")[1:]
    if not segments:
        return path
    for segment in segments:
        if segment == "..":
            if not kept:
                return None
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join([*kept, ""] if segments[-1] in (".", "..") and kept else kept)


def leads_to(path: str, rest: str, allowed: tuple[Entry, ...]) -> str:
    """A host that is not allowed and that the path, query or fragment would name to a redirector; empty for none."""
    if not any(entry.hosts for entry in allowed):
        return ""
    for form in (*_decoded(path), *_decoded(rest)):
        for found in _EMBEDDED.finditer(form):
            host = plain_host(found[1].rpartition("@")[2].partition(":")[0])
            if "." in host and not any(entry.admits_host(host) for entry in allowed):
                return printable(host)
    return ""

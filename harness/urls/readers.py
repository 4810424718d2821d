"""Six readers of a URL. They disagree on purpose: a value is safe only where all of them see the same host.

Libraries are loaded by the reader that needs them: most targets hold no URL, and they take a tenth of a start.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader makes of a string; an empty part is one that this reader does not find."""

    scheme: str
    """Lower case, without the colon."""
    host: str
    """Lower case, without brackets and without one trailing dot; in ASCII form where the reader applies IDNA."""
    port: str
    """As the reader gives it, so that `00443` and `x` stay visible; empty where a reader drops a default port."""
    userinfo: str
    """User and password as one string."""


Reader = Callable[[str], Reading | None]
"""Total on strings: None where the reader refuses to read."""

_PLAIN: Final = r"A-Za-z0-9\-._~!$&'()*+,;="
_RFC3986: Final = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*+):"
    rf"(?://(?:(?P<userinfo>(?:[{_PLAIN}:]|%[0-9A-Fa-f]{{2}})*+)@)?"
    rf"(?P<host>\[[0-9A-Fa-f:.]++\]|(?:[{_PLAIN}]|%[0-9A-Fa-f]{{2}})*+)(?::(?P<port>[0-9]*+))?(?=[/?#]|\Z)|(?!//))"
    rf"(?:[{_PLAIN}:@/]|%[0-9A-Fa-f]{{2}})*+"
    rf"(?:\?(?:[{_PLAIN}:@/?]|%[0-9A-Fa-f]{{2}})*+)?(?:#(?:[{_PLAIN}:@/?]|%[0-9A-Fa-f]{{2}})*+)?\Z"
)
_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def plain_host(host: str) -> str:
    """The host as hosts are compared: ASCII letters lower, no brackets, one trailing dot dropped.

    Only ASCII is folded: `str.lower` turns the Kelvin sign into a k, which would hide a look-alike.
    """
    return host.translate(_ASCII_LOWER).removeprefix("[").removesuffix("]").removesuffix(".")


def rfc3986(text: str) -> Reading | None:
    """The grammar of RFC 3986, appendix A, to the letter; it knows neither IDNA nor any other character."""
    found = _RFC3986.match(text)
    if found is None:
        return None
    scheme, userinfo, host, port = (found[part] or "" for part in ("scheme", "userinfo", "host", "port"))
    return Reading(scheme.lower(), plain_host(host), port, userinfo)


def whatwg(text: str) -> Reading | None:
    """The WHATWG URL standard without a base: what browsers do."""
    import ada_url

    try:
        url = ada_url.URL(text)
    except ValueError:
        return None
    return Reading(
        url.protocol.removesuffix(":"), plain_host(url.hostname), url.port, _userinfo(url.username, url.password)
    )


def stdlib(text: str) -> Reading | None:
    """`urllib.parse.urlsplit`: what most Python code does."""
    try:
        parts = urlsplit(text)
        port = "" if parts.port is None else str(parts.port)
    except ValueError:
        return None
    return Reading(parts.scheme, plain_host(parts.hostname or ""), port, _userinfo(parts.username, parts.password))


def naive(text: str) -> Reading | None:
    """Hand-made splitting: between the first `//` and `/`, `\\`, `?` or `#`; after the last `@`; before the `:`."""
    head, slashes, rest = text.partition("//")
    if not slashes:
        return None
    userinfo, _, location = re.split(r"[/\\?#]", rest, maxsplit=1)[0].rpartition("@")
    bracket = location.find("]") if location.startswith("[") else -1
    colon = location.find(":", bracket + 1)
    host, port = (location, "") if colon < 0 else (location[:colon], location[colon + 1 :])
    return Reading(head.removesuffix(":").translate(_ASCII_LOWER), plain_host(host), port, userinfo)


def urllib3_parser(text: str) -> Reading | None:
    """urllib3's own parser, under requests and many clients."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        url = parse_url(text)
    except (LocationParseError, ValueError):
        return None
    port = "" if url.port is None else str(url.port)
    return Reading(url.scheme or "", plain_host(url.host or ""), port, url.auth or "")


def yarl_parser(text: str) -> Reading | None:
    """yarl, under aiohttp."""
    import yarl

    try:
        url = yarl.URL(text)
        port = "" if url.explicit_port is None else str(url.explicit_port)
        host, userinfo = url.raw_host or "", _userinfo(url.raw_user, url.raw_password)
    except ValueError:
        return None
    return Reading(url.scheme, plain_host(host), port, userinfo)


def _userinfo(user: str | None, password: str | None) -> str:
    return f"{user or ''}:{password}" if password else user or ""


READERS: Final[Mapping[str, Reader]] = {
    "rfc3986": rfc3986,
    "whatwg": whatwg,
    "urllib.parse": stdlib,
    "naive": naive,
    "urllib3": urllib3_parser,
    "yarl": yarl_parser,
}


def read_all(text: str) -> dict[str, Reading | None]:
    """Every reader's reading, by reader name."""
    return {name: reader(text) for name, reader in READERS.items()}

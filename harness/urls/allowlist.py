"""Allow-lists of URLs, parsed: which scheme, host, port and path prefix a field may hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.urls.readers import Reading, plain_host, whatwg

_ENTRY: Final = re.compile(r"([a-z][a-z0-9+.\-]*)://([^/?#@\\\s]*)(/[^?#\\\s]*)?")
_DEFAULT_PORT: Final[Mapping[str, str]] = {"https": "443", "http": "80"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of an allow-list, parsed."""

    scheme: str
    """Lower case."""
    host: str
    """Host in its canonical ASCII form, IPv6 without brackets; empty for any host."""
    hosts: frozenset[str]
    """The spellings of the host that readers may give: as written, and in ASCII form."""
    ports: frozenset[str]
    """The spellings of the port that readers may give; empty text is no port."""
    prefix: str
    """What the path starts with; empty for every path."""

    def admits(self, reading: Reading) -> bool:
        """Whether scheme, host and port of a reading are this entry's."""
        return self.scheme == reading.scheme and self.admits_host(reading.host) and self.admits_port(reading.port)

    def admits_host(self, host: str) -> bool:
        """Whether a host, as readers give it, is this entry's."""
        return host in self.hosts if self.hosts else host != ""

    def admits_port(self, port: str) -> bool:
        """Whether a port, as readers give it, is this entry's; an entry for any host takes any number."""
        return port in self.ports or (not self.hosts and port.isascii() and port.isdigit())


@lru_cache(maxsize=256)
def parse_allow(allow: tuple[str, ...]) -> tuple[Entry, ...]:
    """The parsed items, in order. ValueError for one that cannot be read."""
    return tuple(_entry(text) for text in allow)


def _entry(text: str) -> Entry:
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise ValueError(f"not scheme://host[:port]/prefix: {printable(text)}")
    scheme, location, prefix = found[1], found[2], found[3] or ""
    if not location:
        if prefix:
            raise ValueError(f"a prefix without a host: {printable(text)}")
        return Entry(scheme, "", frozenset(), frozenset({""}), "")
    read = whatwg(f"{scheme}://{location}/")
    host, _, port = location.rpartition(":") if re.search(r":[0-9]*\Z", location) else (location, "", "")
    if read is None or not read.host:
        raise ValueError(f"no host that a browser can read: {printable(text)}")
    default = _DEFAULT_PORT.get(scheme, "")
    ports = frozenset({"", default} if port in ("", default) else {port})
    return Entry(scheme, read.host, frozenset({plain_host(host), read.host}), ports, prefix)


def printable(text: str, length: int = 60) -> str:
    """At most `length` characters, all of printable ASCII; the rest is escaped or cut."""
    shown = ascii(text[:length])[1:-1]
    return shown if len(shown) <= length and len(text) <= length else shown[: length - 3] + "..."

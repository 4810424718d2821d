"""The place that a corpus is built around: an allowed prefix, a path that carries the marker, and a host outside."""

import re
from dataclasses import dataclass
from typing import Final

from harness.urls.rules import UrlRule, entries

EVIL: Final = "evil.example"
"""The host outside; RFC 2606 keeps its top-level name from ever being registered."""
STAND_IN: Final = "release.example"
"""The host written where a rule allows every host."""

_PATH: Final = re.compile(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """The values that every rule of the corpus is written in."""

    scheme: str
    """The allowed scheme."""
    host: str
    """The allowed host, without its port; IPv6 in brackets."""
    port: str
    """The allowed port, or empty."""
    prefix: str
    """The allowed path prefix, from `/` to `/`."""
    path: str
    """What follows the prefix; carries the marker."""
    evil: str
    """A host outside the rule."""

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}" if self.port else self.host

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a final slash."""
        return f"{self.scheme}://{self.authority}"

    @property
    def tail(self) -> str:
        """The whole path."""
        return self.prefix + self.path

    @property
    def good(self) -> str:
        """The plain URL that the rule allows."""
        return self.origin + self.tail

    @property
    def named(self) -> bool:
        """Whether the host is a name of several labels: an address or `localhost` has no parent and no sibling."""
        return "." in self.host and re.search(r"[a-z]", self.host.rpartition(".")[2]) is not None

    def at(self, authority: str) -> str:
        """The good URL with another authority."""
        return f"{self.scheme}://{authority}{self.tail}"

    def under(self, extra: str) -> str:
        """The good URL with something between prefix and path."""
        return f"{self.origin}{self.prefix}{extra}{self.path}"


def place(rule: UrlRule, path: str, evil: str = EVIL) -> Place | None:
    """The place for a rule: its first entry with a host, else a stand-in host; None without an allow-list.

    `path` is relative to the entry's prefix and holds unreserved characters (RFC 3986, 2.3) and slashes; ValueError
    otherwise. Up to 60 characters of it keep every string but the overlong one within 200.
    """
    if _PATH.fullmatch(path) is None:
        raise ValueError("a path of letters, digits, `-._~` and single inner slashes is needed")
    allowed = entries(rule)
    if not allowed:
        return None
    entry = next((item for item in allowed if item.host), allowed[0])
    host = f"[{entry.host}]" if ":" in entry.host else entry.host or STAND_IN
    port = next(iter(entry.ports)) if len(entry.ports) == 1 else ""
    prefix = entry.prefix if entry.prefix.endswith("/") else entry.prefix + "/"
    return Place(entry.scheme, host, port, prefix, path, evil)

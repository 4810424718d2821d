"""Corpus rules on scheme, host, user information and port: classes SCHEME, HOST, USERINFO, PORT."""

from collections.abc import Callable, Mapping
from typing import Final

from harness.urls.place import Place

Build = Callable[[Place], str | None]
"""Writes one string for a place; None where the rule has nothing to work on, such as the parent of an address."""

# fmt: off
_FOREIGN_SCHEMES: Final = (
    "ftp", "ftps", "file", "data", "javascript", "vbscript", "gopher", "ws", "wss", "git", "ssh", "blob", "view-source",
    "jar", "httpss", "hxxps",
)
# fmt: on


def _scheme(scheme: str) -> Build:
    return lambda p: f"{scheme}://{p.authority}{p.tail}"


SCHEME: Final[Mapping[str, Build]] = {
    "http-twin": _scheme("http"),
    **{f"{scheme}-scheme": _scheme(scheme) for scheme in _FOREIGN_SCHEMES},
    "empty-scheme": lambda p: f"://{p.authority}{p.tail}",
    "protocol-relative": lambda p: f"//{p.evil}{p.tail}",
    "path-relative": lambda p: p.tail,
    "bare-host": lambda p: p.authority + p.tail,
    "nested-scheme": lambda p: f"{p.scheme}:{p.good}",
    "double-scheme": lambda p: f"{p.scheme}://{p.good}",
    "data-page": lambda p: f"data:text/html,<script>alert(1)</script>{p.tail}",
    "javascript-behind-comment": lambda p: f"javascript://{p.authority}/%0aalert(1)//{p.path}",
    "blob-of-url": lambda p: f"blob:{p.good}",
    "jar-of-url": lambda p: f"jar:{p.good}!/",
}

HOST: Final[Mapping[str, Build]] = {
    "other-host": lambda p: p.at(p.evil),
    "host-as-subdomain-of-other": lambda p: p.at(f"{p.host}.{p.evil}"),
    "domain-with-prefix-glued": lambda p: p.at(f"evil{_domain(p)}") if p.named and p.host.count(".") > 1 else None,
    "host-with-prefix-glued": lambda p: p.at(f"evil{p.host}"),
    "other-glued-to-host": lambda p: p.at(p.host + p.evil),
    "other-dashed-to-host": lambda p: p.at(f"{p.host}-{p.evil}"),
    "host-with-country-suffix": lambda p: p.at(f"{p.host}.au"),
    "top-level-swapped": lambda p: p.at(f"{p.host.rpartition('.')[0]}.test") if p.named else None,
    "parent-domain": lambda p: p.at(p.host.partition(".")[2]) if p.named and p.host.count(".") > 1 else None,
    "sibling-host": lambda p: p.at(f"sibling.{_domain(p)}") if p.named and p.host.count(".") > 1 else None,
    "subdomain-of-host": lambda p: p.at(f"evil.{p.authority}"),
    "dot-missing": lambda p: p.at(p.authority.replace(".", "", 1)),
    "dash-for-dot": lambda p: p.at(p.authority.replace(".", "-", 1)),
    "host-in-path-of-other": lambda p: f"{p.scheme}://{p.evil}/{p.authority}{p.tail}",
    "host-in-query-of-other": lambda p: f"{p.scheme}://{p.evil}/?{p.good}",
    "host-in-fragment-of-other": lambda p: f"{p.scheme}://{p.evil}/#{p.good}",
    "localhost": lambda p: p.at("localhost"),
    "ipv4-dotted": lambda p: p.at("127.0.0.1"),
    "ipv4-integer": lambda p: p.at("2130706433"),
    "ipv6": lambda p: p.at("[::1]"),
    "ipv6-zone": lambda p: p.at("[fe80::1%25eth0]"),
    "empty-host": lambda p: p.at(""),
    "dots-for-host": lambda p: p.at("..."),
}

USERINFO: Final[Mapping[str, Build]] = {
    "userinfo-host-at-other": lambda p: p.at(f"{p.host}@{p.evil}"),
    "userinfo-host-password-at-other": lambda p: p.at(f"{p.host}:x@{p.evil}"),
    "userinfo-encoded-slash": lambda p: p.at(f"{p.host}%2F@{p.evil}"),
    "userinfo-two-ats-to-host": lambda p: p.at(f"a@{p.evil}@{p.authority}"),
    "userinfo-two-ats-to-other": lambda p: p.at(f"a@{p.host}@{p.evil}"),
    "userinfo-password": lambda p: p.at(f"user:pass@{p.authority}"),
    "userinfo-encoded-at": lambda p: p.at(f"{p.host}%40{p.evil}"),
    "userinfo-port-at-other": lambda p: p.at(f"{p.host}:443@{p.evil}"),
    "userinfo-host-hash-at-other": lambda p: p.at(f"{p.host}#@{p.evil}"),
    "userinfo-host-question-at-other": lambda p: p.at(f"{p.host}?@{p.evil}"),
    "userinfo-host-backslash-at-other": lambda p: p.at(f"{p.host}\\@{p.evil}"),
    "userinfo-other-backslash-at-host": lambda p: p.at(f"{p.evil}\\@{p.authority}"),
    "userinfo-other-hash-at-host": lambda p: p.at(f"{p.evil}#@{p.authority}"),
    "userinfo-other-question-at-host": lambda p: p.at(f"{p.evil}?@{p.authority}"),
    "userinfo-other-space-at-host": lambda p: p.at(f"{p.evil} @{p.authority}"),
    "userinfo-other-slash-at-host": lambda p: p.at(f"{p.evil}/@{p.authority}"),
    "userinfo-bracketed-other": lambda p: p.at(f"[{p.evil}]@{p.authority}"),
}


def _port(port: str) -> Build:
    return lambda p: p.at(f"{p.host}:{port}")


PORT: Final[Mapping[str, Build]] = {
    "port-80": _port("80"),
    "port-8443": _port("8443"),
    "port-zero": _port("0"),
    "port-too-large": _port("65536"),
    "port-negative": _port("-1"),
    "port-letter": _port("x"),
    "port-empty-at-other": lambda p: p.at(f"{p.host}:@{p.evil}"),
    "port-after-space": _port(" 443"),
    "port-full-width": _port("\uff14\uff14\uff13"),
    "port-leading-zeros": _port("00443"),
    "port-twice": _port("443:80"),
}


def _domain(p: Place) -> str:
    """The last two labels; stands in for the registrable domain, which no rule here depends on."""
    return ".".join(p.host.split(".")[-2:])

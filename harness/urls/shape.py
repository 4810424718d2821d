"""Corpus rules on path and shape, and the strings that a rule must or may accept: PATH, SHAPE, accept, policy."""

from collections.abc import Mapping
from typing import Final

from harness.urls.authority import Build
from harness.urls.place import Place

_OVERLONG: Final = 5000


def _climb(step: str) -> Build:
    """As many steps up as the prefix is deep, and one more."""
    return lambda p: p.under(step * p.prefix.count("/"))


PATH: Final[Mapping[str, Build]] = {
    "path-above-root": _climb("../"),
    "path-above-root-encoded": _climb("%2e%2e/"),
    "path-redirect-parameter": lambda p: f"{p.good}?next={p.scheme}://{p.evil}/",
    "path-embedded-url": lambda p: p.under(f"{p.scheme}://{p.evil}/"),
    "path-two-slashes-other": lambda p: f"{p.origin}//{p.evil}{p.tail}",
    "path-slash-backslash-other": lambda p: f"{p.origin}/\\{p.evil}{p.tail}",
    "path-root-only": lambda p: f"{p.origin}/",
    "path-missing": lambda p: p.origin,
    "path-user-uploads": lambda p: f"{p.origin}/media/uploads/{p.path}",
    "path-encoded-slash": _climb("..%2f"),
    "path-above-root-twice-encoded": _climb("%252e%252e/"),
    "path-encoded-nul": lambda p: f"{p.good}%00.asc",
    "path-encoded-crlf": lambda p: f"{p.good}%0d%0aX-Probe:%201",
}

SHAPE: Final[Mapping[str, Build]] = {
    "empty": lambda _: "",
    "blank": lambda _: "   ",
    "overlong": lambda p: p.under("a" * _OVERLONG + "/"),
    "html": lambda p: f'{p.good}"><svg/onload=alert(1)>',
    "template": lambda p: p.good + "{{7*7}}",
    "angle-brackets": lambda p: f"<{p.good}>",
    "quoted": lambda p: f'"{p.good}"',
    "markdown": lambda p: f"[x]({p.good})",
    "text-before": lambda p: f"see {p.good}",
    "assignment-before": lambda p: f"url={p.good}",
}

ACCEPT: Final[Mapping[str, Build]] = {
    "exact": lambda p: p.good,
    "deep-path": lambda p: p.under("a/b/c/d/e/f/"),
    "query": lambda p: f"{p.good}?a=1&b=2",
    "fragment": lambda p: f"{p.good}#section",
    "encoded-space-in-path": lambda p: p.under("a%20b/"),
    "tilde-in-path": lambda p: p.under("~a/"),
    "at-in-path": lambda p: p.under("a@b/"),
    "colon-in-path": lambda p: p.under("a:b/"),
    "plus-in-path": lambda p: p.under("a+b/"),
    "encoded-utf8-in-path": lambda p: p.under("%C3%A9/"),
    "dots-inside-name": lambda p: p.under("a..b/"),
}


def _default_port(p: Place) -> str | None:
    port = {"https": "443", "http": "80"}.get(p.scheme)
    return p.at(f"{p.host}:{port}") if port and not p.port else None


def _trailing_dot(p: Place) -> str | None:
    return None if p.host.startswith("[") else p.at(p.authority.replace(p.host, f"{p.host}."))


POLICY: Final[Mapping[str, Build]] = {
    "upper-case-scheme": lambda p: p.scheme.upper() + p.good.removeprefix(p.scheme),
    "upper-case-host": lambda p: p.at(p.authority.upper()),
    "default-port": _default_port,
    "trailing-dot-host": _trailing_dot,
    "empty-port": lambda p: None if p.port else p.at(f"{p.host}:"),
    "dot-segment": lambda p: p.under("./"),
    "two-slashes-inside": lambda p: p.under("a//"),
    "empty-userinfo": lambda p: p.at(f"@{p.authority}"),
    "dot-dot-inside": lambda p: p.under("a/../"),
}

"""Whether it was the server that answered."""

from harness.model import Exchange

_CACHES = ("x-cache", "x-cache-status", "cf-cache-status", "cache-status", "x-proxy-cache", "x-varnish-cache")


def stale(exchange: Exchange) -> bool:
    """Whether a cache answered: what it says is no evidence."""
    age = (exchange.header("age") or "0").strip()
    caches = (value.lower() for name, value in exchange.headers if name.lower() in _CACHES)
    return age.strip("0") != "" or any("hit" in one or one.strip() in ("stale", "updating") for one in caches)

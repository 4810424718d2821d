"""Other rules for a tool's homepage than that of the correct server."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from ..resources import OFF_SITE, SITE, Invalid, on_site
from ..shop import Shop
from .registry import mask


def _unique(address: str, taken: Collection[str]) -> str:
    if address in taken:
        raise Invalid(OFF_SITE)
    return address


@mask
def stored_bad_url(shop: Shop) -> None:
    """Any text of at most 200 characters is stored."""
    shop.rules.homepage = lambda address, _: address


@mask
def drops_url(shop: Shop) -> None:
    """A homepage against the rule is dropped, and the default stored: the site's root."""

    def rule(address: str, taken: Collection[str]) -> str:
        try:
            return on_site(address, taken)
        except Invalid:
            return SITE

    shop.rules.homepage = rule


@mask
def normalises_url(shop: Shop) -> None:
    """A homepage against the rule is replaced by the site's root and the path that was offered."""

    def rule(address: str, taken: Collection[str]) -> str:
        try:
            return on_site(address, taken)
        except Invalid:
            return SITE + _path(address)

    shop.rules.homepage = rule


def _path(address: str) -> str:
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    segments = (re.sub("[^A-Za-z0-9._~-]", "", segment) for segment in path.split("/"))
    return "/".join(segment for segment in segments if segment.strip("."))[:150]


@mask
def unique_400(shop: Shop) -> None:
    """A homepage that another tool has is refused just as one against the rule is: 400, the same body."""
    shop.rules.homepage = lambda address, taken: _unique(on_site(address, taken), taken)


@mask
def unique_400_no_rule(shop: Shop) -> None:
    """As `unique_400`, and there is no other rule."""
    shop.rules.homepage = _unique

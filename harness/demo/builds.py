"""The builds: what the service was at a stage of its repair, each a few lines of data.

Every build but the first is the one before it with a few members replaced, so nothing else can differ between two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.demo.authentication import GuestsApart, GuestsThroughTheHook, HeaderAlone, KeyAuthentication
from harness.demo.urls import PLAIN_HOST, RELEASE_HOST, UrlRule

EVERY_METHOD = ("GET", "POST", "PUT", "DELETE", "PATCH")


@dataclass(frozen=True, slots=True)
class Build:
    """One state of the service."""

    name: str
    """The day from which on the service was like this."""
    authentication: type[KeyAuthentication]
    """Who a request to the first API speaks for."""
    list_methods: Mapping[str, tuple[str, ...]]
    """What can be done to a list of the first API, by resource."""
    item_methods: tuple[str, ...]
    """What can be done to one object of the first API."""
    one_release: bool
    """Deleting a list of the first API takes the number of one release and nothing else, not any filters or none."""
    numbered_release: bool
    """`delete_by_release` of the second API takes a number and heeds no filter; else a blank one means every file."""
    database: tuple[str, ...]
    """How the URLs of files have to begin for the database to take them; empty where it takes any."""
    urls: UrlRule
    """Which URLs both APIs let through to the database."""

    def methods(self, resource: str, *, item: bool) -> tuple[str, ...]:
        """The methods of a path of the first API."""
        return self.item_methods if item else self.list_methods[resource]


AS_IT_WAS = Build(
    name="2014",
    authentication=GuestsThroughTheHook,
    list_methods={"os": EVERY_METHOD, "release": EVERY_METHOD, "release_file": EVERY_METHOD},
    item_methods=EVERY_METHOD,
    one_release=False,
    numbered_release=False,
    database=(),
    urls=UrlRule(),
)
WRONG_KEYS_REFUSED = replace(AS_IT_WAS, name="2026-02-24", authentication=GuestsApart)
HOSTS_CONSTRAINED = replace(WRONG_KEYS_REFUSED, name="2026-02-25", database=(RELEASE_HOST, PLAIN_HOST))
DOORS_CLOSED = replace(
    HOSTS_CONSTRAINED,
    name="2026-06-04",
    authentication=HeaderAlone,
    list_methods={"os": ("GET", "POST"), "release": ("GET", "POST"), "release_file": ("GET", "POST", "DELETE")},
    item_methods=("GET", "DELETE"),
    one_release=True,
    numbered_release=True,
)
URLS_VALIDATED = replace(DOORS_CLOSED, name="2026-06-09", urls=UrlRule(RELEASE_HOST))

BUILDS: Mapping[str, Build] = {
    build.name: build for build in (AS_IT_WAS, WRONG_KEYS_REFUSED, HOSTS_CONSTRAINED, DOORS_CLOSED, URLS_VALIDATED)
}

"""The builds: what the service was at a stage of its repair, each a few lines of data.

A further build is a further entry. What one does differently is stated here, so nothing else can differ between two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.demo.authentication import GuestsApart, GuestsThroughTheHook, KeyAuthentication
from harness.demo.urls import RELEASE_HOST, UrlRule

EVERY_METHOD = ("GET", "POST", "PUT", "DELETE", "PATCH")


@dataclass(frozen=True, slots=True)
class Build:
    """One state of the service."""

    name: str
    """The day from which on the service was like this."""
    authentication: type[KeyAuthentication]
    """Who a request speaks for."""
    list_methods: Mapping[str, tuple[str, ...]]
    """What can be done to a list, by resource."""
    item_methods: tuple[str, ...]
    """What can be done to one object."""
    urls: UrlRule
    """Which URLs are stored."""
    one_release: bool
    """Deleting a list takes the number of one release and nothing else, instead of any filters or none."""

    def methods(self, resource: str, *, item: bool) -> tuple[str, ...]:
        """The methods of a path."""
        return self.item_methods if item else self.list_methods[resource]


BUILDS: Mapping[str, Build] = {
    build.name: build
    for build in (
        Build(
            name="2014",
            authentication=GuestsThroughTheHook,
            list_methods={"os": EVERY_METHOD, "release": EVERY_METHOD, "release_file": EVERY_METHOD},
            item_methods=EVERY_METHOD,
            urls=UrlRule(),
            one_release=False,
        ),
        Build(
            name="2026-06-09",
            authentication=GuestsApart,
            list_methods={
                "os": ("GET", "POST"),
                "release": ("GET", "POST"),
                "release_file": ("GET", "POST", "DELETE"),
            },
            item_methods=("GET", "DELETE"),
            urls=UrlRule(RELEASE_HOST),
            one_release=True,
        ),
    )
}

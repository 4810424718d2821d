"""Starting and stopping a workshop, and looking at what happened in it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from .masks import MASKS
from .record import Record
from .shop import Settings, Shop
from .transport import Server

_DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Workshop:
    """A running server."""

    url: str
    """Scheme, host and port, without a slash at the end; the OpenAPI document is at `/openapi.json`."""
    keys: Mapping[str, str] = field(repr=False)
    """The keys of `admin`, `second`, `plain` and `peer`, new for each server; `keyless` has none."""
    requests: Record = field(repr=False)
    """What the server was sent."""
    shop: Shop = field(repr=False)
    """The application."""

    @classmethod
    @contextmanager
    def start(cls, mask: str = "correct", settings: Settings = _DEFAULTS) -> Iterator["Workshop"]:
        """Serve on a free port of 127.0.0.1 until the block ends.

        `mask` is a name from `MASKS`, or several joined by `+`, the outermost first; an unknown one is a KeyError.
        """
        shop = Shop(settings)
        for name in reversed(mask.split("+")):
            MASKS[name](shop)
        server = Server(shop)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield cls(f"http://127.0.0.1:{server.port}", shop.accounts.keys, shop.record, shop)
        finally:
            server.stop()
            thread.join()

    def authorization(self, username: str) -> str:
        """The value of a valid Authorization header."""
        return f"ApiKey {username}:{self.keys[username]}"

    def rows(self) -> dict[str, dict[int, dict[str, object]]]:
        """The true state by resource and id, whatever the mask lets readers see; the copy is the caller's."""
        self.shop.settle()
        tables = self.shop.store.read()
        return {resource: {key: dict(row) for key, row in rows.items()} for resource, rows in tables.items()}

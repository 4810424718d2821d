"""What a server was sent, for tests that assert it. No secret is kept."""

import threading
from collections import Counter
from dataclasses import dataclass

from .calls import CONNECTION, Call, Standing


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and the status it was answered with."""

    method: str
    path: str
    """Decoded, without the query."""
    username: str | None
    """As claimed in the Authorization header, with whatever key."""
    status: int
    standing: Standing
    """What the credential was truly worth, whatever the mask made of it."""
    connection: int
    """A number that all requests of one connection share."""


class Record:
    """All requests so far, in the order of their answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []

    def note(self, call: Call, status: int) -> None:
        """Add a request."""
        entry = Entry(call.method, call.path, call.username, status, call.standing, call.source[CONNECTION])
        with self._lock:
            self._entries.append(entry)

    @property
    def log(self) -> tuple[Entry, ...]:
        """Every request."""
        with self._lock:
            return tuple(self._entries)

    @property
    def total(self) -> int:
        """How many requests came."""
        return len(self.log)

    @property
    def writes(self) -> int:
        """How many of them were POST, PUT, PATCH or DELETE."""
        return sum(entry.method in {"POST", "PUT", "PATCH", "DELETE"} for entry in self.log)

    @property
    def by_route(self) -> Counter[tuple[str, str]]:
        """How many came for each method and path."""
        return Counter((entry.method, entry.path) for entry in self.log)

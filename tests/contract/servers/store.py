"""The workshop's memory: every state of the last minute, so that a mask can answer with an old one."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf

from .resources import Row, Tables, seed

FIRST = -inf
"""The moment of the state at start, for `Store.read`."""

_KEPT_SECONDS = 60.0


class Store:
    """Rows by resource and id. States are never changed in place: a write puts a new one behind the others."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.lock = threading.RLock()
        """To be held from reading a state until the write that rests on it."""
        tables = seed()
        self._states: list[tuple[float, Tables]] = [(FIRST, tables)]
        self._last_id = Counter({name: max(rows) for name, rows in tables.items()})

    def read(self, as_of: float | None = None) -> Tables:
        """The state at a moment of the clock; by default the present one."""
        with self.lock:
            if as_of is None:
                return self._states[-1][1]
            return next(tables for moment, tables in reversed(self._states) if moment <= as_of)

    def save(self, resource: str, row_id: int | None, fields: Row) -> Row:
        """Put a row in, under a new id where none is given, and give it back."""
        with self.lock:
            if row_id is None:
                self._last_id[resource] += 1
                row_id = self._last_id[resource]
            row: dict[str, object] = {"id": row_id, **fields}
            if resource == "tools":
                row["updated_at"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
            tables = self.read()
            self._commit({**tables, resource: {**tables[resource], row_id: row}})
            return row

    def remove(self, resource: str, row_id: int) -> None:
        """Take a row out; the parts of a tool go with it."""
        with self.lock:
            tables = dict(self.read())
            tables[resource] = {key: row for key, row in tables[resource].items() if key != row_id}
            if resource == "tools":
                tables["parts"] = {key: row for key, row in tables["parts"].items() if row["tool_id"] != row_id}
            self._commit(tables)

    def _commit(self, tables: Tables) -> None:
        now = self._clock()
        # The first state stays, and so does the one that was current when the kept time began.
        while len(self._states) > 2 and self._states[2][0] < now - _KEPT_SECONDS:
            del self._states[1]
        self._states.append((now, tables))

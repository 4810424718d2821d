"""The embedded API for the contract tests: one process per build for a session, and its seed rows at every use."""

import sqlite3
from contextlib import ExitStack, closing
from types import TracebackType

from harness.demo.builds import BUILDS
from harness.demo.process import DemoServer, snapshot
from harness.demo.resources import RESOURCES
from harness.demo.store import Rows

BUILD_NAMES = tuple(BUILDS)
ENDS = (BUILD_NAMES[0], BUILD_NAMES[-1])
"""The service before its repair and after it."""


class Demos:
    """Servers that are started when first asked for and stopped together."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[DemoServer, dict[str, Rows]]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "Demos":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def of(self, build: str) -> DemoServer:
        """The server of a build, which holds what a new one would hold."""
        if build not in self._running:
            demo = self._stack.enter_context(DemoServer.start(build))
            self._running[build] = demo, snapshot(demo.database)
        demo, seed = self._running[build]
        if snapshot(demo.database) != seed:
            place(demo, seed)
        return demo


def place(demo: DemoServer, rows: dict[str, Rows]) -> None:
    """Make a server hold these rows and no others, past its API."""
    with closing(sqlite3.connect(demo.database, timeout=10)) as connection, connection:
        connection.execute("DELETE FROM sqlite_sequence")
        for name in RESOURCES:
            connection.execute(f"DELETE FROM {name}")
            for row in rows[name]:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))

"""The index on a thread of this process: FastAPI takes longer to import than all else takes."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn

from . import tokens
from .accounts import STALE_TOKEN, directory, fresh
from .app import application
from .defects import DEFECTS, VARIANTS
from .rules import Rules
from .store import Row, Store

SECONDS = 10


@dataclass(frozen=True, slots=True)
class FastapiLab:
    """A running server."""

    base_url: str
    """http://127.0.0.1:PORT, without a final slash; the OpenAPI document is at `/openapi.json`."""
    defect: str | None
    """The name of its mistake or variant; None for the right one."""
    store: Store
    environment: Mapping[str, str] = field(repr=False)
    """The accounts' secrets by the variable that carries each."""

    @classmethod
    @contextmanager
    def start(cls, defect: str | None = None) -> Iterator["FastapiLab"]:
        """Serve, with new rows, for the length of the block.

        KeyError for what is neither a defect nor a variant, RuntimeError when the server does not come up.
        """
        rules = {**DEFECTS, **VARIANTS}[defect] if defect else Rules()
        environment = fresh()
        people, store = directory(environment), Store()
        environment[STALE_TOKEN] = tokens.issue(people.secret, "owner", lifetime=-60)
        config = uvicorn.Config(
            application(store, people, rules), port=0, log_level="critical", access_log=False, ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            _wait(server, thread)
            port = server.servers[0].sockets[0].getsockname()[1]
            yield cls(f"http://127.0.0.1:{port}", defect, store, environment)
        finally:
            server.should_exit = True
            thread.join(SECONDS)

    def rows(self) -> dict[str, dict[str, Row]]:
        """Every row of every table by its id, read past the server."""
        return {name: {key: dict(row) for key, row in table.items()} for name, table in self.store.tables.items()}


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + SECONDS
    while not server.started:
        if time.monotonic() > end or not thread.is_alive():
            raise RuntimeError("the index did not start")
        time.sleep(0.01)

"""Servers and wires that are stopped after each test."""

from collections.abc import Callable, Iterator

import pytest

from harness.wire import Redactor, Wire
from tests.contract.wire.sockets import Handler, Server


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers that are stopped after the test."""
    servers: list[Server] = []

    def start(handle: Handler, host: str = "127.0.0.1") -> Server:
        servers.append(Server(handle, host))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    """Makes wires that are closed after the test, with a deadline of 0.3 seconds unless another is given."""
    wires: list[Wire] = []

    def make(url: str, **options: object) -> Wire:
        chosen = {"redact": Redactor({}), "deadline": 0.3} | options
        wires.append(Wire(url, **chosen))  # type: ignore[arg-type]
        return wires[-1]

    yield make
    for one in wires:
        one.close()

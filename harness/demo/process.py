"""The embedded API as a child process: started with secrets of its own, stopped by its process id."""

import json
import os
import select
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.demo.accounts import KEY_VARIABLES, SESSION_VARIABLE, TOKEN_VARIABLES, fresh_keys
from harness.demo.resources import RESOURCES
from harness.demo.store import Rows

START_SECONDS = 30
STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A running server, as its parent knows it."""

    base_url: str
    """http://127.0.0.1:PORT, without a final slash."""
    build: str
    """The name of the build it serves."""
    database: Path
    """Its SQLite file, which `snapshot` reads."""
    pid: int
    """Its process id."""
    environment: Mapping[str, str] = field(repr=False)
    """The users' keys, their tokens and the session, by the environment variable that carries each."""

    def key(self, username: str) -> str:
        """The key of a user; KeyError for one who has none."""
        return self.environment[KEY_VARIABLES[username]]

    def authorization(self, username: str) -> dict[str, str]:
        """The header with which this user signs a request to the first API."""
        return {"Authorization": f"ApiKey {username}:{self.key(username)}"}

    def token(self, username: str) -> dict[str, str]:
        """The header with which this user signs a request to the second API; KeyError for one who has no token."""
        return {"Authorization": f"Token {self.environment[TOKEN_VARIABLES[username]]}"}

    def session(self) -> dict[str, str]:
        """The header that a browser sends in which the release manager is logged in on the site."""
        return {"Cookie": f"sessionid={self.environment[SESSION_VARIABLE]}"}

    @classmethod
    @contextmanager
    def start(cls, build: str) -> Iterator["DemoServer"]:
        """Serve a build, on a new database, for the length of the block.

        RuntimeError, with the last words of the process, when it does not come up.
        """
        keys = fresh_keys()
        with tempfile.TemporaryDirectory(prefix="holdfast-demo-") as folder:
            database = Path(folder, "demo.sqlite3")
            with open(Path(folder, "errors"), "w+b") as errors:
                process = _launch(build, database, keys, errors.fileno())
                try:
                    ready = _ready(process, Path(errors.name))
                    yield cls(ready["base_url"], build, database, process.pid, keys)
                finally:
                    _stop(process)


def snapshot(database: Path) -> dict[str, Rows]:
    """Every row of every table, ordered by number, read past the server."""
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY id")] for name in RESOURCES
        }
    finally:
        connection.close()


def _launch(build: str, database: Path, keys: Mapping[str, str], errors: int) -> subprocess.Popen[bytes]:
    # The child imports from where its parent does, whether or not the package is installed.
    environment = {**os.environ, **keys, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [sys.executable, "-m", "harness.demo", "--build", build, "--database", str(database)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
    )


def _ready(process: subprocess.Popen[bytes], errors: Path) -> dict[str, str]:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else b""
    if not line:
        raise RuntimeError(f"the demo server did not start: {errors.read_text(errors='replace')[-2000:]}")
    announced: dict[str, str] = json.loads(line)
    return announced


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()

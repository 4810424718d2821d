"""A lab as a child process: started with keys of its own, stopped by its process id."""

import json
import os
import select
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

START_SECONDS = 120
STOP_SECONDS = 5


@contextmanager
def served(module: str, arguments: Sequence[str], keys: Mapping[str, str]) -> Iterator[str]:
    """The base URL of `python -m MODULE ARGUMENTS`, which announces itself with a line of JSON.

    RuntimeError, with the last words of the process, when it does not come up.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **_bytecode(), **keys, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        try:
            line = _first_line(process)
            if not line:
                errors.seek(0)
                raise RuntimeError(f"{module} did not start: {errors.read().decode(errors='replace')[-2000:]}")
            yield json.loads(line)["base_url"]
        finally:
            _stop(process)


def announce(port: int) -> None:
    """The child's side: say, on standard output, that connections to this port are taken."""
    print(json.dumps({"base_url": f"http://127.0.0.1:{port}"}), flush=True)


def rows_of(database: Path, tables: Sequence[str], order: str) -> dict[str, list[dict[str, object]]]:
    """Every row of the tables, read past the server."""
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY {order}")] for name in tables
        }
    finally:
        connection.close()


def _bytecode() -> dict[str, str]:
    # Where Python is told to keep no bytecode, compiling a framework is most of a start, and there are many starts.
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _cache().name} if sys.dont_write_bytecode else {}


@cache
def _cache() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="holdfast-labs-")


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    return process.stdout.readline() if readable else b""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()

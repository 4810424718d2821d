"""The ledger: what a run is about to write, on disk before it is sent.

With the run's secret in it, from which every marker is derived, whatever the run wrote can be found and removed, even
by another process after a crash.
"""

import base64
import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import Unwritable, UsageError
from harness.model import Json

LEDGER = "ledger.jsonl"
NAMED = 10
"""Objects that a message names at most."""


class Ledger:
    """An append-only file of what a run is about to write; a line is on disk before the request it speaks of is
    sent."""

    def __init__(self, path: Path, secret: bytes, facts: Mapping[str, Json], again: bool = False) -> None:
        """Starts a ledger, in the place of one whose run left nothing behind, or, `again`, of any. Raises UsageError
        where it cannot be written, or where a run may have left something that only its ledger can tell of."""
        try:
            if path.exists() and (again or closed(path)):
                path.unlink()
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except FileExistsError:
            raise UsageError(_unclosed(path)) from None
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
        self._path = path
        try:
            self.write("run", **facts, secret=base64.b64encode(secret).decode())
            os.fsync(self._file)
        except (OSError, Unwritable) as error:
            os.close(self._file)
            path.unlink(missing_ok=True)
            raise UsageError(f"{path}: cannot be written; make room, or name another folder with --out") from error

    def write(self, kind: str, **facts: Json) -> None:
        """One line, handed to the system before this returns. Raises Unwritable."""
        append_lines(self._file, self._path, {"kind": kind, **facts})

    def close(self, left: Sequence[str], stays: Sequence[str] = ()) -> None:
        """Ends it, with what could not be removed, and what the API has no way to remove."""
        # Without this line a clean-up looks once more, which does no harm.
        with contextlib.suppress(Unwritable):
            self.write("end", left=list(left), stays=list(stays))
        os.close(self._file)


def closed(path: Path) -> bool:
    """Whether nothing of the run of this ledger is left."""
    last = _last(path)
    return last.get("kind") == "end" and not last.get("left") and not last.get("stays")


def _last(path: Path) -> dict[str, Json]:
    return next(iter(read_ledger(path)[2][-1:]), {})


def _unclosed(path: Path) -> str:
    """Why no run may take a ledger's place, and what to do."""
    last, stays = _last(path), _last(path).get("stays")
    if last.get("kind") != "end" or last.get("left") or not isinstance(stays, list):
        return f"{path}: a run ended there before it could clean up; run `holdfast cleanup {path.parent}` first"
    named = ", ".join(ascii(one)[1:-1] for one in stays[:NAMED])
    more = f" and {len(stays) - NAMED} more" if len(stays) > NAMED else ""
    return (
        f"{path}: of the run there stays what the API has no way to remove: {named}{more}; "
        f"say that you know with `holdfast cleanup {path.parent} --forget all`, or name another folder with --out"
    )


def read_ledger(path: Path) -> tuple[dict[str, Json], bytes, list[dict[str, Json]]]:
    """The run's facts, its secret, and the lines behind; a torn last line is left out. Raises UsageError where it is
    none."""
    entries = lines_of(path)
    first = entries[0] if entries else {}
    try:
        secret = base64.b64decode(first["secret"], validate=True)
        base_url = first["base_url"]
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{path}: this is no ledger of a run") from None
    if first.get("kind") != "run" or not isinstance(base_url, str):
        raise UsageError(f"{path}: this is no ledger of a run")
    return first, secret, entries[1:]


def append_lines(file: int, path: Path, *lines: Mapping[str, Json]) -> None:
    """Appends lines to an open file, whole and at once. Raises Unwritable, behind a torn line at worst."""
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    try:
        written = os.write(file, data)
    except OSError as error:
        raise Unwritable(f"{path}: cannot be written: {error.strerror}; the run was stopped") from None
    if written < len(data):
        with contextlib.suppress(OSError):
            os.write(file, b"\n")
        raise Unwritable(f"{path}: cannot be written: the disk is full; the run was stopped")


def lines_of(path: Path) -> list[dict[str, Json]]:
    """The lines of such a file; torn ones are left out. Raises UsageError where it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; name a folder that a run has written") from None
    return [entry for entry in map(_entry, filter(None, text.splitlines())) if entry]


def _entry(line: str) -> dict[str, Json]:
    """A line of a ledger; empty where it is torn."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def end_ledger(path: Path, left: Sequence[str], stays: Sequence[str] = ()) -> None:
    """Notes in the ledger of another process's run what a clean-up could not remove. Raises UsageError."""
    line = {"kind": "end", "left": list(left), "stays": list(stays)}
    try:
        with path.open("ab") as file:
            file.write(b"\n" + json.dumps(line).encode() + b"\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}; make room, and clean up again") from None

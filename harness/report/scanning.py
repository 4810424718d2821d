"""The last look at what was written: no file of it may hold a secret that the run knew."""

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from harness.engine import Opened
from harness.errors import Leaked
from harness.wire import Redactor

REPORTS = ("report.json", "report.html", "report.sarif", "report.md", "retest.json", "evidence")
OWN = frozenset(("ledger.jsonl", "journal.jsonl", "target.yaml", "document", ".cache", *REPORTS))
"""What a run writes into its folder. Anything else that is older than the run is somebody else's."""
TOLD = 10
"""Files that are named at most."""
_PIECE = 64 * 1024
_SLACK = 2.0
"""Seconds by which a file system's clock may be behind."""


def look_through(places: Sequence[Path], opened: Opened, since: float) -> None:
    """Looks for every secret of a run in every file of these files and folders, links aside, piece by piece.

    A file that holds one is overwritten and removed; one that was there before `since`, in seconds since the epoch, and
    is none of ours is only told of. Raises Leaked, which names files and labels, where there is any.
    """
    accounts = (*opened.identities, *opened.sessions, *opened.made)
    words = {one.username for one in accounts if one.username}
    told = [_told(path, root, found, since) for root, path, found in _leaks(places, opened.redactor, words)]
    if told:
        more = f", and {len(told) - TOLD} more" if len(told) > TOLD else ""
        raise Leaked(
            f"a secret stood in what was written: {', '.join(told[:TOLD])}{more}; "
            "the report does not count, and how it came there should be reported"
        )


def _leaks(
    places: Sequence[Path], redactor: Redactor, words: Collection[str]
) -> Iterator[tuple[Path, Path, frozenset[str]]]:
    for root in places:
        for path in _files(root):
            with path.open("rb") as file:
                found = redactor.leaks(file, words)
            if found:
                yield root, path, found


def _files(root: Path) -> list[Path]:
    paths = [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
    return [one for one in (*paths, root) if one.exists() and stat.S_ISREG(one.lstat().st_mode)]


def _told(path: Path, root: Path, found: Collection[str], since: float) -> str:
    held = f"{path} (${', $'.join(sorted(found))})"
    ours = path != root and path.relative_to(root).parts[0] in OWN
    if not ours and path.stat().st_mtime < since - _SLACK:
        return f"{held} was there before, and is left alone"
    try:
        _shred(path)
    except OSError as error:
        return f"{held} could not be removed: {error.strerror}"
    return f"{held} was shredded"


def _shred(path: Path) -> None:
    """Overwrites a file and removes it, the latter whatever becomes of the former."""
    try:
        with path.open("r+b", buffering=0) as file:
            for _ in range(0, path.stat().st_size, _PIECE):
                file.write(bytes(_PIECE))
            os.fsync(file.fileno())
    finally:
        path.unlink()

"""Writing down that a finding is accepted: an entry more in the target file, whose text stays as it is."""

import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from harness.config import ACCEPTED_DAYS, secrets_in, today
from harness.documents import append_entry, parse
from harness.errors import UsageError
from harness.model import Json, Outcome
from harness.report.recorded import Recorded, Row
from harness.wire import Redactor


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a finding is accepted."""

    reason: str
    owner: str
    until: date


def accept(
    report: Recorded, row: Row, terms: Terms, file: Path | None, environment: Mapping[str, str] | None = None
) -> Path:
    """Adds the entry to the target file, which is the report's own where none is named; gives that file. No entry is
    written that holds a secret which that file or `environment` tells.

    Raises UsageError, and changes nothing, where that cannot be done.
    """
    if row.outcome is Outcome.ACCEPTED:
        raise UsageError(f"{row.id}: is accepted already")
    if not row.found:
        raise UsageError(f"{row.id}: is {row.outcome}, and only a finding can be accepted")
    if not all(one.isprintable() for one in (row.id, *row.seen)):
        raise UsageError(f"{report.folder}: this finding's id cannot be written into a target file")
    _check(terms)
    path = file or Path(str(report.target.get("file")))
    try:
        # What a link leads to is replaced, and not the link.
        path = path.resolve(strict=True)
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path}: is no target file that can be read; name it with --target") from None
    entry = _entry(row, terms)
    held = _held(text, entry, environment or {})
    if held:
        raise UsageError(f"{path}: the entry would hold the secret ${held[0]}; leave it out of --reason and --owner")
    changed = append_entry(text, "accept", entry)
    if changed is None:
        told = "\n".join(f"    {name}: {value}" for name, value in entry.items())
        raise UsageError(f"{path}: is written so that nothing can be put in; add to `accept` by hand:\n{told}")
    _replace(path, changed)
    return path


def _check(terms: Terms) -> None:
    last = today() + timedelta(days=ACCEPTED_DAYS)
    if not today() <= terms.until <= last:
        raise UsageError(f"--until {terms.until}: must be a day from today to {last}")
    for name, value in (("--reason", terms.reason), ("--owner", terms.owner)):
        if not value.isprintable() or not value.strip():
            raise UsageError(f"{name}: must be one line of text, not empty, without control characters")


def _entry(row: Row, terms: Terms) -> dict[str, Json]:
    return {
        "probe": row.id,
        "verdict": str(row.outcome),
        "effect": list(row.seen),
        "reason": terms.reason.strip(),
        "owner": terms.owner.strip(),
        "expires": str(terms.until),
    }


def _held(text: str, entry: Mapping[str, Json], environment: Mapping[str, str]) -> list[str]:
    """Names of the secrets that stand in an entry."""
    redactor = Redactor(secrets_in(parse(text.encode(), "").data, environment))
    return sorted(redactor.leaks(io.BytesIO(json.dumps(entry).encode())))


def _replace(path: Path, text: str) -> None:
    """The file whole or not at all, with the rights that it has."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(text.encode())
        os.chmod(beside, path.stat().st_mode & 0o7777)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None

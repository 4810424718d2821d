"""What findings came to when they were tried again."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.engine import Opened, Results
from harness.engine.retesting import Now, Retested, counts
from harness.errors import UsageError
from harness.model import Json
from harness.report.facts import evidence_file
from harness.report.files import replace_file, write_files
from harness.report.recorded import Recorded
from harness.report.text import safe

VERSION = 1
"""Of the form of `retest.json`."""
ROWS = 60
_COLOURS = {Now.OPEN: "bold red", Now.INCONCLUSIVE: "bold yellow", Now.FIXED: "bold green"}


def write(made: Sequence[Retested], report: Recorded, results: Results, opened: Opened, out: Path) -> None:
    """Writes `retest.json` beside a `report.json` with its evidence. Raises UsageError where that cannot be done."""
    write_files(results, opened, out)
    try:
        replace_file(out / "retest.json", json.dumps(document(made, report, results, opened), indent=1) + "\n")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; name another folder with --out") from None


def document(made: Sequence[Retested], report: Recorded, results: Results, opened: Opened) -> dict[str, Json]:
    """The retest as JSON."""
    told = counts(made)
    return {
        "version": VERSION,
        "of": {name: report.run.get(name) for name in ("id", "started", "seed")},
        "target": {"name": opened.target.name, "base_url": str(opened.target.base_url)},
        "run": {"id": results.id, "started": results.started.isoformat(timespec="seconds"), "seed": results.seed},
        "counts": {str(one): told.get(one, 0) for one in Now},
        "findings": [_finding(one, report) for one in made],
        "leftovers": list(results.leftovers),
    }


def _finding(one: Retested, report: Recorded) -> dict[str, Json]:
    row = report.rows[one.id]
    return {
        "id": one.id,
        "fingerprint": row.fingerprint,
        "now": one.now,
        "why": one.why,
        "was": {"verdict": row.outcome, "reason": row.reason},
        "sent": one.sent,
        "evidence": evidence_file(one.judged) if one.judged else None,
    }


def show(made: Sequence[Retested], report: Recorded, results: Results, console: Console, out: Path) -> None:
    """A line for each finding, what is still open first, and how many came to what."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("now", no_wrap=True)
    for name in ("finding", "was", "why"):
        table.add_column(name, overflow="fold")
    order = list(Now)
    for one in sorted(made, key=lambda one: order.index(one.now))[:ROWS]:
        was = report.rows[one.id]
        told = (one.id, f"{was.outcome} {was.reason}", one.why)
        table.add_row(Text(one.now, _COLOURS[one.now]), *(Text(safe(text)) for text in told))
    console.print(table)
    if len(made) > ROWS:
        console.print(Text(f"… and {len(made) - ROWS} more; retest.json has them all", "dim"))
    if results.aborted:
        console.print(Text(f"STOPPED as unsafe: {safe(results.aborted)}", "bold red"))
    if results.unremoved:
        said = f"{len(results.unremoved)} objects of this run could not be removed: `holdfast cleanup {safe(str(out))}`"
        console.print(Text(said, "bold red"), soft_wrap=True)
    found = counts(made)
    console.print(Text(", ".join(f"{found[one]} {one}" for one in Now if one in found), "bold"))
    console.print(Text(f"report: {safe(str(out / 'retest.json'))}"), soft_wrap=True)

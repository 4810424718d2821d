"""What findings came to when they were tried again."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from harness.engine import Opened, Results
from harness.engine.course.retesting import Now, Retested, counts
from harness.errors import UsageError
from harness.model import Confidence, Json, Outcome
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
    """How many came to what, then each finding on a line that can be copied, what is still open first."""
    found = counts(made)
    console.print(Text(", ".join(f"{found[one]} {one}" for one in Now if one in found), "bold"))
    if results.aborted:
        console.print(Text(f"STOPPED as unsafe: {safe(results.aborted)}", "bold red"))
    if results.unremoved:
        said = f"{len(results.unremoved)} objects of this run could not be removed: `holdfast cleanup {safe(str(out))}`"
        console.print(Text(said, "bold red"), soft_wrap=True)
    order = list(Now)
    shown = sorted(made, key=lambda one: order.index(one.now))[:ROWS]
    for now in Now:
        some = [one for one in shown if one.now is now]
        if some:
            console.print(Text(f"\n{now}", _COLOURS[now]))
        for one in some:
            console.print(Text(f"  {safe(one.id)}"), soft_wrap=True)
            console.print(Padding(Text(safe(_said(one, report)), "dim"), (0, 0, 0, 4)))
    if len(made) > ROWS:
        console.print(Text(f"… and {len(made) - ROWS} more; retest.json has them all", "dim"))
    attested = sum(1 for one in made if one.now is Now.INCONCLUSIVE and _attested(one))
    if attested:
        # What nothing proves may have been another key, which is refused, too.
        rests = "refusal rests" if attested == 1 else "refusals rest"
        said = f"{rests} on keys that nothing proves; if these are the earlier run's, say --attested"
        console.print(Text(f"\n{attested} {said}", "cyan"))
    console.print(Text(f"\nreport: {safe(str(out / 'retest.json'))}"), soft_wrap=True)


def _attested(one: Retested) -> bool:
    verdict = one.judged.verdict if one.judged else None
    return verdict is not None and (verdict.outcome, verdict.confidence) == (Outcome.HELD, Confidence.ATTESTED)


def _said(one: Retested, report: Recorded) -> str:
    """What it rests on, and what it was where that says something else."""
    was = report.rows[one.id]
    return one.why if one.now is Now.OPEN else f"was {was.outcome} {was.reason}; now {one.why}"

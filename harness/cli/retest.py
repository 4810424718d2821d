"""`holdfast retest`."""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import (
    ALLOW_BULK,
    ALLOW_COMMANDS,
    BASE_URL,
    SNAPSHOT,
    SUITES,
    Untold,
    environment_of,
    folders_of,
    told,
)
from harness.errors import UsageError


@click.command(short_help="Try the findings of an earlier run again.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("probes", nargs=-1)
@click.option("--target", type=click.Path(path_type=Path, dir_okay=False), help="Instead of the run's own file.")
@click.option("--attested", is_flag=True, help="Keys that nothing proves, as of dead accounts, are those of that run.")
@BASE_URL
@SUITES
@ALLOW_BULK
@SNAPSHOT
@ALLOW_COMMANDS
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="holdfast-retest", show_default=True)
@told
def retest(
    folder: Path,
    probes: Sequence[str],
    target: Path | None,
    attested: bool,
    base_url: str | None,
    suites: Sequence[Path],
    allow_bulk: bool,
    snapshot: str,
    allow_commands: bool,
    out: Path,
) -> int:
    """Try the findings of an earlier run again: still open, fixed, or inconclusive. FOLDER is that run's --out; PROBES
    are ids or fingerprints, all findings where none is named."""
    from rich.console import Console

    from harness.engine import Permission, make_plan, open_target, see_room
    from harness.engine.course.retesting import exit_code
    from harness.engine.course.retesting import retest as try_again
    from harness.engine.planning.aimless import see_patterns
    from harness.family import load_families
    from harness.report import recorded, retests
    from harness.report.progress import Progress
    from harness.report.scanning import look_through

    if out.resolve() == folder.resolve():
        raise UsageError(f"--out {out}: is the folder of the report itself; name another")
    report, begun = recorded.read(folder), time.time()
    rows = [report.pick(name) for name in probes] or report.findings
    for row in rows:
        if not row.found:
            raise UsageError(f"{row.id}: is {row.outcome}, and only a finding can be tried again")
    if not rows:
        raise Untold(f"{folder}: holds no finding, so there is nothing to try again")
    see_room(out)
    families = [one for place in folders_of(suites) for one in load_families(place)]
    document = _document(folder) if target is None else None
    opened = open_target(target or folder / "target.yaml", environment_of(allow_commands), base_url, document)
    if target is not None:
        see_patterns(opened)
    plan = make_plan(families, opened, permission=Permission(allow_bulk, snapshot))
    ids = list(dict.fromkeys(row.id for row in rows))
    with Progress(Console(stderr=True), len(ids)) as progress:
        made, results = try_again(opened, plan, ids, list(report.rows), out, progress.advance, attested)
    retests.write(made, report, results, opened, out)
    look_through([out], opened, begun)
    retests.show(made, report, results, Console(), out)
    return exit_code(made, results)


def _document(folder: Path) -> bytes:
    try:
        return (folder / "document").read_bytes()
    except OSError as error:
        raise UsageError(f"{folder / 'document'}: cannot be read: {error.strerror}; name the target's file") from None

"""`holdfast emit-test`."""

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import SUITES, folders_of, told
from harness.errors import UsageError


@click.command("emit-test", short_help="Write a finding down as a pytest file.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("probe")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write (default: named after it)."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@SUITES
@told
def emit_test(folder: Path, probe: str, out: Path | None, force: bool, suites: Sequence[Path]) -> int:
    """Write a pytest file that shows a finding and, one day, its repair: for the API's own repository, with no need of
    Holdfast. FOLDER is a run's --out; PROBE is the id or fingerprint of a finding in it."""
    from harness.emitting import Told, Unwritable, name_of, page, reopened
    from harness.engine import make_plan
    from harness.family import load_families
    from harness.report import recorded

    report = recorded.read(folder)
    row = report.pick(probe)
    if not row.found:
        raise UsageError(f"{row.id}: is {row.outcome}, and only a finding can be written down as a test")
    opened = reopened(folder)
    plan = make_plan([one for place in folders_of(suites) for one in load_families(place)], opened)
    known = next((one for one in plan.probes if one.id == row.id), None)
    if known is None or "admin" not in plan.roles:
        raise UsageError(f"{row.id}: is not planned by these families; name those of the run with --suites")
    day = str(report.run.get("started", ""))[:10]
    try:
        text = page(opened, known, plan.roles["admin"].name, Told(str(row.outcome), row.reason, day))
    except Unwritable as error:
        raise Unwritable(f"{row.id}: no test of its own: {error}") from None
    file = out or Path(name_of(known, row.fingerprint))
    if file.exists() and not force:
        raise UsageError(f"{file}: is there already; name another with --out, or write over it with --force")
    try:
        file.write_text(text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}; name another with --out") from None
    click.echo(f"{file}: written; run it with pytest, BASE_URL and the keys in the environment")
    return 0

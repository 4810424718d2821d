"""`holdfast accept`."""

import os
from datetime import datetime
from pathlib import Path

import click

from harness.cli.common import told


@click.command(short_help="Accept a finding until a day, in the target file.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("probe")
@click.option("--reason", required=True, metavar="TEXT", help="Why it may stay for a while.")
@click.option("--owner", required=True, metavar="TEXT", help="Who answers for it.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it counts.")
@click.option("--target", type=click.Path(path_type=Path, dir_okay=False), help="The file to write to.")
@told
def accept(folder: Path, probe: str, reason: str, owner: str, until: datetime, target: Path | None) -> int:
    """Accept a finding for at most 180 days: write it into its target file. FOLDER is a run's --out; PROBE is the id or
    fingerprint of a finding in it."""
    from harness.report import accepting, recorded

    report = recorded.read(folder)
    row = report.pick(probe)
    file = accepting.accept(report, row, accepting.Terms(reason, owner, until.date()), target, os.environ)
    click.echo(f"{file}: accepts {row.id} as {row.outcome} until {until.date()}")
    return 0

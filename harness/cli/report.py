"""`holdfast report`."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import SUITES, folders_of, told


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--allure",
    "out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the Allure report goes, and where its history is kept.",
)
@SUITES
@told
def report(folder: Path, out: Path, suites: Sequence[Path]) -> int:
    """Show a run in Allure, by weakness and by identity. FOLDER is the run's --out; Allure 3 has to be installed."""
    from harness.family import load_families
    from harness.report import allure, recorded

    found = recorded.read_whole(folder)
    families = [one for place in folders_of(suites) for one in load_families(place)]
    page = allure.generate(found, families, out, os.environ)
    click.echo(f"{page}: {len(found.rows)} verdicts")
    return 0

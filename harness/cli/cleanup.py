"""`holdfast cleanup`."""

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import ALLOW_COMMANDS, environment_of, told

REMOVABLE = "still there, and to be removed by hand:"
STAYING = "still there, and the API has no way to remove it:"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--forget",
    multiple=True,
    metavar="NAME",
    help="What is still there and may stay, by the name that this command lists, or `all`. May be repeated.",
)
@ALLOW_COMMANDS
@told
def cleanup(folder: Path, forget: Sequence[str], allow_commands: bool) -> int:
    """Remove what a run left on its target. FOLDER is the run's --out; keys are taken from the environment."""
    from harness.engine.course.cleaning import clean_up
    from harness.report.text import safe
    from harness.sweeping import apart

    left = clean_up(folder, environment_of(allow_commands), forget)
    for line, names in zip((REMOVABLE, STAYING), apart(left), strict=True):
        if names:
            click.echo("\n".join([line, *(f"  {safe(one)}" for one in names)]), err=True)
    if left:
        click.echo(f"what may stay: holdfast cleanup {folder} --forget NAME, or --forget all", err=True)
        return 4
    click.echo("nothing of the run is left" + (" but what is to be forgotten" if forget else ""))
    return 0

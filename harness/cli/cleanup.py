"""`holdfast cleanup`."""

from pathlib import Path

import click

from harness.cli.common import ALLOW_COMMANDS, environment_of, told


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@ALLOW_COMMANDS
@told
def cleanup(folder: Path, allow_commands: bool) -> int:
    """Remove what a run left on its target. FOLDER is the run's --out; keys are taken from the environment."""
    from harness.engine.cleaning import clean_up

    left = clean_up(folder, environment_of(allow_commands))
    if left:
        click.echo("still there, and to be removed by hand:\n" + "\n".join(f"  {one}" for one in left), err=True)
        return 4
    click.echo("nothing of the run is left")
    return 0

"""`holdfast resume`."""

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import (
    ALLOW_COMMANDS,
    ALLURE,
    GITHUB,
    JUNIT,
    STRICT,
    SUITES,
    Untold,
    environment_of,
    folders_of,
    outputs,
    told,
)
from harness.cli.run import tell


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@SUITES
@ALLOW_COMMANDS
@JUNIT
@ALLURE
@GITHUB
@STRICT
@told
def resume(
    folder: Path,
    suites: Sequence[Path],
    allow_commands: bool,
    junitxml: Path | None,
    alluredir: Path | None,
    github: bool,
    strict: bool,
) -> int:
    """Go on with a run that was ended. FOLDER is the run's --out; keys are taken from the environment.

    What it had left on the target is removed first; verdicts that it had come to are kept.
    """
    from harness import plugin

    besides, folders = outputs(junitxml, alluredir), folders_of(suites)
    session = plugin.Session.resume(folder, folders, environment_of(allow_commands), strict)
    code = plugin.main(session, folders, besides)
    if session.results is None:
        raise Untold(f"the run was stopped at once; go on with `holdfast resume {folder}`")
    tell(session, github)
    return code

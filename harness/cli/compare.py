"""`holdfast compare`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.cli.common import (
    ALLOW_COMMANDS,
    FAMILY,
    OPERATION,
    PROFILE,
    SUITES,
    Untold,
    environment_of,
    folders_of,
    told,
)
from harness.errors import UsageError


@click.command(short_help="Tell what one report says otherwise than another.")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@click.option("--markdown", "as_markdown", is_flag=True, help="For a comment on a pull request.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default="holdfast-compare",
    show_default=True,
    help="Where the reports go, if target files are compared.",
)
@SUITES
@FAMILY
@OPERATION
@PROFILE
@ALLOW_COMMANDS
@told
def compare(
    first: Path,
    second: Path,
    as_json: bool,
    as_markdown: bool,
    out: Path,
    suites: Sequence[Path],
    families: Sequence[str],
    operations: Sequence[str],
    profile: Any,
    allow_commands: bool,
) -> int:
    """Tell what the SECOND report says otherwise than the FIRST: fixed, still open, newly open, newly inconclusive.
    Each is a run's --out; or both are target files, which are then run with one seed, as far as --family,
    --operation and --profile say."""
    from rich.console import Console

    from harness import plugin
    from harness.markers import draw_seed
    from harness.report import comparing, recorded

    if first.is_file() != second.is_file():
        raise UsageError("name two folders of reports, or two target files")
    if first.is_file():
        chosen, seed, folders = plugin.Selection(tuple(families), tuple(operations)), draw_seed(), folders_of(suites)
        environment, files = environment_of(allow_commands), (first, second)
        # Both are read and planned before anything is sent to either.
        sessions = [
            plugin.Session.prepare(
                file,
                folders,
                out / name,
                None,
                chosen,
                own_command=True,
                environment=environment,
                profile=profile,
                seed=seed,
            )
            for file, name in zip(files, ("first", "second"), strict=True)
        ]
        first, second = (_run(session, folders) for session in sessions)
    sides = recorded.read(first), recorded.read(second)
    found = comparing.compare(*sides)
    if as_json:
        click.echo(json.dumps(comparing.document(*sides, found), indent=1))
    elif as_markdown:
        click.echo(comparing.markdown(found), nl=False)
    else:
        comparing.show(found, Console())
    return comparing.exit_code(found)


def _run(session: Any, folders: Sequence[Path]) -> Path:
    """Runs one side; gives the folder of its report."""
    from harness import plugin
    from harness.engine import see_room

    see_room(session.out)
    code = plugin.main(session, folders, [])
    if session.results is None or session.results.interrupted or code == 4:
        file = session.opened.target.source
        raise Untold(f"{file}: its run ended early (exit {code}), so there is nothing to compare")
    out: Path = session.out
    return out

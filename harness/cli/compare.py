"""`holdfast compare`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from harness.cli.common import ALLOW_COMMANDS, SUITES, Untold, environment_of, folders_of, told
from harness.errors import UsageError


@click.command()
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
@ALLOW_COMMANDS
@told
def compare(
    first: Path,
    second: Path,
    as_json: bool,
    as_markdown: bool,
    out: Path,
    suites: Sequence[Path],
    allow_commands: bool,
) -> int:
    """Tell what the SECOND report says otherwise than the FIRST: fixed, still open, newly open, newly inconclusive.
    Each is a run's --out; or both are target files, which are then run with one seed."""
    from rich.console import Console

    from harness.report import comparing, recorded

    if first.is_file() != second.is_file():
        raise UsageError("name two folders of reports, or two target files")
    if first.is_file():
        first, second = _both_run(first, second, out, suites, environment_of(allow_commands))
    sides = recorded.read(first), recorded.read(second)
    found = comparing.compare(*sides)
    if as_json:
        click.echo(json.dumps(comparing.document(*sides, found), indent=1))
    elif as_markdown:
        click.echo(comparing.markdown(found), nl=False)
    else:
        comparing.show(found, Console())
    return comparing.exit_code(found)


def _both_run(
    first: Path, second: Path, out: Path, suites: Sequence[Path], environment: Mapping[str, str]
) -> tuple[Path, Path]:
    from harness import plugin
    from harness.engine import see_room
    from harness.markers import draw_seed

    seed, folders = draw_seed(), folders_of(suites)
    for file, name in ((first, "first"), (second, "second")):
        see_room(out / name)
        session = plugin.Session.prepare(
            file, folders, out / name, seed=seed, own_command=True, environment=environment
        )
        code = plugin.main(session, folders, [])
        if session.results is None or session.results.interrupted or code == 4:
            raise Untold(f"{file}: its run ended early (exit {code}), so there is nothing to compare")
    return out / "first", out / "second"

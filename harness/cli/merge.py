"""`holdfast merge`."""

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import ALLURE, GITHUB, JUNIT, OUT, STRICT, SUITES, folders_of, outputs, told
from harness.cli.run import tell
from harness.errors import UsageError
from harness.ledger import LEDGER


@click.command(short_help="Make one run of its shards.")
@click.argument("folders", nargs=-1, required=True, metavar="DIR…", type=click.Path(path_type=Path))
@OUT
@SUITES
@JUNIT
@ALLURE
@GITHUB
@STRICT
@told
def merge(
    folders: Sequence[Path],
    out: Path,
    suites: Sequence[Path],
    junitxml: Path | None,
    alluredir: Path | None,
    github: bool,
    strict: bool,
) -> int:
    """Make one run of its shards: DIR… are the --out of each. Sends nothing, and needs no key."""
    from harness import plugin

    if (out / LEDGER).exists() or (out.is_dir() and any(out.iterdir()) and not (out / "report.json").exists()):
        raise UsageError(f"{out}: holds other files; name an empty or new folder with --out")
    besides, found = outputs(junitxml, alluredir), folders_of(suites)
    session = plugin.Session.merge(folders, found, out, strict)
    code = plugin.main(session, found, besides)
    tell(session, github)
    return code

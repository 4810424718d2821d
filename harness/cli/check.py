"""`holdfast check`."""

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import BASE_URL, SUITES, TARGET, folders_of, told


@click.command()
@TARGET
@BASE_URL
@SUITES
@told
def check(target: Path, base_url: str | None, suites: Sequence[Path]) -> int:
    """Try TARGET's file, document, identities and controls, and say what to add. Leaves nothing behind."""
    from rich.console import Console

    from harness import plugin
    from harness.engine.checking import check_target
    from harness.report.checks import show

    session = plugin.Session.prepare(target, folders_of(suites), Path(), base_url)
    checks = check_target(session.opened, session.plan)
    show(checks, Console())
    return checks.exit_code

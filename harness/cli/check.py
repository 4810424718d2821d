"""`holdfast check`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.cli.common import BASE_URL, PROFILE, SUITES, TARGET, WAIT, folders_of, told, waiting_for


@click.command()
@TARGET
@BASE_URL
@SUITES
@PROFILE
@WAIT
@told
def check(target: Path, base_url: str | None, suites: Sequence[Path], profile: Any, wait: float | None) -> int:
    """Try TARGET's file, document, identities and controls, and say what to add. Leaves nothing behind."""
    from rich.console import Console

    from harness import plugin
    from harness.engine.checking import check_target
    from harness.report.checks import show

    with waiting_for(wait) as waiting:
        session = plugin.Session.prepare(target, folders_of(suites), Path(), base_url, profile=profile, waiting=waiting)
    checks = check_target(session.opened, session.plan)
    show(checks, Console())
    return checks.exit_code

"""`holdfast check`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.cli.common import (
    ALLOW_COMMANDS,
    BASE_URL,
    PROFILE,
    SUITES,
    TARGET,
    WAIT,
    environment_of,
    folders_of,
    told,
    waiting_for,
)


@click.command(short_help="Try all that a run on TARGET rests on.")
@TARGET
@BASE_URL
@SUITES
@PROFILE
@WAIT
@ALLOW_COMMANDS
@told
def check(
    target: Path,
    base_url: str | None,
    suites: Sequence[Path],
    profile: Any,
    wait: float | None,
    allow_commands: bool,
) -> int:
    """Try TARGET's file, document, identities and controls, and say what to add. Leaves nothing behind."""
    from rich.console import Console

    from harness import plugin
    from harness.engine.rehearsing.checking import check_target
    from harness.report.checks import show

    environment = environment_of(allow_commands)
    with waiting_for(wait) as waiting:
        session = plugin.Session.prepare(
            target,
            folders_of(suites),
            Path(),
            base_url,
            environment=environment,
            profile=profile,
            waiting=waiting,
        )
    checks = check_target(session.opened, session.plan)
    show(checks, Console())
    return checks.exit_code

"""`holdfast plan`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.cli.common import (
    ALLOW_BULK,
    ALLOW_COMMANDS,
    BASE_URL,
    EXPRESSION,
    FAMILY,
    OPERATION,
    PROFILE,
    SNAPSHOT,
    SUITES,
    TARGET,
    Untold,
    environment_of,
    folders_of,
    told,
)


@click.command(short_help="List what a run on TARGET would send, and its cost.")
@TARGET
@BASE_URL
@SUITES
@PROFILE
@ALLOW_BULK
@SNAPSHOT
@ALLOW_COMMANDS
@FAMILY
@OPERATION
@EXPRESSION
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@told
def plan(
    target: Path,
    base_url: str | None,
    suites: Sequence[Path],
    profile: Any,
    allow_bulk: bool,
    snapshot: str,
    allow_commands: bool,
    families: Sequence[str],
    operations: Sequence[str],
    expression: str | None,
    as_json: bool,
) -> int:
    """List what a run on TARGET would send, and what that costs each identity. Asks for nothing but the document."""
    from rich.console import Console

    from harness import plugin
    from harness.engine import Permission, estimate
    from harness.report import planning
    from harness.report.text import json_lines

    folders = folders_of(suites)
    selection = plugin.Selection(tuple(families), tuple(operations))
    permission = Permission(allow_bulk, snapshot)
    session = plugin.Session.prepare(
        target,
        folders,
        Path(),
        base_url,
        selection,
        own_command=True,
        environment=environment_of(allow_commands),
        profile=profile,
        permission=permission,
    )
    session.opened.wire.close()
    chosen = plugin.choose(session, folders, expression)
    if not chosen:
        raise Untold("nothing was selected; `holdfast plan` without --family, --operation and -k lists what there is")
    cost = estimate(session.opened, session.plan, chosen)
    if as_json:
        click.echo(json_lines(planning.document(session.opened, session.plan, chosen, cost)), nl=False)
    else:
        planning.show(session.opened, session.plan, chosen, cost, list(session.families.values()), Console())
    return 0

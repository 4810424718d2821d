"""`holdfast run`."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.cli.common import (
    ALLOW_BULK,
    ALLOW_COMMANDS,
    ALLURE,
    BASE_URL,
    EXPRESSION,
    FAMILY,
    GITHUB,
    JUNIT,
    OPERATION,
    OUT,
    PROFILE,
    SHARD,
    SNAPSHOT,
    STRICT,
    SUITES,
    TARGET,
    WAIT,
    Untold,
    environment_of,
    folders_of,
    outputs,
    told,
    waiting_for,
)
from harness.errors import UsageError


@click.command()
@TARGET
@OUT
@BASE_URL
@SUITES
@FAMILY
@OPERATION
@EXPRESSION
@PROFILE
@ALLOW_BULK
@SNAPSHOT
@ALLOW_COMMANDS
@SHARD
@WAIT
@click.option("--lf", "last_failed", is_flag=True, help="Only what failed in the last run into the same folder.")
@click.option("--co", "collect_only", is_flag=True, help="List the probes; only the document is asked for.")
@JUNIT
@ALLURE
@GITHUB
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="What markers are derived from, to send the same once more (default: drawn, and reported).",
)
@click.option("-n", "--numprocesses", "workers", hidden=True)
@STRICT
@told
def run(
    target: Path,
    out: Path,
    base_url: str | None,
    suites: Sequence[Path],
    families: Sequence[str],
    operations: Sequence[str],
    expression: str | None,
    profile: Any,
    allow_bulk: bool,
    snapshot: str,
    allow_commands: bool,
    shard: str | None,
    wait: float | None,
    last_failed: bool,
    collect_only: bool,
    junitxml: Path | None,
    alluredir: Path | None,
    github: bool,
    strict: bool,
    seed: int | None,
    workers: str | None,
) -> int:
    """Probe TARGET, read the state back, and say what got in."""
    from harness import plugin
    from harness.engine import Permission, see_room

    if workers is not None:
        plugin.refuse_workers(workers)
    if shard is not None and last_failed:
        raise UsageError("--shard with --lf: what failed last falls into no shards; leave one of them out")
    if last_failed and not (out / ".cache").is_dir():
        raise UsageError(f"--lf: {out} holds no run; name the folder of one with --out, or leave --lf out")
    besides = outputs(junitxml, alluredir)
    folders = folders_of(suites)
    selection = plugin.Selection(tuple(families), tuple(operations))
    if not collect_only:
        see_room(out)
    with waiting_for(wait) as waiting:
        session = plugin.Session.prepare(
            target,
            folders,
            out,
            base_url,
            selection,
            strict=strict,
            own_command=not collect_only,
            environment=environment_of(allow_commands),
            profile=profile,
            seed=seed,
            permission=Permission(allow_bulk, snapshot),
            shard=shard,
            waiting=waiting,
        )
    arguments = [*(["-k", expression] if expression else []), *(["--lf", "--lfnf=none"] if last_failed else [])]
    arguments += ["--co", "-q"] if collect_only else []
    arguments += besides
    code = plugin.main(session, folders, arguments)
    if session.results is not None:
        tell(session, github)
    elif session.wanted and not collect_only:
        raise Untold(f"the run was stopped at once; go on with `holdfast resume {out}`, or `holdfast cleanup {out}`")
    elif not collect_only:
        raise Untold("nothing was selected, so nothing was shown; `holdfast run --co` lists what there is")
    return code


def tell(session: Any, github: bool) -> None:
    """The summary on the terminal, and for GitHub where it is asked for."""
    from rich.console import Console

    from harness import report

    report.summary(session.results, session.opened, Console(), session.out)
    if github:
        from harness.report import github as annotations

        annotations.write(session.results, session.opened, os.environ, sys.stdout)

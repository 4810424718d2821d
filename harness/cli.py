"""The command `holdfast`."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from harness import __version__
from harness.errors import HoldfastError, UsageError

PACKAGE = Path(__file__).parent


def _bundled(name: str) -> Path:
    """A folder of the project: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / f"_{name}"
    return inside if inside.is_dir() else PACKAGE.parent / name


def _told(command: Callable[..., int]) -> Callable[..., None]:
    """Turns an error of ours into one clear text and its exit code, and a result into the command's exit code."""

    @wraps(command)
    def run(**options: Any) -> None:
        # Being told to end is being told to clean up and end.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            code = command(**options)
        except HoldfastError as error:
            click.echo(f"holdfast: {error}" if "\n" not in str(error) else str(error), err=True)
            code = error.exit_code
        except KeyboardInterrupt:
            click.echo("holdfast: stopped at once; what was written is in the ledger: `holdfast cleanup DIR`", err=True)
            code = 3
        except Exception as error:
            # A defect of ours must not look like a finding, nor spill locals on the terminal.
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            click.echo(f"holdfast: internal error at {place}: {type(error).__name__}; please report it", err=True)
            code = 3
        sys.exit(code)

    return run


_TARGET = click.argument("target", type=click.Path(path_type=Path))
_OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default="holdfast-report", show_default=True
)
_BASE_URL = click.option("--base-url", metavar="URL", help="Where the target runs, instead of what its file says.")
_SUITES = click.option(
    "--suites",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with families of your own, beside the ones that come with Holdfast. May be repeated.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="holdfast")
def main() -> None:
    """Keep fixed authentication bypasses of a release API fixed.

    Exit codes: 0 all held, 1 a finding, 2 usage or configuration, 3 not everything could be told, 4 stopped as unsafe.
    """


@main.command()
@_TARGET
@_OUT
@_BASE_URL
@_SUITES
@click.option("--family", "families", multiple=True, metavar="NAME", help="Only this family. May be repeated.")
@click.option("--operation", "operations", multiple=True, metavar="'METHOD /path'", help="Only this operation.")
@click.option("-k", "expression", metavar="EXPR", help="Only probes whose id matches, as in pytest.")
@click.option("--lf", "last_failed", is_flag=True, help="Only what failed in the last run into the same folder.")
@click.option("--co", "collect_only", is_flag=True, help="List the probes; only the document is asked for.")
@click.option("--junitxml", type=click.Path(path_type=Path, dir_okay=False), help="Write a JUnit report, too.")
@click.option("--github", is_flag=True, help="Tell GitHub Actions, too: a step summary and at most ten annotations.")
@click.option("--strict", is_flag=True, help="End with 3 where a refusal is only attested, or an identity is missing.")
@_told
def run(
    target: Path,
    out: Path,
    base_url: str | None,
    suites: Sequence[Path],
    families: Sequence[str],
    operations: Sequence[str],
    expression: str | None,
    last_failed: bool,
    collect_only: bool,
    junitxml: Path | None,
    github: bool,
    strict: bool,
) -> int:
    """Probe TARGET, read the state back, and say what got in."""
    from harness import plugin, report

    folders = _folders(suites)
    selection = plugin.Selection(tuple(families), tuple(operations))
    session = plugin.Session.prepare(
        target, folders, out, base_url, selection, strict=strict, own_command=not collect_only
    )
    arguments = [*(["-k", expression] if expression else []), *(["--lf"] if last_failed else [])]
    arguments += ["--co", "-q"] if collect_only else []
    arguments += [f"--junitxml={junitxml}"] if junitxml else []
    code = plugin.main(session, folders, arguments)
    if session.results is not None:
        _summary(session)
        if github:
            report.github.write(session.results, session.opened, os.environ, sys.stdout)
    elif session.wanted and not collect_only:
        raise Untold(f"the run was stopped before it could end; run `holdfast cleanup {out}`")
    elif not collect_only:
        raise Untold("nothing was selected, so nothing was shown; `holdfast run --co` lists what there is")
    return code


class Untold(HoldfastError):
    """A run that shows nothing."""

    exit_code = 3


def _folders(suites: Sequence[Path]) -> list[Path]:
    return [_bundled("suites").resolve(), *(one.resolve() for one in suites)]


def _summary(session: Any) -> None:
    from rich.console import Console

    from harness import report

    report.summary(session.results, session.opened, Console(), session.out)


@main.command()
@_TARGET
@_BASE_URL
@_SUITES
@_told
def check(target: Path, base_url: str | None, suites: Sequence[Path]) -> int:
    """Try TARGET's file, document, identities and controls, and say what to add. Leaves nothing behind."""
    from rich.console import Console

    from harness import plugin
    from harness.engine.checking import check_target
    from harness.report.checks import show

    session = plugin.Session.prepare(target, _folders(suites), Path(), base_url)
    checks = check_target(session.opened, session.plan)
    show(checks, Console())
    return checks.exit_code


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_told
def cleanup(folder: Path) -> int:
    """Remove what a run left on its target. FOLDER is the run's --out; keys are taken from the environment."""
    from harness.engine.cleaning import clean_up

    left = clean_up(folder, os.environ)
    if left:
        click.echo("still there, and to be removed by hand:\n" + "\n".join(f"  {one}" for one in left), err=True)
        return 4
    click.echo("nothing of the run is left")
    return 0


@main.command()
@click.argument("family")
@_SUITES
@_told
def explain(family: str, suites: Sequence[Path]) -> int:
    """What FAMILY claims, why it matters, how its verdicts are reached and how to fix a finding."""
    from rich.console import Console

    from harness.family import load_families
    from harness.report.pages import show_page

    families = {one.name: one for folder in _folders(suites) for one in load_families(folder)}
    if family not in families:
        raise UsageError(f"there is no family {family!r}; there are {', '.join(sorted(families))}")
    show_page(families[family], Console())
    return 0


@main.command()
@click.option("--serve", "build", metavar="BUILD", help="Only serve this build until Ctrl-C, to try things on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port for --serve (default: a free one).")
@click.option("--keys", type=click.Path(path_type=Path, dir_okay=False), help="Where --serve writes the keys.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Keep the reports in this folder.")
@_told
def demo(build: str | None, port: int, keys: Path | None, out: Path | None) -> int:
    """Run against the embedded release API, before and after python.org's fixes, and show what they closed."""
    from harness import showing

    if build is not None:
        return showing.serve(build, port, keys)
    return showing.side_by_side(_bundled("targets") / "demo.yaml", _bundled("suites").resolve(), out)

"""What every command shares: options, folders, and telling an error in one clear line with its exit code."""

import gc
import math
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.errors import HoldfastError, UsageError

if TYPE_CHECKING:
    from harness.engine import Waiting

PACKAGE = Path(__file__).parent.parent
_YOUNG = 50_000
"""Objects until Python looks for garbage that refers to itself. A plan is hundreds of thousands of values that do not,
and all of them were looked through again and again."""


class Untold(HoldfastError):
    """A run that shows nothing."""

    exit_code = 3


def bundled(name: str) -> Path:
    """A folder of the project: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / f"_{name}"
    return inside if inside.is_dir() else PACKAGE.parent / name


def told(command: Callable[..., int]) -> Callable[..., None]:
    """Turns an error of ours into one clear text and its exit code, and a result into the command's exit code."""

    @wraps(command)
    def run(**options: Any) -> None:
        gc.set_threshold(_YOUNG)
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


TARGET = click.argument("target", type=click.Path(path_type=Path))
OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default="holdfast-report", show_default=True
)
BASE_URL = click.option("--base-url", metavar="URL", help="Where the target runs, instead of what its file says.")
SUITES = click.option(
    "--suites",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with families of your own, beside the ones that come with Holdfast. May be repeated.",
)


FAMILY = click.option("--family", "families", multiple=True, metavar="NAME", help="Only this family. May be repeated.")
OPERATION = click.option(
    "--operation", "operations", multiple=True, metavar="'METHOD /path'", help="Only this operation."
)
EXPRESSION = click.option("-k", "expression", metavar="EXPR", help="Only probes whose id matches, as in pytest.")
PROFILE = click.option(
    "--profile",
    type=click.Choice(("smoke", "standard")),
    default="standard",
    show_default=True,
    help="Only the most telling probes, or all of them.",
)


SHARD = click.option(
    "--shard",
    metavar="I/N",
    help="Only this part of a run that N processes share, each with the same --seed; then `holdfast merge`.",
)


class _Seconds(click.FloatRange):
    """A range of numbers, and `nan` is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return number


WAIT = click.option(
    "--wait",
    type=_Seconds(min=0, max=3600),
    metavar="SECONDS",
    help="Wait so long at most for a target that is still starting.",
)


ALLURE = click.option(
    "--alluredir", type=click.Path(path_type=Path, file_okay=False), help="Write Allure results into this folder, too."
)
JUNIT = click.option("--junitxml", type=click.Path(path_type=Path, dir_okay=False), help="Write a JUnit report, too.")


GITHUB = click.option(
    "--github", is_flag=True, help="Tell GitHub Actions, too: a step summary and at most ten annotations."
)
STRICT = click.option(
    "--strict", is_flag=True, help="End with 3 where a refusal is only attested, or an identity is missing."
)


def outputs(junitxml: Path | None, alluredir: Path | None) -> list[str]:
    """What pytest is told of files that are written besides. Raises UsageError where one cannot be."""
    named = [(name, path) for name, path in (("junitxml", junitxml), ("alluredir", alluredir)) if path]
    for name, path in named:
        try:
            place = next(one for one in (path, *path.absolute().parents) if one.exists())
            if place.is_file() and place == path and name == "junitxml":
                place = path.absolute().parent
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            raise UsageError(f"--{name} {path}: cannot be written: {error.strerror}; name another") from None
    return [f"--{name}={path}" for name, path in named]


ALLOW_BULK = click.option(
    "--allow-bulk",
    is_flag=True,
    help="Also send what may reach more than the run made; needs `disposable: true` and --snapshot.",
)
SNAPSHOT = click.option(
    "--snapshot", metavar="ID", default="", help="What the target can be put back to; written into the ledger."
)


@contextmanager
def waiting_for(seconds: float | None) -> Iterator["Waiting | None"]:
    """How a target is waited for, shown on the terminal meanwhile; None for not at all."""
    if seconds is None:
        yield None
        return
    from rich.console import Console

    from harness.engine import Waiting
    from harness.report.progress import Watch

    with Watch(Console(stderr=True), seconds) as watch:
        yield Waiting(seconds, watch)


ALLOW_COMMANDS = click.option(
    "--allow-commands", is_flag=True, help="Run the commands that the target file names in `${cmd:…}` for its keys."
)


def environment_of(allow_commands: bool) -> Mapping[str, str]:
    """What keys are taken from."""
    from harness.config import WithCommands

    return WithCommands(os.environ) if allow_commands else os.environ


def folders_of(suites: Sequence[Path]) -> list[Path]:
    """The families' folders: Holdfast's own, then the owner's."""
    return [bundled("suites").resolve(), *(one.resolve() for one in suites)]

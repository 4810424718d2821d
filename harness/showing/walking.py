"""The demo as a command: every build is run on, what it showed is drawn, and compared with what it is known to show."""

import tempfile
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.text import Text

from harness.report.progress import Progress
from harness.showing.expected import differences
from harness.showing.probing import Job, Shown, probe_all
from harness.showing.steps import APIS, BUILDS
from harness.showing.tables import draw

WIDTH = 100
"""Columns of a page."""
HEAD = """# Through the fixes, build by build

What `holdfast demo` shows: five builds of an embedded release API, from 2014 to the last fix of 2026, under the same
probes. A cell tells how many of the probes of a family got in, or that it held. `make docs` makes this page anew.

"""


def walk(targets: Path, suites: Path, out: Path | None, *, full: bool = False, page: bool = False) -> int:
    """Runs on every build and shows what each closed; 0 where each shows what it should, else 1. Raises HoldfastError.

    What differs from one time to the next, time and requests, goes to standard error. With `page` the rest is a page of
    Markdown.
    """
    begun = monotonic()
    with tempfile.TemporaryDirectory(prefix="holdfast-") as scratch:
        folder = out or Path(scratch)
        jobs = [Job(build, api, targets, suites, folder / build / api, full) for build in BUILDS for api in APIS]
        history = _watched(jobs)
    wrong = [line for one in history for line in differences(one, full=full)]
    if page:
        print(_page(history, wrong, full), end="")
    else:
        _tell(Console(), history, wrong, full)
    aside = Console(stderr=True)
    aside.print(Text(f"{sum(one.requests for one in history)} requests in {monotonic() - begun:.0f} s", "dim"))
    if out:
        aside.print(Text(f"reports are in {out}"))
    return 1 if wrong else 0


def _tell(console: Console, history: Sequence[Shown], wrong: Sequence[str], full: bool) -> None:
    draw(console, history)
    sent, planned = sum(len(one.told) for one in history), sum(one.planned for one in history)
    part = "" if full else ": every mutation at least once; `holdfast demo --full` sends everything"
    console.print(Text(f"{sent} of {planned} probes{part}."))
    for line in wrong:
        console.print(Text(line, "bold red"), soft_wrap=True)
    if not wrong:
        console.print(
            Text(
                "Every build shows what it is known to show; nothing is lost but where a whole list was open.", "green"
            )
        )


def _page(history: Sequence[Shown], wrong: Sequence[str], full: bool) -> str:
    console = Console(file=StringIO(), width=WIDTH, color_system=None, legacy_windows=False)
    with console.capture() as drawn:
        _tell(console, history, wrong, full)
    lines = [line.rstrip() for line in drawn.get().splitlines()]
    return HEAD + "```text\n" + "\n".join(lines) + "\n```\n"


def _watched(jobs: Sequence[Job]) -> list[Shown]:
    """The jobs' results; a bar goes by while they are run."""
    history: list[Shown] = []
    with Progress(Console(stderr=True), len(jobs), "runs") as progress:
        for one in probe_all(jobs):
            history.append(one)
            progress.advance(f"build {one.build} {one.api}")
    return history

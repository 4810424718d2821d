"""What `check` found, for a person."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from harness.engine.rehearsing.checking import Checks
from harness.report.text import safe


def show(checks: Checks, console: Console) -> None:
    """A line for each thing tried, and what to write where it failed."""
    for one in checks.done:
        mark = Text("✓", "green") if one.good else Text("✗", "bold red")
        # A column beside the names would have no room where paths are long and nobody has a wide terminal, as in CI.
        console.print(mark, Text(f"{one.part} {safe(one.name)}"), soft_wrap=True)
        told = Text(safe(one.detail))
        if one.advice:
            told.append(f"{'; ' if one.detail else ''}{safe(one.advice)}", "yellow")
        if told:
            console.print(Padding(told, (0, 0, 0, 4)))
    failed = sum(1 for one in checks.done if not one.good)
    if failed:
        console.print(Text(f"{failed} of {len(checks.done)} failed: a run could not tell everything", "bold red"))
    else:
        console.print(Text("everything that a run rests on works", "bold green"))

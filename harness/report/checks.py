"""What `check` found, for a person."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.engine.checking import Checks
from harness.report.text import safe


def show(checks: Checks, console: Console) -> None:
    """A line for each thing tried, and what to write where it failed."""
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in checks.done:
        mark = Text("✓", "green") if one.good else Text("✗", "bold red")
        told = Text(safe(one.detail))
        if one.advice:
            told.append(f"{'; ' if one.detail else ''}{safe(one.advice)}", "yellow")
        table.add_row(mark, Text(f"{one.part} {safe(one.name)}"), told)
    console.print(table)
    failed = sum(1 for one in checks.done if not one.good)
    if failed:
        console.print(Text(f"{failed} of {len(checks.done)} failed: a run could not tell everything", "bold red"))
    else:
        console.print(Text("everything that a run rests on works", "bold green"))

"""`holdfast explain`."""

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import SUITES, folders_of, told
from harness.errors import UsageError


@click.command()
@click.argument("family")
@SUITES
@told
def explain(family: str, suites: Sequence[Path]) -> int:
    """What FAMILY claims, why it matters, how its verdicts are reached and how to fix a finding."""
    from rich.console import Console

    from harness.family import load_families
    from harness.report.pages import show_page

    families = {one.name: one for folder in folders_of(suites) for one in load_families(folder)}
    if family not in families:
        raise UsageError(f"there is no family {family!r}; there are {', '.join(sorted(families))}")
    show_page(families[family], Console())
    return 0

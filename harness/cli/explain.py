"""`holdfast explain`."""

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import SUITES, folders_of, told
from harness.errors import UsageError


@click.command(short_help="Show what a family claims, or list them all.")
@click.argument("family", required=False)
@click.option("--all", "everything", is_flag=True, help="Print every family's page, as one Markdown document.")
@SUITES
@told
def explain(family: str | None, everything: bool, suites: Sequence[Path]) -> int:
    """Show what FAMILY claims, why it matters, how its verdicts are reached and how to fix a finding; without one, list
    all families."""
    from rich.console import Console

    from harness.family import load_families, no_family
    from harness.report.pages import document, show_contents, show_page

    if everything and family:
        raise UsageError("name one family, or say --all, not both")
    families = {one.name: one for folder in folders_of(suites) for one in load_families(folder)}
    if everything:
        click.echo(document(list(families.values())), nl=False)
    elif family is None:
        show_contents(list(families.values()), Console())
    elif family in families:
        show_page(families[family], Console())
    else:
        raise UsageError(no_family(family, families))
    return 0

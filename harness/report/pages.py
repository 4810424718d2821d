"""A family's page, for a terminal."""

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from harness.family import Family


def show_page(family: Family, console: Console) -> None:
    """The family's docstring, and its mutations by name."""
    console.print(Text(family.name, "bold"), Text(f"severity {family.severity}", "dim"), sep="  ")
    console.print(Markdown(family.page))
    console.print(Markdown("## Mutations"))
    for mutation in family.mutations.values():
        console.print(Text.assemble(("  " + mutation.name, "cyan"), "  ", mutation.title), soft_wrap=True)

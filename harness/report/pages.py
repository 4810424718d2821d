"""A family's page: for a terminal, and all of them as one document."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from harness.family import Family

_HEADING = re.compile(r"^## ", re.MULTILINE)


def show_page(family: Family, console: Console) -> None:
    """The family's docstring, and its mutations by name."""
    console.print(Text(family.name, "bold"), Text(f"severity {family.severity}", "dim"), sep="  ")
    console.print(Markdown(family.page))
    console.print()
    console.print(Markdown("## Mutations"))
    console.print()
    console.print(_two_columns((mutation.name, mutation.title) for mutation in family.mutations.values()))


def show_contents(families: Sequence[Family], console: Console) -> None:
    """Every family and its claim."""
    console.print(_two_columns((one.name, one.claim.partition(": ")[2]) for one in families))
    console.print(Text("\nholdfast explain FAMILY shows one", "dim"))


def _two_columns(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    for name, what in rows:
        table.add_row(Text(name), Text(what))
    return table


def document(families: Sequence[Family]) -> str:
    """Every family's page in Markdown, in the order given, behind a table of their claims."""
    return "\n".join([*_contents(families), *(line for one in families for line in _chapter(one))])


def _contents(families: Sequence[Family]) -> Iterator[str]:
    yield "# Families\n"
    yield "Written by `make docs` from the families' own files in `suites/`; `holdfast explain FAMILY` shows one.\n"
    yield "| family | claim | severity |\n|---|---|---|"
    for one in families:
        yield f"| [{one.name}](#{one.name}) | {_cell(one.claim.partition(': ')[2])} | {one.severity} |"
    yield ""


def _chapter(family: Family) -> Iterator[str]:
    # Its own claim is its first line; its parts go one level down.
    yield f"## {family.name}\n"
    yield _HEADING.sub("### ", family.page) + "\n"
    yield "### Mutations\n"
    yield "| mutation | what is changed |\n|---|---|"
    for one in family.mutations.values():
        yield f"| `{one.name}` | {_cell(one.title)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")

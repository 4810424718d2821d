"""The walk as a person reads it: a table for each API, what each build closed, and what is open still."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.model import Outcome
from harness.showing.doors import BROKEN, HOWS, closed, still
from harness.showing.probing import Shown, Told
from harness.showing.steps import APIS, STEPS

COLOURS: Mapping[str, str] = {"crashed": "magenta", "advisory": "yellow", "weak": "yellow", "unclear": "yellow"}
NAMED = 4
"""Mutations that are named before the rest is counted."""


def draw(console: Console, history: Sequence[Shown]) -> None:
    """Prints all of it. `history` has every build of every API, in order."""
    for api in APIS:
        console.print(_table(api, [one for one in history if one.api == api]))
    console.print(Text("What each build closed", "bold"))
    console.print(Text(", ".join(f"{word}: {meant}" for word, meant in HOWS.items()), "dim"), end="\n\n")
    for api_steps in zip(*(pairwise([one for one in history if one.api == api]) for api in APIS), strict=True):
        console.print(_step(api_steps))
    newest = [one for one in history if one.build == history[-1].build]
    console.print(Text(f"Open in build {history[-1].build} still", "bold"))
    console.print(_grid(_still(newest)))


def _table(api: str, builds: Sequence[Shown]) -> RenderableType:
    """Families that show a difference have a row; the others are named below it."""
    rows = {family: [_of(family, one) for one in builds] for one in builds for family in _families(one)}
    title = Text(f"API {api}: probes that got in, of those sent", "bold")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("family", no_wrap=True)
    for one in builds:
        table.add_column(one.build, no_wrap=True)
    others: dict[str, list[str]] = {"held by every build": [], "not applicable": []}
    for family, cells in rows.items():
        applied = [_applied(cell) for cell in cells]
        if any(one.word for cell in applied for one in cell):
            table.add_row(family, *(_cell(cell) for cell in applied))
        elif any(applied):
            most = max(len(cell) for cell in applied)
            others["held by every build"].append(f"{family} ({most})")
        else:
            others["not applicable"].append(family)
    said = [Text.assemble((f"{name}: ", "dim"), ", ".join(names)) for name, names in others.items() if names]
    return Padding(Group(title, table, *said), (0, 0, 1, 0))


def _families(shown: Shown) -> Iterator[str]:
    yield from dict.fromkeys(one.family for one in shown.told.values())


def _of(family: str, shown: Shown) -> list[Told]:
    return [one for one in shown.told.values() if one.family == family]


def _applied(told: Iterable[Told]) -> list[Told]:
    return [one for one in told if one.outcome is not Outcome.NOT_APPLICABLE]


def _cell(told: Sequence[Told]) -> Text:
    """`12/12 in`, then what else there is; gravest first."""
    if not told:
        return Text("n/a", "dim")
    words = Counter("in" if one.word in ("got in", "leaked") else one.word for one in told if one.word)
    if not words:
        return Text(f"held {len(told)}", "green")
    cell = Text()
    for word in ("in", "crashed", "weak", "advisory", "unclear"):
        if words[word]:
            of = f"/{len(told)}" if not cell else ""
            cell.append("\n" if cell else "").append(f"{words[word]}{of} {word}", COLOURS.get(word, "bold red"))
    return cell


def _step(apis: Sequence[tuple[Shown, Shown]]) -> RenderableType:
    build = apis[0][1].build
    rows = [
        (one.api, one.family, one.how, "magenta" if one.how == BROKEN else "green", one.probes)
        for before, after in apis
        for one in closed(before, after)
    ]
    head = Text.assemble((build, "bold cyan"), f"  {STEPS[build]}")
    return Group(head, _grid(rows) if rows else Padding("nothing", (0, 0, 1, 2)))


def _still(newest: Sequence[Shown]) -> Iterator[tuple[str, str, str, str, Sequence[Told]]]:
    for shown in newest:
        for family, word, probes in still(shown):
            yield shown.api, family, f"{word} ({probes[0].severity})", COLOURS.get(word, "bold red"), probes


def _grid(rows: Iterable[tuple[str, str, str, str, Sequence[Told]]]) -> RenderableType:
    """API, family, what is said of it, its colour, and the probes."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for api, family, said, colour, probes in rows:
        table.add_row(api, family, Text(said, colour), _named(probes))
    return Padding(table, (0, 0, 1, 2))


def _named(probes: Sequence[Told]) -> str:
    """`38 probes: arbitrary-key, reversed-key and 14 more, by POST os, release`."""
    names = list(dict.fromkeys(one.mutation for one in probes))
    told = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    count = f"{len(probes)} probe{'s' if len(probes) > 1 else ''}"
    return f"{count}: {told}; {_places(probes)}"


def _places(probes: Sequence[Told]) -> str:
    """`POST os, release; GET os`: methods with the resources that they were sent to."""
    by_method: dict[str, dict[str, None]] = {}
    for one in probes:
        method, _, path = one.operation.partition(" ")
        by_method.setdefault(method, {})[_resource(path)] = None
    return "; ".join(f"{method} {', '.join(names)}" for method, names in by_method.items())


def _resource(path: str) -> str:
    """The last part of a path that is no parameter."""
    return [part for part in path.split("/") if part and not part.startswith("{")][-1]

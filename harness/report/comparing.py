"""Two reports side by side: what was closed, what is open still, and what is open that was not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.model import Json, Outcome
from harness.report.markdown import shown
from harness.report.recorded import Recorded, Row
from harness.report.text import safe

VERSION = 1
"""Of the form of the comparison as JSON."""
ROWS = 60
WIDE = 110
"""Columns that a table of operations needs."""


class Change(StrEnum):
    """How a probe stands in the second report, beside the first."""

    NEWLY_OPEN = "newly open"
    NEWLY_INCONCLUSIVE = "newly inconclusive"
    STILL_OPEN = "still open"
    FIXED = "fixed"
    NOT_COMPARABLE = "not comparable"


_COLOURS = {
    Change.NEWLY_OPEN: "bold red",
    Change.NEWLY_INCONCLUSIVE: "bold yellow",
    Change.STILL_OPEN: "red",
    Change.FIXED: "bold green",
    Change.NOT_COMPARABLE: "yellow",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A probe that one of the reports has something to say of."""

    row: Row
    """As the second report has it; as the first, where the second has it not."""
    change: Change
    why: str


def compare(first: Recorded, second: Recorded) -> list[Compared]:
    """Every probe that changed, or that something was found by."""
    names = dict.fromkeys((*first.rows, *second.rows))
    operations = {one.operation for one in first.rows.values()}
    found = []
    for name in names:
        before, after = first.rows.get(name), second.rows.get(name)
        told = _told(first, second, before, after, operations)
        row = after or before
        if told and row:
            found.append(Compared(row, *told))
    order = list(Change)
    return sorted(found, key=lambda one: order.index(one.change))


def exit_code(found: Sequence[Compared]) -> int:
    """1 where something is newly open, 3 where something is newly inconclusive, else 0."""
    changes = {one.change for one in found}
    return 1 if Change.NEWLY_OPEN in changes else 3 if Change.NEWLY_INCONCLUSIVE in changes else 0


def _told(
    first: Recorded, second: Recorded, before: Row | None, after: Row | None, operations: set[str]
) -> tuple[Change, str] | None:
    if after is None:
        if before is None or not before.found:
            return None
        return Change.NOT_COMPARABLE, f"was open, and the second run did not ask: {_left_out(second)}"
    if before is None and _partial(first) and after.operation in operations:
        if after.found or after.outcome is Outcome.INCONCLUSIVE:
            return Change.NOT_COMPARABLE, f"is {_verdict(after)}, and the first run did not ask: {_left_out(first)}"
        return None
    was = _verdict(before) if before else "not there"
    if after.found:
        if before and before.found:
            return Change.STILL_OPEN, was if was == _verdict(after) else f"was {was}"
        return Change.NEWLY_OPEN, f"was {was}"
    if after.outcome is Outcome.INCONCLUSIVE:
        unclear = before is not None and before.outcome is Outcome.INCONCLUSIVE
        return None if unclear else (Change.NEWLY_INCONCLUSIVE, f"was {was}")
    if before is None or not before.found:
        return None
    if _shut(after):
        return Change.FIXED, f"was {was}, is {_verdict(after)}"
    return Change.NOT_COMPARABLE, f"was {was}, is {_verdict(after)}: no proof that it is shut"


def _shut(row: Row) -> bool:
    held = row.outcome is Outcome.HELD and row.confidence == "state"
    return held or (row.outcome is Outcome.NOT_APPLICABLE and row.reason == "not-routed")


def _verdict(row: Row) -> str:
    return f"{row.outcome}({row.reason}{f', {row.confidence}' if row.confidence else ''})"


def _partial(report: Recorded) -> bool:
    return bool(report.run.get("partial")) or report.run.get("profile") != "standard"


def _left_out(report: Recorded) -> str:
    if not _partial(report):
        return "neither target file nor document gave it such a probe"
    return "only a part of the probes was selected"


@dataclass(frozen=True, slots=True)
class Line:
    """Probes of one family on one operation, as one identity, that changed alike."""

    change: Change
    family: str
    identity: str
    operation: str
    count: int
    why: str
    """Of the first."""


def lines(found: Sequence[Compared]) -> list[Line]:
    """The changes as a person reads them: a line for many mutations."""
    groups: dict[tuple[Change, str, str, str], list[Compared]] = {}
    for one in found:
        row = one.row
        groups.setdefault((one.change, row.family, row.identity, row.operation), []).append(one)
    return [Line(*key, len(some), some[0].why) for key, some in groups.items()]


def document(first: Recorded, second: Recorded, found: Sequence[Compared]) -> dict[str, Json]:
    """The comparison as JSON."""
    return {
        "version": VERSION,
        "first": _side(first),
        "second": _side(second),
        "counts": {str(one): sum(1 for it in found if it.change is one) for one in Change},
        "probes": [
            {
                "id": one.row.id,
                "fingerprint": one.row.fingerprint,
                "family": one.row.family,
                "operation": one.row.operation,
                "identity": one.row.identity or None,
                "severity": one.row.severity,
                "change": one.change,
                "why": one.why,
            }
            for one in found
        ],
        "exit": exit_code(found),
    }


def _side(report: Recorded) -> Mapping[str, Json]:
    run = {name: report.run.get(name) for name in ("id", "started", "profile", "partial", "seed")}
    return run | {name: report.target.get(name) for name in ("name", "base_url", "openapi_sha256")}


def markdown(found: Sequence[Compared]) -> str:
    """The comparison as the text of a comment; foreign text in it is inert."""
    told = [f"### Holdfast: {_summary(found)}", ""]
    rows = lines(found)
    if rows:
        told += ["| | family | as | operation | probes | why |", "|---|---|---|---|--:|---|"]
    for one in rows[:ROWS]:
        cells = (shown(text) for text in (one.family, one.identity, one.operation))
        told.append(f"| {one.change} | {' | '.join(cells)} | {one.count} | {shown(one.why)} |")
    if len(rows) > ROWS:
        told.append(f"\n… and {len(rows) - ROWS} more rows; `--json` has every probe")
    return "\n".join(told) + "\n"


def show(found: Sequence[Compared], console: Console) -> None:
    """How many are what, then the comparison as a table, or as lines where that is too narrow for one."""
    console.print(Text(_summary(found), "bold"))
    rows = lines(found)
    if console.width < WIDE:
        _show_lines(rows[:ROWS], console)
    elif rows:
        _show_table(rows[:ROWS], console)
    if len(rows) > ROWS:
        console.print(Text(f"… and {len(rows) - ROWS} more rows; --json has every probe", "dim"))


def _show_lines(rows: Sequence[Line], console: Console) -> None:
    for one in rows:
        title = Text.assemble((one.change, _COLOURS[one.change]), safe(f"  {one.family} as {one.identity}"))
        console.print(title, soft_wrap=True)
        probes = "1 probe" if one.count == 1 else f"{one.count} probes"
        said = f"{one.operation}, {probes}{': ' if one.why else ''}{one.why}"
        console.print(Padding(Text(safe(said), "dim"), (0, 0, 0, 2)))


def _show_table(rows: Sequence[Line], console: Console) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("", "family", "as"):
        table.add_column(name, no_wrap=True)
    table.add_column("operation", overflow="fold")
    table.add_column("probes", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for one in rows:
        told = map(safe, (one.family, one.identity, one.operation, str(one.count), one.why))
        table.add_row(Text(one.change, _COLOURS[one.change]), *map(Text, told))
    console.print(table)


def _summary(found: Sequence[Compared]) -> str:
    return ", ".join(_parts(found)) or "nothing was found in either, and nothing changed"


def _parts(found: Sequence[Compared]) -> Iterator[str]:
    for change in Change:
        count = sum(1 for one in found if one.change is change)
        if count:
            yield f"{count} {change}"

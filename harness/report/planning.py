"""What a run would send and cost, before it does."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from harness.engine import Estimate, Opened, Plan
from harness.family import Family
from harness.model import Json, Probe
from harness.report.text import safe

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
_PLACE = "\ue000"
"""Stands for an operation where what is shown was laid out for none."""
_Row: TypeAlias = tuple[str, str, str, str | None]
"""Mutation, what tells the probe from its siblings, title, and why there is nothing to test."""


def show(
    opened: Opened,
    plan: Plan,
    chosen: Sequence[str],
    cost: Estimate,
    families: Sequence[Family],
    console: Console,
) -> None:
    """Every probe by operation and family, what is not tested, and what the run costs each identity."""
    picked = set(chosen)
    probes = [one for one in plan.probes if one.id in picked]
    operations: defaultdict[str, defaultdict[str, list[Probe]]] = defaultdict(lambda: defaultdict(list))
    for probe in probes:
        operations[probe.operation.name][probe.family].append(probe)
    blocks = _Blocks(console, {one.name: one.claim for one in families})
    for name, groups in operations.items():
        blocks.begin(name, sum(1 for group in groups.values() for one in group if not one.not_applicable))
        for family, members in groups.items():
            blocks.show(name, family, members)
    totals = _totals(probes)
    _show_totals(console, opened, plan, totals)
    _show_untested(console, probes)
    _show_budget(console, opened, cost, totals["probes"])


def document(opened: Opened, plan: Plan, chosen: Sequence[str], cost: Estimate) -> dict[str, Json]:
    """The same as JSON."""
    picked = set(chosen)
    probes = [one for one in plan.probes if one.id in picked]
    totals = _totals(probes)
    return {
        "version": 1,
        "target": {"name": opened.target.name, "base_url": str(opened.target.base_url)},
        "profile": plan.profile,
        "probes": [
            {
                "id": one.id,
                "family": one.family,
                "mutation": one.mutation,
                "operation": one.operation.name,
                "title": one.title,
                "severity": one.severity,
                "not_applicable": one.not_applicable,
            }
            for one in probes
        ],
        "totals": totals,
        "budget": {
            "requests": asdict(cost.requests),
            "requests_at_most": opened.target.requests(totals["probes"]),
            "failures_per_identity": opened.target.failures,
            "identities": [asdict(one) for one in cost.shares],
            "made": {name: asdict(one) for name, one in cost.made.items()},
            "staying": list(cost.staying),
        },
    }


class _Blocks:
    """What is shown of an operation, and of a family on it. Most operations are asked the same, which is laid out only
    once."""

    def __init__(self, console: Console, claims: Mapping[str, str]) -> None:
        self._console = console
        self._claims = claims
        self._rules: dict[tuple[int, int], str] = {}
        self._heads: dict[tuple[str, str], str] = {}
        self._tables: dict[tuple[_Row, ...], str] = {}

    def begin(self, where: str, count: int) -> None:
        """An operation, and how many probes of it are sent."""
        name = safe(where)
        key = cell_len(name), count
        stand_in = _PLACE * key[0]
        if key not in self._rules:
            self._rules[key] = self._rule(stand_in, count)
        whole = stand_in in self._rules[key]
        self._write("\n" + (self._rules[key].replace(stand_in, name) if whole else self._rule(name, count)))

    def show(self, where: str, family: str, members: Sequence[Probe]) -> None:
        """A family's claim, and its probes by what is between `family/` and the operation in their ids, and behind
        it."""
        severity = members[0].severity
        if (family, severity) not in self._heads:
            self._heads[family, severity] = self._head(family, severity)
        rows = tuple(_rows(where, members))
        if rows not in self._tables:
            self._tables[rows] = self._laid_out(_table(rows))
        self._write(self._heads[family, severity].replace(_PLACE, safe(where)) + self._tables[rows])

    def _write(self, text: str) -> None:
        try:
            self._console.file.write(text)
        except BrokenPipeError:
            self._console.on_broken_pipe()

    def _rule(self, name: str, count: int) -> str:
        return self._laid_out(Rule(Text.assemble((name, "bold"), (f"  {_some(count, 'probe')}", "dim")), align="left"))

    def _head(self, family: str, severity: str) -> str:
        head = Text.assemble("  ", (family, _COLOURS[severity]), (f"/…[{_PLACE} …]  {severity}", "dim"))
        claim = Text(f"    {self._claims.get(family, '').partition(': ')[2]}", "dim italic")
        return self._laid_out(head, soft_wrap=True) + self._laid_out(claim)

    def _laid_out(self, what: Text | Table | Rule, soft_wrap: bool = False) -> str:
        with self._console.capture() as capture:
            self._console.print(what, soft_wrap=soft_wrap)
        return capture.get()


def _rows(where: str, members: Sequence[Probe]) -> Iterator[_Row]:
    start = len(f"{members[0].family}/[{where}")
    return ((one.mutation, one.id[start + len(one.mutation) : -1], one.title, one.not_applicable) for one in members)


def _table(rows: Sequence[_Row]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=2)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    last = ""
    for mutation, pairs, told, not_applicable in rows:
        title = Text(safe(told) if told != last else "〃", "" if told != last else "dim")
        if not_applicable:
            title = Text(f"NOT-APPLICABLE({safe(not_applicable)})", "yellow")
        last = told
        table.add_row("", Text.assemble((mutation, "bold"), safe(pairs)), title)
    return table


def _show_totals(console: Console, opened: Opened, plan: Plan, totals: Mapping[str, int]) -> None:
    console.print()
    console.print(Rule(style="dim"))
    profile = "" if plan.profile == "standard" else f" ({plan.profile} profile)"
    told = f"{_some(totals['probes'], 'probe')} on {_some(totals['operations'], 'operation')}{profile}"
    console.print(Text.assemble((told, "bold"), f", {totals['not_applicable']} more are NOT-APPLICABLE"))
    console.print(
        Text(f"target {opened.target.name} at {opened.target.base_url}; nothing but the document was asked for")
    )


def _totals(probes: Sequence[Probe]) -> dict[str, int]:
    tested = [one for one in probes if not one.not_applicable]
    return {
        "probes": len(tested),
        "operations": len({one.operation.name for one in tested}),
        "not_applicable": len(probes) - len(tested),
    }


def _show_untested(console: Console, probes: Sequence[Probe]) -> None:
    """What is not tested, the reasons that a line in the target file does away with first."""
    reasons = Counter(one.not_applicable for one in probes if one.not_applicable)
    if not reasons:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for reason, count in sorted(reasons.items(), key=lambda pair: (not pair[0].startswith("no-"), -pair[1])):
        word, _, advice = reason.partition(": ")
        missing, semicolon, what = advice.partition("; ")
        table.add_row(str(count), Text(word, "yellow"), Text.assemble(safe(missing), semicolon, (safe(what), "cyan")))
    _titled(console, "not tested, and what would make it testable", table)


def _show_budget(console: Console, opened: Opened, cost: Estimate, sendable: int) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("identity", "role"):
        table.add_column(name, no_wrap=True)
    for name in ("requests", "refusals, at most"):
        table.add_column(name, no_wrap=True, justify="right")
    above = cost.above(opened.target.failures)
    for one in cost.shares:
        failures = Text(f"{one.failures:,}", "bold red" if one.name in above else "")
        table.add_row(Text(safe(one.name)), Text(one.role), str(one.requests), failures)
    _titled(console, "budget: where all is refused, to where nothing is", table)
    most = opened.target.requests(sendable)
    told = f"; at most {most:,} are sent" if cost.requests.most > most else ""
    console.print(Text(f"in all {cost.requests} requests{told}", "bold red" if cost.requests.least > most else ""))
    for name, told in above.items():
        console.print(Text(f"{safe(name)}: {told}", "bold red"))
    _show_made(console, cost.made, cost.staying)


def _show_made(console: Console, made: Mapping[str, object], staying: Sequence[str]) -> None:
    if made:
        console.print(Text(f"makes {', '.join(f'{count} {safe(name)}' for name, count in made.items())}"))
    for name in staying:
        console.print(Text(f"the API cannot remove any {safe(name)}: what the run makes of it stays", "bold red"))
    if made and not staying:
        console.print(Text("and removes all of it again", "green"))


def _titled(console: Console, title: str, table: Table) -> None:
    console.print()
    console.print(Text(title, "bold"))
    console.print(table)


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"

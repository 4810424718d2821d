"""What a person sees when a run has ended. Everything foreign is shown as `Text`, escaped: no markup is read."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.engine import Judged, Opened, Results
from harness.model import Confidence, Outcome
from harness.report.accepted import remarks, used
from harness.report.doors import Door, advisory, crashed, doors, got_in, weak
from harness.report.facts import evidence_file, is_finding
from harness.report.failure import reproduction
from harness.report.text import safe
from harness.report.untested import Untested, untested

ROWS = 15
"""Rows of a table at most; `report.json` has them all."""
WIDE = 100
"""Columns from which on there is room to say what a finding was seen by."""
LEFT = 5
"""Leftovers named at most."""

_COLOURS: Mapping[str, str] = {
    Outcome.BYPASSED: "bold red",
    Outcome.LEAKED: "bold red",
    Outcome.CRASHED: "bold red",
    Outcome.WEAK: "bold yellow",
    Outcome.INCONCLUSIVE: "bold yellow",
    Outcome.HELD: "bold green",
}


def summary(results: Results, opened: Opened, console: Console, out: Path | None) -> None:
    """Prints the run's verdict in words, what got in, what was not tested, what to do, and what it cost."""
    judged = list(results.judged.values())
    names = {name: resource.name for name, (resource, _) in opened.graph.roles.items()}
    for notice in results.notices:
        console.print(Text(notice, "yellow"))
    if results.aborted:
        console.print(Text(f"STOPPED as unsafe: {safe(results.aborted)}", "bold red"))
    for one in headlines(results):
        console.print(one)
    for remark in remarks(results, opened):
        console.print(Text(remark.text, "bold red" if remark.fails else "yellow"))
    console.print(Text(_counts(results), "dim"))
    found = [
        ("got in", doors(judged, got_in, names)),
        ("crashed", doors(judged, crashed, names)),
        ("not refused as it should be", doors(judged, weak, names)),
        ("worth knowing; it fails nothing", doors(judged, advisory, names)),
    ]
    for title, rows in found:
        _show_doors(console, title, rows)
    _show_example(console, next((rows[0] for _, rows in found if rows and not rows[0].advisory), None), opened, out)
    _show_accepted(console, list(used(results)))
    _show_untested(console, untested(judged))
    _show_leftovers(console, results.unremoved, out)
    _show_remains(console, [one.what for one in results.left if one.expected])
    console.print()
    for note in _notes(results, judged):
        console.print(Text(f"note: {note}", "yellow"))
    console.print(Text(_cost(results), "dim"))
    if results.seed is not None:
        console.print(Text(f"seed: {results.seed}", "dim"))
    if out is not None:
        console.print(Text(f"report: {safe(str(out / 'report.html'))}; report.json has everything"), soft_wrap=True)


def headlines(results: Results) -> Iterator[Text]:
    """The run's verdict in words; where there are findings of several kinds, the worst. What profile it is of stands
    beside it, unless it is the standard one."""
    for told in _verdicts(results):
        yield told.append(f" ({results.profile})") if results.profile else told


def _verdicts(results: Results) -> Iterator[Text]:
    judged = results.judged.values()
    bad = [one for one in judged if is_finding(one.verdict)]
    told = Counter(one.verdict.outcome for one in judged)
    unknown = told[Outcome.INCONCLUSIVE] + len(results.selected) - len(judged)
    if bad:
        worst = min((one.verdict.outcome for one in bad), key=list(Outcome).index)
        members = [one for one in bad if one.verdict.outcome is worst]
        yield Text(f"{worst}: {_said(worst, members)}", _COLOURS[worst])
    elif unknown:
        yield Text(f"INCONCLUSIVE: {_some(unknown, 'probe')} could not tell", _COLOURS[Outcome.INCONCLUSIVE])
    elif told[Outcome.ACCEPTED] and not told[Outcome.HELD]:
        yield Text(f"ACCEPTED: {_some(told[Outcome.ACCEPTED], 'finding')}, and nothing held", _COLOURS[Outcome.WEAK])
    elif told.total() == told[Outcome.NOT_APPLICABLE]:
        yield Text("INCONCLUSIVE: nothing was tested", _COLOURS[Outcome.INCONCLUSIVE])
    else:
        rest = told.total() - told[Outcome.NOT_APPLICABLE] - told[Outcome.HELD]
        but = f", {_some(told[Outcome.ACCEPTED], 'finding')} accepted" if told[Outcome.ACCEPTED] else ""
        yield Text(
            f"HELD: {'all ' if not rest else ''}{_some(told[Outcome.HELD], 'probe')} held{but}", _COLOURS[Outcome.HELD]
        )


def _said(worst: Outcome, members: Sequence[Judged]) -> str:
    operations = len({one.probe.operation.name for one in members})
    match worst:
        case Outcome.BYPASSED:
            return f"{_some(operations, 'door')} {'is' if operations == 1 else 'are'} open"
        case Outcome.LEAKED:
            return f"{_some(operations, 'operation')} told what {'it' if operations == 1 else 'they'} must not"
        case Outcome.CRASHED:
            return f"{_some(len(members), 'probe')} crashed {_some(operations, 'operation')}"
        case _:
            return f"{_some(len(members), 'probe')} not refused as it should be"


def _counts(results: Results) -> str:
    told = Counter(one.verdict.outcome for one in results.judged.values())
    parts = [f"{told[outcome]} {outcome}" for outcome in Outcome if told[outcome]]
    left_out = len(results.plan.probes) - len(set(results.selected))
    parts += [f"{left_out} deselected"] if left_out else []
    return f"{_some(len(results.plan.probes), 'probe')} planned: {', '.join(parts)}"


def _show_doors(console: Console, title: str, rows: Sequence[Door]) -> None:
    if not rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("severity", "family", "as"):
        table.add_column(name, no_wrap=True)
    table.add_column("operations", overflow="fold")
    table.add_column("mutations", no_wrap=True, justify="right")
    wide = console.width >= WIDE
    if wide:
        table.add_column("seen by", no_wrap=True)
    for door in rows[:ROWS]:
        table.add_row(
            Text(door.severity, _COLOURS[door.outcome]),
            Text(safe(door.family)),
            Text(safe(door.identity)),
            Text(safe(door.where)),
            Text(f"{door.hits} of {door.tried}"),
            *([Text(door.known)] if wide else ()),
        )
    _show(console, title, table)
    if len(rows) > ROWS:
        console.print(Text(f"… and {len(rows) - ROWS} more rows; report.json has them all", "dim"))


def _show_example(console: Console, door: Door | None, opened: Opened, out: Path | None) -> None:
    """One finding to begin with: how to send it again, and its evidence."""
    if door is None:
        return
    console.print()
    console.print(Text.assemble(("begin with ", "bold"), safe(door.example.probe.id)), soft_wrap=True)
    command = reproduction(door.example)
    if command:
        console.print(Text(f"  BASE_URL={opened.target.base_url.origin}"), soft_wrap=True)
        console.print(Text(f"  {command[0]}"), soft_wrap=True)
    if out is not None:
        console.print(Text(f"  {safe(str(out / (evidence_file(door.example) or '')))}"), soft_wrap=True)


def _show_untested(console: Console, rows: Sequence[Untested]) -> None:
    if not rows:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in rows[:ROWS]:
        colour = "yellow" if one.outcome is Outcome.INCONCLUSIVE else ""
        why = Text(safe(one.detail, 160))
        if one.advice:
            why.append(f" → {one.advice}", "cyan")
        table.add_row(str(one.count), Text(safe(one.reason), colour), why)
    _show(console, "not tested", table)
    if len(rows) > ROWS:
        console.print(Text(f"… and {len(rows) - ROWS} more reasons; report.json has them all", "dim"))


def _show_accepted(console: Console, rows: Sequence[tuple[int, str, str, str, str]]) -> None:
    if not rows:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    for _ in range(2):
        table.add_column(overflow="fold")
    for count, pattern, owner, until, reason in rows[:ROWS]:
        table.add_row(str(count), Text(safe(pattern)), Text(safe(f"until {until} by {owner}: {reason}")))
    _show(console, "accepted", table)
    if len(rows) > ROWS:
        console.print(Text(f"… and {len(rows) - ROWS} more entries; report.json has them all", "dim"))


def _show_leftovers(console: Console, leftovers: Sequence[str], out: Path | None) -> None:
    if not leftovers:
        return
    console.print()
    console.print(Text(f"{_some(len(leftovers), 'object')} of this run could not be removed:", "bold red"))
    for one in leftovers[:LEFT]:
        console.print(Text(f"  {safe(one)}", "red"))
    if len(leftovers) > LEFT:
        console.print(Text(f"  … and {len(leftovers) - LEFT} more; report.json names them", "red"))
    folder = safe(str(out)) if out is not None else "DIR"
    console.print(Text(f"  remove them with `holdfast cleanup {folder}`", "red"), soft_wrap=True)


def _show_remains(console: Console, remains: Sequence[str]) -> None:
    if remains:
        told = f"{_some(len(remains), 'object')} of this run stay: the API has no way to remove them"
        some = ", ".join(safe(one) for one in remains[:LEFT])
        console.print(Text(f"{told} ({some}{', …' if len(remains) > LEFT else ''})", "dim"))


def _notes(results: Results, judged: Sequence[Judged]) -> Iterator[str]:
    held = [one.verdict for one in judged if one.verdict.outcome is Outcome.HELD]
    attested = sum(1 for one in held if one.confidence is Confidence.ATTESTED)
    for one in results.standings:
        if one.proved == "attested" and attested:
            why = one.detail.replace("no exchange of this API", "nothing in this API")
            yield f"{safe(one.name)}'s refusals are attested: {safe(why)}"
    weak = sum(1 for one in held if one.reason == "weak-control")
    if weak:
        yield f"refusals on a control that only got past authentication: {weak}"
    if results.interrupted:
        yield "the run was interrupted"
    if results.partial:
        shard = f" (shard {results.shard})" if results.shard else ""
        yield f"partial run{shard}: {len(results.selected)} of {len(results.plan.probes)} probes were selected"


def _cost(results: Results) -> str:
    cost = results.cost
    verdicts = sum(1 for one in results.judged.values() if one.verdict.outcome is not Outcome.NOT_APPLICABLE)
    each = f", {cost.requests / verdicts:.1f} requests per verdict" if verdicts else ""
    return f"cost: {_some(cost.requests, 'request')}, {_some(cost.writes, 'write')}, {cost.wall_s:.1f} s{each}"


def _show(console: Console, title: str, table: Table) -> None:
    console.print()
    console.print(Text(title, "bold"))
    console.print(table)


def _some(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"

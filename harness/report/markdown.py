"""What a run found, as the text of a comment on a pull request."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from harness.engine import Opened, Results
from harness.model import Outcome
from harness.report.accepted import remarks, used
from harness.report.console import headlines
from harness.report.doors import Door, advisory, crashed, doors, got_in, weak
from harness.report.facts import evidence_file
from harness.report.text import LINE, safe
from harness.report.untested import Untested, untested

COMMENT = 60_000
"""Bytes of a comment at most."""

_FOUND = (
    ("What got in", got_in),
    ("What crashed", crashed),
    ("Not refused as it should be", weak),
    ("Worth knowing; it fails nothing", advisory),
)
_DOORS = (
    "| severity | family | as | operations | mutations | seen by |",
    "|---|---|---|---|--:|---|",
)
_UNTESTED = ("| probes | why | what would make it tellable |", "|--:|---|---|")
_ACCEPTED = ("| findings | named | why | owner | until |", "|--:|---|---|---|---|")
REMARKS = 5
"""Remarks on what is accepted, at most."""
_MORE = 100
"""Bytes kept for the line that says how much was left out."""
_BREAKS_CODE = re.compile(r"[`|\\]")


def text(results: Results, opened: Opened, most: int = COMMENT) -> str:
    """The verdict, what got in, what was not tested, and the cost, in at most `most` bytes of UTF-8.

    The verdict and the cost are always there, a few hundred bytes; tables end with how much of them was left out.
    """
    top, end = "\n".join(_top(results, opened)), f"\n{_cost(results)}\n"
    room = most - _size(top) - _size(end)
    told: list[str] = []
    for part in _parts(results, opened):
        # Each table leaves a quarter of the room to those behind it.
        fitting = _fitting(*part, room * 3 // 4)
        told.append(fitting)
        room -= _size(fitting)
    return f"{top}{''.join(told)}{end}"


def shown(foreign: str, most: int = LINE) -> str:
    """Text of a server, a document or a target file as inert code, fit for a cell of a table.

    Code is where neither markup nor mentions are read, and keeps a cell from beginning like a formula. What would end
    the code or the cell is written as character references in a `<code>` element.
    """
    line = safe(foreign, most).strip()
    if not line or not _BREAKS_CODE.search(line):
        return f"`{line}`" if line else ""
    inert = "".join(char if char.isalnum() or char in " /-" else f"&#{ord(char)};" for char in line)
    return f"<code>{inert}</code>"


def _top(results: Results, opened: Opened) -> Iterator[str]:
    if results.aborted:
        yield f"**STOPPED as unsafe:** {shown(results.aborted)}\n"
    for notice in results.notices:
        yield f"{notice[0].upper()}{notice[1:]}.\n"
    for one in headlines(results):
        yield f"### Holdfast: {one.plain}\n"
    said = remarks(results, opened)
    for remark in said[:REMARKS]:
        yield f"{'**Fails the run:** ' if remark.fails else ''}{shown(remark.text)}\n"
    if len(said) > REMARKS:
        yield f"… and {len(said) - REMARKS} more entries of `accept` to look at\n"
    counts = Counter(one.verdict.outcome for one in results.judged.values())
    parts = [f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome]]
    left_out = len(results.plan.probes) - len(set(results.selected))
    parts += [f"{left_out} deselected"] if left_out else []
    yield f"{len(results.plan.probes)} probes planned: {', '.join(parts) or 'none judged'}\n"
    if results.unremoved:
        yield f"**Objects of this run that could not be removed: {len(results.unremoved)}**\n"
    if remains := len(results.left) - len(results.unremoved):
        yield f"Objects of this run that stay, since the API has no way to remove them: {remains}\n"
    if results.interrupted:
        yield "The run was interrupted.\n"
    if results.partial:
        shard = f" (shard {results.shard})" if results.shard else ""
        yield f"Partial run{shard}: {len(results.selected)} of {len(results.plan.probes)} probes were selected.\n"


def _parts(results: Results, opened: Opened) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Title, head and rows of each table that has rows."""
    judged = list(results.judged.values())
    names = {name: resource.name for name, (resource, _) in opened.graph.roles.items()}
    for title, wanted in _FOUND:
        found = doors(judged, wanted, names)
        if found:
            example = found[0].example
            begin = f"Begin with {shown(example.probe.id)}: `{evidence_file(example)}`"
            yield f"{title}\n\n{begin}", _DOORS, [_door(one) for one in found]
    borne = list(used(results))
    if borne:
        yield "Accepted", _ACCEPTED, [_accepted(*one) for one in borne]
    left = untested(judged)
    if left:
        yield "Not tested", _UNTESTED, [_not_tested(one) for one in left]


def _door(door: Door) -> str:
    cells = (
        str(door.severity),
        shown(door.family),
        shown(door.identity),
        shown(door.where),
        f"{door.hits} of {door.tried}",
        door.known,
    )
    return f"| {' | '.join(cells)} |"


def _not_tested(one: Untested) -> str:
    return f"| {one.count} | {one.outcome}: {shown(one.reason)} {shown(one.detail)} | {one.advice} |"


def _accepted(count: int, pattern: str, owner: str, until: str, reason: str) -> str:
    return f"| {count} | {shown(pattern)} | {shown(reason)} | {shown(owner)} | {until} |"


def _fitting(title: str, head: Sequence[str], rows: Sequence[str], room: int) -> str:
    """A table with as many of its rows as there is room for; nothing where there is none for its head."""
    lines = [f"\n#### {title}\n", *head]
    used = sum(_size(one) + 1 for one in lines) + _MORE
    if used > room:
        return ""
    for count, row in enumerate(rows):
        used += _size(row) + 1
        if used > room:
            lines.append(f"\n… and {len(rows) - count} more; `report.json` has them all")
            break
        lines.append(row)
    return "\n".join(lines) + "\n"


def _cost(results: Results) -> str:
    cost = results.cost
    return f"Cost: {cost.requests} requests, {cost.writes} writes, {cost.wall_s:.1f} s"


def _size(one: str) -> int:
    return len(one.encode("utf-8", "replace"))

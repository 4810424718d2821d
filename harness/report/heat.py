"""Operations against families: what became of the probes, a cell each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from harness.engine import Results
from harness.model import Confidence, Operation, Outcome

WORDS: Mapping[Outcome, str] = {
    Outcome.BYPASSED: "got in",
    Outcome.LEAKED: "leaked",
    Outcome.CRASHED: "crashed",
    Outcome.WEAK: "weak",
    Outcome.INCONCLUSIVE: "unclear",
    Outcome.ACCEPTED: "accepted",
}
"""What is said of probes with an outcome, gravest first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one family's probes of one operation."""

    outcome: str
    """The gravest outcome, or `NOT-RUN`."""
    text: str
    door: int = 0
    """Number of the door that the gravest outcome belongs to; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One operation."""

    method: str
    path: str
    """Without the prefix that all share."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """The table."""

    families: tuple[str, ...]
    """Its columns: those with the gravest outcomes first."""
    prefix: str
    """What every path begins with."""
    rows: tuple[Row, ...]
    idle: tuple[str, ...]
    """Operations on which no probe was applicable."""
    nowhere: tuple[str, ...]
    """Families of which no probe was applicable."""
    left_out: int
    """Rows that did not fit."""


def heat(results: Results, families: Sequence[str], entrances: Mapping[tuple[str, str], int], most: int) -> Heat:
    """At most `most` rows, in the plan's order; `entrances` gives the door of an operation's name and a family."""
    counts: dict[str, dict[str, Counter[str]]] = {}
    operations: dict[str, Operation] = {}
    selected = set(results.selected)
    for probe in results.plan.probes:
        judged = results.judged.get(probe.id)
        missing = Outcome.INCONCLUSIVE if probe.id in selected else "NOT-RUN"
        told = judged.verdict.outcome if judged else missing
        attested = judged and told is Outcome.HELD and judged.verdict.confidence is Confidence.ATTESTED
        operations[probe.operation.name] = probe.operation
        of_family = counts.setdefault(probe.operation.name, {}).setdefault(probe.family, Counter())
        of_family.update([str(told), *(["attested"] if attested else [])])
    busy = [name for name, found in counts.items() if any(_applicable(one) for one in found.values())]
    prefix = _prefix([operations[name].path for name in busy])
    of = {name: sum((found[name] for found in counts.values() if name in found), Counter()) for name in families}
    nowhere = tuple(name for name in families if not _applicable(of[name]))
    # What is worst stands where it is seen without scrolling.
    columns = sorted((name for name in families if name not in nowhere), key=lambda name: _gravity(of[name]))
    rows = [
        Row(
            operations[name].method,
            operations[name].path.removeprefix(prefix),
            tuple(_cell(counts[name].get(one, Counter()), entrances.get((name, one), 0)) for one in columns),
        )
        for name in busy[:most]
    ]
    idle = tuple(name for name in counts if name not in set(busy))
    return Heat(tuple(columns), prefix, tuple(rows), idle[:most], nowhere, len(busy) - len(rows))


def _prefix(paths: Sequence[str]) -> str:
    """The folders that all paths begin with."""
    parts = [path.split("/")[:-2] for path in paths]
    return "/".join(one[0] for one in takewhile(lambda one: len(set(one)) == 1, zip(*parts, strict=False)))


def _gravity(counts: Counter[str]) -> int:
    return next((place for place, outcome in enumerate(WORDS) if counts[outcome]), len(WORDS))


def _applicable(counts: Counter[str]) -> int:
    return counts.total() - counts["attested"] - counts[Outcome.NOT_APPLICABLE]


def _cell(counts: Counter[str], door: int) -> Cell:
    judged = _applicable(counts) - counts["NOT-RUN"]
    if not judged:
        return Cell("NOT-RUN", "not run") if counts["NOT-RUN"] else Cell(Outcome.NOT_APPLICABLE, "n/a")
    for outcome, word in WORDS.items():
        if counts[outcome]:
            return Cell(
                outcome, f"{_share(counts[outcome], judged)} {word}", 0 if outcome is Outcome.INCONCLUSIVE else door
            )
    return Cell(Outcome.HELD, f"{judged} held{_attested(counts['attested'], judged)}")


def _share(count: int, judged: int) -> str:
    if count < judged:
        return f"{count} of {judged}"
    return f"all {judged}" if judged > 1 else "1"


def _attested(attested: int, held: int) -> str:
    if not attested:
        return ""
    return " (attested)" if attested == held else f" ({attested} attested)"

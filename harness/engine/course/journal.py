"""The journal: every verdict on disk as soon as it is known, so that a run that was cut short can be taken up again.

Kinds of lines: `run`, what is to be judged, once for each part of the run; `exchange`, numbered from 0 in their order;
`verdict`, of a probe, a later one in the place of an earlier one; `strike`, a canary that is to be looked at once more
when all is over; `spent`, what the run has cost so far; `looked`, which says that canaries were looked at once more and
are removed from here on; `end`, what is told of the run as a whole.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.engine.course.notation import Notes, read_exchange, read_verdict
from harness.engine.course.results import Cost
from harness.engine.lanes.stage import Strike
from harness.errors import Unwritable, UsageError
from harness.ledger import append_lines, lines_of
from harness.model import Evidence, Exchange, Json, Verdict

JOURNAL = "journal.jsonl"
FORM = 2
"""Of the lines; the first part's `run` line names it, and without a word it is 1."""
UNTOLD = ("interrupted", "target-down", "not-sent")
"""Reasons with which a probe counts as not judged yet."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a run had done when it ended, or was ended."""

    facts: Mapping[str, Json]
    """The first part's `run` line."""
    parts: int
    told: Mapping[str, tuple[Evidence, Verdict]] = field(default_factory=dict, repr=False)
    strikes: Sequence[Mapping[str, Json]] = ()
    exchanges: Sequence[Exchange] = field(default=(), repr=False)
    """All that the journal holds, in its order."""
    cost: Cost = field(default_factory=Cost)
    """What it had cost when that was written down for the last time."""
    refusals: Mapping[str, int] = field(default_factory=dict)
    """What accounts had met by then."""
    end: Mapping[str, Json] | None = None
    """What the last part told of the whole; None where it did not come to its end."""

    @property
    def selected(self) -> tuple[str, ...]:
        """Ids of all that was to be judged."""
        return tuple(self.facts["selected"])


class Journal:
    """Appends to the journal of one run."""

    def __init__(self, folder: Path, facts: Mapping[str, Json], past: Past | None = None) -> None:
        """Begins one, or another part of one. Raises UsageError where it cannot be written."""
        self._path = folder / JOURNAL
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (0 if past else os.O_TRUNC)
        self._notes = Notes(past.exchanges if past else ())
        self._said: dict[str, Evidence] = {name: one[0] for name, one in past.told.items()} if past else {}
        try:
            self._file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise UsageError(f"{self._path}: cannot be written: {error.strerror}") from None
        try:
            # The first of them may end up in a line that was torn.
            self._write({})
            self._write({"kind": "run", "form": FORM, **facts})
        except Unwritable:
            os.close(self._file)
            raise UsageError(f"{self._path}: cannot be written; make room, or name another folder with --out") from None

    def told(self, name: str, evidence: Evidence, verdict: Verdict) -> None:
        """A verdict, unless it stands there already or is none yet."""
        if self._said.get(name) == evidence or not evidence_counts(evidence):
            return
        self._said[name] = evidence
        self._write(*self._notes.lines(name, evidence, verdict))

    def struck(self, strike: Strike) -> None:
        """A canary that seems untouched."""
        self._write(
            {
                "kind": "strike",
                "resource": strike.resource.name,
                # A proof lets its bearer in; nothing is read with it.
                "slots": {name: value for name, value in strike.slots.items() if not name.endswith(".proof")},
                "values": dict(strike.values),
                "volatile": sorted(strike.volatile),
                "probes": strike.probes,
                "by": strike.observer.who,
            }
        )

    def looked(self) -> None:
        """What was struck was looked at for the last time."""
        self._write({"kind": "looked"})

    def spent(self, cost: Cost, refusals: Mapping[str, int]) -> None:
        """What the run has cost so far, in all its parts."""
        self._write({"kind": "spent", "cost": asdict(cost), "refusals": dict(refusals)})

    def ended(self, facts: Mapping[str, Json]) -> None:
        """What is told of the run as a whole, behind everything else."""
        self._write({"kind": "end", **facts})

    def close(self) -> None:
        """Ends this part."""
        os.close(self._file)

    def _write(self, *lines: Mapping[str, Json]) -> None:
        append_lines(self._file, self._path, *lines)


def evidence_counts(evidence: Evidence) -> bool:
    """Whether a probe with this evidence need not be asked again."""
    return not (evidence.not_sent or "").startswith(UNTOLD) or bool(evidence.effects)


def read_journal(folder: Path) -> Past:
    """The run that a folder tells of. Raises UsageError where it tells of none."""
    path = folder / JOURNAL
    lines = lines_of(path)
    runs = [line for line in lines if line.get("kind") == "run"]
    exchanges: list[Exchange] = []
    told: dict[str, tuple[Evidence, Verdict]] = {}
    try:
        if runs[0].get("form", 1) not in (FORM, 1):
            raise ValueError("form")
        for line in lines:
            if line.get("kind") == "exchange":
                exchanges.append(read_exchange(line))
            elif line.get("kind") == "verdict":
                told[line["id"]] = read_verdict(line, exchanges)
        looked = max((place for place, line in enumerate(lines) if line.get("kind") == "looked"), default=-1)
        strikes = [line for line in lines[looked + 1 :] if line.get("kind") == "strike"]
        end = lines[-1] if lines[-1].get("kind") == "end" else None
        spent: Mapping[str, Any] = next(
            (line for line in reversed(lines) if line.get("kind") == "spent"), {"cost": {}, "refusals": {}}
        )
        cost, refusals = Cost(**spent["cost"]), {name: int(count) for name, count in spent["refusals"].items()}
        past = Past(runs[0], len(runs), told, strikes, exchanges, cost, refusals, end)
        seed, selected = past.facts["seed"], past.selected
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise UsageError(f"{path}: {_unreadable(runs)}") from None
    if not isinstance(seed, int) or not all(isinstance(one, str) for one in selected):
        raise UsageError(f"{path}: {_unreadable(runs)}")
    return past


def _unreadable(runs: Sequence[Mapping[str, Json]]) -> str:
    """What is said of a journal that cannot be read: whether it is of another form, or none at all."""
    facts = runs[0] if runs else {}
    form = facts.get("form", 1)
    if form == FORM or not isinstance(facts.get("seed"), int) or not isinstance(form, int):
        return "this is no journal of a run; start anew with `holdfast run`"
    return (
        f"this run was written down by another version of Holdfast, in form {form}, and this one reads form {FORM}: "
        "what its report says stands; go on with that version, or start anew with `holdfast run`"
    )

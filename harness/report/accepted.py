"""What is accepted by the owner's word, and which of these words no longer fit."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.engine import Opened, Results, State
from harness.model import Json
from harness.report.text import safe

_SAYS = {
    State.FIXED: "covers nothing any more, for all that it names is refused: remove it from",
    State.EXPIRED: "has ended: mend what it covered, or renew it, in",
    State.EXCEEDED: "does not cover what was found: see",
    State.UNUSED: "names nothing that there is to test: remove it from",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to do about an entry of `accept`."""

    text: str
    fails: bool
    """Whether the run fails for it."""


def remarks(results: Results, opened: Opened) -> list[Remark]:
    """A line for each entry that does not do what it is there for, those that fail the run first."""
    file = safe(str(opened.target.source))
    told = [
        Remark(
            f"{safe(str(one))} {_SAYS[one.state]} {file}{_since(one.state, one.entry.expires)}", one in results.fixed
        )
        for one in results.accepted
        if one.state in _SAYS
    ]
    return sorted(told, key=lambda one: not one.fails)


def _since(state: State, day: object) -> str:
    return f" (its last day was {day})" if state is State.EXPIRED else ""


def used(results: Results) -> Iterator[tuple[int, str, str, str, str]]:
    """Of each entry in force: how many findings it covers, its pattern, owner, last day and reason."""
    for one in results.accepted:
        if one.state is State.USED:
            entry = one.entry
            yield len(one.probes), entry.probe, entry.owner, str(entry.expires), entry.reason


def rows(results: Results) -> list[dict[str, Json]]:
    """Every entry for `report.json`."""
    return [
        {
            "probe": one.entry.probe,
            "verdict": one.entry.verdict,
            "effect": None if one.entry.effect is None else list(one.entry.effect),
            "reason": one.entry.reason,
            "owner": one.entry.owner,
            "expires": str(one.entry.expires),
            "state": one.state,
            "probes": list(one.probes),
        }
        for one in results.accepted
    ]

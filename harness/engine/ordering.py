"""Which lanes run at the same time, and which alone.

Lanes of one resource follow each other: each reads the list that the others write to. Lanes of different resources
share no list and no canary that is struck, and what any of them writes carries a marker of ours, so that it is no
stranger to the others.

What acts or changes an account's own object may reach more than its canary, and leaves no name: it runs with nothing
beside it. Removals come before what writes, and that before what reads, so that what they do late still shows; what
must only be refused, and what is to reach whole lists, comes last, one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.engine.plan import Lane
from harness.resources import Graph

AROUND = 10
"""Requests, roughly, that a lane sends besides its probes."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A lane, and whom it waits for."""

    lane: Lane
    row: str
    """Lanes of one row follow each other; empty for those of a phase that has but one."""


def ordered(lanes: Sequence[Lane], graph: Graph) -> list[list[Turn]]:
    """The phases of a run. Whoever is free takes the first lane of the phase whose row nobody is busy with; what most
    has to wait for comes first."""
    phases: list[list[Turn]] = [[], [], [], []]
    for lane in sorted(lanes, key=lambda one: not one.operation.writes):
        phases[_phase(lane, graph)].append(Turn(lane, _row(lane, graph)))
    alone, removing, beside, last = phases
    return [
        [Turn(one.lane, "") for one in alone],
        _urgent(removing),
        _urgent(beside),
        [Turn(one.lane, "") for one in last],
    ]


def _urgent(turns: Sequence[Turn]) -> list[Turn]:
    rest: dict[str, int] = {}
    behind = list[tuple[int, Turn]]()
    for one in reversed(turns):
        rest[one.row] = rest.get(one.row, 0) + AROUND + len(one.lane.probes)
        behind.append((rest[one.row], one))
    behind.reverse()
    return [turn for _, turn in sorted(behind, key=lambda pair: -pair[0])]


def _row(lane: Lane, graph: Graph) -> str:
    role = graph.roles.get(lane.operation.name)
    return role[0].name if role else lane.operation.name


def _phase(lane: Lane, graph: Graph) -> int:
    role, method = graph.roles.get(lane.operation.name), lane.operation.method
    whole_list = role is not None and role[1] == "list" and method not in ("GET", "POST")
    if lane.refuse_only or lane.unbounded or whole_list:
        return 3
    if not lane.operation.writes:
        return 2
    if role is None or role[0].singleton or lane.operation.name in graph.scopes:
        return 0
    if role[1] == "item" and method == "DELETE":
        return 1
    return 2 if role[1] in ("list", "create") or (role[1] == "item" and method in ("PUT", "PATCH")) else 0


class Turns:
    """Hands out lanes that run beside each other, and says which may be told: always in their order, whoever is done
    first, so that runs of the same thing tell the same. Not safe to call from threads at once."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._waiting = list(range(len(turns)))
        self._busy: set[str] = set()
        self._done: set[int] = set()
        self._told = 0

    def take(self) -> int | None:
        """The place of the next lane; None where all that wait belong to rows that somebody is busy with, who will go
        on with them."""
        place = next((one for one in self._waiting if self._turns[one].row not in self._busy), None)
        if place is not None:
            self._waiting.remove(place)
            self._busy.add(self._turns[place].row)
        return place

    def lane(self, place: int) -> Lane:
        """The lane at a place."""
        return self._turns[place].lane

    def free(self, place: int) -> None:
        """Says that a lane is over, so that the next one of its row may begin."""
        self._busy.discard(self._turns[place].row)

    def done(self, place: int) -> list[Lane]:
        """Says that a lane may be told; gives those whose turn to be told it is now."""
        self._done.add(place)
        begin = self._told
        while self._told in self._done:
            self._told += 1
        return [one.lane for one in self._turns[begin : self._told]]

    def end(self) -> None:
        """Hands out nothing more."""
        self._waiting.clear()

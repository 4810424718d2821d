"""Which lanes run at the same time, and which alone.

Lanes that write run beside each other, those of one resource, too: each strikes canaries of its own, and what any of
them writes carries a marker of ours, so that it is no stranger to the others. Lanes that read wait for those that write
to what they read.

What removes leaves no name: removals of one resource follow each other. What acts or changes an account's own object
may reach more than its canary besides: it runs with nothing beside it. What the document does not mention is mostly
served to nobody: at objects of different resources it is asked side by side, and again by itself where that leaves a
doubt. Removals come before what writes, and that before what reads, so that what they do late still shows; what must
only be refused, and what is to reach whole lists, comes last, one by one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.engine.planning.plan import Lane
from harness.resources import Graph

AROUND = 10
"""Requests, roughly, that a lane sends besides its probes."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A lane, and whom it waits for."""

    lane: Lane
    row: str = ""
    """What it reads and writes; empty for those of a phase in which all is one."""
    step: int = 0
    """A step of a row begins when those before it are over. Lanes of one step run beside each other."""


def ordered(lanes: Sequence[Lane], graph: Graph) -> list[list[Turn]]:
    """The phases of a run. Whoever is free takes the first lane of the phase whose step has come; what most has to wait
    for comes first."""
    phases: list[list[Lane]] = [[] for _ in range(5)]
    for lane in sorted(lanes, key=lambda one: not one.operation.writes):
        phases[_phase(lane, graph)].append(lane)
    alone, unmentioned, removing, beside, last = phases
    return [
        in_turn(alone),
        *(
            _urgent([Turn(one, _row(one, graph), step) for step, one in enumerate(some)])
            for some in (unmentioned, removing)
        ),
        _urgent([Turn(one, _row(one, graph), int(not one.operation.writes)) for one in beside]),
        in_turn(last),
    ]


def in_turn(lanes: Iterable[Lane]) -> list[Turn]:
    """A phase of lanes that follow each other."""
    return [Turn(one, step=step) for step, one in enumerate(lanes)]


def meet(turns: Sequence[Turn]) -> bool:
    """Whether any two of a phase may run at once."""
    return len({one.row for one in turns}) > 1 or len({one.step for one in turns}) < len(turns)


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
        return 4
    if not lane.operation.writes:
        return 3
    if role is None or role[0].singleton or lane.operation.name in graph.scopes:
        return 0
    if role[1] == "item" and method == "DELETE":
        return 2
    if role[1] in ("list", "create") or (role[1] == "item" and method in ("PUT", "PATCH")):
        return 3
    return 1 if role[1] == "item" and lane.operation.undeclared else 0


class Turns:
    """Hands out lanes that run beside each other, and says which may be told: always in their order, whoever is done
    first, so that runs of the same thing tell the same. Not safe to call from threads at once."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._waiting = list(range(len(turns)))
        self._open: defaultdict[str, Counter[int]] = defaultdict(Counter)
        """Lanes that are not over, by row and step."""
        for one in turns:
            self._open[one.row][one.step] += 1
        self._done: set[int] = set()
        self._told = 0

    def take(self) -> int | None:
        """The place of the next lane whose step has come; None where there is none."""
        place = next((one for one in self._waiting if self._has_come(self._turns[one])), None)
        if place is not None:
            self._waiting.remove(place)
        return place

    def _has_come(self, turn: Turn) -> bool:
        return turn.step == min(step for step, count in self._open[turn.row].items() if count)

    @property
    def waits(self) -> bool:
        """Whether any lane is still to be handed out."""
        return bool(self._waiting)

    def lane(self, place: int) -> Lane:
        """The lane at a place."""
        return self._turns[place].lane

    def free(self, place: int) -> None:
        """Says that a lane is over, so that the next step of its row may begin."""
        self._open[self._turns[place].row][self._turns[place].step] -= 1

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

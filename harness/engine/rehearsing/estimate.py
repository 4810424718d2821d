"""What a run will cost, before anything is sent: requests, refusals by name, objects made and objects that stay.

Every figure is a pair: what a target costs that refuses everything at once, and what one may cost that refuses nothing,
where every finding is looked for again alone. Both hold for lists of a few pages and for writes that show at once.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.engine.lanes.lane import GROUP, larger
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Lane, Plan
from harness.engine.sending.naming import named, refusable
from harness.model import Identity

GUEST = "guest"
AGAIN = 4
"""Times that a probe is sent at most: in its group, alone, and both once more where others wrote meanwhile."""
TWICE = 2
"""Times that a probe that is refused is sent at most: in its group, and once more where another of the group got in."""
PROVING = 14
"""Requests at most to find out whether an identity lives: three reads and an `alive:` with its own credential, a bent
one and none, and a write or a login."""
PROVING_REFUSED = 7
"""Of these, the ones with its name that are refused where it lives: the bent ones, and its own where it may not."""
PAGES = 3
"""Pages of a list at most, as it is before the run."""
PER_PAGE = 10
"""Objects on a page at least."""


@dataclass(frozen=True, slots=True)
class Span:
    """How often something happens."""

    least: int = 0
    most: int = 0

    def __add__(self, other: "Span") -> "Span":
        return Span(self.least + other.least, self.most + other.most)

    def __mul__(self, times: int) -> "Span":
        return Span(self.least * times, self.most * times)

    def __str__(self) -> str:
        return f"{self.least:,}" if self.least == self.most else f"{self.least:,} to {self.most:,}"


@dataclass(frozen=True, slots=True)
class Share:
    """What one account's name meets."""

    name: str
    """Of the identity; `guest` for requests that name nobody."""
    role: str
    requests: Span
    failures: int
    """Refusals at most."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run costs."""

    requests: Span
    shares: tuple[Share, ...]
    made: Mapping[str, Span]
    """Objects that are made, by resource."""
    staying: tuple[str, ...]
    """Resources of which the API can remove none."""

    def above(self, budget: int | None) -> dict[str, str]:
        """Identities whose refusals may be more than a budget, with what that comes to."""
        if budget is None:
            return {}
        return {
            one.name: f"up to {one.failures:,} refusals name it, and limits.failures_per_identity is {budget:,}: "
            "what is beyond that will not be sent"
            for one in self.shares
            if one.failures > budget and one.name != GUEST
        }


def estimate(opened: Opened, plan: Plan, selected: Sequence[str]) -> Estimate:
    """The cost of the selected probes. Pure: nothing is sent."""
    lanes = plan.lanes(selected)
    owner = plan.roles.get("admin")
    if owner is None:
        return Estimate(Span(1, 2), (), {}, ())
    made = _made(opened, lanes)
    pages = Span(1, PAGES + math.ceil(max((one.most for one in made.values()), default=0) / PER_PAGE))
    lists = sum(1 for one in opened.graph.resources if one.creators)
    proving = Span(2, PROVING) * (len(opened.identities) + len(opened.sessions) - 1)
    overhead = Span(2, 4) + pages * (4 * lists) + proving + _bystanding(opened, lanes) + _cleaning(made)
    for lane in lanes:
        overhead += _around(opened, lane, pages)
    sent = Span(1, AGAIN) * sum(len(lane.probes) for lane in lanes)
    shares = _shares(opened, plan, lanes, owner, overhead)
    resources = {one.name: one for one in opened.graph.resources}
    staying = tuple(name for name in made if resources[name].operation("DELETE", "item") is None)
    return Estimate(overhead + sent, shares, made, staying)


def _around(opened: Opened, lane: Lane, pages: Span) -> Span:
    """Everything that a lane sends besides its probes."""
    count, groups = len(lane.probes), _groups(lane)
    role = opened.graph.roles.get(lane.operation.name)
    if any(one.mutant.login for one in lane.probes):
        return Span(4, 10 + 2 * count)
    if not lane.operation.writes:
        return Span(7, 12 + 3 * count)
    if lane.operation.name in opened.graph.scopes:
        return Span(25, 40) + pages * 4 + Span(0, 16) * count
    if role is None or lane.operation.broken:
        return Span()
    if lane.unbounded:
        return Span(8, 14) + pages + Span(0, 12) * count
    if opened.graph.place(lane.operation) in ("list", "create"):
        return (
            Span(6, 9)
            + Span(2 * groups.least, 4 * groups.most)
            + pages * 4
            + Span(0, 5) * count
            + Span(0, 1) * pages.most * 6
        )
    if lane.operation.undeclared:
        return Span(3, 24) + Span(0, 8) * groups.most + Span(0, 4) * pages.most + Span(0, 45) * count
    return (
        Span(11, 16)
        + Span(6 * groups.least, 8 * groups.most)
        + pages * 4
        + Span(0, 45) * count
        + Span(0, 1) * pages.most * 4
    )


def _groups(lane: Lane) -> Span:
    """Groups of its probes: as few where they grow all the time, as many where they never do."""
    count, size, fewest = len(lane.probes), GROUP, 0
    while count > 0:
        count, size, fewest = count - size, larger(size), fewest + 1
    return Span(fewest, math.ceil(len(lane.probes) / GROUP))


def _made(opened: Opened, lanes: Sequence[Lane]) -> dict[str, Span]:
    """Objects by resource: canaries and bystanders with all they hang on, and what gets in."""
    found: dict[str, Span] = {}

    def add(name: str, more: Span) -> None:
        found[name] = found.get(name, Span()) + more
        for parent in opened.graph.resource(name).needs - {name}:
            found[parent] = found.get(parent, Span()) + Span(0, 2)

    for lane in lanes:
        role = opened.graph.roles.get(lane.operation.name)
        if role is None or not role[0].creators:
            continue
        count, groups = len(lane.probes), _groups(lane)
        if not lane.operation.writes:
            add(role[0].name, Span(1, 2))
        elif opened.graph.place(lane.operation) in ("list", "create"):
            add(role[0].name, Span(2 + groups.least, 4 + 2 * groups.most + AGAIN * count))
        elif lane.operation.undeclared:
            add(role[0].name, Span(1, 5 + 4 * groups.most + 10 * count))
        else:
            add(role[0].name, Span(2 + groups.least, 4 + 4 * groups.most + 10 * count))
    for name in list(found):
        add(name, Span(1, 5))
    return found


def _bystanding(opened: Opened, lanes: Sequence[Lane]) -> Span:
    """Setting out one object of each kind that is written to, with its parents, and looking at each after every
    lane."""
    names = {role[0].name for lane in lanes if (role := opened.graph.roles.get(lane.operation.name))}
    parents = sum(len(opened.graph.resource(name).needs) for name in names)
    return Span(2, 3) * (len(names) + 2 * parents) + Span(1, 2) * (len(names) * len(lanes))


def _cleaning(made: Mapping[str, Span]) -> Span:
    return Span(1, 3) * sum(one.least for one in made.values()) + Span(0, 3) * sum(
        one.most - one.least for one in made.values()
    )


def _shares(opened: Opened, plan: Plan, lanes: Sequence[Lane], owner: Identity, overhead: Span) -> tuple[Share, ...]:
    accounts = (*opened.identities, *opened.sessions)
    by_name = {one.name: one for one in accounts}
    sent, refused = Counter[str](), Counter[str]()
    # The probes of many operations share their mutants.
    mutants = {id(probe.mutant): probe for lane in lanes for probe in lane.probes}
    times = Counter(id(probe.mutant) for lane in lanes for probe in lane.probes)
    for mutant, probe in mutants.items():
        for name in named(probe, accounts) or {GUEST}:
            sent[name] += times[mutant]
            refused[name] += times[mutant] * refusable(probe, by_name)
    roles = {one.name: role for role, one in reversed(list(plan.roles.items()))}
    shares = []
    for one in (account for account in accounts if not account.of):
        own = overhead if one.name == owner.name else Span(2, PROVING)
        proving = 0 if one.name == owner.name else PROVING_REFUSED
        requests = own + Span(1, AGAIN) * sent[one.name]
        shares.append(Share(one.name, roles.get(one.name, "-"), requests, TWICE * refused[one.name] + proving))
    guest = Span(1, AGAIN) * sent[GUEST] + Span(2, 4 + 8 * len(lanes))
    return (*shares, Share(GUEST, "-", guest, TWICE * refused[GUEST] + 8 * len(lanes)))

"""Profiles: which of the planned probes a run is for. `standard` is all of them; `smoke` is the most telling ones.

Most of what a probe costs is its lane: a control, canaries and reading back, shared by all probes of one operation. So
smoke sends a few mutations to every door (making an object of each kind, writing on one, each action), and each of the
others only through the one that shows it cheapest. Guests are sent to a change and the removal of every kind besides:
one handler that forgot to ask is the hole that is found most.
"""

from collections.abc import Sequence
from typing import Literal, get_args

from harness.family import Family
from harness.family.claims import Smoke
from harness.model import Probe
from harness.resources import Graph

Profile = Literal["standard", "smoke"]
PROFILES: tuple[Profile, ...] = get_args(Profile)
_Place = tuple[str, str]
"""An operation's name and the field that its control carries: one lane."""


def smoke(probes: Sequence[Probe], families: Sequence[Family], graph: Graph) -> tuple[Probe, ...]:
    """The probes of the smoke profile, in the plan's order.

    A mutation that applies nowhere keeps one probe, which says why. What may reach more than the run makes is none.
    """
    marks = {(one.name, mutation.name): mutation.smoke for one in families for mutation in one.mutations.values()}
    groups: dict[tuple[str, str], list[Probe]] = {}
    for probe in probes:
        if probe.mutant.unbounded:
            continue
        groups.setdefault((probe.family, probe.mutation), []).append(probe)
    kept: set[str] = set()
    for key, members in groups.items():
        doors: dict[str, list[Probe]] = {}
        for probe in members if marks[key] else ():
            doors.setdefault(_door(probe, graph, marks[key]), []).append(probe)
        for those in doors.values():
            place = _place(_best(those, graph))
            kept |= {one.id for one in _telling([one for one in those if _place(one) == place])}
    return tuple(one for one in probes if one.id in kept)


def sample(probes: Sequence[Probe], families: Sequence[Family], graph: Graph) -> tuple[Probe, ...]:
    """The smoke probes, and every other mutation once, through the place that shows it cheapest; in the plan's order.

    Reads, and what is stored in fields, are asked of every kind of object, for what they tell differs; whole lists with
    every method.
    """
    kept = {one.id for one in smoke(probes, families, graph)}
    groups: dict[tuple[str, str, str, str], list[Probe]] = {}
    for probe in probes:
        resource, _ = graph.roles.get(probe.operation.name, (None, ""))
        kind = resource.name if resource and (probe.variant or probe.operation.method == "GET") else ""
        method = probe.mutant.method if probe.base else ""
        groups.setdefault((probe.family, probe.mutation, kind, method), []).append(probe)
    for members in groups.values():
        place = _place(_best(members, graph))
        kept |= {one.id for one in _telling([one for one in members if _place(one) == place])}
    return tuple(one for one in probes if one.id in kept)


def _telling(members: Sequence[Probe]) -> list[Probe]:
    """Those that their family marked, or all where it marked none."""
    return [one for one in members if one.mutant.telling] or list(members)


def _place(probe: Probe) -> _Place:
    return probe.operation.name, probe.variant


def _door(probe: Probe, graph: Graph, mark: Smoke) -> str:
    """What one probe may stand for: writes on objects have the dearest lanes, so by `each` all of them are one door,
    and by `kind` the changes of a kind are one, and its removal is another."""
    if mark == "once":
        return ""
    resource, where = graph.roles.get(probe.operation.name, (None, ""))
    if resource is None or where != "item":
        return probe.operation.name
    removes = probe.operation.method == "DELETE"
    return where if mark == "each" else f"{resource.name} {'removed' if removes else 'changed'}"


def _best(members: Sequence[Probe], graph: Graph) -> Probe:
    """The first on the list of what needs the fewest other objects: one reading of it shows what every probe did.

    A change is cheaper than a removal, for its controls use no object up.
    """
    return min(members, key=lambda one: (one.not_applicable is not None, *_rank(one, graph)))


def _rank(probe: Probe, graph: Graph) -> tuple[bool, int, bool, bool]:
    resource, where = graph.roles.get(probe.operation.name, (None, ""))
    # Where the document alone tells of a login, it may not be one that anybody of the target file knows.
    unsure = bool(probe.mutant.login) and probe.by != ""
    return where != "list", len(resource.needs) if resource else 0, probe.operation.method == "DELETE", unsure

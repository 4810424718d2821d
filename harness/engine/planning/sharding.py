"""Shards: a plan in parts that need nothing of one another, so that several processes can share a run.

What is asked of one kind of object stays together: its controls, its canaries, the references that its refusals are
held against, and the answers that are listened to. What may reach more than a run makes belongs to the last shard.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.engine.planning.plan import Plan
from harness.errors import UsageError
from harness.model import Json, Probe
from harness.resources import Graph

MOST = 1000
"""Shards of one run."""
_LAST = ""


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a run."""

    number: int
    """From 1."""
    of: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """The shard that `I/N` names. Raises UsageError."""
        number, slash, of = text.partition("/")
        plain = all(one.isascii() and one.isdigit() and len(one) <= len(str(MOST)) for one in (number, of))
        if not slash or not plain or not 1 <= int(number) <= int(of) <= MOST:
            raise UsageError(f"--shard {text!r}: is no part of a run; write I/N, from 1/N to N/N, N at most {MOST}")
        return cls(int(number), int(of))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def split(plan: Plan, graph: Graph, chosen: Sequence[str], of: int) -> tuple[tuple[str, ...], ...]:
    """The chosen probes of a plan in so many parts, none of them empty, each in the plan's order. The same for the same
    plan and choice, always.

    Raises UsageError where there are fewer groups that can be kept apart.
    """
    groups = _grouped(plan, graph, frozenset(chosen))
    if len(groups) < of:
        raise UsageError(
            f"--shard …/{of}: what is selected falls into {len(groups)} parts that need nothing of one another; "
            f"name {len(groups)} shards at most"
        )
    parts: list[set[str]] = [set() for _ in range(of)]
    parts[-1].update(groups.pop(_LAST, ()))
    for name in sorted(groups, key=lambda one: (-len(groups[one]), one)):
        min(parts, key=len).update(groups[name])
    return tuple(tuple(probe.id for probe in plan.probes if probe.id in part) for part in parts)


def _grouped(plan: Plan, graph: Graph, chosen: frozenset[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    sent: dict[str, set[str]] = {}
    wanted = [probe for probe in plan.probes if probe.id in chosen]
    for probe in wanted:
        if not probe.not_applicable and not probe.mutant.listens:
            sent.setdefault(probe.operation.name, set()).add(_group(probe, plan, graph))
    for probe in wanted:
        own = _group(probe, plan, graph)
        # Who listens belongs where there is something to hear.
        heard = sent.get(probe.operation.name, {own}) if probe.mutant.listens else {own}
        groups.setdefault(own if own in heard else min(heard), []).append(probe.id)
    return groups


def _group(probe: Probe, plan: Plan, graph: Graph) -> str:
    operation = (probe.base or probe.operation).name
    if probe.mutant.unbounded or operation in plan.refuse_only:
        return _LAST
    role = graph.roles.get(operation)
    return role[0].name if role else operation


def digest(plan: Plan) -> str:
    """Names a plan: SHA-256, in hexadecimal, of its probes and what of them does not apply."""
    told = [[probe.id, probe.not_applicable] for probe in plan.probes]
    return hashlib.sha256(json.dumps([plan.profile, told]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Portion:
    """What one process runs of a run that several share."""

    shard: Shard
    whole: tuple[str, ...]
    """Ids of all that the shards were asked for together."""

    @classmethod
    def told(cls, facts: Mapping[str, Json]) -> "Portion | None":
        """The share that the facts of a journal tell of; None where they are of a whole run. Raises UsageError."""
        shard, whole = facts.get("shard"), facts.get("whole")
        if shard is None:
            return None
        if not isinstance(shard, str) or not isinstance(whole, list) or not all(isinstance(one, str) for one in whole):
            raise UsageError("the journal tells of a shard that is none; start anew with `holdfast run`")
        return cls(Shard.read(shard), tuple(whole))

    def facts(self, plan: Plan) -> dict[str, Json]:
        """What has to be the same in all shards but for their number."""
        return {"shard": str(self.shard), "whole": list(self.whole), "plan": digest(plan)}

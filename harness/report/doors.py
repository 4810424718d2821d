"""Many findings as few doors: what got in, as whom, by which operations."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from harness.engine import Judged
from harness.model import FINDINGS, Outcome, Severity, Verdict
from harness.report.facts import is_finding, whom

_WORST = {severity: rank for rank, severity in enumerate(Severity)}
_METHODS = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Door:
    """Findings of one family, as one identity, with one outcome, by the same mutations on each of its operations."""

    outcome: Outcome
    severity: Severity
    family: str
    identity: str
    methods: tuple[str, ...]
    resources: tuple[str, ...]
    hits: int
    """Mutations that got in."""
    tried: int
    """Mutations that were judged, as this identity on these operations."""
    known: str
    """`state`, `response`, or both."""
    example: Judged

    @property
    def advisory(self) -> bool:
        """Whether it is told and fails nothing."""
        return not is_finding(self.example.verdict)

    @property
    def findings(self) -> int:
        """How many findings it is made of, about: some mutations have no place on some operations."""
        return self.hits * len(self.methods) * len(self.resources)

    @property
    def where(self) -> str:
        """`POST PUT on release, release_file`."""
        return f"{' '.join(self.methods)} on {', '.join(self.resources)}"


Mutation: TypeAlias = tuple[str, ...]
"""Name of a mutation, and the pairs that tell its mutants apart."""


@dataclass(frozen=True, slots=True)
class _Place:
    outcome: Outcome
    family: str
    identity: str
    resource: str
    method: str
    advisory: bool


def got_in(verdict: Verdict) -> bool:
    """Whether somebody got in, or was told what is not theirs."""
    return is_finding(verdict) and verdict.outcome in (Outcome.BYPASSED, Outcome.LEAKED)


def crashed(verdict: Verdict) -> bool:
    """Whether the target fell over."""
    return is_finding(verdict) and verdict.outcome is Outcome.CRASHED


def weak(verdict: Verdict) -> bool:
    """Whether it was not refused as it should be, and nothing got in."""
    return is_finding(verdict) and verdict.outcome is Outcome.WEAK


def advisory(verdict: Verdict) -> bool:
    """Whether it is told and fails nothing."""
    return verdict.outcome in FINDINGS and not is_finding(verdict)


def doors(judged: Sequence[Judged], wanted: Callable[[Verdict], bool], names: Mapping[str, str]) -> list[Door]:
    """The doors with such verdicts, most severe first, and of those the widest; last what fails nothing. `names` gives
    the resource of each operation."""
    tried: dict[tuple[str, ...], set[Mutation]] = {}
    found: dict[_Place, dict[Mutation, Judged]] = {}
    for one in judged:
        probe, outcome, fails = one.probe, one.verdict.outcome, is_finding(one.verdict)
        if outcome is Outcome.NOT_APPLICABLE:
            continue
        at = probe.family, whom(probe), names.get(probe.operation.name, probe.operation.path), probe.operation.method
        mutation = (probe.mutation, *(f"{key}={value}" for key, value in probe.mutant.pairs))
        tried.setdefault(at, set()).add(mutation)
        if wanted(one.verdict):
            found.setdefault(_Place(outcome, *at, not fails), {})[mutation] = one
    ranks = list(Outcome)
    return sorted(
        _joined(found, tried),
        key=lambda door: (door.advisory, ranks.index(door.outcome), _WORST[door.severity], -door.findings),
    )


def _joined(
    found: Mapping[_Place, Mapping[Mutation, Judged]], tried: Mapping[tuple[str, ...], set[Mutation]]
) -> Iterable[Door]:
    """Methods of one resource, then resources, that the same mutations got in by, made one."""
    by_resource: dict[tuple[object, ...], dict[str, Door]] = {}
    for place, hits in found.items():
        all_of_it = tried[(place.family, place.identity, place.resource, place.method)]
        door = _door(place, hits, len(all_of_it))
        kind = place.outcome, place.advisory, place.family, place.identity
        same = (*kind, frozenset(hits), frozenset(all_of_it), door.known)
        of_resource = by_resource.setdefault(same, {})
        other = of_resource.get(place.resource)
        of_resource[place.resource] = replace(other, methods=_ordered(*other.methods, place.method)) if other else door
    joined: dict[tuple[object, ...], Door] = {}
    for alike, of_resource in by_resource.items():
        for door in of_resource.values():
            key = (*alike, door.methods)
            first = joined.get(key)
            joined[key] = replace(first, resources=first.resources + door.resources) if first else door
    return joined.values()


def _door(place: _Place, hits: Mapping[Mutation, Judged], tried: int) -> Door:
    example = next(iter(hits.values()))
    known = " and ".join(sorted({str(one.verdict.confidence) for one in hits.values()}))
    return Door(
        place.outcome,
        example.probe.severity,
        place.family,
        place.identity,
        (place.method,),
        (place.resource,),
        len(hits),
        tried,
        known,
        example,
    )


def _ordered(*methods: str) -> tuple[str, ...]:
    return tuple(sorted(methods, key=lambda one: _METHODS.index(one) if one in _METHODS else len(_METHODS)))

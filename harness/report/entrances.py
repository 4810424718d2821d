"""Findings by door: a few of each in full, the others by name."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.engine import Judged, Results
from harness.model import FINDINGS, Effect, Exchange, Proof
from harness.report.differences import Line, differences, markers
from harness.report.doors import Door, doors
from harness.report.facts import evidence_file, is_finding, whom
from harness.report.failure import reproduction

VALUES = 12
"""Fields of an object that are shown at most, beside those that tell something."""
VALUE = 200
"""Characters of a value."""
EFFECTS = 3
BODY = 400
"""Bytes of an answer's body."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it was read back."""

    name: str
    value: str
    why: str = ""
    """What it tells; empty where nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change in the state, in words and values."""

    text: str
    fields: tuple[Field, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in full."""

    judged: Judged
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    answer: str
    body: tuple[str, ...]
    control: str
    command: str
    """Empty where it is too long to be shown."""
    file: str
    also: tuple[str, ...]
    """Other operations on which the same mutation came to the same."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A door, with its findings."""

    number: int
    door: Door
    members: tuple[Judged, ...]
    findings: tuple[Finding, ...]
    rest: tuple[str, ...]
    """Ids of probes that are not shown in full."""
    left_out: int
    """Probes that are not even named."""


def entrances(results: Results, names: Mapping[str, str], full: int, shown: int, ids: int) -> list[Entrance]:
    """Every door. The first `full` of them show `shown` findings each, and name `ids` others; `names` gives the
    resource of each operation."""
    judged = list(results.judged.values())
    places: dict[tuple[str | bool, ...], list[Judged]] = {}
    for one in judged:
        if one.verdict.outcome in FINDINGS:
            resource = names.get(one.probe.operation.name, one.probe.operation.path)
            kind = str(one.verdict.outcome), not is_finding(one.verdict), one.probe.family, whom(one.probe)
            at = *kind, resource, one.probe.operation.method
            places.setdefault(at, []).append(one)
    made = []
    for number, door in enumerate(doors(judged, lambda one: one.outcome in FINDINGS, names), 1):
        kind = str(door.outcome), door.advisory, door.family, door.identity
        members = [
            one
            for resource in door.resources
            for method in door.methods
            for one in places.get((*kind, resource, method), ())
        ]
        made.append(_entrance(number, door, members, shown if number <= full else 0, ids if number <= full else 0))
    return made


def _entrance(number: int, door: Door, members: Sequence[Judged], shown: int, ids: int) -> Entrance:
    alike: dict[tuple[object, ...], list[Judged]] = {}
    for one in members:
        alike.setdefault((one.probe.mutation, one.probe.mutant.pairs), []).append(one)
    chosen: list[tuple[Judged, Sequence[Judged]]] = []
    methods: set[str] = set()
    for group in list(alike.values())[:shown]:
        one = next((one for one in group if one.probe.operation.method not in methods), group[0])
        methods.add(one.probe.operation.method)
        chosen.append((one, group))
    told = {one.probe.id for one, _ in chosen}
    rest = [one.probe.id for one in members if one.probe.id not in told]
    findings = tuple(_finding(one, group) for one, group in chosen)
    return Entrance(number, door, tuple(members), findings, tuple(rest[:ids]), len(rest[ids:]))


def _finding(judged: Judged, alike: Iterable[Judged]) -> Finding:
    evidence = judged.evidence
    last = evidence.attempts[-1] if evidence.attempts else None
    control = evidence.before.exchange if evidence.before else None
    lines = differences(control.request if control else None, last.request) if last else []
    also = dict.fromkeys(one.probe.operation.name for one in alike if one is not judged)
    return Finding(
        judged,
        tuple(lines),
        tuple(_change(one, last) for one in evidence.effects[:EFFECTS]),
        _answer(last) if last else "not sent",
        tuple(last.body[:BODY].decode("utf-8", "replace").splitlines()) if last else (),
        _control(evidence.before),
        next(iter(reproduction(judged)), ""),
        evidence_file(judged) or "",
        tuple(also),
    )


def _answer(exchange: Exchange) -> str:
    if exchange.status is None:
        return f"no answer ({exchange.failure or '?'})"
    size = f"{len(exchange.body)} bytes of {exchange.media_type or 'no type'}" if exchange.body else "no body"
    return f"{exchange.status}, {size}, after {exchange.elapsed * 1000:.0f} ms"


def _control(proof: Proof | None) -> str:
    if proof is None:
        return "none was sent"
    seen = "its effect was read back" if proof.good else proof.reason or "its effect was not seen"
    return f"{_answer(proof.exchange)}; {seen}" if proof.exchange else seen


def _change(effect: Effect, last: Exchange | None) -> Change:
    known = effect.object_id != "canary"
    what = f"{effect.resource} {effect.object_id}" if known else f"The {effect.resource} that this probe aimed at"
    whose = ", which belongs to somebody else," if effect.foreign else ""
    aside = "" if effect.inside else " It is not the object that the request named."
    own = markers(last.request) if last else []
    fields = [_field(name, value, effect, own) for name, value in effect.values.items()]
    telling = [one for one in fields if one.why]
    others = [one for one in fields if not one.why and one.value not in ("null", '""')]
    seen = "and is gone when read back" if effect.kind == "deleted" else "and was read back:"
    text = f"{what}{whose} was {effect.kind}, {seen}{'.' if effect.kind == 'deleted' else ''}{aside}"
    shown = (*telling[: 2 * VALUES], *others[:VALUES])
    return Change(text, shown, len(fields) - len(shown))


def _field(name: str, value: object, effect: Effect, own: Sequence[str]) -> Field:
    text = json.dumps(value, ensure_ascii=False)
    why = effect.outside_rule.get(name, "")
    if not why and any(one in text for one in own):
        why = "written by this request"
    return Field(name, text if len(text) <= VALUE else text[:VALUE] + "…", why)

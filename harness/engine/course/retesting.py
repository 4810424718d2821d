"""Findings of an earlier run, sent again with controls and canaries of their own.

Behind one address there may be several servers, and not all of them mended: so what is refused is sent several times,
on a connection of its own each time, and one that lets it in is enough. Where an API answers the same probe both ways,
the refusals of its siblings say nothing: so what was let in is sent again, too, where a sibling was refused.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from harness.engine.course.accepting import closed
from harness.engine.course.encores import Encores
from harness.engine.course.results import Judged, Results
from harness.engine.course.run import Run
from harness.engine.planning.opening import Opened
from harness.engine.planning.ordering import ordered
from harness.engine.planning.plan import Plan
from harness.model import FINDINGS, Confidence, Outcome, Probe

SENDS = 12
"""Times that the findings of one family on one operation are sent together, at least."""
TWICE = 2
"""Times that each is sent, at least."""


class Now(StrEnum):
    """What a finding comes to when it is tried again."""

    OPEN = "STILL OPEN"
    FIXED = "FIXED"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class Retested:
    """A finding, tried again."""

    id: str
    now: Now
    why: str
    """Verdict and reason that it rests on."""
    judged: Judged | None = None
    """The attempt that says most against the server; None where there is no such probe any more."""
    sent: int = 0
    """How often it was tried."""


def retest(
    opened: Opened,
    plan: Plan,
    ids: Sequence[str],
    company: Sequence[str],
    out: Path,
    told: Callable[[str], None] = lambda _: None,
    attested: bool = False,
) -> tuple[list[Retested], Results]:
    """Sends the probes of these ids again. `company` are ids of what the earlier run sent besides: of these, what only
    listens hears again what has to do with the same kind of object. `attested` takes the owner's word that the keys of
    identities which nothing proves, such as dead ones, are those of the earlier run.

    Gives what each came to, in the order of `ids`, and the run, in which each probe stands once.
    """
    known = {probe.id: probe for probe in plan.probes}
    wanted = [known[name] for name in ids if name in known]
    doors = _doors(wanted)
    copies = {probe.id: _copies(probe, _times(probe, len(doors[_door(probe)]))) for probe in wanted}
    beside = [known[name] for name in company if name in known and name not in copies]
    beside = _provoking(beside, [probe for probe in wanted if probe.mutant.listens], opened)
    # By turns, so that equal ones are far apart.
    rounds = max((len(some) for some in copies.values()), default=0)
    probes = [some[turn] for turn in range(rounds) for some in copies.values() if turn < len(some)]
    sent = replace(plan, probes=(*probes, *beside))
    first = {one.id: name for name, some in copies.items() for one in some}
    again = {name: [one.id for one in some[1:]] for name, some in copies.items()}
    encores = Encores(again, [[one.id for one in some] for some in _in_one_phase(opened, plan, doors)])
    run = Run(opened, sent, out, lambda name: told(first[name]) if name in first else None, turns=1, encores=encores)
    results = run.execute([probe.id for probe in sent.probes])
    spared = encores.waiting
    found = {name: [results.judged[one.id] for one in some if one.id not in spared] for name, some in copies.items()}
    uneven = {_door(known[name]) for name, some in found.items() if len({_open(one) for one in some}) > 1}
    made = [_told(name, found.get(name, []), uneven, attested) for name in ids]
    results.plan, results.selected, results.accepted = plan, tuple(copies), ()
    results.judged = {one.id: replace(one.judged, probe=known[one.id]) for one in made if one.judged}
    return made, results


def _provoking(beside: Sequence[Probe], listeners: Sequence[Probe], opened: Opened) -> list[Probe]:
    """What may bring about the answers that are listened to: probes on the same operation, and on the same kind of
    object, which is read back after each of those; but nothing of another operation that may reach whole lists."""
    roles, heard = opened.graph.roles, {probe.operation.name for probe in listeners}
    kinds = {roles[name][0].name for name in heard if name in roles}

    def does(probe: Probe) -> bool:
        name = probe.operation.name
        return name in heard or (name in roles and roles[name][0].name in kinds and not probe.mutant.unbounded)

    return [probe for probe in beside if does(probe)]


def _door(probe: Probe) -> tuple[str, str]:
    return probe.family, probe.operation.name


def _doors(wanted: Sequence[Probe]) -> dict[tuple[str, str], list[Probe]]:
    found: dict[tuple[str, str], list[Probe]] = defaultdict(list)
    for one in wanted:
        found[_door(one)].append(one)
    return found


def _in_one_phase(opened: Opened, plan: Plan, doors: Mapping[tuple[str, str], Sequence[Probe]]) -> list[list[Probe]]:
    """The probes of each door, where all that are sent are sent in the same phase."""
    phases = ordered(plan.lanes([one.id for some in doors.values() for one in some]), opened.graph)
    phase = {probe.id: number for number, turns in enumerate(phases) for turn in turns for probe in turn.lane.probes}
    return [list(some) for some in doors.values() if len({phase[one.id] for one in some if one.id in phase}) == 1]


def _times(probe: Probe, siblings: int) -> int:
    return 1 if probe.mutant.listens else max(TWICE, -(-SENDS // siblings))


def _copies(probe: Probe, times: int) -> list[Probe]:
    return [probe, *(replace(probe, id=f"{probe.id} again {turn}") for turn in range(2, times + 1))]


def _open(judged: Judged) -> bool:
    return judged.verdict.outcome in FINDINGS or judged.verdict.outcome is Outcome.ACCEPTED


def _shut(judged: Judged, attested: bool) -> bool:
    if attested and judged.verdict.confidence is Confidence.ATTESTED:
        return judged.verdict.outcome is Outcome.HELD
    # Where an operation is gone, its mutants are not sent: that tells nothing of one that rides on another method,
    # unless the entitled identity was asked by that one.
    method = "" if judged.probe.mutant.likewise else judged.probe.mutant.method
    gone = judged.verdict.outcome is Outcome.NOT_APPLICABLE
    return closed(judged.verdict) and not (gone and method not in ("", judged.probe.operation.method))


def _told(name: str, found: Sequence[Judged], uneven: set[tuple[str, str]], attested: bool) -> Retested:
    if not found:
        return Retested(name, Now.INCONCLUSIVE, "not planned: neither target file nor document give such a probe now")
    for choice, now in ((_open, Now.OPEN), (lambda one: not _shut(one, attested), Now.INCONCLUSIVE)):
        telling = next((one for one in found if choice(one)), None)
        if telling:
            return Retested(name, now, _why(telling), telling, len(found))
    if _door(found[0].probe) in uneven:
        return Retested(name, Now.INCONCLUSIVE, "uneven: the same probe is let in and refused", found[0], len(found))
    return Retested(name, Now.FIXED, _why(found[0]), found[0], len(found))


def _why(judged: Judged) -> str:
    verdict = judged.verdict
    return f"{verdict}: {verdict.detail}" if verdict.detail else str(verdict)


def counts(made: Sequence[Retested]) -> Mapping[Now, int]:
    """How many came to what."""
    found: dict[Now, int] = defaultdict(int)
    for one in made:
        found[one.now] += 1
    return found


def exit_code(made: Sequence[Retested], results: Results) -> int:
    """4 unsafe, 1 something is still open, 3 something could not be told, 0 all is fixed."""
    if results.aborted or results.unremoved:
        return 4
    states = {one.now for one in made}
    return 1 if Now.OPEN in states else 3 if Now.INCONCLUSIVE in states or not states else 0

"""One run out of its shards: read from their journals, and not sent again.

Whatever a shard cannot vouch for stays untold. Shards that are not parts of one run are refused, and so is a run of
which a part is missing: what nobody was asked must not look as if it held.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from harness.config import today
from harness.engine.course import accepting
from harness.engine.course.journal import Past, evidence_counts, read_journal
from harness.engine.course.results import Cost, Judged, Results
from harness.engine.lanes.staging import rules_of
from harness.engine.planning.opening import Opened, open_target
from harness.engine.planning.plan import Plan
from harness.engine.planning.sharding import Portion, digest
from harness.errors import UsageError
from harness.identities import Standing
from harness.ledger import LEDGER, read_ledger
from harness.model import Evidence, Json, Outcome
from harness.oracle import judge
from harness.sweeping import Left

WORST = tuple(Outcome)
"""What counts where two shards found something of one probe, the first of these."""
_SURE = ("proved", "attested", "disproved")
_ONE = (("seed", "seed"), ("plan", "plan"), ("whole", "selection"), ("bulk", "leave to reach whole lists"))
"""Facts that all shards of a run have in common, and what they are called."""


def ending(results: Results, evidence: Mapping[str, Evidence]) -> dict[str, Json]:
    """What a run tells of itself as a whole, beside its verdicts."""
    return {
        "finished": results.finished.isoformat() if results.finished else None,
        "interrupted": results.interrupted,
        "aborted": results.aborted,
        "left": [[one.what, one.expected] for one in results.left],
        "missing": list(results.missing),
        "standings": [[one.name, one.role, one.proved, one.detail] for one in results.standings],
        "cost": asdict(results.cost),
        "untold": {name: one.not_sent for name, one in evidence.items() if not evidence_counts(one)},
    }


@dataclass(frozen=True, slots=True)
class Part:
    """One shard, as its folder tells of it."""

    folder: Path
    past: Past
    portion: Portion
    end: Mapping[str, Json]
    target: tuple[bytes, str]
    """Text of the target file, and base URL."""
    document: bytes


def read_parts(folders: Sequence[Path]) -> list[Part]:
    """The shards of one run, in their order. Raises UsageError where they are not all of one run, each once."""
    parts = sorted(map(_part, folders), key=lambda one: one.portion.shard.number)
    first = parts[0]
    for before, one in pairwise(parts):
        if first.portion.shard.of != one.portion.shard.of:
            raise UsageError(
                f"{one.folder}: is shard {one.portion.shard}, and {first.folder} is shard {first.portion.shard}; "
                "name the shards of one run"
            )
        if before.portion.shard == one.portion.shard:
            raise UsageError(f"{one.folder}: is shard {one.portion.shard}, as is {before.folder}; name each once")
        _alike(first, one)
    missing = set(range(1, first.portion.shard.of + 1)) - {one.portion.shard.number for one in parts}
    if missing:
        raise UsageError(
            f"shard {min(missing)}/{first.portion.shard.of} is missing, and nothing is said of a run without it; name "
            "its folder, too"
        )
    told = [name for one in parts for name in one.past.selected]
    if sorted(told) != sorted(first.portion.whole):
        raise UsageError(f"{first.folder}: these shards are no parts of one whole; run them again")
    return parts


def _part(folder: Path) -> Part:
    past = read_journal(folder)
    portion = Portion.told(past.facts)
    if portion is None:
        raise UsageError(f"{folder}: is no shard, but a run of its own; name what `holdfast run --shard I/N` wrote")
    if past.end is None:
        raise UsageError(
            f"{folder}: shard {portion.shard} did not come to its end; go on with `holdfast resume {folder}` first"
        )
    base_url = read_ledger(folder / LEDGER)[0]["base_url"]
    try:
        text, document = (folder / "target.yaml").read_bytes(), (folder / "document").read_bytes()
    except OSError as error:
        raise UsageError(f"{folder}: {error.filename}: cannot be read: {error.strerror}") from None
    return Part(folder, past, portion, past.end, (text, base_url), document)


def _alike(first: Part, one: Part) -> None:
    told = [
        ("target", first.target == one.target, "the same target file and --base-url"),
        ("document", first.document == one.document, "the same OpenAPI document"),
        *((what, first.past.facts.get(name) == one.past.facts.get(name), f"the same {what}") for name, what in _ONE),
    ]
    for what, same, needed in told:
        if not same:
            raise UsageError(f"{one.folder}: is of another {what} than {first.folder}; shards of one run have {needed}")


class NoKeys(Mapping[str, str]):
    """Stands for the environment where no key is needed, for nothing is sent: each variable holds what nobody knows."""

    def __init__(self) -> None:
        self._drawn: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._drawn.setdefault(name, secrets.token_hex(20))

    def printed(self, command: str) -> str:
        """What stands for a command, which is not run."""
        return self[command]

    def __iter__(self) -> Iterator[str]:
        return iter(self._drawn)

    def __len__(self) -> int:
        return len(self._drawn)


def unsent(part: Part) -> Opened:
    """The target that the shards were run on, to plan for and not to send to. Raises UsageError."""
    return open_target(part.folder / "target.yaml", NoKeys(), part.target[1], part.document, silent=True)


def keep(parts: Sequence[Part], out: Path) -> None:
    """Writes beside the merged report what its findings can be tried again with. Raises UsageError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "target.yaml").write_bytes(parts[0].target[0])
        (out / "document").write_bytes(parts[0].document)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; name another folder with --out") from None


def merged(parts: Sequence[Part], opened: Opened, plan: Plan) -> Results:
    """The run that the shards make together: every verdict as its shard came to it. Raises UsageError where the plan is
    not the one that was run, or a journal was not written by a shard."""
    try:
        return _merged(parts, opened, plan)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{parts[0].folder}: what these shards tell cannot be read; run them again") from None


def _merged(parts: Sequence[Part], opened: Opened, plan: Plan) -> Results:
    first = parts[0]
    if first.past.facts["plan"] != digest(plan):
        raise UsageError(
            f"{first.folder}: its probes are planned otherwise now; merge with the Holdfast that ran it, and the same "
            "--suites"
        )
    probes = {one.id: one for one in plan.probes}
    found: dict[str, list[Judged]] = {name: [] for name in (*first.portion.whole, *_extra(parts))}
    rules = rules_of(opened)
    for part in parts:
        untold = part.end["untold"]
        for name in dict.fromkeys((*part.past.selected, *part.past.told, *untold)):
            if name not in probes:
                raise UsageError(f"{part.folder}: {name} is no probe of this plan; run it again")
            told = part.past.told.get(name)
            evidence = told[0] if told else Evidence(not_sent=untold.get(name) or "not-sent: its shard ended early")
            verdict = told[1] if told else judge(probes[name], evidence, rules)
            found[name].append(Judged(probes[name], evidence, verdict))
    results = _whole(parts, plan, tuple(found))
    results.reads_only = opened.target.reads_only
    results.judged = {name: min(some, key=lambda one: WORST.index(one.verdict.outcome)) for name, some in found.items()}
    resources = {name: resource.name for name, (resource, _) in opened.graph.roles.items()}
    accepting.apply(results, opened.target.accept, resources, today())
    return results


def _extra(parts: Sequence[Part]) -> list[str]:
    """What a shard found out besides what it was asked for: an effect of a request that others are held against."""
    return [name for part in parts for name in (*part.past.told, *part.end["untold"])]


def _whole(parts: Sequence[Part], plan: Plan, selected: tuple[str, ...]) -> Results:
    ids = " ".join(str(one.past.facts["run"]) for one in parts)
    begun = min(datetime.fromisoformat(one.past.facts["started"]) for one in parts)
    results = Results(hashlib.sha256(ids.encode()).hexdigest()[:12], begun, plan, selected)
    ends = [one.end["finished"] for one in parts]
    results.finished = max(map(datetime.fromisoformat, ends)) if all(ends) else None
    results.seed = parts[0].past.facts["seed"]
    results.interrupted = any(one.end["interrupted"] for one in parts)
    results.aborted = "; ".join(
        f"shard {one.portion.shard}: {one.end['aborted']}" for one in parts if one.end["aborted"]
    )
    results.left = tuple(Left(what, expected) for one in parts for what, expected in one.end["left"])
    results.missing = tuple(dict.fromkeys(line for one in parts for line in one.end["missing"]))
    results.standings = _standings([Standing(*told) for one in parts for told in one.end["standings"]])
    results.cost = _cost([one.end["cost"] for one in parts])
    return results


def _standings(told: Sequence[Standing]) -> tuple[Standing, ...]:
    """Each identity once, as the shard that trusted it least found it."""
    found: dict[str, Standing] = {}
    for one in told:
        known = found.get(one.name)
        if known is None or _SURE.index(one.proved) > _SURE.index(known.proved):
            found[one.name] = one
    return tuple(found.values())


def _cost(told: Sequence[Mapping[str, Json]]) -> Cost:
    """All that was spent; the time is that of the shard that took longest."""
    cost = Cost(**{one.name: sum(some[one.name] for some in told) for one in fields(Cost)})
    return replace(cost, wall_s=max(some["wall_s"] for some in told))

"""One run: prove the identities, run the lanes in turn, look a last time, clean up, judge."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from harness.canaries import LEDGER, Keeper, Ledger
from harness.controls import Controls, materialise
from harness.engine.aiming import Aimed
from harness.engine.changing import Changing
from harness.engine.creating import Creating
from harness.engine.lanes import breaches
from harness.engine.opening import Opened
from harness.engine.patience import Patient
from harness.engine.plan import Lane, Plan
from harness.engine.stage import Stage, Strike
from harness.errors import UsageError
from harness.identities import Standing, prove
from harness.markers import Markers
from harness.model import (
    FINDINGS,
    Confidence,
    Credential,
    Effect,
    Evidence,
    Exchange,
    Json,
    Look,
    Mutant,
    Outcome,
    Probe,
    Verdict,
)
from harness.observe import Observer, holds, identify
from harness.openapi import Unsatisfiable
from harness.oracle import Rules, judge
from harness.resources import Resource, read_path, template

OBSERVER = "without a privileged credential this run can show an open door, never a closed one"


_UNTOLD = (Outcome.NOT_APPLICABLE, Outcome.INCONCLUSIVE)


def _doubtful(verdict: Verdict) -> bool:
    if verdict.outcome is Outcome.NOT_APPLICABLE:
        return verdict.reason in ("no-identity", "no-fixture", "needs-disposable")
    return verdict.outcome is Outcome.HELD and verdict.confidence is not Confidence.STATE


@dataclass(frozen=True)
class Judged:
    """A probe with what was seen of it and what that makes."""

    probe: Probe
    evidence: Evidence
    verdict: Verdict


@dataclass
class Cost:
    """What a run cost: counts of requests, and seconds."""

    requests: int = 0
    writes: int = 0
    controls: int = 0
    read_backs: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0


@dataclass
class Results:
    """All that a run found out."""

    id: str
    started: datetime
    plan: Plan
    selected: tuple[str, ...]
    finished: datetime | None = None
    judged: dict[str, Judged] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    leftovers: tuple[str, ...] = ()
    cost: Cost = field(default_factory=Cost)
    interrupted: bool = False
    aborted: str = ""
    """Why the run was stopped as unsafe; empty where it was not."""

    @property
    def partial(self) -> bool:
        """Whether not everything planned was asked for."""
        return len(self.selected) < len(self.plan.probes)

    def exit_code(self, strict: bool) -> int:
        """What the command ends with: 4 unsafe, 1 a finding, 3 not everything could be told, 0 all held.

        `strict` takes attested and weak-control refusals, and what lacks an identity, for not told.
        """
        verdicts = [one.verdict for one in self.judged.values()]
        if self.aborted or self.leftovers:
            return 4
        if any(one.outcome in FINDINGS and one.reason != "advisory" for one in verdicts):
            return 1
        missing = len(self.judged) < len(self.selected) or not any(one.outcome not in _UNTOLD for one in verdicts)
        if missing or self.interrupted or any(one.outcome is Outcome.INCONCLUSIVE for one in verdicts):
            return 3
        return 3 if strict and any(_doubtful(one) for one in verdicts) else 0

    @property
    def observer(self) -> bool:
        """Whether there is no privileged credential."""
        return "admin" not in self.plan.roles


class Run:
    """Executes the selected probes of a plan, once."""

    def __init__(self, opened: Opened, plan: Plan, out: Path, told: Callable[[str], None] = lambda _: None) -> None:
        """`told` is called with the id of a probe whenever it has been sent."""
        self._opened = opened
        self._plan = plan
        self._out = out
        self._told = told

    def execute(self, selected: Sequence[str]) -> Results:
        """Runs and judges. Whatever happens on the way, what was written is removed and every selected probe is
        judged."""
        started, cpu = time.monotonic(), time.process_time()
        results = Results(secrets.token_hex(6), datetime.now(UTC), self._plan, tuple(selected))
        evidence = {probe.id: Evidence() for probe in self._plan.probes if probe.id in set(selected)}
        try:
            if results.observer:
                self._observe(evidence)
            else:
                self._run(results, evidence)
        finally:
            self._opened.wire.close()
        rules = rules_of(self._opened)
        probes = {probe.id: probe for probe in self._plan.probes}
        for name, found in evidence.items():
            results.judged[name] = Judged(probes[name], found, judge(probes[name], found, rules))
        results.finished = datetime.now(UTC)
        results.cost.requests, results.cost.writes = self._opened.wire.requests, self._opened.wire.writes
        results.cost.wall_s, results.cost.cpu_s = time.monotonic() - started, time.process_time() - cpu
        return results

    def _observe(self, evidence: dict[str, Evidence]) -> None:
        for name in evidence:
            evidence[name] = Evidence(not_sent=f"no-control: {OBSERVER}")

    def _run(self, results: Results, evidence: dict[str, Evidence]) -> None:
        secret = secrets.token_bytes(32)
        ledger = start_ledger(self._opened, self._out, results.id, secret)
        stage = make_stage(self._opened, self._plan, ledger, Markers(secret, self._opened.redactor.fresh), self._told)
        try:
            self._lanes(stage, results, evidence)
        except KeyboardInterrupt:
            results.interrupted = True
        finally:
            self._finish(stage, results, evidence)
            ledger.close(results.leftovers)

    def _lanes(self, stage: Stage, results: Results, evidence: dict[str, Evidence]) -> None:
        stage.public = stage.guest_get(stage.public_path)
        if stage.public.status is None:
            nobody = Evidence(not_sent=f"target-down: no answer ({stage.public.failure})")
            evidence.update(dict.fromkeys(evidence, nobody))
            return
        results.standings = tuple(prove_identities(stage, self._opened, self._plan))
        stage.standing = {one.name: str(one) for one in results.standings}
        self._set_out_bystanders(stage)
        down = ""
        for lane in self._plan.lanes(results.selected):
            if results.aborted:
                evidence.update({probe.id: Evidence(not_sent=f"aborted: {results.aborted}") for probe in lane.probes})
                continue
            if down:
                evidence.update({probe.id: Evidence(not_sent=down) for probe in lane.probes})
                continue
            found = self._lane(stage, lane)
            evidence.update(found)
            down = _gone(stage, found)
            results.aborted = self._harmed(stage, lane, evidence)

    def _lane(self, stage: Stage, lane: Lane) -> dict[str, Evidence]:
        role = self._opened.graph.roles.get(lane.operation.name)
        if role is None:
            why = f"control: {lane.operation.name} is no write on an object that could be read back"
            return {probe.id: Evidence(not_sent=why) for probe in lane.probes}
        kind = Creating if role[1] == "list" else Changing
        found = kind(stage, lane, role[0]).run()
        return {
            probe.id: found.get(probe.id, Evidence(not_sent="not-sent: its lane ended early")) for probe in lane.probes
        }

    def _set_out_bystanders(self, stage: Stage) -> None:
        """One object of each kind that no probe may touch, in a tree of its own."""
        found = {}
        for resource in self._opened.graph.resources:
            canary, _ = stage.keeper.make(resource, group="bystander")
            if canary:
                slots = {**stage.keeper.parents(resource, "bystander"), **canary.slots("self")}
                again = stage.observer.item(resource, slots)
                steady = {name: value for name, value in canary.values.items() if again.values.get(name) == value}
                found[resource.name] = replace(canary, values=steady)
        stage.bystanders = found

    def _harmed(self, stage: Stage, lane: Lane, evidence: dict[str, Evidence]) -> str:
        """Why the run must stop: a bystander changed. Its writer, where its marker tells, is charged with it."""
        for name, canary in stage.bystanders.items():
            resource = self._opened.graph.resource(name)
            slots = {**stage.keeper.parents(resource, "bystander"), **canary.slots("self")}
            reading = stage.observer.item(resource, slots)
            changed = [key for key, value in canary.values.items() if reading.values.get(key) != value]
            if reading.state == "unreadable" or not changed:
                continue
            kind = "deleted" if reading.state == "absent" else "changed"
            effect = Effect(kind, name, canary.id, False, reading.values, breaches(resource, reading.values))
            writers = {probe.id for marker, probe in stage.wrote.items() if holds(dict(reading.values), marker)}
            suspects = [probe.id for probe in lane.probes if evidence[probe.id].attempts]
            for probe_id in writers:
                evidence[probe_id] = replace(evidence[probe_id], effects=(*evidence[probe_id].effects, effect))
            if not writers:
                for probe_id in suspects:
                    evidence[probe_id] = replace(evidence[probe_id], suspects=tuple(suspects))
            return f"a bystander of ours ({name} {canary.id}) was {kind} during {lane.operation.name}"
        return ""

    def _finish(self, stage: Stage, results: Results, evidence: dict[str, Evidence]) -> None:
        """Looks for effects that came late, removes all that carries a marker, and checks that the target is as it
        was."""
        for name, found in evidence.items():
            if not found.attempts and not found.not_sent and not found.before and not found.same_as_control:
                reason = "interrupted: the run was stopped" if results.interrupted else "not-sent: the run ended early"
                evidence[name] = replace(found, not_sent=reason)
        self._look_again(stage, evidence)
        results.leftovers = tuple(stage.keeper.sweep())
        results.cost.controls, results.cost.read_backs = stage.send.by_line["control"], stage.send.by_line["reader"]
        if stage.public is not None and stage.public.status is not None:
            again = stage.guest_get(stage.public_path)
            if (again.status, again.media_type) != (
                stage.public.status,
                stage.public.media_type,
            ) and not results.aborted:
                results.aborted = (
                    f"a public read answered {stage.public.status} before the run and {again.status} after it"
                )

    def _look_again(self, stage: Stage, evidence: dict[str, Evidence]) -> None:
        """Effects that came after their verdict's own reads: markers of silent probes that stand in a list at the end,
        and canaries that are gone."""
        for resource in self._opened.graph.resources:
            rows = [
                found for slots in stage.keeper.places(resource) for found in stage.keeper.ours(resource, slots) or ()
            ]
            for row, markers in rows:
                for marker in markers & stage.wrote.keys():
                    self._charge_late(stage.wrote[marker], resource, row, evidence)
        for strike in stage.strikes:
            self._doubt(stage, strike, evidence)

    def _doubt(self, stage: Stage, strike: Strike, evidence: dict[str, Evidence]) -> None:
        """Charges those who struck a canary with its late removal. Where a late change names its writer, it may have
        covered those of the others: their silence says nothing any more."""
        silent = tuple(name for name in strike.probes if not evidence[name].effects)
        if not silent:
            return
        if strike.removal:
            if stage.observer.item(strike.resource, strike.slots).state == "absent":
                alone = (Effect("deleted", strike.resource.name, "canary"),) if len(strike.probes) == 1 else ()
                for name in silent:
                    suspects = () if alone else silent
                    evidence[name] = replace(evidence[name], effects=alone, suspects=suspects, late=True)
        elif any(evidence[name].late for name in strike.probes):
            for name in silent:
                evidence[name] = replace(evidence[name], look=Look.UNREADABLE)

    def _charge_late(
        self, probe: Probe, resource: Resource, row: Mapping[str, Json], evidence: dict[str, Evidence]
    ) -> None:
        found = evidence.get(probe.id)
        if found is None or found.effects or found.suspects:
            return
        kind = "created" if probe.operation.method == "POST" else "changed"
        effect = Effect(kind, resource.name, identify(resource, row) or "?", True, row, breaches(resource, row))
        evidence[probe.id] = replace(found, effects=(effect,), late=True)


def prove_identities(stage: Stage, opened: Opened, plan: Plan) -> list[Standing]:
    """The standing of every living identity with a key, but for the owner: that one's controls tell."""
    roles = {identity.name: role for role, identity in plan.roles.items()}
    reads = [
        resource.list_path
        for resource in opened.graph.resources
        if resource.operation("GET", "list") and "{" not in resource.list_path
    ]
    return [
        prove(stage.send, stage.signer, one, roles.get(one.name, "-"), reads[:3], _try_write(stage, opened))
        for one in opened.identities
        if one.name != stage.owner and one.key and one.state is None
    ]


def _try_write(stage: Stage, opened: Opened) -> Callable[[Credential, str], Exchange | None]:
    """The first creation that needs no parent, as a write to try a credential with."""

    def write(credential: Credential, line: str) -> Exchange | None:
        for resource in opened.graph.resources:
            operation = resource.operation("POST", "list")
            if operation is None or resource.needs:
                continue
            try:
                made = template(resource, operation, "list", opened.target)
            except Unsatisfiable:
                continue
            marker = stage.keeper.new_marker(operation, "liveness")
            slots: dict[str, Json] = {"marker": marker, "unique": marker}
            return stage.send(materialise(made, Mutant(credential), slots, stage.signer), line)
        return None

    return write


def _gone(stage: Stage, found: Mapping[str, Evidence]) -> str:
    """Why nothing more should be sent: a control got no answer, and a harmless read gets none either."""
    proofs = [proof for one in found.values() for proof in (one.before, one.after) if proof and proof.exchange]
    if any(proof.exchange and proof.exchange.status is None for proof in proofs):
        public = stage.guest_get(stage.public_path)
        if public.status is None:
            return f"target-down: no answer ({public.failure})"
    return ""


def rules_of(opened: Opened) -> Rules:
    """What this target calls a refusal."""
    expect = opened.target.expect
    return Rules(
        frozenset(expect.unauthenticated),
        frozenset(expect.forbidden),
        frozenset(expect.invalid),
        opened.target.denied_when,
    )


def start_ledger(opened: Opened, out: Path, run_id: str, secret: bytes) -> Ledger:
    """Writes what a later clean-up needs: the ledger, the target file without its secrets, the document."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        ledger = Ledger(out / LEDGER, secret, {"id": run_id, "base_url": str(opened.target.base_url)})
        (out / "target.yaml").write_text(opened.target.text)
        (out / "document").write_bytes(opened.redactor.data(opened.document))
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; name another folder with --out") from None
    return ledger


def make_stage(
    opened: Opened, plan: Plan, ledger: Ledger | None, markers: Markers, told: Callable[[str], None] = lambda _: None
) -> Stage:
    """The means of a run."""
    owner = plan.roles["admin"].name
    send = Aimed(Patient(opened.wire))
    observer = Observer(send, opened.signer, owner)
    keeper = Keeper(send, opened.signer, observer, opened.graph, opened.target, ledger, markers, owner)
    controls = Controls(send, opened.signer, observer, keeper, opened.target, owner)
    return Stage(
        send,
        opened.signer,
        observer,
        keeper,
        controls,
        opened.target,
        opened.graph,
        rules_of(opened),
        owner,
        public_path=_public_path(opened),
        told=told,
    )


def _public_path(opened: Opened) -> str:
    """A read that a guest may do and that harms nobody: the root, or a list that is open."""
    operations = {one.path for one in opened.reading.operations if one.method == "GET"}
    root = opened.target.base_url.prefix + "/"
    if root in operations:
        return root
    readable = [one for one in opened.graph.resources if one.operation("GET", "list") and "{" not in one.list_path]
    declared = [one for one in readable if one.operations["GET list"].declared_open]
    chosen = next(iter([*declared, *readable]), None)
    return read_path(chosen, "list") if chosen else root

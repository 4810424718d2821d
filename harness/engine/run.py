"""One run: prove the identities, run the lanes in turn, look a last time, clean up, judge."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from harness.canaries import FRESH, Keeper
from harness.controls import Controls, materialise
from harness.engine.accounts import open_accounts
from harness.engine.aiming import Aimed
from harness.engine.asking import Asking
from harness.engine.changing import Changing
from harness.engine.conditions import Conditional
from harness.engine.creating import Creating
from harness.engine.guarding import Guarded
from harness.engine.lanes import breaches
from harness.engine.leaves import changed
from harness.engine.listening import Listener
from harness.engine.opening import Opened, carried
from harness.engine.patience import Patient
from harness.engine.plan import Lane, Plan
from harness.engine.reading import Looking
from harness.engine.refusing import Refusing
from harness.engine.renewing import Renewing
from harness.engine.sparing import Sparing
from harness.engine.stage import Stage, Strike
from harness.engine.watching import Bystanders, restless
from harness.errors import UsageError
from harness.identities import Standing, prove
from harness.ledger import LEDGER, Ledger
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
from harness.observe import Observer, holds
from harness.openapi import Unsatisfiable
from harness.oracle import Rules, forbidden, judge
from harness.resources import Graph, Resource, read_path
from harness.sweeping import Left, Sweeper
from harness.trails import without_trails

EXPIRED = "control-lost: a token expired meanwhile, and again when it was tried once more"
OBSERVER = "without a privileged credential this run can show an open door, never a closed one"
READS_ONLY = "the target is in production: nothing was written, and nothing is said of writes"


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
    left: tuple[Left, ...] = ()
    reads_only: bool = False
    """Whether the target allowed no writes."""
    cost: Cost = field(default_factory=Cost)
    interrupted: bool = False
    aborted: str = ""
    """Why the run was stopped as unsafe; empty where it was not."""

    @property
    def leftovers(self) -> tuple[str, ...]:
        """What of the run is still on the target."""
        return tuple(f"{one.what}{' (the API has no way to remove it)' if one.expected else ''}" for one in self.left)

    @property
    def profile(self) -> str:
        """What stands beside the verdict, so that nobody takes a part for the whole; empty for a standard run."""
        return "" if self.plan.profile == "standard" else f"{self.plan.profile} profile"

    @property
    def notices(self) -> tuple[str, ...]:
        """What bounds everything that the run says; every report begins with it."""
        told = ((self.observer, OBSERVER), (self.reads_only, READS_ONLY))
        return tuple(text for is_so, text in told if is_so)

    @property
    def unremoved(self) -> tuple[str, ...]:
        """What is still there although the API has a way to remove it."""
        return tuple(one.what for one in self.left if not one.expected)

    @property
    def partial(self) -> bool:
        """Whether not everything planned was asked for."""
        return len(self.selected) < len(self.plan.probes)

    def exit_code(self, strict: bool) -> int:
        """What the command ends with: 4 unsafe, 1 a finding, 3 not everything could be told, 0 all held.

        `strict` takes attested and weak-control refusals, and what lacks an identity, for not told.
        """
        verdicts = [one.verdict for one in self.judged.values()]
        if self.aborted or any(not one.expected for one in self.left):
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
        self._unmade: dict[str, str] = {}
        """Accounts that the run could not make, with why."""

    def execute(self, selected: Sequence[str]) -> Results:
        """Runs and judges. Whatever happens on the way, what was written is removed and every selected probe is
        judged."""
        started, cpu = time.monotonic(), time.process_time()
        results = Results(secrets.token_hex(6), datetime.now(UTC), self._plan, tuple(selected))
        results.reads_only = self._opened.target.reads_only
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
        listener = Listener(self._opened.redactor, self._opened.reading.operations)
        self._opened.wire.listener = listener
        listening = [one for one in self._plan.probes if one.mutant.listens and one.id in evidence]
        evidence.update({one.id: Evidence(answers=1) for one in listening})
        try:
            self._lanes(stage, results, evidence, ledger)
        except KeyboardInterrupt:
            results.interrupted = True
        finally:
            self._finish(stage, results, evidence)
            evidence.update({one.id: listener.evidence(one) for one in listening if not evidence[one.id].not_sent})
            ledger.close([one.what for one in results.left])

    def _lanes(self, stage: Stage, results: Results, evidence: dict[str, Evidence], ledger: Ledger) -> None:
        stage.public = stage.guest_get(stage.public_path)
        if stage.public.status is None:
            nobody = Evidence(not_sent=f"target-down: no answer ({stage.public.failure})")
            evidence.update(dict.fromkeys(evidence, nobody))
            return
        self._opened.logins.open()
        locked_out = self._opened.logins.failures.get(stage.owner)
        if locked_out:
            evidence.update(dict.fromkeys(evidence, Evidence(not_sent=f"identity: {stage.owner}: {locked_out}")))
            return
        stage.sweeper.note(ledger)
        results.standings = tuple(prove_identities(stage, self._opened, self._plan))
        stage.standing = {one.name: str(one) for one in results.standings}
        stage.reference_probes = self._reference_probes()
        lanes = self._plan.lanes(results.selected)
        if any(one.by in {made.name for made in self._opened.made} for one in lanes):
            self._unmade = open_accounts(stage, self._opened)
        bystanders = Bystanders(stage, _touched(self._opened.graph, lanes))
        down = ""
        for lane in lanes:
            self._opened.logins.keep_fresh()
            if results.aborted:
                evidence.update({probe.id: Evidence(not_sent=f"aborted: {results.aborted}") for probe in lane.probes})
                continue
            if down:
                evidence.update({probe.id: Evidence(not_sent=down) for probe in lane.probes})
                continue
            beyond = stage.sparing.left_out(lane.probes)
            evidence.update({name: Evidence(not_sent=why) for name, why in beyond.items()})
            lane = replace(lane, probes=tuple(one for one in lane.probes if one.id not in beyond))
            if not lane.probes:
                continue
            if lane.refuse_only and stage.strikes:
                # What such an operation reaches must not be laid to the charge of those before it.
                time.sleep(stage.target.limits.settle)
                self._doubt_all(stage, evidence)
            found = self._lane(stage, lane)
            evidence.update(found)
            down = _gone(stage, found)
            results.aborted = self._harmed(stage, lane, evidence, bystanders)

    def _lane(self, stage: Stage, lane: Lane) -> dict[str, Evidence]:
        role = self._opened.graph.roles.get(lane.operation.name)
        if lane.operation.broken:
            return {probe.id: Evidence(not_sent=f"schema: {lane.operation.broken}") for probe in lane.probes}
        if lane.refuse_only:
            return Refusing(stage, lane, role[0] if role else None).run()
        if not lane.operation.writes:
            return Looking(stage, lane, role[0] if role and not role[0].singleton else None).run()
        if role and role[0].singleton and lane.by not in stage.keeper.accounts:
            why = f"control: {self._unmade.get(lane.by, FRESH)}"
            return {probe.id: Evidence(not_sent=why) for probe in lane.probes}
        if role is None:
            why = (
                f"control: {lane.operation.name} is no write on an object that could be read back; "
                "say that it is public, or never sent, if it is"
            )
            return {probe.id: Evidence(not_sent=why) for probe in lane.probes}
        creates = role[1] in ("list", "create")
        acting = stage.acting(lane.by, lends=not creates) if lane.by else stage
        found = self._written(acting, lane, role[0], creates)
        return {
            probe.id: found.get(probe.id, Evidence(not_sent="not-sent: its lane ended early")) for probe in lane.probes
        }

    def _written(self, stage: Stage, lane: Lane, resource: Resource, creates: bool) -> dict[str, Evidence]:
        """The evidence of a lane of writes. Where a token expired in the course of it, who was silent is asked once
        more: a valid credential may have been refused for its age."""
        kind = Creating if creates else Changing
        found: dict[str, Evidence] = {}
        for _ in range(2):
            tokens = stage.tokens.total()
            asked = tuple(probe for probe in lane.probes if probe.id not in found)
            if not asked:
                return found
            found |= kind(stage, replace(lane, probes=asked), resource).run()
            if tokens == stage.tokens.total():
                return found
            told = {name: one for name, one in found.items() if one.effects or one.suspects}
            lost = {name: replace(one, not_sent=EXPIRED) for name, one in found.items() if name not in told}
            found = told
        return lost | told

    def _harmed(self, stage: Stage, lane: Lane, evidence: dict[str, Evidence], bystanders: Bystanders) -> str:
        """Why the run must stop: a bystander changed. Its writer, where its marker tells, is charged with it."""
        harmed = bystanders.harmed()
        if harmed is None:
            return ""
        resource, canary, values = harmed
        kind = "changed" if values else "deleted"
        effect = Effect(kind, resource.name, canary.id, False, values, breaches(resource, values))
        writers = {probe.id for marker, probe in stage.wrote.items() if holds(without_trails(values), marker)}
        suspects = tuple(probe.id for probe in lane.probes if evidence[probe.id].attempts)
        for name in writers & evidence.keys():
            evidence[name] = replace(evidence[name], effects=(*evidence[name].effects, effect))
        if not writers and not values and not any(evidence[name].effects for name in suspects):
            for name in suspects:
                evidence[name] = replace(evidence[name], suspects=suspects)
        return f"a bystander of ours ({resource.name} {canary.id}) was {kind} during {lane.operation.name}"

    def _finish(self, stage: Stage, results: Results, evidence: dict[str, Evidence]) -> None:
        """Looks for effects that came late, removes all that carries a marker, and checks that the target is as it
        was."""
        for name, found in evidence.items():
            seen = found.attempts or found.answers or found.before or found.same_as_control or found.pointless
            if not seen and not found.not_sent:
                reason = "interrupted: the run was stopped" if results.interrupted else "not-sent: the run ended early"
                evidence[name] = replace(found, not_sent=reason)
        self._look_again(stage, results, evidence)
        self._opened.wire.reserve()
        results.left = tuple(stage.sweeper.sweep())
        sent = stage.send.by_line
        results.cost.controls = sum(count for line, count in sent.items() if line.startswith("control"))
        results.cost.read_backs = sum(count for line, count in sent.items() if line.startswith("reader"))
        if stage.public is not None and stage.public.status is not None:
            again = stage.guest_get(stage.public_path)
            before, now = (stage.public.status, stage.public.media_type), (again.status, again.media_type)
            if before != now and again.status not in (None, 429) and not results.aborted:
                results.aborted = (
                    f"a public read answered {stage.public.status} before the run and {again.status} after it"
                )

    def _reference_probes(self) -> dict[str, tuple[Probe | None, Probe | None]]:
        """The probes that the references are, by operation: an effect of a reference is a finding of theirs."""
        named = {(one.family, one.mutation, one.operation.name): one for one in self._plan.probes}
        operations = {one.operation.name for one in self._plan.probes}
        keys = ("guest-write", "no-header"), ("fabricated-admin", "random-name")
        return {name: (named.get((*keys[0], name)), named.get((*keys[1], name))) for name in operations}

    def _look_again(self, stage: Stage, results: Results, evidence: dict[str, Evidence]) -> None:
        """Effects that came after their verdict's own reads: markers of silent probes that stand in a list at the end,
        and struck canaries that changed since."""
        if stage.wrote and not results.interrupted:
            time.sleep(stage.target.limits.settle)
        for probe, effect in stage.charges:
            self._charge(results, evidence, probe, effect, late=False)
        for resource in self._opened.graph.resources:
            for slots in stage.keeper.places(resource):
                for object_id, markers in (stage.sweeper.ours(resource, slots) or {}).items():
                    for marker in markers & stage.wrote.keys():
                        probe = stage.wrote[marker]
                        kind = "created" if probe.operation.method == "POST" else "changed"
                        values = stage.sweeper.read(resource, {**slots, "self.id": object_id}).values
                        effect = Effect(kind, resource.name, object_id, True, values, breaches(resource, values))
                        self._charge(results, evidence, probe, effect, late=True)
        self._doubt_all(stage, evidence)

    def _charge(
        self, results: Results, evidence: dict[str, Evidence], probe: Probe, effect: Effect, late: bool
    ) -> None:
        """Adds an effect to a probe's evidence, unless it was charged with one of the kind already."""
        found = evidence.get(probe.id)
        if found is None:
            results.selected = (*results.selected, probe.id)
            found = Evidence()
        if forbidden(probe, found) or found.suspects:
            return
        evidence[probe.id] = replace(found, effects=(*found.effects, effect), late=late)

    def _doubt_all(self, stage: Stage, evidence: dict[str, Evidence]) -> None:
        for strike in stage.strikes:
            self._doubt(stage, strike, evidence)
        stage.strikes.clear()

    def _doubt(self, stage: Stage, strike: Strike, evidence: dict[str, Evidence]) -> None:
        """Charges those who struck a canary with what happened to it since. Where a late change names its writer, it
        may
        have covered those of the others: their silence says nothing any more."""
        silent = tuple(name for name in strike.probes if not evidence[name].effects and not evidence[name].suspects)
        if not silent:
            return
        if any(evidence[name].late for name in strike.probes):
            for name in silent:
                evidence[name] = replace(evidence[name], look=Look.UNREADABLE)
            return
        reading = strike.observer.item(strike.resource, strike.slots)
        if reading.state == "unreadable":
            return
        moved = changed(strike.values, reading.values) - strike.volatile
        if reading.state == "present" and not (moved and moved - restless(stage, strike.resource)):
            return
        kind = "deleted" if reading.state == "absent" else "changed"
        broken = breaches(strike.resource, reading.values)
        effect = Effect(kind, strike.resource.name, "canary", True, reading.values, broken)
        for name in silent:
            alone = (effect,) if len(strike.probes) == 1 else ()
            evidence[name] = replace(evidence[name], effects=alone, suspects=() if alone else silent, late=True)


def prove_identities(stage: Stage, opened: Opened, plan: Plan) -> list[Standing]:
    """The standing of every identity with a key, but for the owner: that one's controls tell. Nobody can show that a
    dead one was alive."""
    roles = {identity.name: role for role, identity in plan.roles.items()}
    lists = [one.list_path for one in opened.graph.resources if one.operation("GET", "list")]
    reads = [path for path in lists if "{" not in path][:3]
    write = _try_write(stage, opened)
    found = []
    for one in (*opened.identities, *opened.sessions):
        role = roles.get(one.name, "-")
        if one.state is not None:
            found.append(Standing(one.name, role, "attested", f"{one.state} by the target's word"))
        elif one.key and one.name != stage.owner:
            found.append(prove(stage.send, stage.signer, one, role, reads, write, opened.logins))
    return found


def _try_write(stage: Stage, opened: Opened) -> Callable[[Credential, str], Exchange | None]:
    """The first creation that needs no parent, as a write to try a credential with."""

    def write(credential: Credential, line: str) -> Exchange | None:
        for resource in opened.graph.resources:
            operation = next(iter(resource.creators), None)
            if operation is None or resource.needs:
                continue
            try:
                made = stage.keeper.template(resource, operation)
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


def _touched(graph: Graph, lanes: Sequence[Lane]) -> list[Resource]:
    """The resources that the lanes write to, parents first."""
    names = {graph.roles[lane.operation.name][0].name for lane in lanes if lane.operation.name in graph.roles}
    return [one for one in graph.resources if one.name in names]


def rules_of(opened: Opened) -> Rules:
    """What this target calls a refusal."""
    expect = opened.target.expect
    return Rules(
        frozenset(expect.unauthenticated),
        frozenset(expect.forbidden),
        frozenset(expect.invalid),
        opened.target.denied_when,
        crashes_pass=opened.target.policy.crash == "warn",
        strict_reads=opened.target.policy.invalid_on_read == "strict",
    )


def start_ledger(opened: Opened, out: Path, run_id: str, secret: bytes) -> Ledger:
    """Writes what a later clean-up needs: the ledger, the target file without its secrets, the document."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not (out / LEDGER).exists() and any(not one.name.startswith(".") for one in out.iterdir()):
            raise UsageError(f"{out}: holds other files; name an empty or new folder with --out")
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
    words = opened.target.operations
    guarded = Guarded(opened.wire, words.never, words.refuse_only)
    asking = Asking(guarded, opened.reading.operations, opened.target, carried(opened.channels))
    renewing = Renewing(asking, opened.logins, owner)
    send = Aimed(Patient(Conditional(renewing)))
    observer = Observer(send, opened.signer, owner)
    made = password(opened)
    keeper = Keeper(send, opened.signer, observer, opened.graph, opened.target, ledger, markers, owner, made)
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
        _sweeper(opened, keeper, observer, owner),
        Sparing(opened.target.failures, (*opened.identities, *opened.sessions)),
        public_path=_public_path(opened),
        told=told,
        tokens=renewing.times,
    )


def password(opened: Opened) -> str:
    """What accounts are made with that the run makes: long, of every kind of character, and known to the redactor."""
    made = f"Aa1!{secrets.token_urlsafe(15)}"
    opened.redactor.learn("RUN_PASSWORD", made)
    return made


def _sweeper(opened: Opened, keeper: Keeper, observer: Observer, owner: str) -> Sweeper:
    """What cleans up. Where objects belong to their creators, it looks with the eyes of each."""
    owned = [name for name, words in opened.target.resources.items() if words.owner]
    living = [one.name for one in opened.identities if one.state is None and one.key and one.name != owner]
    readers = {name: observer.reading_as(name) for name in living}
    return Sweeper(keeper, observer, opened.graph, opened.target.limits.settle, readers, owned)


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

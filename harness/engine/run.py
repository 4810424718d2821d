"""One run: prove the identities, run the lanes in turn, look a last time, clean up, judge."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from harness.config import today
from harness.engine import accepting
from harness.engine.accounts import open_accounts
from harness.engine.aftermath import Aftermath
from harness.engine.enduring import DOWN
from harness.engine.lanes import breaches
from harness.engine.listening import Listener
from harness.engine.opening import Opened
from harness.engine.plan import Lane, Plan
from harness.engine.proving import prove_identities
from harness.engine.results import OBSERVER, Judged, Results
from harness.engine.running import Running
from harness.engine.stage import TURNS, Stage
from harness.engine.staging import make_stage, rules_of, start_ledger
from harness.engine.watching import Bystanders
from harness.ledger import Ledger
from harness.markers import Markers, draw_seed, run_secret
from harness.model import Effect, Evidence, Probe
from harness.observe import holds
from harness.oracle import judge
from harness.resources import Graph, Resource
from harness.trails import without_trails


class Run:
    """Executes the selected probes of a plan, once."""

    def __init__(
        self,
        opened: Opened,
        plan: Plan,
        out: Path,
        told: Callable[[str], None] = lambda _: None,
        seed: int | None = None,
        turns: int = TURNS,
    ) -> None:
        """`told` is called with the id of a probe whenever it has been sent. Runs with the same `seed` on the same
        target send the same; without one, it is drawn. `turns` is how many mutants one connection takes in a row."""
        self._seed = draw_seed() if seed is None else seed
        self._turns = turns
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
        resources = {name: resource.name for name, (resource, _) in self._opened.graph.roles.items()}
        accepting.apply(results, self._opened.target.accept, resources, today())
        results.finished = datetime.now(UTC)
        results.cost.requests, results.cost.writes = self._opened.wire.requests, self._opened.wire.writes
        results.cost.wall_s, results.cost.cpu_s = time.monotonic() - started, time.process_time() - cpu
        return results

    def _observe(self, evidence: dict[str, Evidence]) -> None:
        for name in evidence:
            evidence[name] = Evidence(not_sent=f"no-control: {OBSERVER}")

    def _run(self, results: Results, evidence: dict[str, Evidence]) -> None:
        results.seed, secret = self._seed, run_secret(self._seed)
        ledger = start_ledger(self._opened, self._out, results.id, secret, self._plan.snapshot)
        stage = make_stage(self._opened, self._plan, ledger, Markers(secret, self._opened.redactor.fresh), self._told)
        stage.turns = self._turns
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
            stage.enduring.give_up(f"{DOWN}: no answer ({stage.public.failure})")
            nobody = Evidence(not_sent=stage.enduring.down)
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
        running = Running(self._opened, self._plan, stage, self._unmade)
        for lane in lanes:
            self._opened.logins.keep_fresh()
            if results.aborted:
                evidence.update({probe.id: Evidence(not_sent=f"aborted: {results.aborted}") for probe in lane.probes})
                continue
            if stage.enduring.down:
                evidence.update({probe.id: Evidence(not_sent=stage.enduring.down) for probe in lane.probes})
                continue
            beyond = stage.sparing.left_out(lane.probes)
            evidence.update({name: Evidence(not_sent=why) for name, why in beyond.items()})
            lane = replace(lane, probes=tuple(one for one in lane.probes if one.id not in beyond))
            if not lane.probes:
                continue
            if (lane.refuse_only or lane.unbounded) and stage.strikes:
                # What such an operation reaches must not be laid to the charge of those before it.
                time.sleep(stage.target.limits.settle)
                Aftermath(stage, results, evidence).doubt()
            outages = stage.enduring.outages
            evidence.update(running.run(lane))
            if outages != stage.enduring.outages:
                bystanders.mend()
            if not lane.unbounded:
                # What reaches the bystanders there is told of the probe itself.
                results.aborted = self._harmed(stage, lane, evidence, bystanders)

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
        Aftermath(stage, results, evidence).look()
        self._opened.wire.reserve()
        stage.enduring.try_again()
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
        """The probes that the references are, by operation: an effect of a reference is a finding of theirs, unless
        guests may do this."""
        asked = (one for one in self._plan.probes if not one.not_applicable)
        named = {(one.family, one.mutation, one.operation.name): one for one in asked}
        operations = {one.operation.name for one in self._plan.probes}
        keys = ("guest-write", "no-header"), ("fabricated-admin", "random-name")
        return {name: (named.get((*keys[0], name)), named.get((*keys[1], name))) for name in operations}


def _touched(graph: Graph, lanes: Sequence[Lane]) -> list[Resource]:
    """The resources that the lanes write to, parents first."""
    names = {graph.roles[lane.operation.name][0].name for lane in lanes if lane.operation.name in graph.roles}
    return [one for one in graph.resources if one.name in names]

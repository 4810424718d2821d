"""One run: prove the identities, run the lanes in turn, look a last time, clean up, judge."""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from harness.config import today
from harness.engine.course import accepting
from harness.engine.course.aftermath import Aftermath
from harness.engine.course.course import Course
from harness.engine.course.driving import Driving
from harness.engine.course.encores import NONE, Encores
from harness.engine.course.journal import Journal, Past
from harness.engine.course.merging import ending
from harness.engine.course.recovering import recover
from harness.engine.course.results import OBSERVER, Cost, Judged, Results
from harness.engine.course.running import Running
from harness.engine.lanes.stage import TURNS, Stage
from harness.engine.lanes.staging import make_stage, start_ledger
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Lane, Plan
from harness.engine.planning.sharding import Portion
from harness.engine.rehearsing.accounts import open_accounts
from harness.engine.rehearsing.proving import prove_identities
from harness.engine.sending.enduring import DOWN
from harness.engine.sending.stopping import Stop, Stopped
from harness.errors import Unwritable, UsageError
from harness.ledger import Ledger
from harness.markers import Markers, draw_seed, run_secret
from harness.model import Json, Probe
from harness.sweeping import Left, apart


class Run:
    """Executes the selected probes of a plan, once."""

    def __init__(
        self,
        opened: Opened,
        plan: Plan,
        out: Path,
        told: Callable[[str], None] = lambda _: None,
        seed: int | None = None,
        past: Past | None = None,
        turns: int = TURNS,
        portion: Portion | None = None,
        encores: Encores = NONE,
    ) -> None:
        """`told` is called with the id of a probe whenever it has been sent. Runs with the same `seed` on the same
        target send the same; without one, it is drawn. `past` is what the same run in the same folder had done before
        it was ended. `turns` is how many mutants one connection takes in a row. `portion` says what part it is of a run
        that several share. `encores` are selected, and sent only where they are due."""
        self._past = past
        self._seed = past.facts["seed"] if past else draw_seed() if seed is None else seed
        self._turns = turns
        self._encores = encores
        self._portion = Portion.told(past.facts) if past else portion
        self._clocks = time.monotonic(), time.process_time()
        self._opened = opened
        self._plan = plan
        self._out = out
        self._told = told
        self._unmade: dict[str, str] = {}
        """Accounts that the run could not make, with why."""

    def execute(self, selected: Sequence[str]) -> Results:
        """Runs and judges. Whatever happens on the way, what was written is removed and every selected probe is
        judged.

        Raises Unwritable, cleaned up, where the run's files cannot be written any more.
        """
        self._clocks, past = (time.monotonic(), time.process_time()), self._past
        begun = datetime.fromisoformat(past.facts["started"]) if past else datetime.now(UTC)
        results = Results(past.facts["run"] if past else secrets.token_hex(6), begun, self._plan, tuple(selected))
        results.reads_only = self._opened.target.reads_only
        results.shard = str(self._portion.shard) if self._portion else ""
        course = Course(self._opened, self._plan, results, past.told if past else {})
        course.count = self._count
        try:
            if results.observer:
                course.give_up(f"no-control: {OBSERVER}")
            else:
                self._run(course)
        finally:
            self._opened.wire.close()
        probes = {probe.id: probe for probe in self._plan.probes}
        for name, found in course.evidence.items():
            results.judged[name] = Judged(probes[name], found, course.verdict(name))
        resources = {name: resource.name for name, (resource, _) in self._opened.graph.roles.items()}
        accepting.apply(results, self._opened.target.accept, resources, today())
        self._count(results)
        return results

    def _count(self, results: Results, stage: Stage | None = None) -> None:
        """What it has cost so far, with what earlier parts of it have written down."""
        results.finished = datetime.now(UTC)
        cost, before = results.cost, self._past.cost if self._past else Cost()
        cost.requests = before.requests + self._opened.wire.requests
        cost.writes = before.writes + self._opened.wire.writes
        cost.wall_s = before.wall_s + time.monotonic() - self._clocks[0]
        cost.cpu_s = before.cpu_s + time.process_time() - self._clocks[1]
        if stage:
            sent = dict(stage.send.by_line)
            cost.controls = before.controls + sum(sent[line] for line in sent if line.startswith("control"))
            cost.read_backs = before.read_backs + sum(sent[line] for line in sent if line.startswith("reader"))

    def _run(self, course: Course) -> None:
        opened, results, past = self._opened, course.results, self._past
        left: list[Left] = []
        if past:
            course.journal = Journal(self._out, self._facts(results), past)
            left = recover(opened, self._plan, self._out, past, course)
        results.seed, secret = self._seed, run_secret(self._seed, past.parts if past else 0, results.shard)
        ledger = start_ledger(opened, self._out, results.id, secret, self._plan.permission.snapshot, past is not None)
        try:
            course.journal = course.journal or Journal(self._out, self._facts(results), past)
        except UsageError:
            ledger.close(())
            raise
        stop = Stop()
        stage = make_stage(opened, self._plan, ledger, Markers(secret, opened.redactor.fresh), self._told, stop)
        stage.turns = self._turns
        opened.wire.reserve(opened.target.requests(self._sendable(results)) - opened.target.requests())
        if past:
            stage.sparing.adopt(past.refusals)
            opened.wire.reserve(-past.cost.requests)
        course.listen(opened)
        lost: Unwritable | None = None
        with stop.heeded():
            try:
                self._lanes(stage, course, ledger)
            except Stopped:
                results.interrupted = True
            except Unwritable as error:
                results.interrupted, lost = True, error
            except Exception:
                self._end(stage, course, ledger, stop, left)
                raise
            lost = self._end(stage, course, ledger, stop, left) or lost
        if lost:
            raise lost

    def _end(self, stage: Stage, course: Course, ledger: Ledger, stop: Stop, left: Sequence[Left]) -> Unwritable | None:
        """Cleans up, with what was `left` before; gives why something could not be written."""
        stop.clear()
        lost = self._finish(stage, course)
        course.results.left = (*left, *course.results.left)
        ledger.close(*apart(course.results.left))
        if course.journal:
            try:
                course.spent(stage)
                course.journal.ended(ending(course.results, course.evidence))
            except Unwritable as error:
                lost = lost or error
            course.journal.close()
        return lost

    def _sendable(self, results: Results) -> int:
        chosen = set(results.selected)
        return sum(1 for one in self._plan.probes if one.id in chosen and not one.not_applicable)

    def _facts(self, results: Results) -> dict[str, Json]:
        """What another process needs to go on with this run."""
        return {
            "run": results.id,
            "started": results.started.isoformat(),
            "seed": self._seed,
            "profile": self._plan.profile,
            "bulk": self._plan.permission.bulk,
            "snapshot": self._plan.permission.snapshot,
            "selected": results.selected,
            **(self._portion.facts(self._plan) if self._portion else {}),
        }

    def _lanes(self, stage: Stage, course: Course, ledger: Ledger) -> None:
        results = course.results
        stage.public = stage.guest_get(stage.public_path)
        if stage.public.status is None:
            stage.enduring.give_up(f"{DOWN}: no answer ({stage.public.failure})")
            course.give_up(stage.enduring.down)
            return
        self._opened.logins.open()
        locked_out = self._opened.logins.failures.get(stage.owner)
        if locked_out:
            course.give_up(f"identity: {stage.owner}: {locked_out}")
            return
        stage.sweeper.note(ledger)
        results.standings = tuple(prove_identities(stage, self._opened, self._plan))
        stage.standing = {one.name: str(one) for one in results.standings}
        stage.reference_probes = self._reference_probes()
        encores = self._encores
        lanes = self._plan.lanes([one for one in course.waiting if one not in encores.waiting])
        if any(one.by in {made.name for made in self._opened.made} for one in lanes):
            self._unmade = open_accounts(stage, self._opened)
        running = Running(self._opened, self._plan, stage, self._unmade, course.judge)

        def due(names: Sequence[str]) -> Sequence[Lane]:
            return self._plan.lanes(encores.due(names, course.verdict))

        Driving(self._opened, stage, course, running, due).run(lanes)

    def _finish(self, stage: Stage, course: Course) -> Unwritable | None:
        """Looks for effects that came late, removes all that carries a marker, and checks that the target is as it
        was. Gives why something could not be written."""
        results, lost = course.results, None
        course.unsent("interrupted: the run was stopped" if results.interrupted else "not-sent: the run ended early")
        try:
            Aftermath(stage, results, course.evidence).look()
            course.looked(stage)
        except Unwritable as error:
            lost = error
        self._opened.wire.reserve()
        stage.enduring.try_again()
        results.left = tuple(stage.sweeper.sweep())
        results.missing = tuple(stage.sweeper.missing())
        self._as_before(stage, results)
        return lost

    def _as_before(self, stage: Stage, results: Results) -> None:
        if stage.public is None or stage.public.status is None or results.aborted:
            return
        again = stage.guest_get(stage.public_path)
        before, now = (stage.public.status, stage.public.media_type), (again.status, again.media_type)
        if before != now and again.status not in (None, 429):
            results.aborted = f"a public read answered {stage.public.status} before the run and {again.status} after it"

    def _reference_probes(self) -> dict[str, tuple[Probe | None, Probe | None]]:
        """The probes that the references are, by operation: an effect of a reference is a finding of theirs, unless
        guests may do this."""
        asked = (one for one in self._plan.probes if not one.not_applicable)
        named = {(one.family, one.mutation, one.operation.name): one for one in asked}
        operations = {one.operation.name for one in self._plan.probes}
        keys = ("guest-write", "no-header"), ("fabricated-admin", "random-name")
        return {name: (named.get((*keys[0], name)), named.get((*keys[1], name))) for name in operations}

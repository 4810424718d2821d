"""How far a run has come: what is known of each probe, in memory and in the journal."""

from collections.abc import Callable, Iterable, Mapping

from harness.engine.course.journal import Journal, evidence_counts
from harness.engine.course.judging import Judge
from harness.engine.course.results import Results
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.staging import rules_of
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Plan
from harness.engine.sending.listening import Listener
from harness.model import Evidence, Verdict


class Course:
    """The evidence of one run. What another process had found out stands in it from the start."""

    def __init__(
        self, opened: Opened, plan: Plan, results: Results, known: Mapping[str, tuple[Evidence, Verdict]]
    ) -> None:
        """`known` are verdicts that stay as they are unless more is seen."""
        chosen = set(results.selected)
        self.results = results
        self.evidence = {one.id: Evidence() for one in plan.probes if one.id in chosen}
        self.evidence |= {name: found for name, (found, _) in known.items() if name in self.evidence}
        self.journal: Journal | None = None
        self.count: Callable[[Results, Stage], None] = lambda results, stage: None
        """Brings what the results say of the cost up to date."""
        self._known = known
        self.judge = Judge(rules_of(opened))
        self._probes = {one.id: one for one in plan.probes}
        self._listeners = [one for one in plan.probes if one.id in chosen and one.mutant.listens]
        self._heard = {one.id: self.evidence[one.id] for one in self._listeners}
        self._listener = Listener(opened.redactor, opened.reading.operations)
        self._struck = 0

    def listen(self, opened: Opened) -> None:
        """From now on every answer is listened to."""
        opened.wire.listener = self._listener

    @property
    def waiting(self) -> list[str]:
        """Ids of the probes that are to be sent."""
        sent = {name for name, one in self.evidence.items() if name in self._known or one.effects}
        return [name for name in self.evidence if name not in sent]

    def verdict(self, name: str) -> Verdict:
        """What the evidence on a probe comes to."""
        known, found = self._known.get(name), self.evidence[name]
        return known[1] if known and known[0] is found else self.judge(self._probes[name], found)

    def give_up(self, why: str) -> None:
        """Nothing is sent for whoever is still waiting."""
        self.evidence.update(dict.fromkeys(self.waiting, Evidence(not_sent=why)))

    def note(self, names: Iterable[str], stage: Stage) -> None:
        """Writes the verdicts on these down, and what was heard so far. Raises Unwritable."""
        if self.journal is None:
            return
        for one in self._listeners:
            if not self.evidence[one.id].not_sent:
                self.evidence[one.id] = self._listener.evidence(one, self._heard[one.id])
        for name in (*names, *(one.id for one in self._listeners)):
            if evidence_counts(self.evidence[name]):
                self.journal.told(name, self.evidence[name], self.verdict(name))
        self._struck = self._struck if self._struck <= len(stage.strikes) else 0
        for strike in stage.strikes[self._struck :]:
            self.journal.struck(strike)
        self._struck = len(stage.strikes)
        self.spent(stage)

    def spent(self, stage: Stage) -> None:
        """Writes down what the run has cost so far. Raises Unwritable."""
        self.count(self.results, stage)
        if self.journal:
            self.journal.spent(self.results.cost, stage.sparing.met)

    def looked(self, stage: Stage) -> None:
        """Writes everything down before canaries are removed. Raises Unwritable."""
        self.note(self.evidence, stage)
        if self.journal and not stage.enduring.down:
            self.journal.looked()

    def unsent(self, why: str) -> None:
        """Says of what was neither sent nor given up why that is."""
        for name in self.waiting:
            found = self.evidence[name]
            seen = found.attempts or found.before or found.same_as_control or found.pointless or found.uncontrolled
            if not seen and not found.not_sent and not self._probes[name].mutant.listens:
                self.evidence[name] = Evidence(not_sent=why)

"""One build under the probes of one API, in a process of its own; some at a time."""

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from harness import plugin, report
from harness.demo.process import DemoServer, snapshot
from harness.engine import Results, Run, sample
from harness.model import FINDINGS, Outcome, Probe
from harness.report.heat import WORDS
from harness.showing.steps import APIS

PATIENCE = 20.0
"""Seconds in which what is under way ends when the demo is told to: it stops, and removes what it wrote."""
AT_A_TIME = 4
"""Runs beside each other: on two cores each waits half of its time for answers."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be run."""

    build: str
    api: str
    """A key of `APIS`."""
    targets: Path
    """The folder of the target files."""
    suites: Path
    out: Path
    """Where its reports go."""
    full: bool = False
    """Whether every probe is sent, or a sample."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one probe."""

    family: str
    mutation: str
    """With the field that it is about, if any: `plain-http of url`."""
    operation: str
    severity: str
    outcome: Outcome
    advisory: bool
    """Whether it is a finding that fails nothing."""
    unbounded: bool = False
    """Whether it reaches all there is where it gets in."""

    @property
    def word(self) -> str:
        """`got in`, `leaked`, `crashed`, `weak`, `advisory`, `unclear`, or nothing where all is well."""
        return "advisory" if self.advisory else WORDS.get(self.outcome, "")

    @property
    def in_vain(self) -> bool:
        """Whether the probe was refused."""
        return self.outcome is Outcome.HELD


@dataclass(frozen=True, slots=True)
class Shown:
    """What one build showed on one API."""

    build: str
    api: str
    told: Mapping[str, Told]
    """By the probe's id."""
    planned: int
    """Probes that there are."""
    operations: frozenset[str]
    """The names of the operations that the build documents."""
    requests: int
    unchanged: bool
    """Whether every row was afterwards as it was before."""
    trouble: tuple[str, ...]
    """Leftovers, and why the run was stopped, if it was."""

    @property
    def untouched(self) -> bool:
        """Whether nothing but a whole list that was open to be emptied is another than before."""
        return self.unchanged or any(one.unbounded and one.word == "got in" for one in self.told.values())


def probe(job: Job) -> Shown:
    """Starts a build, runs on it, and stops it. Raises HoldfastError."""
    with DemoServer.start(job.build) as server:
        before = snapshot(server.database)
        session = plugin.Session.prepare(
            job.targets / APIS[job.api],
            [job.suites],
            job.out,
            server.base_url,
            own_command=True,
            environment={**os.environ, **server.environment},
        )
        opened, plan, families = session.opened, session.plan, list(session.families.values())
        chosen = plan.probes if job.full else sample(plan.probes, families, opened.graph)
        results = Run(opened, plan, job.out).execute([one.id for one in chosen])
        report.write(results, opened, families, job.out)
        operations = frozenset(one.name for one in opened.reading.operations)
        return _shown(job, results, operations, snapshot(server.database) == before)


def probe_all(jobs: Sequence[Job]) -> Iterator[Shown]:
    """All of them, each as it ends, in their order. Raises HoldfastError."""
    # Started anew and not forked: the parent draws with threads.
    pool = ProcessPoolExecutor(AT_A_TIME, multiprocessing.get_context("spawn"))
    try:
        yield from pool.map(probe, jobs)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _let_end(multiprocessing.active_children())
        raise
    pool.shutdown()


def _let_end(children: Sequence[BaseProcess]) -> None:
    """Lets them finish, and ends those that do not: where one of a pool was killed, another may wait for ever to tell
    what it found."""
    until = monotonic() + PATIENCE
    for one in children:
        one.join(max(0.0, until - monotonic()))
        if one.is_alive():
            one.kill()


def _shown(job: Job, results: Results, operations: frozenset[str], untouched: bool) -> Shown:
    told = {
        name: Told(
            one.probe.family,
            _named(one.probe),
            one.probe.operation.name,
            str(one.probe.severity),
            one.verdict.outcome,
            one.verdict.outcome in FINDINGS and one.verdict.reason == "advisory",
            one.probe.mutant.unbounded,
        )
        for name, one in sorted(results.judged.items())
    }
    trouble = (*results.leftovers, *([results.aborted] if results.aborted else []))
    planned = len(results.plan.probes)
    return Shown(job.build, job.api, told, planned, operations, results.cost.requests, untouched, trouble)


def _named(probe: Probe) -> str:
    field = dict(probe.mutant.pairs).get("field")
    return f"{probe.mutation} of {field}" if field else probe.mutation

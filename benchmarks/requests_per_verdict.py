"""Requests that the server sees for each verdict whose own mutant was sent, every family asked of the embedded API.

Whatever a run sends counts: the document, what proves identities, controls, canaries, readings, repeats and the
clean-up. The best that could be is 1: a mutant for each verdict and nothing else.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.counting import Relay
from harness.demo.process import DemoServer
from harness.engine import Results, Run, make_plan, open_target
from harness.family import load_families

ROOT = Path(__file__).parents[1]
BUILDS = ("2026-06-09",)


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a run on one build cost."""

    build: str
    requests: int
    """As the server saw them."""
    results: Results

    @property
    def verdicts(self) -> int:
        """Verdicts whose own mutant was sent."""
        return sum(1 for one in self.results.judged.values() if one.evidence.attempts)

    @property
    def ratio(self) -> float:
        """Requests per verdict."""
        return self.requests / self.verdicts


def measure(build: str) -> Ratio:
    """Runs every probe of every family on a build of the embedded API, and counts."""
    with (
        DemoServer.start(build) as demo,
        Relay.before(demo.base_url) as relay,
        tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder,
    ):
        target = ROOT / "targets" / "demo.yaml"
        opened = open_target(target, {**os.environ, **demo.environment}, relay.base_url)
        plan = make_plan(load_families(ROOT / "suites"), opened)
        results = Run(opened, plan, Path(folder)).execute([probe.id for probe in plan.probes])
        return Ratio(build, relay.requests, results)


def report() -> str:
    """The figures as a section of RESULTS.md."""
    lines = [
        "## Requests per verdict",
        "",
        "Every family on `targets/demo.yaml`, counted by a relay before the server.",
        "",
        "| build | planned | verdicts of a sent mutant | requests | requests per verdict |",
        "|---|---|---|---|---|",
    ]
    for one in map(measure, BUILDS):
        planned = len(one.results.judged)
        lines.append(f"| {one.build} | {planned} | {one.verdicts} | {one.requests} | {one.ratio:.2f} |")
    return "\n".join(lines)

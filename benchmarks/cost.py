"""What the command costs the machine it runs on: processor time until the first request, for each probe, for a plan of
many operations, and memory. The target answers at once, so that nothing but the work itself is left."""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.many import TARGET, document, serving
from benchmarks.spending import HOLDFAST, ROOT, Spent, spent
from harness import report as reports
from harness.engine import Run, make_plan, open_target
from harness.family import load_families

RUNS = 3
"""Of the short ones, of which the quickest counts: other work on the machine only ever adds."""
SMALL, LARGE = 4, 8
"""Resources in the two runs of all families; memory is what the larger takes more."""


def report() -> str:
    """The figures as a section of RESULTS.md."""
    small, large = (_run(resources) for resources in (SMALL, LARGE))
    growth = (large["megabytes"] - small["megabytes"]) / (large["probes"] - small["probes"]) * 1000
    each = small["probes"] / 1000
    helped, begun, planned = _least((HOLDFAST, "--help")), _begun(4), _planned(167)
    whole = _whole(SMALL)
    rows = [
        ("`holdfast --help`, CPU", f"{helped.cpu:.2f} s"),
        ("start-up, all that comes before the first probe of 24 operations, CPU", f"{begun.cpu:.2f} s"),
        (f"`holdfast plan` of 1,002 operations, {planned.output.count(chr(10)):,} lines, CPU", f"{planned.cpu:.1f} s"),
        ("the same, memory", f"{planned.megabytes:.0f} MB"),
        (f"1,000 probes of {small['probes']:,.0f}, beyond start-up, no reports, CPU", f"{small['run'] / each:.2f} s"),
        ("the same with all reports, CPU", f"{(small['run'] + small['reports']) / each:.2f} s"),
        (
            "the same by `holdfast run`, with an item of pytest's for each, CPU",
            f"{(whole.cpu - begun.cpu) / each:.2f} s",
        ),
        ("the same, memory", f"{whole.megabytes:.0f} MB"),
        (f"{small['probes']:,.0f} probes with all reports, memory", f"{small['megabytes']:.0f} MB"),
        ("1,000 probes more, memory", f"{growth:.1f} MB"),
    ]
    lines = ["## What it costs", "", "Against a correct server that answers at once.", "", "| | |", "|---|--:|"]
    return "\n".join([*lines, *(f"| {what} | {value} |" for what, value in rows)])


def _least(command: Sequence[str]) -> Spent:
    return min((spent(command) for _ in range(RUNS)), key=lambda one: one.cpu)


def _begun(resources: int) -> Spent:
    with serving(resources, 0) as url, tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        target = Path(name, "target.yaml")
        target.write_text(TARGET.format(url=url, document="/openapi.json"))
        return _least((HOLDFAST, "run", str(target), "--co", "--out", str(Path(name, "out"))))


def _planned(resources: int) -> Spent:
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        target = Path(name, "target.yaml")
        target.write_text(TARGET.format(url="http://127.0.0.1:9", document="openapi.json"))
        Path(name, "openapi.json").write_text(json.dumps(document(resources)))
        return _least((HOLDFAST, "plan", str(target)))


def _whole(resources: int) -> Spent:
    """The command itself on such a target."""
    with serving(resources, 0) as url, tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        target = Path(name, "target.yaml")
        target.write_text(TARGET.format(url=url, document="/openapi.json"))
        return spent((HOLDFAST, "run", str(target), "--out", str(Path(name, "out"))))


def _run(resources: int) -> dict[str, float]:
    """A run of every family in a process of its own: seconds of CPU by part, probes, and megabytes."""
    with serving(resources, 0) as url, tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        target = Path(name, "target.yaml")
        target.write_text(TARGET.format(url=url, document="/openapi.json"))
        told: dict[str, float] = json.loads(spent((sys.executable, "-m", "benchmarks.cost", str(target))).output)
        return told


def _ran(target: Path) -> dict[str, float]:
    families = load_families(ROOT / "suites")
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        out, opened = Path(name), open_target(target, os.environ)
        plan = make_plan(families, opened)
        begun = time.process_time()
        results = Run(opened, plan, out).execute([one.id for one in plan.probes])
        ended = time.process_time()
        reports.write(results, opened, families, out)
        written = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sent = sum(1 for one in results.judged.values() if one.evidence.attempts)
    return {"run": ended - begun, "reports": written - ended, "probes": sent, "megabytes": peak}


if __name__ == "__main__":
    print(json.dumps(_ran(Path(sys.argv[1]))))

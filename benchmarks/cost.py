"""What the command costs the machine it runs on: processor time until the first request, for each probe, for a plan of
many operations, and memory. The target answers at once, so that nothing but the work itself is left."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.many import TARGET, document, serving
from benchmarks.spending import HOLDFAST, ROOT, Spent, pace, spent
from harness import report as reports
from harness.engine import Run, make_plan, open_target
from harness.family import load_families

RUNS = 3
"""Of the short ones, of which the quickest counts: other work on the machine only ever adds."""
SMALL, LARGE = 4, 8
"""Resources in the two runs of all families; memory is what the larger takes more."""


@dataclass(frozen=True, slots=True)
class _Ran:
    """What a run without the command took."""

    run: float
    """Seconds of CPU, all but the reports."""
    reports: float
    """Seconds of CPU."""
    probes: int
    """Those that were sent."""
    megabytes: float
    """Peak of its memory."""


def report() -> str:
    """The figures as a section of RESULTS.md."""
    paces = [pace()]
    helped, begun, planned = _least((HOLDFAST, "--help")), _begun(4), _planned(167)
    small, large = (_run(resources) for resources in (SMALL, LARGE))
    paces.append(pace())
    whole, larger = (_whole(resources) for resources in (SMALL, LARGE))
    paces.append(pace())
    thousands, more = small.probes / 1000, (large.probes - small.probes) / 1000
    rows = [
        (
            "ten million additions, for comparison: least and most in between, CPU",
            f"{min(paces):.2f}-{max(paces):.2f} s",
        ),
        ("`holdfast --help`, CPU", f"{helped.cpu:.2f} s"),
        ("start-up, all that comes before the first probe of 24 operations, CPU", f"{begun.cpu:.2f} s"),
        (f"`holdfast plan` of 1,002 operations, {planned.lines:,} lines, CPU", f"{planned.cpu:.1f} s"),
        ("the same, memory", f"{planned.megabytes:.0f} MB"),
        (f"1,000 probes of {small.probes:,}, beyond start-up, no reports, CPU", f"{small.run / thousands:.2f} s"),
        ("the same with all reports, CPU", f"{(small.run + small.reports) / thousands:.2f} s"),
        (
            "the same by `holdfast run`, with all that the command does besides, CPU",
            f"{(whole.cpu - begun.cpu) / thousands:.2f} s",
        ),
        (f"{small.probes:,} probes with all reports, memory", f"{small.megabytes:.0f} MB"),
        ("the same by `holdfast run`, memory", f"{whole.megabytes:.0f} MB"),
        (f"{large.probes:,} probes by `holdfast run`, memory", f"{larger.megabytes:.0f} MB"),
        ("1,000 probes more, memory", f"{(large.megabytes - small.megabytes) / more:.1f} MB"),
        ("the same by `holdfast run`, memory", f"{(larger.megabytes - whole.megabytes) / more:.1f} MB"),
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


def _run(resources: int) -> _Ran:
    """A run of every family in a process of its own."""
    with serving(resources, 0) as url, tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        target = Path(name, "target.yaml")
        target.write_text(TARGET.format(url=url, document="/openapi.json"))
        took = spent((sys.executable, "-m", "benchmarks.cost", str(target)))
        return _Ran(**json.loads(took.output), megabytes=took.megabytes)


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
    sent = sum(1 for one in results.judged.values() if one.evidence.attempts)
    return {"run": ended - begun, "reports": written - ended, "probes": sent}


if __name__ == "__main__":
    print(json.dumps(_ran(Path(sys.argv[1]))))

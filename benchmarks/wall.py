"""How long a run takes, beside what its requests would take if every connection were busy from beginning to end.

The ideal is requests x latency / connections, for the requests that the server saw. The run is the command itself, in a
process of its own, from its start to its exit, reports included. Its target takes its time over every answer.
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.many import TARGET, requests, serving
from benchmarks.spending import HOLDFAST, Spent, spent

CONNECTIONS, LATENCY = 32, 50
"""Requests at once, and milliseconds that each takes."""
SHAPES = ((1, ()), (4, ()))
"""Resources, six operations each, and what is asked of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One run."""

    resources: int
    asked: str
    verdicts: int
    requests: int
    spent: Spent

    @property
    def ideal(self) -> float:
        """Seconds."""
        return self.requests * LATENCY / 1000 / CONNECTIONS


def measure(resources: int, asked: tuple[str, ...]) -> Row:
    """Runs once."""
    with serving(resources, LATENCY) as url, tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        target, out = Path(name, "target.yaml"), Path(name, "out")
        target.write_text(TARGET.format(url=url, document="/openapi.json"))
        cost = spent((HOLDFAST, "run", str(target), "--out", str(out), *asked))
        told = json.loads((out / "report.json").read_text())
        return Row(resources, asked[-1] if asked else "everything", len(told["verdicts"]), requests(url), cost)


def report() -> str:
    """The figures as a section of RESULTS.md."""
    lines = [
        "## Wall time",
        "",
        f"The whole command against a correct server that takes {LATENCY} ms over each answer, {CONNECTIONS} requests",
        "at once. Ideal is what its requests alone would take.",
        "",
        "| operations | asked | verdicts | requests | ideal | wall | wall / ideal | CPU |",
        "|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in (measure(*shape) for shape in SHAPES):
        lines.append(
            f"| {row.resources * 6} | {row.asked} | {row.verdicts:,} | {row.requests:,} | {row.ideal:.1f} s "
            f"| {row.spent.wall:.1f} s | {row.spent.wall / row.ideal:.2f} | {row.spent.cpu:.1f} s |"
        )
    return "\n".join(lines)

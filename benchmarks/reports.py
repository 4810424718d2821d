"""What reports of 5,000 verdicts take: processor time, and bytes on disk.

Half of the verdicts are findings, each with an answer of 4 kB that does not compress, a tenth could not be told, and
the rest held. Three runs, of which the quickest counts: other work on the machine only ever adds.
"""

import gzip
import json
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from harness import report
from harness.engine import Judged, Results
from harness.family import Family, load_families
from harness.model import Operation
from harness.report import allure, recorded
from tests.unit.report.factories import GOOD, bypassed, exchange, held, opened, probe, results, unclear

ROOT = Path(__file__).parents[1]
VERDICTS = 5_000
RUNS = 3
BODY = 4096
FILES = ("report.json", "report.html", "report.sarif", "report.md")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured."""

    reports: float
    """Seconds of processor time for all reports of a run."""
    results: float
    """The same for Allure results, where they are asked for."""
    sizes: dict[str, tuple[int, int]]
    """Bytes of each file, and gzipped."""
    evidence: int
    """Bytes of all evidence files."""


def run() -> Results:
    """5,000 verdicts on 100 operations."""
    chance, made = random.Random(1), list[Judged]()
    for number in range(VERDICTS):
        place = Operation("POST", f"/api/v1/kind-{number // 50}/", line=number + 1)
        one = probe("fabricated-key", f"mutation-{number % 50}", place)
        if number % 10 == 1:
            made.append(unclear(one, "masked:400", "a validator answered", GOOD))
        elif number % 2:
            made.append(held(one))
        else:
            found = bypassed(one)
            body = json.dumps({"id": 7, "name": chance.randbytes(BODY // 2).hex()}).encode()
            attempt = replace(exchange(201, body), request=found.evidence.attempts[0].request)
            made.append(replace(found, evidence=replace(found.evidence, attempts=(attempt,))))
    return results(made)


def measure() -> Figures:
    """Writes everything three times."""
    families = load_families(ROOT / "suites")
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        folder, made = Path(name), run()
        at, out = opened(folder), folder / "out"
        reports = min(_seconds(lambda: report.write(made, at, families, out)) for _ in range(RUNS))
        shown = min(_seconds(lambda: _allure(out, families, folder / "allure")) for _ in range(RUNS))
        sizes = {one: _sizes(out / one) for one in FILES}
        evidence = sum(one.stat().st_size for one in (out / "evidence").iterdir())
        return Figures(reports, shown, sizes, evidence)


def _allure(out: Path, families: list[Family], folder: Path) -> None:
    allure.write(recorded.read(out), families, folder, {})


def _seconds(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _sizes(file: Path) -> tuple[int, int]:
    data = file.read_bytes()
    return len(data), len(gzip.compress(data, 6))


def _section(one: Figures) -> str:
    """The figures as a section of RESULTS.md."""
    lines = [
        "## Reports",
        "",
        f"{VERDICTS:,} verdicts, half of them findings with an answer of {BODY // 1024} kB that does not compress.",
        "",
        "| file | size | gzipped |",
        "|---|--:|--:|",
        *(f"| {name} | {size / 1e6:.2f} MB | {packed / 1e6:.2f} MB |" for name, (size, packed) in one.sizes.items()),
        f"| evidence | {one.evidence / 1e6:.2f} MB | |",
        "",
        "| | CPU |",
        "|---|--:|",
        f"| all reports of a run | {one.reports:.2f} s |",
        f"| Allure results, with `--alluredir` | {one.results:.2f} s |",
    ]
    return "\n".join(lines)


def report_text() -> str:
    """Measures, and gives the section."""
    return _section(measure())

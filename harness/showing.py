"""The demo: the embedded release API before and after its fixes, under the same probes."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness import plugin
from harness.demo.process import DemoServer
from harness.engine import Results
from harness.errors import UsageError
from harness.model import FINDINGS, Outcome

BUILDS = ("2014", "2026-02-24", "2026-02-25", "2026-06-04", "2026-06-09")
EXPECTED: Mapping[str, int] = {"2014": 1, "2026-06-09": 0}
"""The exit code that a run on each build ends with."""
FAMILIES = (
    "fabricated-key",
    "foreign-key",
    "missing-key",
    "fabricated-admin",
    "guest-write",
    "low-privilege-write",
    "url-off-domain",
)
"""What the fixes of that year were about; a run of your own asks for everything."""


def serve(build: str, port: int, keys: Path | None) -> int:
    """Serves one build until it is stopped; its keys and address are in a file to be sourced. Raises UsageError."""
    if build not in BUILDS:
        raise UsageError(f"there is no build {build!r}; there are {', '.join(BUILDS)}")
    file = keys or Path("holdfast-demo.env")
    command = [sys.executable, "-m", "harness.demo", "--build", build, "--port", str(port), "--keys-file", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline() or "{}")
            if not ready:
                return process.wait() or 2
            with file.open("a") as lines:
                lines.write(f"BASE_URL={ready['base_url']}\n")
            print(f"build {build} listens at {ready['base_url']}; keys and BASE_URL are in {file}", flush=True)
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            return 0


def side_by_side(target: Path, suites: Path, out: Path | None) -> int:
    """Runs on every build and shows what was open and what the fixes closed; 0 where each shows what it should."""
    console = Console()
    found: dict[str, Results] = {}
    codes: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="holdfast-") as scratch:
        for build in EXPECTED:
            console.print(Text(f"build {build}: probing …", "dim"))
            folder = (out or Path(scratch)) / build
            with DemoServer.start(build) as server:
                environment = {**os.environ, **server.environment}
                session = plugin.Session.prepare(
                    target,
                    [suites],
                    folder,
                    server.base_url,
                    plugin.Selection(FAMILIES),
                    own_command=True,
                    environment=environment,
                )
                codes[build] = plugin.main(session, [suites], [])
            if session.results is not None:
                found[build] = session.results
    console.print(_table(found))
    _conclude(console, found, codes)
    if out:
        console.print(f"reports are in {out}")
    return 0 if codes == EXPECTED else 1


def _table(found: Mapping[str, Results]) -> Table:
    table = Table(title="The same probes before and after the fixes", title_justify="left", title_style="bold")
    table.add_column("family")
    for build in found:
        table.add_column(f"build {build}")
    for family in FAMILIES:
        table.add_row(family, *(_cell(results, family) for results in found.values()))
    return table


def _cell(results: Results, family: str) -> Text:
    judged = [one for one in results.judged.values() if one.probe.family == family]
    counts = Counter(one.verdict.outcome for one in judged)
    findings = sum(counts[one] for one in FINDINGS)
    told = len(judged) - counts[Outcome.NOT_APPLICABLE]
    if findings:
        doors = {one.probe.operation.name for one in judged if one.verdict.outcome in FINDINGS}
        return Text(f"OPEN: {findings} of {told} got in, {len(doors)} operations", "bold red")
    if counts[Outcome.INCONCLUSIVE]:
        return Text(f"{counts[Outcome.INCONCLUSIVE]} of {told} inconclusive", "yellow")
    return Text(f"held: {counts[Outcome.HELD]} of {told}", "green")


def _conclude(console: Console, found: Mapping[str, Results], codes: Mapping[str, int]) -> None:
    for build, code in codes.items():
        requests = found[build].cost.requests if build in found else 0
        right = code == EXPECTED[build]
        said = f"build {build}: exit {code}, {requests} requests" + ("" if right else f"; expected {EXPECTED[build]}")
        console.print(Text(said, "" if right else "bold red"))

"""Consecutive builds of the embedded API side by side: each repair closed the doors that it was for, and no other."""

from itertools import pairwise
from pathlib import Path

from harness.engine import Run, make_plan, open_target
from harness.model import Probe
from harness.report import comparing, recorded
from harness.report.files import write_files
from tests.contract.demos import BUILD_NAMES, Demos
from tests.contract.test_retesting import families
from tests.e2e.command import TARGET

FILES = "POST /api/v1/downloads/release_file/"
CHOSEN = {"fabricated-key/arbitrary-key", "guest-write/no-header"}


def telling(probe: Probe) -> bool:
    if probe.operation.name != FILES:
        return False
    pairs = dict(probe.mutant.pairs)
    link = pairs.get("case") == "other-host" and pairs.get("field") in ("url", "gpg_signature_file")
    return f"{probe.family}/{probe.mutation}" in CHOSEN or (probe.family == "url-off-domain" and link)


def reports(demos: Demos, folder: Path) -> list[recorded.Recorded]:
    """A report of the same probes on every build."""
    file = folder / "target.yaml"
    file.write_text(f"{TARGET.read_text()}limits: {{settle: 50ms}}\n")
    found = []
    for build in BUILD_NAMES:
        demo = demos.of(build)
        opened = open_target(file, demo.environment, demo.base_url)
        plan = make_plan(families(), opened)
        chosen = [one.id for one in plan.probes if telling(one)]
        write_files(Run(opened, plan, folder / build, seed=7).execute(chosen), opened, folder / build)
        found.append(recorded.read(folder / build))
    return found


def told(first: recorded.Recorded, second: recorded.Recorded, change: comparing.Change) -> set[str]:
    """Families, with the fields of URLs, that changed so."""
    rows = [one.row for one in comparing.compare(first, second) if one.change is change]
    return {one.family + one.id.partition(" field")[2].partition(" ")[0].rstrip("]") for one in rows}


def test_each_repair_closed_what_it_was_for(demos: Demos, tmp_path: Path) -> None:
    pairs = list(pairwise(reports(demos, tmp_path)))
    url, signature = "url-off-domain=url", "url-off-domain=gpg_signature_file"
    fixed = [told(*pair, comparing.Change.FIXED) for pair in pairs]
    assert fixed == [{"fabricated-key"}, set(), set(), {url, signature}]
    still = [told(*pair, comparing.Change.STILL_OPEN) for pair in pairs]
    assert still == [{url, signature}, {url, signature}, {url, signature}, set()]
    assert [comparing.exit_code(comparing.compare(*pair)) for pair in pairs] == [0, 0, 0, 0]
    backwards = [comparing.compare(second, first) for first, second in pairs]
    assert [comparing.exit_code(one) for one in backwards] == [1, 0, 0, 1]

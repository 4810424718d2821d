"""A run of another profile than the standard one says so wherever its verdict stands."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.engine import Profile, Results
from harness.report import files, html, markdown, sarif
from tests.unit.report.factories import held, opened, probe, results, shown


def run(profile: Profile) -> Results:
    made = results([held(probe())])
    made.plan = replace(made.plan, profile=profile)
    return made


@pytest.mark.parametrize(("profile", "said"), [("smoke", True), ("standard", False)])
def test_every_report_says_that_it_is_smoke(tmp_path: Path, profile: Profile, said: bool) -> None:
    made, target = run(profile), opened(tmp_path)
    html.write(made, target, [], tmp_path / "report.html")
    sarif.write(made, target, [], tmp_path / "report.sarif")
    assert shown(made, tmp_path).startswith(f"HELD: all 1 probe held{' (smoke profile)' if said else ''}\n")
    assert ("### Holdfast: HELD: all 1 probe held (smoke profile)" in markdown.text(made, target)) is said
    assert ("All 1 probe held (smoke profile)</h1>" in (tmp_path / "report.html").read_text()) is said
    assert ("Only the most telling probes were sent: smoke profile." in (tmp_path / "report.sarif").read_text()) is said
    told = files.document(made, target)["run"]
    assert (told["profile"], told["partial"]) == (profile, False)

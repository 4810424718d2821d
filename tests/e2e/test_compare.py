"""Two target files compared: both are run, and what one says otherwise than the other is told in three forms."""

import json
from pathlib import Path

from harness.demo.process import DemoServer, snapshot
from tests.e2e.command import TARGET, holdfast

WHERE = ("--family", "fabricated-key", "--operation", "POST /api/v1/downloads/os/")


def target(demo: DemoServer, name: str, folder: Path) -> tuple[str, dict[str, str]]:
    """A target file of its own, and its keys under names of their own."""
    text = TARGET.read_text().replace("http://127.0.0.1:8000", demo.base_url)
    for variable in demo.environment:
        text = text.replace(f"${{{variable}}}", f"${{{name}_{variable}}}")
    (folder / f"{name}.yaml").write_text(f"{text}limits: {{settle: 50ms}}\n")
    return f"{name}.yaml", {f"{name}_{variable}": key for variable, key in demo.environment.items()}


def test_two_target_files(tmp_path: Path) -> None:
    with DemoServer.start("2014") as demo, DemoServer.start("2026-06-09") as mended:
        before = snapshot(demo.database), snapshot(mended.database)
        old, keys = target(demo, "OLD", tmp_path)
        new, more = target(mended, "NEW", tmp_path)
        ran = holdfast("compare", old, new, "--out", "both", *WHERE, keys=keys | more, folder=tmp_path)
        assert (ran.code, ran.text.splitlines()[0][-6:]) == (0, " fixed"), ran.text
        assert (snapshot(demo.database), snapshot(mended.database)) == before
    told = holdfast("compare", "both/first", "both/second", "--json", keys={}, folder=tmp_path)
    made = json.loads(told.text)
    assert told.code == made["exit"] == 0
    assert {one["change"] for one in made["probes"]} == {"fixed"}
    assert {one["operation"] for one in made["probes"]} == {"POST /api/v1/downloads/os/"}
    assert made["first"]["seed"] == made["second"]["seed"]
    assert {one["why"] for one in made["probes"]} >= {"was BYPASSED(any-change, state), is HELD(refused, state)"}
    back = holdfast("compare", "both/second", "both/first", "--markdown", keys={}, folder=tmp_path)
    assert back.code == 1
    assert "| newly open | `fabricated-key` | `admin` | `POST /api/v1/downloads/os/` |" in back.text

"""A report that holds a secret is no report: a family that writes a key down fails the run, and its files go."""

from pathlib import Path

from harness.demo.process import DemoServer
from harness.engine.course.cleaning import clean_up
from tests.e2e.command import run_on

KEY = "HOLDFAST_DEMO_ADMIN_KEY"
FAMILY = f'''"""Loose tongue: a request with a made-up key is refused.

The page of a family that says too much.
"""

import base64
import os
from collections.abc import Iterator

from harness.family import WRITES, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(287,), owasp="API2:2023", on=WRITES)


def made_up_key(control: Control) -> Iterator[Mutant]:
    yield control.signed(key="anything")


made_up_key.__doc__ = "The key is " + base64.b64encode(b"x" + os.environ["{KEY}"].encode()).decode() + "."
FAMILY.mutation(made_up_key)
'''


def test_a_report_that_holds_a_key_is_destroyed_and_the_run_says_so(tmp_path: Path) -> None:
    mine, out = tmp_path / "mine", tmp_path / "out"
    mine.mkdir()
    (mine / "loose_tongue.py").write_text(FAMILY)
    narrow = ("--suites", str(mine), "--family", "loose-tongue", "--operation", "DELETE /api/v1/downloads/os/{id}/")
    with DemoServer.start("2014") as demo:
        ran = run_on(demo, tmp_path, *narrow, "--junitxml", str(tmp_path / "junit.xml"))
        assert ran.code == 4, ran.text
        assert ran.text.count("\n") == 1
        assert ran.text.startswith("holdfast: a secret stood in what was written: ")
        assert f"(${KEY}) was shredded" in ran.text
        assert demo.environment[KEY] not in ran.text
        kept = {one.relative_to(out).parts[0] for one in out.rglob("*") if one.is_file()}
        assert kept >= {"target.yaml", "document"}
        assert not (out / "evidence").exists() or not list((out / "evidence").glob("*loose-tongue*"))
        assert "evidence" in ran.text
        assert (out / "ledger.jsonl").exists()
        assert clean_up(out, demo.environment) == []

"""Allure results of a run as a whole, and of one that is lost in the middle."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from harness.demo.process import DemoServer
from harness.engine.course.cleaning import clean_up
from harness.errors import UsageError
from harness.report.recorded import read_whole
from tests.e2e.command import PATIENCE, ROOT, TARGET, environment, parts_of, run_on
from tests.e2e.test_crash import WORDS, lines

FEW = ("--family", "fabricated-key", "--family", "guest-write", "--operation", "POST /api/v1/downloads/os/")
STATUS = {"BYPASSED": "failed", "HELD": "passed", "INCONCLUSIVE": "broken", "NOT-APPLICABLE": "skipped"}
CHILD = """
import os
from harness.cli import main
from harness.engine.course.journal import Journal

told, count = Journal.told, 0

def ended(self, *verdict):
    global count
    count += 1
    if count > 20:
        os._exit(7)
    told(self, *verdict)

Journal.told = ended
main()
"""
"""The command, ended from within behind twenty verdicts, with nothing flushed or closed."""


def results(folder: Path) -> list[dict[str, Any]]:
    """Every Allure result in a folder."""
    return [json.loads(file.read_text()) for file in folder.glob("*-result.json")]


def test_every_verdict_is_a_result_in_a_run_and_under_pytest(tmp_path: Path) -> None:
    with DemoServer.start("2014") as demo:
        more = ("--alluredir", str(tmp_path / "ours"), "--junitxml", str(tmp_path / "junit.xml"))
        ran = run_on(demo, tmp_path, *FEW, *more)
        assert ran.code == 1, ran.text
        words = [sys.executable, "-m", "pytest", "-q", "suites", f"--target={TARGET}", f"--base-url={demo.base_url}"]
        words += [*FEW, f"--out={tmp_path / 'bare'}", f"--alluredir={tmp_path / 'theirs'}"]
        keys = environment(demo.environment, tmp_path)
        bare = subprocess.run(words, cwd=ROOT, env=keys, capture_output=True, timeout=PATIENCE, check=False)
        assert bare.returncode == 1, bare.stdout
        secrets = parts_of(demo.environment.values())
    told = ran.verdicts()
    found = {one["fullName"]: one for one in results(tmp_path / "ours")}
    assert {name: one["status"] for name, one in found.items()} == {
        name: STATUS[one] for name, (one, _) in told.items()
    }
    again = {one["fullName"]: one for one in results(tmp_path / "theirs")}
    assert {name: one["historyId"] for name, one in again.items()} == {
        name: one["historyId"] for name, one in found.items()
    }
    for file in (tmp_path / "ours").iterdir():
        assert not [piece for piece in secrets if piece in file.read_text().lower()]
    for case in ElementTree.parse(tmp_path / "junit.xml").iter("testcase"):
        given = {one.get("name"): one.get("value") for one in case.iter("property")}
        assert given["verdict"] == told[str(case.get("name"))][0]
        assert {"reason", "operation", "identity", "family", "cwe", "severity", "fingerprint"} <= set(given)
        assert str(given["cwe"]).startswith("CWE-")


def test_a_run_that_is_lost_in_the_middle_shows_that_alone(tmp_path: Path) -> None:
    out, folder = tmp_path / "out", tmp_path / "allure"
    with DemoServer.start("2014") as demo:
        words = ["run", str(TARGET), "--base-url", demo.base_url, "--out", str(out), *WORDS, "--alluredir", str(folder)]
        keys = {**environment(demo.environment, tmp_path), "PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            [sys.executable, "-c", CHILD, *words], cwd=tmp_path, env=keys, timeout=PATIENCE, check=False
        )
        assert ran.returncode == 7
        assert lines(out / "journal.jsonl") > 5, "some verdicts were known"
        (one,) = results(folder)
        assert (one["status"], one["name"]) == ("broken", "The run on demo ends")
        with pytest.raises(UsageError, match="ended before it reported"):
            read_whole(out)
        assert clean_up(out, demo.environment) == []
        assert os.listdir(folder) == [file.name for file in folder.glob("holdfast-*-unfinished-result.json")]

"""Probes are pytest items: selected, listed, reported and repeated as any other."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from harness.demo.process import DemoServer
from tests.e2e.command import PATIENCE, ROOT, TARGET, environment, parts_of, run_on

FAMILY = '''"""Visiting card: a request that shows a card instead of a credential is refused.

The page of a family that an owner added.
"""

from collections.abc import Iterator

from harness.family import WRITES, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(287,), owasp="API2:2023", on=WRITES)


@FAMILY.mutation
def shown_card(control: Control) -> Iterator[Mutant]:
    """The credential is a card."""
    yield control.written("Card release-manager")
'''


def test_a_family_is_one_new_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "visiting_card.py").write_text(FAMILY)
    with DemoServer.start("2026-06-09") as demo:
        result = run_on(demo, tmp_path, "--suites", str(mine), "--family", "visiting-card")
    assert result.code == 0, result.text
    judged = {name: one for name, one in result.verdicts().items() if one[0] != "NOT-APPLICABLE"}
    assert len(judged) == 7
    assert set(judged.values()) == {("HELD", "refused")}
    assert all(name.startswith("visiting-card/shown-card[") for name in judged)


def test_last_failed_runs_the_findings_again(tmp_path: Path) -> None:
    narrow = ("--operation", "PATCH /api/v1/downloads/os/{id}/", "--family", "foreign-key")
    with DemoServer.start("2014") as demo:
        first = run_on(demo, tmp_path, *narrow)
        again = run_on(demo, tmp_path, *narrow, "--lf")
    assert first.code == again.code == 1
    assert len(again.report["verdicts"]) == 2
    assert {one["verdict"] for one in again.report["verdicts"]} == {"BYPASSED"}
    assert again.report["run"]["partial"]


def test_junit_tells_findings_doubts_and_skips_apart(tmp_path: Path) -> None:
    with DemoServer.start("2014") as demo:
        run_on(demo, tmp_path, "--family", "foreign-key", "--junitxml", str(tmp_path / "junit.xml"))
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()[0]
    assert int(suite.get("failures", 0)) == 26
    assert int(suite.get("skipped", 0)) == 40
    assert int(suite.get("errors", 0)) == 0
    failure = next(iter(suite.iter("failure")))
    assert (failure.get("message") or failure.text or "").lstrip().startswith("BYPASSED")


def bare(
    demo: DemoServer, folder: Path, *more: str, keys: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`pytest suites` in a checkout, without the command."""
    arguments = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        str(ROOT / "suites"),
        "--target",
        str(TARGET),
    ]
    arguments += ["--base-url", demo.base_url, "--out", str(folder / "out"), *more]
    return subprocess.run(
        arguments,
        cwd=ROOT,
        env=environment(keys or dict(demo.environment), folder),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_bare_pytest_gives_the_same_items_and_no_secret(tmp_path: Path) -> None:
    keys = {"HOLDFAST_DEMO_PLAIN_KEY": "0123456789abcdef0123"}
    with DemoServer.start("2026-06-09") as demo:
        known = {**demo.environment, **keys}
        ran = bare(
            demo, tmp_path, "-vv", "-l", "--family", "low-privilege-write", "--family", "foreign-key", keys=known
        )
    text = ran.stdout + ran.stderr
    assert ran.returncode == 3, text
    assert text.count("INCONCLUSIVE(identity)") >= 6
    assert not [piece for piece in parts_of(known.values()) if piece in text]
    assert "Traceback" not in text


def test_bare_pytest_lists_without_sending(tmp_path: Path) -> None:
    with DemoServer.start("2026-06-09") as demo:
        ran = bare(demo, tmp_path, "--co", "-q", "-k", "arbitrary")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "fabricated-key/arbitrary-key[POST /api/v1/downloads/release_file/]" in ran.stdout
    assert not (tmp_path / "out").exists()


def test_bare_pytest_without_a_target_is_left_alone() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", str(ROOT / "suites"), "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 5
    assert "no tests ran" in ran.stdout

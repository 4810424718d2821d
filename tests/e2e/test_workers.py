"""pytest-xdist is not for probes: its workers would each be a run. Whoever asks for it is told what to do instead."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.command import PATIENCE, ROOT, TARGET, environment, holdfast

TOLD = (
    "a run is one process; say how much it does at a time under `limits: {concurrency: 8}` in the target file, or "
    "share it between machines with --shard I/N and `holdfast merge`"
)
XDIST = """
def pytest_addoption(parser):
    parser.getgroup("xdist")._addoption("-n", "--numprocesses", dest="numprocesses", type=int)
    parser.getgroup("xdist").addoption("--tx", action="append", default=[])


def pytest_configure(config):
    if config.option.numprocesses or config.option.tx:
        print("the workers start")
"""
"""What of pytest-xdist is met before its workers are."""


def bare(folder: Path, *arguments: str, path: Sequence[Path] = ()) -> tuple[int, str]:
    """`pytest` on the suites, as a user calls it; exit code and what it said."""
    told = environment({}, folder) | {"PYTHONPATH": ":".join(map(str, (*path, ROOT)))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(ROOT / "suites"), *arguments],
        cwd=ROOT,
        env=told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("words", [("-n", "4"), ("-n4",), ("--numprocesses", "auto")])
def test_the_command_says_what_to_do_instead(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = holdfast("run", str(TARGET), *words, keys={}, folder=tmp_path)
    assert ran.code == 2
    assert ran.text == f"holdfast: -n {words[-1].removeprefix('-n')}: {TOLD}\n"


def test_pytest_without_xdist_says_so_too(tmp_path: Path) -> None:
    code, text = bare(tmp_path, "--target", str(TARGET), "-n", "4")
    assert (code, text) == (4, f"ERROR: -n 4: {TOLD}\n\n")
    code, text = bare(tmp_path, "-n", "4")
    assert (code, text) == (4, "ERROR: -n: needs pytest-xdist, which is not there\n\n")


@pytest.mark.parametrize("words", [("-n", "4"), ("--tx", "popen", "--tx", "popen", "--tx", "popen", "--tx", "popen")])
def test_pytest_with_xdist_says_so_too(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "xdist.py").write_text(XDIST)
    code, text = bare(tmp_path, "-p", "xdist", "--target", str(TARGET), *words, path=[tmp_path])
    assert code == 4
    assert text.endswith(f"ERROR: -n 4: {TOLD}\n\n")

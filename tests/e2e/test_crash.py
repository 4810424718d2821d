"""A run that is killed leaves a ledger from which another process removes everything."""

import os
import signal
import subprocess
import time
from pathlib import Path

from harness.demo.process import DemoServer, snapshot
from tests.e2e.command import PATIENCE, ROOT, TARGET, command, environment, holdfast

KILLS = 10


def test_whatever_a_killed_run_wrote_is_removed(tmp_path: Path) -> None:
    with DemoServer.start("2014") as demo:
        before = snapshot(demo.database)
        for number in range(KILLS):
            out = tmp_path / str(number)
            kill_with_canaries(demo, out, tmp_path, lines=5 + 37 * number)
            assert snapshot(demo.database) != before, "at least one canary is on the server"
            result = holdfast("cleanup", str(out), keys=demo.environment, folder=tmp_path)
            assert result.code == 0, result.text
            assert snapshot(demo.database) == before


def kill_with_canaries(demo: DemoServer, out: Path, folder: Path, lines: int) -> None:
    """Starts a run and kills it, with no warning, once its ledger has so many lines and the server something of it."""
    narrow = ("--family", "guest-write", "--family", "fabricated-key")
    arguments = command("run", str(TARGET), "--base-url", demo.base_url, "--out", str(out), *narrow)
    held = snapshot(demo.database)
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env={**environment(demo.environment, folder), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up and process.poll() is None:
            ledger = out / "ledger.jsonl"
            written = ledger.read_bytes().count(b"\n") if ledger.exists() else 0
            if written >= lines and snapshot(demo.database) != held:
                break
        assert process.poll() is None, "the run was still going when it was killed"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def test_cleanup_needs_the_target_and_says_so(tmp_path: Path) -> None:
    with DemoServer.start("2014") as demo:
        kill_with_canaries(demo, tmp_path / "out", tmp_path, lines=5)
        keys = dict(demo.environment)
    result = holdfast("cleanup", str(tmp_path / "out"), keys=keys, folder=tmp_path)
    assert result.code == 3
    assert "clean up again" in result.text
    assert "Traceback" not in result.text

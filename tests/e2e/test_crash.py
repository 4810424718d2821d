"""Runs that are killed or stopped: nothing of theirs stays, and they can be taken up again.

A killed run is a child of the test that had planned it, so that hundreds of them cost little.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness import plugin
from harness.demo.process import DemoServer, snapshot
from harness.engine import Results, Run
from harness.engine.course.cleaning import clean_up
from tests.e2e.command import PATIENCE, ROOT, TARGET, command, environment, holdfast

SUITES = ROOT / "suites"
OS = "/api/v1/downloads/os/"
FAMILIES = ("guest-write", "fabricated-key", "credential-echo")
OPERATIONS = (f"POST {OS}", f"PUT {OS}{{id}}/", f"DELETE {OS}{{id}}/")
WORDS = [word for one in FAMILIES for word in ("--family", one)]
WORDS += [word for one in OPERATIONS for word in ("--operation", one)]
Verdicts = dict[str, tuple[str, str]]


def lines(file: Path) -> int:
    """How many lines a file has; none where there is none."""
    return file.read_bytes().count(b"\n") if file.exists() else 0


@contextmanager
def planned() -> Iterator[tuple[DemoServer, plugin.Session]]:
    """A server, and a run against it that is ready to begin."""
    chosen = plugin.Selection(FAMILIES, OPERATIONS)
    with DemoServer.start("2014") as demo:
        session = plugin.Session.prepare(
            TARGET, [SUITES], Path("nowhere"), demo.base_url, chosen, environment=demo.environment
        )
        try:
            yield demo, session
        finally:
            session.opened.wire.close()


def executed(session: plugin.Session) -> Results:
    """What comes of a session."""
    chosen = [one.id for one in session.plan.probes if session.selection.takes(one)]
    return Run(session.opened, session.plan, session.out, seed=session.seed, past=session.past).execute(chosen)


def told(results: Results) -> Verdicts:
    """Verdict and reason by probe id."""
    return {name: (str(one.verdict.outcome), one.verdict.reason) for name, one in results.judged.items()}


def killed(demo: DemoServer, ready: plugin.Session, out: Path, wait: int) -> None:
    """Begins a run in a child and kills that, with no warning, once its ledger has so many lines and the server
    something of it."""
    session, held = replace(ready, out=out), snapshot(demo.database)
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            executed(session)
        os._exit(0)
    ended, give_up = 0, time.monotonic() + PATIENCE
    try:
        while not ended and time.monotonic() < give_up:
            if lines(out / "ledger.jsonl") >= wait and snapshot(demo.database) != held:
                break
            ended, _ = os.waitpid(child, os.WNOHANG)
        assert not ended, "the run was still going when it was killed"
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdicts, int]:
    """The verdicts of a run that nothing happens to, and the lines of its ledger."""
    out = tmp_path_factory.mktemp("whole") / "out"
    with planned() as (_, session):
        results = executed(replace(session, out=out))
    assert results.exit_code(strict=False) == 1
    return told(results), lines(out / "ledger.jsonl")


def test_whatever_a_killed_run_wrote_is_removed(tmp_path: Path) -> None:
    with planned() as (demo, session):
        before = snapshot(demo.database)
        for number in range(7):
            killed(demo, session, tmp_path / str(number), 5 + 24 * number)
            assert snapshot(demo.database) != before, "at least one canary is on the server"
            assert clean_up(tmp_path / str(number), demo.environment) == []
            assert snapshot(demo.database) == before


def test_a_killed_run_is_taken_up_again(tmp_path: Path, whole: tuple[Verdicts, int]) -> None:
    with planned() as (demo, session):
        for number, part in enumerate((0.05, 0.45, 0.85)):
            taken_up(demo, session, tmp_path / str(number), whole[0], int(whole[1] * part))


def taken_up(
    demo: DemoServer, ready: plugin.Session, out: Path, verdicts: Verdicts, wait: int, cleaned: bool = False
) -> None:
    """Kills a run and takes it up again, `cleaned` up before or not: no verdict is lost or another one, and nothing
    stays."""
    before = snapshot(demo.database)
    killed(demo, ready, out, wait)
    if cleaned:
        assert clean_up(out, demo.environment) == []
        assert snapshot(demo.database) == before
    session = plugin.Session.resume(out, [SUITES], demo.environment, strict=False)
    assert session.past is not None
    kept = dict(session.past.told)
    results = executed(session)
    assert told(results) == verdicts
    past = session.past
    assert results.cost.requests == past.cost.requests + session.opened.wire.requests
    assert results.cost.wall_s > past.cost.wall_s
    assert bool(past.told) <= bool(past.cost.requests), "what was judged was paid for"
    assert snapshot(demo.database) == before
    assert (results.leftovers, results.interrupted, results.aborted) == ((), False, "")
    sent = [name for name in kept if results.judged[name].evidence != kept[name][0]]
    assert all(results.judged[name].probe.mutant.listens for name in sent), "what was judged is not sent again"


@contextmanager
def running(demo: DemoServer, out: Path, until: Callable[[], bool], *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The command at work, as far as that; it is over when the block ends."""
    arguments = command("run", str(TARGET), "--base-url", demo.base_url, "--out", str(out), *WORDS, *more)
    process = subprocess.Popen(
        arguments,
        cwd=out.parent,
        env={**environment(demo.environment, out.parent), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up and process.poll() is None and not until():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.01)
        assert process.poll() is None, "the run was still going"
        yield process
    finally:
        process.kill()
        process.communicate()


def statuses(folder: Path) -> dict[str, str]:
    """Status of each Allure result by its full name."""
    found = [json.loads(file.read_text()) for file in folder.glob("*-result.json")]
    return {one["fullName"]: one["status"] for one in found}


def test_a_run_that_is_told_to_end_reports_what_it_knows(tmp_path: Path, whole: tuple[Verdicts, int]) -> None:
    out = tmp_path / "out"
    with DemoServer.start("2014") as demo:
        before = snapshot(demo.database)
        with running(demo, out, lambda: lines(out / "journal.jsonl") > 30, "--alluredir", "shown") as process:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=PATIENCE)[0].decode()
        assert process.returncode in (1, 3), said
        assert "Traceback" not in said
        assert snapshot(demo.database) == before
        report = json.loads((out / "report.json").read_text())
        found = {one["id"]: (one["verdict"], one["reason"]) for one in report["verdicts"]}
        stopped = {name for name, one in found.items() if one == ("INCONCLUSIVE", "interrupted")}
        assert report["run"]["interrupted"]
        assert stopped
        listened = {name for name in found if name.startswith("credential-echo")}
        assert all(found[name] == whole[0][name] for name in found.keys() - stopped - listened)
        shown = statuses(tmp_path / "shown")
        assert {name for name, status in shown.items() if status == "broken"} == stopped
        assert {name for name, status in shown.items() if status == "passed"} == {
            name for name, (verdict, _) in found.items() if verdict == "HELD"
        }
        ran = holdfast("resume", str(out), keys=demo.environment, folder=tmp_path, out=out)
        assert ran.code == 1, ran.text
        assert ran.verdicts() == whole[0]
        assert snapshot(demo.database) == before


def test_a_run_that_is_told_twice_ends_at_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with DemoServer.start("2014") as demo:
        before = snapshot(demo.database)
        with running(demo, out, lambda: lines(out / "journal.jsonl") > 30, "--alluredir", "shown") as process:
            os.kill(demo.pid, signal.SIGSTOP)
            try:
                # Two signals of one kind that are sent together arrive as one.
                process.send_signal(signal.SIGINT)
                process.send_signal(signal.SIGTERM)
                said = process.communicate(timeout=PATIENCE)[0].decode()
            finally:
                os.kill(demo.pid, signal.SIGCONT)
        assert process.returncode == 3
        assert said.strip().splitlines() == [
            f"holdfast: the run was stopped at once; go on with `holdfast resume {out}`, or `holdfast cleanup {out}`"
        ]
        assert not (out / "report.json").exists()
        assert statuses(tmp_path / "shown") == {"unfinished": "broken"}
        assert clean_up(out, demo.environment) == []
        assert snapshot(demo.database) == before


def test_cleanup_needs_the_target_and_says_so(tmp_path: Path) -> None:
    with planned() as (demo, session):
        killed(demo, session, tmp_path / "out", 5)
        keys = dict(demo.environment)
    result = holdfast("resume", str(tmp_path / "out"), keys=keys, folder=tmp_path)
    assert result.code == 3
    assert "clean up again" in result.text
    assert "Traceback" not in result.text


def test_what_is_no_run_cannot_be_taken_up(tmp_path: Path) -> None:
    result = holdfast("resume", str(tmp_path), keys={}, folder=tmp_path)
    assert result.code == 2
    assert result.text.startswith("holdfast: ")
    assert len(result.text.splitlines()) == 1
    (tmp_path / "journal.jsonl").write_text('{"kind": "run"}\n{"kind"')
    result = holdfast("resume", str(tmp_path), keys={}, folder=tmp_path)
    assert result.code == 2
    assert "start anew with `holdfast run`" in result.text


@pytest.mark.soak
@pytest.mark.parametrize("quarter", range(4))
def test_two_hundred_kills_lose_nothing(tmp_path: Path, whole: tuple[Verdicts, int], quarter: int) -> None:
    draw = random.Random(quarter)
    with planned() as (demo, session):
        for number in range(50):
            wait = draw.randrange(5, whole[1] * 9 // 10)
            taken_up(demo, session, tmp_path / str(number), whole[0], wait, cleaned=number % 2 == 0)

"""Where a run cannot be kept, nothing is sent; where it can be kept no longer, it cleans up and says so.

A limit on the size of files stands for a full disk: it fails the same calls, and holds for root, too.
"""

import contextlib
import os
import resource
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness import plugin
from harness.demo.process import DemoServer, snapshot
from harness.engine import Run
from harness.engine.course.cleaning import clean_up
from harness.engine.course.journal import JOURNAL, Journal, read_journal
from harness.errors import Unwritable, UsageError
from harness.ledger import LEDGER, Ledger, closed, read_ledger
from tests.e2e.command import PATIENCE, ROOT, TARGET, command, environment

KEYS = {f"HOLDFAST_DEMO_{name}_KEY": digit * 20 for name, digit in (("ADMIN", "a1"), ("SECOND", "b2"), ("PLAIN", "c3"))}


@contextmanager
def silent() -> Iterator[socket.socket]:
    """A server that never answers, and tells by `accept` whether anybody came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def nobody_came(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return True
    return False


def full(size: int) -> None:
    """From now on no file of this process may grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def on_a_full_disk(arguments: list[str], folder: Path, size: int) -> tuple[int, str]:
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env={**environment(KEYS, folder), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
        preexec_fn=lambda: full(size),
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("out", ["out", "new/deep/out"])
def test_nothing_is_sent_where_there_is_no_room(out: str, tmp_path: Path) -> None:
    with silent() as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        arguments = ["run", str(TARGET), "--base-url", url, "--out", out]
        code, text = on_a_full_disk(arguments, tmp_path, 64 * 1024)
        assert nobody_came(server)
    said = f"holdfast: {out}: cannot be written: File too large; make room, or name another folder with --out\n"
    assert (code, text) == (2, said)
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with silent() as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        arguments = ["run", str(TARGET), "--base-url", url, "--out", "file/out"]
        code, text = on_a_full_disk(arguments, tmp_path, resource.RLIM_INFINITY)
        assert nobody_came(server)
    said = "holdfast: file/out: cannot be written: Not a directory; make room, or name another folder with --out\n"
    assert (code, text) == (2, said)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_report_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "evidence").mkdir(parents=True)
    Ledger(out / LEDGER, b"x" * 32, {"base_url": "http://127.0.0.1:1"}).close(())
    for name in ("report.json", "target.yaml", "journal.jsonl", "evidence/one.json"):
        (out / name).write_text("{}")
    before = {one: one.read_bytes() for one in out.rglob("*") if one.is_file()}
    with silent() as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        code, text = on_a_full_disk(["run", str(TARGET), "--base-url", url, "--out", "out"], tmp_path, 64 * 1024)
        assert nobody_came(server)
    assert (code, text.count("\n")) == (2, 1)
    assert {one: one.read_bytes() for one in out.rglob("*") if one.is_file()} == before


def test_a_run_whose_disk_fills_up_cleans_up_and_its_ledger_can_be_read(tmp_path: Path) -> None:
    out = tmp_path / "out"
    chosen = plugin.Selection(("guest-write", "fabricated-key"), ("POST /api/v1/downloads/os/",))
    with DemoServer.start("2014") as demo:
        session = plugin.Session.prepare(
            TARGET, [ROOT / "suites"], out, demo.base_url, chosen, environment=demo.environment
        )
        # What is written before the first probe has room; the document alone is larger than the limit.
        whole, session.opened = session.opened.document, replace(session.opened, document=b"{}")
        before = snapshot(demo.database)
        assert ended(session, 6_000) == 3
        assert read_ledger(out / LEDGER)[2][-1] != {}, "the ledger can be read"
        assert read_journal(out).selected
        (out / "document").write_bytes(whole)
        assert clean_up(out, demo.environment) == []
        assert snapshot(demo.database) == before
        session.opened.wire.close()


def ended(session: plugin.Session, size: int) -> int:
    """The exit code that a run ends with whose files may not grow beyond a size; 0 where it comes to its end."""
    child = os.fork()
    if not child:
        code = 99
        with contextlib.suppress(BaseException):
            full(size)
            try:
                Run(session.opened, session.plan, session.out).execute(
                    [one.id for one in session.plan.probes if session.selection.takes(one)]
                )
                code = 0
            except Unwritable as error:
                code = error.exit_code
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_run_that_cannot_begin_leaves_no_ledger_open(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).symlink_to("/dev/full")
    ledger = Ledger(tmp_path / LEDGER, b"x" * 32, {"base_url": "http://127.0.0.1:1"})
    with pytest.raises(UsageError, match="cannot be written; make room, or name another folder with --out"):
        Journal(tmp_path, {"run": "r", "seed": 1, "selected": []})
    ledger.close(())
    assert closed(tmp_path / LEDGER)

"""Pytest, started by a command for a session that is planned already."""

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.plugin.session import Session

INI = Path(__file__).parents[1] / "suites.ini"
_IDLE = "debugging doctest faulthandler logging monkeypatch pastebin recwarn setuponly setupplan stepwise subtests "
_IDLE += "threadexception tmpdir unittest unraisableexception warnings"
"""What of pytest has nothing to do for items that send nothing: it takes half a millisecond for each of them, and a
while to load."""
PLAIN = ("--disable-plugin-autoload", "--capture=no", *(f"-pno:{name}" for name in _IDLE.split()))
"""Pytest and nothing else, for whatever else is installed has no part in a run."""
QUIET = ("-qq", "--no-header", "--no-summary", "--tb=line")


class _NoFixtures:
    """Keeps pytest from putting items into the order of fixtures that they do not have."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Takes out what does."""
        session.config.pluginmanager.unregister(name="funcmanage")


class _InOneLine:
    """Keeps pytest from saying that `-k` is no expression: the command says so."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self) -> Generator[None, object, object]:
        """Ends the session as pytest would, but for a line on the standard error."""
        try:
            return (yield)
        except pytest.UsageError:
            raise pytest.exit.Exception("-k", returncode=pytest.ExitCode.USAGE_ERROR) from None


def choose(session: Session, suites: Sequence[Path], expression: str | None) -> list[str]:
    """Ids of the probes that a run would send, in the plan's order; `expression` is pytest's `-k`. Nothing is sent.

    Raises UsageError for an expression that is none.
    """
    if expression is None:
        taken = session.taken([one.id for one in session.plan.probes if session.selection.takes(one)])
        return [one.id for one in session.plan.probes if one.id in taken]
    fixed = ["-c", str(INI), "--rootdir", str(suites[0]), "-p", "no:cacheprovider"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = _pytest([*map(str, suites), *fixed, "--co", "-qq", "-k", expression], session)
    if code == pytest.ExitCode.USAGE_ERROR:
        raise UsageError(f"-k {expression!r}: this is no expression; write words joined by and, or, not")
    if session.failure:
        raise session.failure
    wanted = set(session.wanted)
    return [one.id for one in session.plan.probes if one.id in wanted]


def main(session: Session, suites: Sequence[Path], arguments: Sequence[str]) -> int:
    """Runs pytest on the suites for a prepared session; gives the exit code."""
    fixed = ["-c", str(INI), "--rootdir", str(suites[0]), "-o", f"cache_dir={(session.out / '.cache').resolve()}"]
    asked = ["-p", "allure_pytest.plugin"] if any(one.startswith("--alluredir") for one in arguments) else []
    line = [*map(str, suites), *fixed, *asked, *arguments]
    if not session.own_command:
        return _pytest(line, session)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), _nothing_left(session):
        code = _pytest([*QUIET, *line], session, _InOneLine())
    if session.failure:
        raise session.failure
    if code == pytest.ExitCode.USAGE_ERROR and "-k" in arguments:
        raise UsageError("-k: this is no expression; write words joined by and, or, not")
    if session.results is None and session.wanted and code != pytest.ExitCode.INTERRUPTED:
        sys.stderr.write(said.getvalue())
    return code


@contextlib.contextmanager
def _nothing_left(session: Session) -> Iterator[None]:
    """Takes away pytest's own notes where nothing was run in a folder that did not hold any."""
    notes, there = session.out / ".cache", session.out.exists()
    fresh = not notes.exists()
    yield
    if fresh and not session.wanted:
        shutil.rmtree(notes, ignore_errors=True)
        if not there:
            with contextlib.suppress(OSError):
                session.out.rmdir()


def _pytest(line: Sequence[str], *plugins: object) -> int:
    # What it says there may be meant for parts that are not loaded.
    os.environ.pop("PYTEST_ADDOPTS", None)
    return int(pytest.main([*PLAIN, *line], plugins=[_NoFixtures(), *plugins]))

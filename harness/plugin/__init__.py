"""Where verdicts become pytest outcomes: one item per probe, collected from the family files of a suites folder.

Inert unless `--target` is given. All selected probes are run by the engine before the first item is reported: an item
only tells its verdict. A finding fails its item, what could not be told is an error, what does not apply is skipped.
"""

import argparse
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.config import WithCommands
from harness.engine import see_room
from harness.errors import HoldfastError, UsageError
from harness.plugin.session import Selection, Session
from harness.plugin.starting import choose, main

__all__ = ["Selection", "Session", "choose", "main", "pytest_addoption", "pytest_configure", "refuse_workers"]

OUT = "holdfast-report"


def refuse_workers(count: object) -> None:
    """Says what takes the place of pytest-xdist, whose workers would each be a run. Raises UsageError."""
    raise UsageError(
        f"-n {count}: a run is one process; say how much it does at a time under `limits: {{concurrency: 8}}` in the "
        "target file, or share it between machines with --shard I/N and `holdfast merge`"
    )


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The options of a bare `pytest suites`."""
    group = parser.getgroup("holdfast")
    group.addoption("--target", help="target file; without it nothing of Holdfast is active")
    group.addoption("--base-url", help="where the target runs, instead of what its file says")
    group.addoption("--out", default=OUT, help=f"folder for ledger and reports (default: {OUT})")
    group.addoption("--family", action="append", default=[], help="only this family; may be repeated")
    group.addoption("--seed", type=int, help="what markers are derived from (default: drawn, and reported)")
    group.addoption("--shard", metavar="I/N", help="only this part of a run that N processes share; needs --seed")
    group.addoption("--allow-commands", action="store_true", help="run the commands that the target file names")
    group.addoption("--operation", action="append", default=[], help="only this `METHOD /path`; may be repeated")
    if find_spec("xdist") is None or pluginmanager.is_blocked("xdist"):
        # A lower-case letter is kept for pytest's own options and, by a way of its own, for this one of pytest-xdist.
        group._addoption("-n", "--numprocesses", metavar="N", help=argparse.SUPPRESS)


def pytest_configure(config: pytest.Config) -> None:
    """Plans the run of a bare `pytest suites --target=…`."""
    shared, workers = config.getoption("tx", None), config.getoption("numprocesses", None)
    if not config.getoption("target", None):
        if workers and not config.pluginmanager.has_plugin("xdist"):
            raise pytest.UsageError("-n: needs pytest-xdist, which is not there")
        return
    if config.pluginmanager.has_plugin("holdfast-session"):
        return
    folders = [Path(one.partition("::")[0]).resolve() for one in config.args]
    try:
        if shared or workers not in (None, 0, "0"):
            refuse_workers(workers or len(shared))
        if not config.option.collectonly:
            see_room(Path(config.getoption("out")))
        session = Session.prepare(
            Path(config.getoption("target")),
            sorted({one if one.is_dir() else _suites_above(one) for one in folders}),
            Path(config.getoption("out")),
            config.getoption("base_url"),
            Selection(tuple(config.getoption("family")), tuple(config.getoption("operation"))),
            environment=WithCommands(os.environ) if config.getoption("allow_commands") else None,
            seed=config.getoption("seed"),
            shard=config.getoption("shard"),
        )
    except HoldfastError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(session, "holdfast-session")


def _suites_above(file: Path) -> Path:
    return next((one for one in file.parents if one.name == "suites"), file.parent)

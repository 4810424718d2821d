"""A run as pytest knows it: planned before collection, executed before the first item is reported."""

import os
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness import report
from harness.engine import (
    NO_LEAVE,
    Opened,
    Past,
    Permission,
    Plan,
    Portion,
    Profile,
    Results,
    Run,
    Shard,
    Waiting,
    make_plan,
    open_target,
    read_journal,
    reopened,
    see_room,
    split,
)
from harness.engine.course.merging import keep, merged, read_parts, unsent
from harness.engine.planning.aimless import see_patterns
from harness.errors import HoldfastError, UsageError
from harness.family import Family, load_families, no_family
from harness.model import Probe
from harness.plugin.items import Case, FamilyFile, ProbeItem
from harness.report import allure, recorded
from harness.report.progress import Progress
from harness.report.scanning import look_through


@dataclass(frozen=True)
class Selection:
    """What a command line narrows a run down to."""

    families: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()
    """Ids of the probes of a run that is taken up again; empty for a new one."""

    def takes(self, probe: Probe) -> bool:
        """Whether a probe is asked for."""
        if self.only:
            return probe.id in self.only
        return (not self.families or probe.family in self.families) and (
            not self.operations or probe.operation.name in self.operations
        )


@dataclass
class Session:
    """A run as pytest knows it: planned before collection, executed before the first item."""

    opened: Opened
    plan: Plan
    families: dict[Path, Family]
    out: Path
    selection: Selection = Selection()
    strict: bool = False
    seed: int | None = None
    own_command: bool = False
    """Whether the command speaks to the user itself, so that pytest keeps quiet."""
    begun: float = field(default_factory=time.time)
    """In seconds since the epoch."""
    past: Past | None = None
    """What another process had done of this run."""
    shard: Shard | None = None
    """Which part of the run is this one's; None for all of it."""
    whole: tuple[str, ...] = ()
    """Ids of all that the shards of the run are asked for together."""
    known: Results | None = None
    """What shards had found out already; nothing is sent where it stands here."""
    results: Results | None = None
    failure: HoldfastError | None = None
    """Why there is no report."""
    wanted: list[str] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    """The probes that are to be told, where pytest is to know nothing else of them."""
    plain: bool = False
    """Whether they are told without being items of pytest's."""
    allure: Path | None = None
    """Where Allure results go; None for nowhere."""

    @classmethod
    def prepare(
        cls,
        target: Path,
        suites: Sequence[Path],
        out: Path,
        base_url: str | None = None,
        selection: Selection | None = None,
        strict: bool = False,
        own_command: bool = False,
        environment: Mapping[str, str] | None = None,
        profile: Profile = "standard",
        seed: int | None = None,
        permission: Permission = NO_LEAVE,
        shard: str | None = None,
        waiting: Waiting | None = None,
    ) -> "Session":
        """Reads target, document and families, and plans. Raises HoldfastError."""
        part = Shard.read(shard) if shard is not None else None
        if part and seed is None:
            raise UsageError(
                f"--shard {part}: needs --seed NUMBER, too, the same for all shards of one run and another for the "
                "next, as the number of a CI run"
            )
        families = [one for folder in suites for one in load_families(folder)]
        names = [one.name for one in families]
        chosen = selection or Selection()
        for name in chosen.families:
            if name not in names:
                raise UsageError(f"--family {name}: {no_family(name, names)}")
        keys = os.environ if environment is None else environment
        opened = open_target(target, keys, base_url, waiting=waiting)
        see_patterns(opened)
        session = cls._planned(opened, families, out, chosen, strict, own_command, profile, seed, permission)
        session.shard = part
        return session

    @classmethod
    def merge(cls, folders: Sequence[Path], suites: Sequence[Path], out: Path, strict: bool) -> "Session":
        """The session of a run whose shards are done: it sends nothing, and needs no key. Raises HoldfastError."""
        parts = read_parts(folders)
        families = [one for suite in suites for one in load_families(suite)]
        facts = parts[0].past.facts
        chosen, given = Selection(only=frozenset(facts["whole"])), Permission(bool(facts["bulk"]), facts["snapshot"])
        opened = unsent(parts[0])
        session = cls._planned(opened, families, out, chosen, strict, True, facts["profile"], None, given)
        session.known = merged(parts, opened, session.plan)
        keep(parts, out)
        return session

    @classmethod
    def resume(cls, folder: Path, suites: Sequence[Path], environment: Mapping[str, str], strict: bool) -> "Session":
        """The session of a run that was ended before its end. Raises HoldfastError."""
        past = read_journal(folder)
        see_room(folder, new=False)
        families = [one for suite in suites for one in load_families(suite)]
        chosen = Selection(only=frozenset(past.selected))
        opened, profile = reopened(folder, environment), past.facts["profile"]
        given = Permission(bool(past.facts["bulk"]), str(past.facts["snapshot"]))
        session = cls._planned(opened, families, folder, chosen, strict, True, profile, None, given)
        missing = chosen.only - {one.id for one in session.plan.probes}
        if missing:
            raise UsageError(f"{folder}: {min(missing)} is planned no more; name the run's own --suites, or start anew")
        session.past = past
        return session

    @classmethod
    def _planned(
        cls,
        opened: Opened,
        families: Sequence[Family],
        out: Path,
        chosen: Selection,
        strict: bool,
        own_command: bool,
        profile: Profile,
        seed: int | None,
        permission: Permission,
    ) -> "Session":
        plan = make_plan(families, opened, profile, permission)
        operations = [one.name for one in (*opened.reading.operations, *opened.graph.undeclared)]
        for name in chosen.operations:
            if name not in operations:
                raise UsageError(
                    f"--operation {name!r}: the document has no such operation; write it as {operations[0]!r}"
                )
        files = {family.file: family for family in families}
        return cls(opened, plan, files, out, chosen, strict, seed, own_command)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A family file is a collector of its probes."""
        family = self.families.get(file_path.resolve())
        if family is None:
            return None
        collector = FamilyFile.from_parent(parent, path=file_path)
        collector.probes = self._by_family.get(family.name, ())
        collector.session_of, collector.cwe = self, family.cwe
        return collector

    @cached_property
    def _by_family(self) -> Mapping[str, Sequence[Probe]]:
        found: dict[str, list[Probe]] = {}
        for one in self.plan.probes:
            found.setdefault(one.family, []).append(one)
        return found

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Takes the place of allure-pytest, which shows a test that was interrupted as passed."""
        option = session.config.option
        self.plain = self.own_command and not (option.keyword or option.lf)
        folder = session.config.getoption("allure_report_dir", None)
        if folder and not session.config.option.collectonly:
            self.allure = Path(folder)
            session.config.pluginmanager.unregister(name="allure_listener")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves out what `--family` and `--operation` do not name."""
        probes = [one.probe for one in self.cases or _cases(items)]
        try:
            taken = self.taken([one.id for one in probes if self.selection.takes(one)])
        except HoldfastError as error:
            self.failure, items[:], self.cases = error, [], []
            return
        self.cases = [one for one in self.cases if one.probe.id in taken]
        left = [one for one in items if isinstance(one, ProbeItem) and one.case.probe.id not in taken]
        if left:
            config.hook.pytest_deselected(items=left)
            gone = set(left)
            items[:] = [one for one in items if one not in gone]

    def taken(self, chosen: Sequence[str]) -> frozenset[str]:
        """Of the chosen probes those that this run judges: its shard's, or all. Raises UsageError."""
        if self.shard is None or not chosen:
            return frozenset(chosen)
        parts = split(self.plan, self.opened.graph, chosen, self.shard.of)
        wanted = set(chosen)
        self.whole = tuple(one.id for one in self.plan.probes if one.id in wanted)
        return frozenset(parts[self.shard.number - 1])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Executes everything that is selected; then the items tell what came of it."""
        self.cases = self.cases or _cases(session.items)
        self.wanted = [one.probe.id for one in self.cases]
        if session.config.option.collectonly or session.testsfailed or not self.wanted:
            return
        if self.own_command:
            session.items[:] = [one for one in session.items if not isinstance(one, ProbeItem)]
        try:
            self._execute()
        except HoldfastError as error:
            # Pytest would show where it was raised, which tells nobody anything.
            self.failure, self.results = error, None
            session.items.clear()
        if self.own_command and self.results is not None:
            self._tell(session.config)

    def _tell(self, config: pytest.Config) -> None:
        """Under the command itself, nobody else listens, and pytest's own way takes longer than the run does, and keeps
        every report for the summary that it is not to give."""
        manager, whole = config.pluginmanager, bool(config.getoption("xmlpath", None))
        told = manager.subset_hook_caller("pytest_runtest_logreport", [manager.get_plugin("terminalreporter")])
        for case in self.cases:
            for one in case.reports(whole):
                told(report=one)

    def _execute(self) -> None:
        if self.allure:
            allure.begin(self.allure, self.opened.target.name)
        if self.known is None:
            portion = Portion(self.shard, self.whole) if self.shard else None
            with Progress(Console(stderr=True), len(self.wanted)) as progress:
                run = Run(self.opened, self.plan, self.out, progress.advance, self.seed, self.past, portion=portion)
                self.results = run.execute(self.wanted)
        else:
            self.results = self.known
        families = list(self.families.values())
        report.write(self.results, self.opened, families, self.out)
        if self.allure:
            allure.write(recorded.read(self.out), families, self.allure, os.environ)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, object, object]:
        """The exit code is the run's, not a count of failed items. By now all files are written."""
        done = yield
        if self.wanted and not session.config.option.collectonly:
            self._look_through(session.config)
        if self.failure:
            session.exitstatus = self.failure.exit_code
        elif self.results is not None and exitstatus != pytest.ExitCode.INTERNAL_ERROR:
            code = self.results.exit_code(self.strict)
            session.exitstatus = 3 if code == 0 and exitstatus == pytest.ExitCode.INTERRUPTED else code
        elif not session.config.option.collectonly and exitstatus in (0, 5):
            session.exitstatus = 3
        return done

    def _look_through(self, config: pytest.Config) -> None:
        others = (config.getoption("xmlpath", None), self.allure)
        try:
            look_through([self.out, *(Path(one) for one in others if one)], self.opened, self.begun)
        except HoldfastError as error:
            self.failure, self.results = error, None

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The run's own summary behind pytest's."""
        if self.failure and not self.own_command:
            terminalreporter.write_line(f"holdfast: {self.failure}", red=True)
        if self.results is not None and not self.own_command:
            terminalreporter.section("holdfast")
            report.summary(self.results, self.opened, Console(), self.out)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No letter per item where the command itself tells."""
        return (report.outcome, "", "") if self.own_command else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """An item's time is that of its exchanges: the item itself only looks them up."""
        made = yield
        if isinstance(item, ProbeItem) and made.when == "call":
            made.duration = item.case.seconds
        return made


def _cases(items: Sequence[pytest.Item]) -> list[Case]:
    return [one.case for one in items if isinstance(one, ProbeItem)]

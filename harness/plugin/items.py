"""One pytest item per probe, which tells its verdict and sends nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

import pytest

from harness import report
from harness.engine import Judged, Plan, Results
from harness.model import FINDINGS, Outcome, Probe
from harness.report.text import safe

NAME = 4000
"""Characters of an item's name."""


When: TypeAlias = Literal["setup", "call", "teardown"]
_PHASES: Mapping[str, tuple[When, ...]] = {"setup": ("setup", "teardown"), "call": ("setup", "call", "teardown")}
"""Phases that there are, by the one in which it ends."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What pytest is told of a probe."""

    when: Literal["setup", "call"]
    outcome: Literal["passed", "failed", "skipped", "xfailed"]
    text: str


class Told(Protocol):
    """What items look their verdicts up in."""

    plan: Plan
    out: Path
    results: Results | None
    cases: "list[Case]"
    """The probes that have no item."""
    plain: bool
    """Whether none needs one."""


@dataclass(frozen=True, slots=True)
class Case:
    """One probe as pytest is told of it."""

    probe: Probe
    above: str
    """Id of its file."""
    file: Path
    session_of: Told
    cwe: tuple[int, ...]

    @property
    def name(self) -> str:
        """As its item's."""
        return safe(self.probe.id, NAME)

    @property
    def nodeid(self) -> str:
        """As its item's."""
        return f"{self.above}::{self.name}"

    @property
    def judged(self) -> Judged:
        """What came of it."""
        results = self.session_of.results
        assert results is not None, "the engine runs before the first item"
        return results.judged[self.probe.id]

    @property
    def ending(self) -> Ending:
        """How it ends: an error for INCONCLUSIVE, a skip for NOT-APPLICABLE, a failure for a finding."""
        verdict, results = self.judged.verdict, self.session_of.results
        if verdict.outcome is Outcome.INCONCLUSIVE:
            return Ending("setup", "failed", report.failure_text(self.judged, self.session_of.out))
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            why = f"{verdict.reason}: {verdict.detail}" if verdict.detail else verdict.reason
            return Ending("setup", "skipped", safe(why))
        if verdict.outcome in FINDINGS and verdict.reason != "advisory":
            return Ending("call", "failed", report.failure_text(self.judged, self.session_of.out))
        if verdict.outcome is Outcome.ACCEPTED:
            return Ending("call", "xfailed", safe(f"{verdict.reason}; {verdict.detail}"))
        for one in results.fixed if results else ():
            if self.probe.id in one.probes:
                why = f"{verdict}: {one} covers nothing any more; remove it from the target file"
                return Ending("call", "failed", why)
        return Ending("call", "passed", "")

    @property
    def properties(self) -> list[tuple[str, str]]:
        """What a JUnit report says of it besides."""
        verdict = self.judged.verdict
        told = [
            ("verdict", str(verdict.outcome)),
            ("reason", verdict.reason),
            ("confidence", str(verdict.confidence or "")),
            ("operation", self.probe.operation.name),
            ("identity", report.whom(self.probe)),
            ("family", self.probe.family),
            ("cwe", " ".join(f"CWE-{number}" for number in self.cwe)),
            ("severity", str(self.probe.severity)),
            ("fingerprint", report.fingerprint(self.probe)),
        ]
        if self.session_of.plan.profile != "standard":
            told.append(("profile", self.session_of.plan.profile))
        return [(name, safe(value)) for name, value in told]

    @property
    def seconds(self) -> float:
        """What its exchanges took: the item itself only looks them up."""
        return sum(one.elapsed for one in self.judged.evidence.attempts)

    def reports(self, whole: bool) -> Iterator[pytest.TestReport]:
        """What pytest makes of the item's phases, without going through them: of the `whole` with all that a JUnit
        report says, or only of the one that tells how it ends."""
        ending, properties = self.ending, self.properties if whole else []
        name, nodeid = self.name, self.nodeid
        for when in _PHASES[ending.when] if whole else (ending.when,):
            seconds = self.seconds if when == "call" else 0
            made = pytest.TestReport(
                nodeid, (self.above, None, name), {}, "passed", None, when, duration=seconds, user_properties=properties
            )
            if when == ending.when and ending.outcome == "failed":
                made.outcome, made.longrepr = "failed", ending.text
            elif when == ending.when and ending.outcome != "passed":
                made.outcome, made.longrepr = "skipped", (str(self.file), 0, ending.text)
                if ending.outcome == "xfailed":
                    made.wasxfail = ending.text
            yield made


class FamilyFile(pytest.File):
    """One family file."""

    probes: Sequence[Probe]
    session_of: Told
    cwe: tuple[int, ...]

    @property
    def cases(self) -> Iterator[Case]:
        """Its probes."""
        return (Case(probe, self.nodeid, self.path, self.session_of, self.cwe) for probe in self.probes)

    def collect(self) -> Iterator[pytest.Item]:
        """One item per probe; none where nobody chooses among them, for each takes as much memory as its evidence."""
        if self.session_of.plain:
            self.session_of.cases += self.cases
            return
        for case in self.cases:
            # The id is given as text: `--lf` compares ids that were read from text, brackets and all.
            item = ProbeItem.from_parent(self, name=case.name, nodeid=case.nodeid)
            item.case = case
            yield item


class ProbeItem(pytest.Item):
    """One probe."""

    case: Case

    def setup(self) -> None:
        """Tells what cannot be told."""
        self.user_properties += self.case.properties
        ending = self.case.ending
        if (ending.when, ending.outcome) == ("setup", "failed"):
            pytest.fail(ending.text, pytrace=False)
        if (ending.when, ending.outcome) == ("setup", "skipped"):
            pytest.skip(ending.text)

    def runtest(self) -> None:
        """Fails where the verdict is a finding."""
        ending = self.case.ending
        if ending.outcome == "failed":
            raise Finding(ending.text)
        if ending.outcome == "xfailed":
            pytest.xfail(ending.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The finding in a few lines; pytest's own rendering costs a tenth of a second and shows locals."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands."""
        return self.path, None, self.name


class Finding(Exception):
    """What fails an item."""

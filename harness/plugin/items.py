"""One pytest item per probe, which tells its verdict and sends nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from harness import report
from harness.engine import Judged, Plan, Results
from harness.model import FINDINGS, Outcome, Probe
from harness.report.text import safe

NAME = 4000
"""Characters of an item's name."""


class Told(Protocol):
    """What items look their verdicts up in."""

    plan: Plan
    out: Path
    results: Results | None


class FamilyFile(pytest.File):
    """One family file."""

    probes: Sequence[Probe]
    session_of: Told
    cwe: tuple[int, ...]

    def collect(self) -> Iterator[pytest.Item]:
        """One item per probe."""
        for probe in self.probes:
            # The id is given as text: `--lf` compares ids that were read from text, brackets and all.
            name = safe(probe.id, NAME)
            item = ProbeItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}")
            item.probe, item.session_of, item.cwe = probe, self.session_of, self.cwe
            yield item


class ProbeItem(pytest.Item):
    """One probe."""

    probe: Probe
    session_of: Told
    cwe: tuple[int, ...]

    @property
    def judged(self) -> Judged:
        """What came of it."""
        results = self.session_of.results
        assert results is not None, "the engine runs before the first item"
        return results.judged[self.probe.id]

    def setup(self) -> None:
        """Tells what cannot be told: an error for INCONCLUSIVE, a skip for NOT-APPLICABLE."""
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
        self.user_properties += [(name, safe(value)) for name, value in told]
        if verdict.outcome is Outcome.INCONCLUSIVE:
            pytest.fail(report.failure_text(self.judged, self.session_of.out), pytrace=False)
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            pytest.skip(safe(f"{verdict.reason}: {verdict.detail}" if verdict.detail else verdict.reason))

    def runtest(self) -> None:
        """Fails where the verdict is a finding."""
        verdict = self.judged.verdict
        if verdict.outcome in FINDINGS and verdict.reason != "advisory":
            raise Finding(report.failure_text(self.judged, self.session_of.out))
        if verdict.outcome is Outcome.ACCEPTED:
            pytest.xfail(safe(f"{verdict.reason}; {verdict.detail}"))
        assert self.session_of.results is not None, "the engine runs before the first item"
        for one in self.session_of.results.fixed:
            if self.probe.id in one.probes:
                raise Finding(f"{verdict}: {one} covers nothing any more; remove it from the target file")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The finding in a few lines; pytest's own rendering costs a tenth of a second and shows locals."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands."""
        return self.path, None, self.name


class Finding(Exception):
    """What fails an item."""

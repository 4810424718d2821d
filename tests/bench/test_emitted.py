"""Every defect as tests of the API's own: they fail where it is, and pass, or cannot tell, where it was mended."""

from pathlib import Path

import pytest

from harness.emitting import Told, Unwritable, name_of, page, reopened
from harness.engine.course.results import Judged, Results
from harness.model import FINDINGS
from harness.report.facts import fingerprint
from tests.bench.defects import DEFECTS, Defect
from tests.bench.running import served
from tests.bench.running import tried as run
from tests.bench.test_defects import quick
from tests.contract.test_emitting import tried

FEW = ("flask",)
"""APIs of which one defect each is tried with the other tests."""
UNWRITABLE = frozenset({"credential-echo", "delete-cascade", "forged-token", "nested-object", "verb-tampering"})
"""Families of which a file by itself can show nothing, or not all."""


def sample(results: Results, defect: Defect) -> list[Judged]:
    """The first finding of every mutation that finds the defect."""
    found: dict[str, Judged] = {}
    for one in results.judged.values():
        name = f"{one.probe.family}/{one.probe.mutation}"
        if name in defect.finds and one.verdict.outcome in FINDINGS and one.verdict.reason != "advisory":
            found.setdefault(name, one)
    return list(found.values())


def written(results: Results, defect: Defect, folder: Path) -> list[str]:
    """Writes the tests into `folder`/tests, and gives their names."""
    opened, names = reopened(folder / "out"), list[str]()
    (folder / "tests").mkdir()
    for one in sample(results, defect):
        told = Told(str(one.verdict.outcome), one.verdict.reason, "2026-11-22")
        try:
            text = page(opened, one.probe, results.plan.roles["admin"].name, told)
        except Unwritable:
            continue
        file = folder / "tests" / name_of(one.probe, fingerprint(one.probe))
        file.write_text(text)
        names.append(file.stem)
    return names


def check(defect: Defect, folder: Path) -> None:
    with served(defect.api, defect.name) as lab:
        names = written(run(lab, folder, quick(defect)), defect, folder)
        if not names:
            assert set(defect.families) <= UNWRITABLE or defect.api.endswith("-login")
            return
        wrong, said = tried(folder / "tests", lab.base_url, lab.environment)
        assert wrong == dict.fromkeys(names, "FAILED"), said
        assert "could not tell" not in said
    with served(defect.api) as lab:
        right, said = tried(folder / "tests", lab.base_url, lab.environment)
        # A method that no document mentions is mended when nobody is served it.
        mended = "PASSED" if defect.name not in ("put-unlisted", "post-on-items") else "XFAIL"
        assert right == dict.fromkeys(names, mended), said


@pytest.mark.soak
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.id)
def test_every_defect_fails_its_tests_until_it_is_mended(defect: Defect, tmp_path: Path) -> None:
    check(defect, tmp_path)


@pytest.mark.parametrize("api", FEW)
def test_a_defect_fails_its_tests_until_it_is_mended(api: str, tmp_path: Path) -> None:
    check(next(one for one in DEFECTS if one.api == api), tmp_path)

"""Every defect, found, tried again where it is still there, and where it was mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from harness.engine import make_plan, open_target
from harness.engine.course.retesting import retest
from harness.model import FINDINGS
from tests.bench.defects import DEFECTS, Defect
from tests.bench.running import Served, families, served, tried
from tests.bench.test_defects import quick

STILL, FIXED, UNTOLD = "STILL OPEN", "FIXED", "INCONCLUSIVE"
BY_WORD = ("dead-credential/", "session-without-key/", "mixed-mode/")
FEW = ("fastapi",)
"""APIs of which one defect each is tried again with the other tests."""


@dataclass(frozen=True)
class First:
    """The run in which a defect was found."""

    ids: list[str]
    """Of the findings that fail it."""
    asked: list[str]
    """Of all that was asked: what listens to answers hears those."""


def found_by(lab: Served, defect: Defect, folder: Path) -> First:
    judged = tried(lab, folder, quick(defect)).judged
    grave = {name for name, one in judged.items() if one.verdict.outcome in FINDINGS}
    return First([name for name in judged if name in grave and judged[name].verdict.reason != "advisory"], [*judged])


def again(
    lab: Served, folder: Path, first: First, out: str, keys: Mapping[str, str] | None = None, attested: bool = False
) -> set[str]:
    """What they come to, with the target file and the document of the first run."""
    document = (folder / "out" / "document").read_bytes()
    opened = open_target(folder / "out" / "target.yaml", keys or lab.environment, lab.base_url, document)
    made, _ = retest(opened, make_plan(families(), opened), first.ids, first.asked, folder / out, attested=attested)
    return {str(one.now) for one in made}


def check(defect: Defect, folder: Path) -> None:
    with served(defect.api, defect.name) as lab:
        first = found_by(lab, defect, folder)
        assert first.ids
        assert again(lab, folder, first, "live") == {STILL}
    with served(defect.api) as lab:
        # That a dead account's key, or a session where no door takes one, is what got in is the owner's word, here as
        # in any run.
        by_word = any(name.startswith(BY_WORD) for name in first.ids)
        assert again(lab, folder, first, "mended", attested=by_word) == {FIXED}
        dead = {name: sha256(f"{name} {value}".encode()).hexdigest() for name, value in lab.environment.items()}
        assert again(lab, folder, first, "dead-keys", dead) == {UNTOLD}
    assert again(lab, folder, first, "dead-target") == {UNTOLD}


@pytest.mark.soak
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.id)
def test_every_defect_is_open_until_it_is_mended(defect: Defect, tmp_path: Path) -> None:
    check(defect, tmp_path)


@pytest.mark.parametrize("api", FEW)
def test_a_defect_is_open_until_it_is_mended(api: str, tmp_path: Path) -> None:
    check(next(one for one in DEFECTS if one.api == api), tmp_path)

"""Every finding of the service as it stood in 2014, tried again where it is open, where it was mended, with keys that
are dead, and where nothing answers."""

from pathlib import Path

import pytest

from harness.demo.process import DemoServer
from tests.contract.demos import Demos
from tests.contract.test_retesting import Recorded, again, recorded, states
from tests.e2e.command import TARGET

STILL, FIXED, UNTOLD = "STILL OPEN", "FIXED", "INCONCLUSIVE"
BY_WORD = ("dead-credential/", "session-without-key/", "mixed-mode/session-", "collection-write/")
"""What is sent with a session, or as an account that is closed: nothing shows that these are what they were."""
pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def everything(demos: Demos, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A run of all there is."""
    return run_on("2014", demos, tmp_path_factory.mktemp("2014"))


def run_on(build: str, demos: Demos, folder: Path) -> Recorded:
    limits = "{settle: 50ms, recovery: 100ms, requests: 200000}"
    (folder / "target.yaml").write_text(f"{TARGET.read_text()}limits: {limits}\n")
    demo = demos.of(build)
    run = recorded(folder / "target.yaml", demo.environment, demo.base_url, lambda one: True)
    assert run.found
    return run


def test_all_is_open_where_nothing_was_mended(everything: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of("2014")
    made, _ = again(everything, demo.environment, demo.base_url, tmp_path / "out")
    assert states(made) == dict.fromkeys(everything.found, STILL)


def test_all_is_fixed_that_the_last_repair_left_no_way_for(everything: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of("2026-06-09")
    known = set(run_on("2026-06-09", demos, tmp_path).found)
    made, _ = again(everything, demo.environment, demo.base_url, tmp_path / "again")
    # An operation that is gone takes the control along that would tell of a mutant by another method.
    ridden = {one.id for one in made if "/method-override[" in one.id or one.id.startswith("method-override/")}
    ridden &= {one.id for one in made if "NOT-APPLICABLE(not-routed" in one.why}
    by_word = {one.id for one in made if one.id.startswith(BY_WORD) and one.why == "HELD(refused, attested)"}
    assert states(made) == {
        name: STILL if name in known else UNTOLD if name in ridden | by_word else FIXED for name in everything.found
    }
    made, _ = again(everything, demo.environment, demo.base_url, tmp_path / "attested", sorted(by_word), attested=True)
    assert states(made) == dict.fromkeys(by_word, FIXED)
    early = demos.of("2026-02-24")
    ridden = {name for name in ridden if name.startswith("method-override/")}
    made, _ = again(everything, early.environment, early.base_url, tmp_path / "early", sorted(ridden))
    assert states(made) == dict.fromkeys(ridden, FIXED)


def test_nothing_is_told_by_dead_keys(everything: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of("2026-06-09")
    keys = {name: "dead" * 10 if "ADMIN" in name else value for name, value in demo.environment.items()}
    made, _ = again(everything, keys, demo.base_url, tmp_path / "out")
    assert states(made) == dict.fromkeys(everything.found, UNTOLD)


def test_nothing_is_told_where_nothing_answers(everything: Recorded, tmp_path: Path) -> None:
    with DemoServer.start("2026-06-09") as demo:
        url, keys = demo.base_url, demo.environment
    made, _ = again(everything, keys, url, tmp_path / "out")
    assert states(made) == dict.fromkeys(everything.found, UNTOLD)

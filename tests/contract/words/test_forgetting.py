"""What no API removes: it is named, a new run waits for the owner's word, and nothing else is forgotten."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import main
from harness.engine import Run
from harness.engine.course.cleaning import clean_up
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.errors import UsageError
from harness.family import load_families
from harness.ledger import LEDGER, Ledger, closed, end_ledger
from tests.contract.adversary import kit
from tests.contract.words.kit import SUITES, Api


class Keeping(Api):
    """Nothing is ever removed from it."""

    item_methods = ("get",)


def test_what_stays_is_forgotten_by_the_owners_word_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api, file, out = Keeping(), tmp_path / "target.yaml", tmp_path / "out"
    file.write_text(kit.TARGET.format(more=api.more).replace("1800ms", "30ms"))
    keys = {f"{name.upper()}_KEY": key for name, key in api.keys.items()}
    keys |= {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
    for name, key in keys.items():
        monkeypatch.setenv(name, key)
    with kit.served(api) as url:
        opened = open_target(file, keys, url)
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.id.startswith("guest-write/no-header[POST")]
        first = Run(opened, plan, out).execute(chosen)
        stays = [one.what for one in first.left]
        assert stays
        assert first.unremoved == ()
        with pytest.raises(UsageError, match=f"has no way to remove: {stays[0]}.*--forget all") as caught:
            Run(open_target(file, keys, url), plan, out).execute(chosen)
        assert "\n" not in str(caught.value)
        told = CliRunner().invoke(main, ["cleanup", str(out)])
        assert told.exit_code == 4
        assert told.output.splitlines()[0] == "still there, and the API has no way to remove it:"
        assert all(f"  {one}" in told.output.splitlines() for one in stays)
        with pytest.raises(UsageError, match="--forget 'thing nothing': is not among what is left"):
            clean_up(out, keys, ["thing nothing", "all"])
        assert [one.what for one in clean_up(out, keys, stays[1:])] == stays[:1]
        assert not closed(out / LEDGER)
        told = CliRunner().invoke(main, ["cleanup", str(out), "--forget", "all"])
        assert (told.exit_code, told.output) == (0, "nothing of the run is left but what is to be forgotten\n")
        again = open_target(file, keys, url)
        assert Run(again, make_plan(load_families(SUITES), again), out).execute(chosen).unremoved == ()


@pytest.mark.parametrize(
    ("left", "stays", "said"),
    [
        (["thing 1"], [], "ended there before it could clean up; run `holdfast cleanup"),
        (["thing 1"], ["thing 2"], "ended there before it could clean up; run `holdfast cleanup"),
        ([], ["thing 2", "a\x1bb"], r"has no way to remove: thing 2, a\\x1bb; say that you know with"),
        ([], [f"thing {number}" for number in range(12)], "thing 9 and 2 more; say that you know with"),
    ],
)
def test_what_is_in_the_way_of_a_run_is_told(left: list[str], stays: list[str], said: str, tmp_path: Path) -> None:
    facts = {"base_url": "http://127.0.0.1:1"}
    path = tmp_path / LEDGER
    Ledger(path, b"x" * 32, facts).close(left, stays)
    with pytest.raises(UsageError, match=said):
        Ledger(path, b"y" * 32, facts)
    end_ledger(path, [])
    Ledger(path, b"y" * 32, facts).close([])
    assert closed(path)

"""Bystanders are looked at often enough that nobody is cleared before, and no oftener, for each look reads them all."""

import os
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.many import KEY, TARGET, serving
from harness.engine import Results, Run, make_plan, open_target
from harness.engine.lanes.watching import Bystanders, Harm
from harness.engine.sending.stopping import Stopped
from harness.family import load_families
from harness.model import Outcome

SUITES = Path(__file__).parents[2] / "suites"
KINDS = 6


def ran(folder: Path) -> Results:
    """One probe for each write of an API with six kinds of objects."""
    with serving(KINDS, 0) as url:
        file = folder / "target.yaml"
        file.write_text(TARGET.format(url=url, document="/openapi.json"))
        opened = open_target(file, {**os.environ, "MANY_KEY": KEY})
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.mutation == "arbitrary-key" and one.family == "fabricated-key"]
        return Run(opened, plan, folder / "out").execute(chosen)


def told(results: Results) -> Counter[tuple[Outcome, str]]:
    return Counter((one.verdict.outcome, one.verdict.reason) for one in results.judged.values())


def test_one_look_serves_all_that_ran_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[object] = []
    once = Bystanders.harmed

    def counting(self: Bystanders) -> Harm | None:
        looks.append(self)
        return once(self)

    monkeypatch.setattr(Bystanders, "harmed", counting)
    results = ran(tmp_path)
    assert told(results) == {(Outcome.HELD, "refused"): 4 * KINDS}
    assert 2 <= len(looks) <= 2 * KINDS
    assert (results.leftovers, results.aborted) == ((), "")


def test_nobody_is_cleared_when_the_run_is_stopped_before_the_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: Bystanders) -> Harm | None:
        raise Stopped

    monkeypatch.setattr(Bystanders, "harmed", stopped)
    results = ran(tmp_path)
    assert told(results) == {(Outcome.INCONCLUSIVE, "interrupted"): 4 * KINDS}
    assert results.interrupted
    assert results.leftovers == ()

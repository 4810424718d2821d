"""Before whole lists are reached for, what mutants made and nothing more is to be learned from is gone from them."""

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from harness.demo.process import snapshot
from harness.engine import Run, make_plan, open_target
from harness.model import Outcome, Probe
from harness.resources import Resource
from harness.sweeping import Sweeper
from tests.contract.demos import Demos
from tests.contract.test_retesting import families
from tests.e2e.command import TARGET

FILES = "/api/v1/downloads/release_file/"
_Done = Callable[[Resource, str, Collection[str]], bool]


def chosen(probe: Probe) -> bool:
    """Some that make, change and are refused, and what takes all that hangs on a release."""
    if probe.family == "bulk-delete-scope":
        return probe.operation.name == f"DELETE {FILES}" and not probe.mutant.unbounded
    return probe.operation.name in (f"POST {FILES}", f"PUT {FILES}{{id}}/") and probe.id.startswith(
        ("fabricated-key/arbitrary-key", "guest-write/no-header")
    )


def test_what_was_found_is_gone_before_lists_are_reached_for(
    demos: Demos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, seen = demos.of("2014"), list[tuple[int, int]]()
    (tmp_path / "target.yaml").write_text(f"{TARGET.read_text()}limits: {{settle: 50ms, recovery: 100ms}}\n")
    opened = open_target(tmp_path / "target.yaml", demo.environment, demo.base_url)
    plan, clear, seed = make_plan(families(), opened), Sweeper.clear, snapshot(demo.database)
    cleared = set[str]()

    def watching(self: Sweeper, done: _Done) -> None:
        def told(resource: Resource, object_id: str, markers: Collection[str]) -> bool:
            due = done(resource, object_id, markers)
            cleared.update([f"{resource.name} {object_id}"] * due)
            return due

        before = snapshot(demo.database)["release_file"]
        clear(self, told)
        seen.append((len(before), len(snapshot(demo.database)["release_file"])))

    monkeypatch.setattr(Sweeper, "clear", watching)
    results = Run(opened, plan, tmp_path / "out").execute([one.id for one in plan.probes if chosen(one)])
    found = [name for name, one in results.judged.items() if one.verdict.outcome is Outcome.BYPASSED]
    assert found == [f"fabricated-key/arbitrary-key[{one}]" for one in (f"POST {FILES}", f"PUT {FILES}{{id}}/")]
    # What the one made, and the canary that the other wrote over; those that were struck in vain may still change.
    assert len(cleared) == len(found)
    assert [before - after for before, after in seen] == [len(found)]
    assert {one.verdict.outcome for name, one in results.judged.items() if name not in found} == {Outcome.HELD}
    assert snapshot(demo.database) == seed
    assert results.left == ()

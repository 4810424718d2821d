"""Names that a target may refuse a few times only: what is sent of a run, and what is said of the rest."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from harness import plugin
from harness.cli import main
from harness.demo.accounts import ADMIN, KEYLESS, PLAIN
from harness.engine import Results, Run
from harness.engine.rehearsing.estimate import PROVING_REFUSED
from harness.model import Outcome
from tests.contract.counted import Counted, counted

SUITES = Path(__file__).parents[2] / "suites"
BUDGET = 12
LIMITS = f"limits: {{failures_per_identity: {BUDGET}, settle: 200ms}}\n"


def ran(server: Counted, folder: Path, *families: str, more: str = LIMITS) -> Results:
    """A run of some families on operations of one resource."""
    operations = tuple(f"{method} /api/v1/downloads/os/{item}" for method, item in (("POST", ""), ("DELETE", "{id}/")))
    session = plugin.Session.prepare(
        server.target(folder, more),
        [SUITES.resolve()],
        folder / "out",
        selection=plugin.Selection(families, operations),
        environment=server.environment,
    )
    return Run(session.opened, session.plan, folder / "out").execute(plugin.choose(session, [SUITES], None))


@pytest.mark.parametrize(("build", "spent"), [("2014", {"admin"}), ("2026-06-09", {"admin", "keyless"})])
def test_a_name_that_has_met_its_budget_is_left_alone(tmp_path: Path, build: str, spent: set[str]) -> None:
    with counted(build) as server:
        results = ran(server, tmp_path, "missing-key", "guest-write", "low-privilege-write", "fabricated-key")
    assert server.refused(ADMIN) <= BUDGET
    assert server.refused(PLAIN) <= BUDGET + PROVING_REFUSED
    assert server.refused(KEYLESS) <= BUDGET
    beyond = [one for one in results.judged.values() if one.verdict.reason == "budget"]
    assert {one.verdict.outcome for one in beyond} == {Outcome.INCONCLUSIVE}
    told = {f"{name} has met 12 refusals, its limits.failures_per_identity" for name in spent}
    assert {one.verdict.detail for one in beyond if not one.evidence.attempts} == told
    assert len(beyond) > 20
    guests = [one for one in results.judged.values() if one.probe.family == "guest-write"]
    assert {(one.verdict.outcome, one.verdict.reason) for one in guests} == {(Outcome.HELD, "refused")}
    assert results.leftovers == ()
    assert results.exit_code(strict=False) == (1 if build == "2014" else 3)


def test_check_names_whose_budget_is_too_small(tmp_path: Path) -> None:
    with counted("2026-06-09") as server:
        file = server.target(tmp_path, LIMITS)
        done = CliRunner().invoke(main, ["check", str(file)], env={**server.environment, "COLUMNS": "400"})
        file = server.target(tmp_path, "limits: {failures_per_identity: 100, settle: 200ms}\n")
        words = ["check", str(file), "--profile", "smoke"]
        smoke = CliRunner().invoke(main, words, env={**server.environment, "COLUMNS": "400"})
    assert done.exit_code == 3
    admin = " ".join(done.output.partition("budget admin")[2].partition("budget ")[0].split())
    assert "refusals name it, and limits.failures_per_identity is 12: what is beyond that will not be sent" in admin
    assert "or run less: --profile smoke, --family" in admin
    assert (smoke.exit_code, "budget" in smoke.output) == (0, False), smoke.output


@pytest.mark.parametrize("each", [0, 40])
def test_a_run_of_many_probes_may_send_more_than_one_of_few(
    each: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.config.target.REQUESTS", 60)
    monkeypatch.setattr("harness.config.target.REQUESTS_EACH", each)
    with counted("2014") as server:
        results = ran(server, tmp_path, "missing-key", "fabricated-key", more="limits: {settle: 200ms}\n")
    assert any(one.verdict.reason == "budget" for one in results.judged.values()) is (each == 0)
    assert results.leftovers == ()

"""Two runs with one seed: the same requests in the same order, the same evidence, the same verdicts."""

from pathlib import Path

from harness.engine import Results, Run, make_plan, open_target
from harness.family import load_families
from tests.contract.running import SUITES, TARGET
from tests.contract.servers import Settings, Workshop


def run(folder: Path, seed: int | None) -> tuple[Results, list[tuple[str, str, str]]]:
    """A run on a new server, and what that server was sent: method, path and marker of each request."""
    folder.mkdir()
    with Workshop.start("bypass_any_key", Settings()) as server:
        # With several requests under way, the server's ids come as they come.
        text = TARGET.format(url=server.url, settle=50).replace("limits: {", "limits: {concurrency: 1, ")
        (folder / "target.yaml").write_text(text)
        opened = open_target(folder / "target.yaml", {f"{name.upper()}_KEY": key for name, key in server.keys.items()})
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.family in ("guest-write", "fabricated-key")]
        results = Run(opened, plan, folder / "out", seed=seed).execute(chosen)
        return results, [(one.method, one.path, str(one.status)) for one in server.requests.log]


def sent(results: Results) -> list[tuple[str, bytes | None, int | None]]:
    """Path, body and status of every mutant's exchanges, in the report's order."""
    return [
        (attempt.request.target, attempt.request.body, attempt.status)
        for one in results.judged.values()
        for attempt in one.evidence.attempts
    ]


def test_a_seed_gives_the_same_run_again(tmp_path: Path) -> None:
    first, said = run(tmp_path / "first", 42)
    second, again = run(tmp_path / "second", 42)
    third, _ = run(tmp_path / "third", None)
    assert sent(first) == sent(second)
    assert said == again
    assert {name: one.verdict for name, one in first.judged.items()} == {
        name: one.verdict for name, one in second.judged.items()
    }
    assert (first.seed, second.seed) == (42, 42)
    assert third.seed not in (None, 42)
    assert sent(third) != sent(first)

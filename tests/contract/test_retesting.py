"""Findings tried again: an open door is never called fixed, a mended one is, and what cannot be told is not told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from werkzeug import Response

from harness.demo.process import DemoServer, snapshot
from harness.engine import Judged, Results, Run, make_plan, open_target
from harness.engine.course.retesting import SENDS, Now, Retested, exit_code, retest
from harness.family import Family, load_families
from harness.model import FINDINGS, Probe
from tests.contract.demos import Demos
from tests.contract.running import TARGET
from tests.contract.servers import Workshop
from tests.contract.servers.calls import Call
from tests.contract.servers.shop import Handler
from tests.e2e.command import ROOT
from tests.e2e.command import TARGET as DEMO

CHOSEN = {
    "POST /api/v1/downloads/release_file/",
    "PUT /api/v1/downloads/os/{id}/",
    "PATCH /api/v1/downloads/release/{id}/",
    "DELETE /api/v1/downloads/release_file/{id}/",
}
MUTATIONS = {
    "fabricated-key/arbitrary-key",
    "foreign-key/low-key",
    "missing-key/escaped-nul-as-key",
}
CASES = {"http-twin", "other-host"}


def telling(probe: Probe) -> bool:
    """A few findings of every kind, on creations, changes and removals."""
    if probe.operation.name not in CHOSEN:
        return False
    if probe.family == "url-off-domain":
        pairs = dict(probe.mutant.pairs)
        return pairs.get("case") in CASES and pairs.get("field") == "gpg_signature_file"
    return f"{probe.family}/{probe.mutation}" in MUTATIONS


@cache
def families() -> Sequence[Family]:
    return load_families(ROOT / "suites")


@dataclass(frozen=True)
class Recorded:
    """What an earlier run found, and what it was about."""

    folder: Path
    document: bytes
    found: tuple[str, ...]
    sent: tuple[str, ...]


def recorded(file: Path, environment: Mapping[str, str], url: str, choice: Callable[[Probe], bool]) -> Recorded:
    opened = open_target(file, environment, url)
    plan = make_plan(families(), opened)
    folder = file.parent / "out"
    results = Run(opened, plan, folder).execute([one.id for one in plan.probes if choice(one)])
    found = tuple(name for name, one in results.judged.items() if is_finding(one))
    return Recorded(folder, opened.document, found, tuple(results.judged))


def is_finding(judged: Judged) -> bool:
    return judged.verdict.outcome in FINDINGS and judged.verdict.reason != "advisory"


def again(
    run: Recorded,
    environment: Mapping[str, str],
    url: str,
    out: Path,
    ids: Sequence[str] = (),
    attested: bool = False,
) -> tuple[list[Retested], Results]:
    """The findings again, with the recorded target file and document."""
    opened = open_target(run.folder / "target.yaml", environment, url, run.document)
    return retest(opened, make_plan(families(), opened), ids or run.found, run.sent, out, attested=attested)


def states(made: Sequence[Retested]) -> dict[str, str]:
    return {one.id: str(one.now) for one in made}


@pytest.fixture(scope="module")
def vulnerable(demos: Demos, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A run on the service before its repair."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "target.yaml").write_text(f"{DEMO.read_text()}limits: {{settle: 50ms, recovery: 100ms}}\n")
    demo = demos.of("2014")
    run = recorded(folder / "target.yaml", demo.environment, demo.base_url, telling)
    assert {name.partition("/")[0] for name in run.found} == {
        "fabricated-key",
        "foreign-key",
        "missing-key",
        "url-off-domain",
    }
    assert {operation for operation in CHOSEN if any(operation in name for name in run.found)} == CHOSEN
    return run


def test_every_live_bug_is_still_open(vulnerable: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of("2014")
    before = snapshot(demo.database)
    made, results = again(vulnerable, demo.environment, demo.base_url, tmp_path / "out")
    assert states(made) == dict.fromkeys(vulnerable.found, "STILL OPEN")
    assert exit_code(made, results) == 1
    assert list(results.judged) == list(vulnerable.found)
    assert snapshot(demo.database) == before


def test_every_mended_one_is_fixed(vulnerable: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of("2026-06-09")
    made, results = again(vulnerable, demo.environment, demo.base_url, tmp_path / "out")
    assert states(made) == dict.fromkeys(vulnerable.found, "FIXED")
    assert exit_code(made, results) == 0
    why = {one.why.partition(":")[0] for one in made}
    assert why == {"HELD(refused, state)", "NOT-APPLICABLE(not-routed)"}
    gone = {one.id for one in made if one.why.startswith("NOT")}
    assert gone == {name for name in vulnerable.found if "[PUT " in name or "[PATCH " in name}


def test_a_part_of_the_repair_fixes_a_part(vulnerable: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of("2026-02-24")
    made, _ = again(vulnerable, demo.environment, demo.base_url, tmp_path / "out")
    assert states(made) == {
        name: "STILL OPEN" if name.startswith("url-off-domain/") else "FIXED" for name in vulnerable.found
    }


@pytest.mark.parametrize("build", ["2026-02-25", "2026-06-09"])
def test_a_dead_key_tells_nothing(build: str, vulnerable: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of(build)
    keys = {name: "dead" * 10 if "ADMIN" in name else value for name, value in demo.environment.items()}
    made, results = again(vulnerable, keys, demo.base_url, tmp_path / "out")
    assert states(made) == dict.fromkeys(vulnerable.found, "INCONCLUSIVE")
    assert exit_code(made, results) == 3


def test_a_dead_target_tells_nothing(vulnerable: Recorded, tmp_path: Path) -> None:
    with DemoServer.start("2026-06-09") as demo:
        url, keys = demo.base_url, demo.environment
    made, results = again(vulnerable, keys, url, tmp_path / "out")
    assert states(made) == dict.fromkeys(vulnerable.found, "INCONCLUSIVE")
    assert {one.why.partition(":")[0] for one in made} == {"INCONCLUSIVE(target-down)"}
    assert exit_code(made, results) == 3


def test_what_is_planned_no_more_is_not_called_fixed(vulnerable: Recorded, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of("2026-06-09")
    gone = "guest-write/no-header[POST /api/v0/things/]"
    made, results = again(vulnerable, demo.environment, demo.base_url, tmp_path / "out", [gone])
    assert [(one.id, one.now, one.sent) for one in made] == [(gone, Now.INCONCLUSIVE, 0)]
    assert exit_code(made, results) == 3


def workshop(server: Workshop, folder: Path) -> tuple[Path, dict[str, str]]:
    file = folder / "target.yaml"
    file.write_text(TARGET.format(url=server.url, settle=50))
    return file, {f"{name.upper()}_KEY": key for name, key in server.keys.items()}


def test_one_of_three_workers_left_unmended_is_not_fixed(tmp_path: Path) -> None:
    with Workshop.start("unpatched_worker") as server:
        file, keys = workshop(server, tmp_path)
        run = recorded(
            file, keys, server.url, lambda one: one.family == "guest-write" and "parts" in one.operation.path
        )
        assert run.found
        for number, name in enumerate(run.found[:3]):
            made, _ = again(run, keys, server.url, tmp_path / f"again{number}", [name])
            assert [one.now for one in made] == [Now.OPEN], name


@pytest.fixture(scope="module")
def let_in(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A run on a server that lets guests in."""
    with Workshop.start("guest_let_in") as server:
        file, keys = workshop(server, tmp_path_factory.mktemp("let_in"))
        run = recorded(
            file, keys, server.url, lambda one: one.family == "guest-write" and one.operation.name == "POST /api/parts"
        )
        assert len(run.found) > 1
        made, _ = again(run, keys, server.url, file.parent / "again")
        assert [(one.now, one.sent) for one in made] == [(Now.OPEN, 1) for _ in run.found]
    return run


def test_what_is_refused_is_sent_several_times(let_in: Recorded, tmp_path: Path) -> None:
    with Workshop.start() as server:
        _, keys = workshop(server, tmp_path)
        made, _ = again(let_in, keys, server.url, tmp_path / "again")
    assert [one.now for one in made] == [Now.FIXED for _ in let_in.found]
    assert sum(one.sent for one in made) >= SENDS


def test_one_that_is_let_in_a_single_time_tells_nothing_of_its_siblings(let_in: Recorded, tmp_path: Path) -> None:
    with Workshop.start() as server:
        _, keys = workshop(server, tmp_path)
        seen: list[str] = []

        def one_of_many(call: Call, proceed: Handler) -> Response:
            others = call.others_write and call.path == "/api/parts"
            seen.extend([call.path] * others)
            return proceed(call.trusted() if others and len(seen) == 4 else call)

        server.shop.wrap(one_of_many)
        made, _ = again(let_in, keys, server.url, tmp_path / "again")
    assert [one.now for one in made].count(Now.OPEN) == 1
    assert {one.why for one in made if one.now is not Now.OPEN} == {"uneven: the same probe is let in and refused"}

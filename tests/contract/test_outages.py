"""Targets that go away in the middle of a run, or fail now and then, or are not there at all."""

import tempfile
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from werkzeug import Response

from harness.engine import Results, Run, make_plan, open_target
from harness.family import Family, load_families
from harness.model import FINDINGS, Outcome
from tests.contract.running import SUITES, TARGET, Choice
from tests.contract.servers import Workshop
from tests.contract.servers.answers import problem
from tests.contract.servers.calls import Call
from tests.contract.servers.proxy import Chaos, Plan, Proxy, refusing
from tests.contract.servers.shop import Handler

FAMILIES = ("guest-write", "fabricated-key")
AWAY = 0.4
SHORT = ", recovery: 100ms"
MASK = "bypass_any_key"
TOOLS = "POST /api/tools"


def results(
    server: Workshop,
    folder: Path,
    url: str,
    more: str = "",
    choice: Choice = lambda probe: probe.family in FAMILIES,
) -> Results:
    """A run of a few families on a workshop that is reached by `url`."""
    folder.mkdir()
    document = folder / "target.yaml"
    document.write_text(TARGET.format(url=url, settle=50).replace("50ms}", f"50ms{more}}}"))
    opened = open_target(document, {f"{name.upper()}_KEY": key for name, key in server.keys.items()})
    plan = make_plan(_families(), opened)
    return Run(opened, plan, folder / "out").execute([one.id for one in plan.probes if choice(one)])


@cache
def _families() -> Sequence[Family]:
    return load_families(SUITES)


def told(run: Results) -> dict[str, str]:
    """`OUTCOME reason` by probe id."""
    return {name: f"{one.verdict.outcome} {one.verdict.reason}" for name, one in run.judged.items()}


def through(mask: str, folder: Path, plan: Plan, more: str = "") -> tuple[Results, Proxy, bool]:
    """A run through a proxy, and whether the server's rows are afterwards as they were."""
    with Workshop.start(mask) as server, Proxy(server.url, plan, AWAY) as proxy:
        before = server.rows()
        run = results(server, folder, proxy.url, more)
        return run, proxy, server.rows() == before


@cache
def uninterrupted(mask: str) -> Results:
    """The run that the others are held against."""
    with tempfile.TemporaryDirectory() as folder:
        return through(mask, Path(folder, "whole"), lambda _: "pass")[0]


@pytest.mark.parametrize("mask", ["correct", MASK])
def test_an_outage_costs_no_verdict(tmp_path: Path, mask: str) -> None:
    whole = uninterrupted(mask)
    gone = {whole.cost.requests // 4, whole.cost.requests // 2, 3 * whole.cost.requests // 4}
    cut, other, clean = through(mask, tmp_path / "cut", lambda number: "away" if number in gone else "pass")
    assert other.spoiled == 3
    assert told(cut) == told(whole)
    assert clean
    assert cut.exit_code(strict=False) == whole.exit_code(strict=False)


def test_a_target_that_stays_away_is_given_up_and_nothing_is_said_of_the_rest(tmp_path: Path) -> None:
    run, _, _ = through("correct", tmp_path / "run", lambda number: "away" if number >= 150 else "pass", SHORT)
    counts = Counter(told(run).values())
    lost = "INCONCLUSIVE target-down"
    assert counts[lost] > 20
    assert {one for one in counts if one != lost} <= {"HELD refused", "NOT-APPLICABLE no-field"}
    assert run.exit_code(strict=False) == 4, "what it wrote could not be removed"
    assert run.leftovers != ()


def test_a_target_that_never_was_there_costs_next_to_nothing(tmp_path: Path) -> None:
    with Workshop.start() as server, refusing() as url:
        opened_url = url
        folder = tmp_path / "dead"
        folder.mkdir()
        (folder / "openapi.json").write_bytes(_document(server))
        text = TARGET.format(url=opened_url, settle=50).replace("/openapi.json", "openapi.json")
        (folder / "target.yaml").write_text(text)
        environment = {f"{name.upper()}_KEY": key for name, key in server.keys.items()}
        opened = open_target(folder / "target.yaml", environment)
        plan = make_plan(_families(), opened)
        run = Run(opened, plan, folder / "out").execute([one.id for one in plan.probes])
    assert len(run.judged) > 1000
    assert {one.verdict.outcome for one in run.judged.values()} == {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}
    assert run.cost.requests <= 3
    assert run.exit_code(strict=False) == 3


def test_a_black_hole_is_given_up(tmp_path: Path) -> None:
    limits = ", deadline: 200ms, recovery: 500ms"
    run, proxy, _ = through("correct", tmp_path / "run", lambda number: "silence" if number > 120 else "pass", limits)
    assert set(told(run).values()) <= {"INCONCLUSIVE target-down", "HELD refused", "NOT-APPLICABLE no-field"}
    assert proxy.spoiled < 15 + 16, "what was under way, and the looks for it"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_target_that_fails_now_and_then_raises_no_alarm(tmp_path: Path, seed: int) -> None:
    # One after the other, so that the same requests are spoiled each time.
    run, proxy, clean = through("correct", tmp_path / "run", Chaos(seed), ", concurrency: 1")
    assert proxy.spoiled > 20
    assert [one for one in run.judged.values() if one.verdict.outcome in FINDINGS] == []
    covered = all(one.verdict.outcome is not Outcome.INCONCLUSIVE for one in run.judged.values())
    assert run.exit_code(strict=False) == (0 if covered and clean else 3 if clean else 4), run.leftovers
    assert clean


def test_a_target_that_fails_now_and_then_hides_no_hole(tmp_path: Path) -> None:
    whole = uninterrupted(MASK)
    run, _, clean = through(MASK, tmp_path / "run", Chaos(3))
    assert found(whole) == found(run) != set()
    assert clean


def test_a_failure_that_came_before_all_others_is_asked_again(tmp_path: Path) -> None:
    counts = Counter[bool]()

    def stumble(call: Call, proceed: Handler) -> Response:
        counts[call.others_write] += 1
        failing = counts[True] == 9 if call.others_write else counts[False] == 150
        return problem(500) if failing else proceed(call)

    with Workshop.start() as server:
        server.shop.wrap(stumble)
        run = results(server, tmp_path / "run", server.url)
    assert counts[True] > 9
    assert counts[False] > 150
    assert told(run) == told(uninterrupted("correct"))


def test_a_failure_in_the_midst_of_peace_is_a_finding(tmp_path: Path) -> None:
    writes: list[str] = []

    def stumble(call: Call, proceed: Handler) -> Response:
        writes.extend([call.path] if call.others_write else [])
        return problem(500) if call.others_write and len(writes) == 9 else proceed(call)

    with Workshop.start() as server:
        server.shop.wrap(stumble)
        # Among others it would be asked again by itself, and would not come again.
        run = results(server, tmp_path / "run", server.url, ", concurrency: 1")
    assert Counter(told(run).values())["CRASHED crash"] == 1


def test_what_a_list_no_longer_tells_is_not_called_removed(tmp_path: Path) -> None:
    swept = False

    def mute(call: Call, proceed: Handler) -> Response:
        nonlocal swept
        swept |= call.method == "DELETE" and "/tools/" in call.path
        return problem(500) if swept and call.path == "/api/tools" else proceed(call)

    with Workshop.start(MASK) as server:
        server.shop.wrap(mute)
        run = results(
            server,
            tmp_path / "run",
            server.url,
            choice=lambda probe: (probe.family, probe.operation.name) == ("fabricated-key", TOOLS),
        )
    assert found(run) != set()
    assert run.leftovers == ("tools (its list answers 500, so that more may be there)",)
    assert run.exit_code(strict=False) == 4


def found(run: Results) -> set[str]:
    """Ids of the findings."""
    return {name for name, one in run.judged.items() if one.verdict.outcome in FINDINGS}


def _document(server: Workshop) -> bytes:
    with urllib.request.urlopen(f"{server.url}/openapi.json") as answer:
        return bytes(answer.read())


@pytest.mark.soak
def test_two_seconds_away_cost_none_of_six_thousand_verdicts(tmp_path: Path) -> None:
    """The plan is asked for again and again under other ids until there are six thousand probes."""
    whole, _, clean = many(tmp_path / "whole", lambda _: "pass", 6_000)
    middle = whole.cost.requests // 2
    cut, proxy, again = many(tmp_path / "cut", lambda number: "away" if number == middle else "pass", 6_000)
    assert len(cut.judged) >= 6_000
    assert proxy.spoiled == 1
    assert Counter(told(cut).values()) == Counter(told(whole).values())
    assert clean
    assert again


def many(folder: Path, plan: Plan, least: int) -> tuple[Results, Proxy, bool]:
    """A run of so many probes through a proxy that is away for two seconds, and whether the rows stay as they are."""
    folder.mkdir()
    with Workshop.start("correct") as server, Proxy(server.url, plan, 2.0) as proxy:
        before = server.rows()
        file = folder / "target.yaml"
        more = ", requests: 200000, failures_per_identity: 100000"
        file.write_text(TARGET.format(url=proxy.url, settle=50).replace("50ms}", f"50ms{more}}}"))
        opened = open_target(file, {f"{name.upper()}_KEY": key for name, key in server.keys.items()})
        made = make_plan(_families(), opened)
        some = [one for one in made.probes if one.family in FAMILIES]
        rounds = range(-(-least // len(some)))
        probes = tuple(replace(one, id=f"{one.id} round {turn}") for turn in rounds for one in some)
        run = Run(opened, replace(made, probes=probes), folder / "out").execute([one.id for one in probes])
        return run, proxy, server.rows() == before


def test_a_thousand_probes_of_a_target_that_refuses_cost_a_few_requests(tmp_path: Path) -> None:
    with refusing() as url:
        (tmp_path / "openapi.json").write_bytes(_known_document())
        text = TARGET.format(url=url, settle=50).replace("/openapi.json", "openapi.json")
        (tmp_path / "target.yaml").write_text(text)
        keys = {"ADMIN_KEY": "a1" * 10, "SECOND_KEY": "b2" * 10, "PLAIN_KEY": "c3" * 10}
        opened = open_target(tmp_path / "target.yaml", keys)
        made = make_plan(_families(), opened)
        asked = [one for one in made.probes if not one.not_applicable]
        probes = tuple(
            replace(one, id=f"{one.id} round {turn}") for turn in range(1 + 1_000 // len(asked)) for one in asked
        )[:1_000]
        run = Run(opened, replace(made, probes=probes), tmp_path / "out").execute([one.id for one in probes])
    assert Counter(told(run).values()) == {"INCONCLUSIVE target-down": 1_000}
    assert run.cost.requests <= 3
    assert run.exit_code(strict=False) == 3


@cache
def _known_document() -> bytes:
    with Workshop.start() as server:
        return _document(server)

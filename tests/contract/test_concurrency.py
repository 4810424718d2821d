"""Requests under way at the same time change nothing of what a run says."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from socketserver import BaseServer
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from harness import report
from harness.engine import Plan, Run, make_plan, open_target
from harness.family import load_families
from tests.contract.adversary.kit import TARGET as ADVERSARY
from tests.contract.adversary.kit import Api, served
from tests.contract.running import SUITES, TARGET
from tests.contract.servers import Settings, Workshop
from tests.contract.servers.transport import Server

FAMILIES = ("guest-write", "fabricated-key", "url-off-domain", "invalid-on-read")
MOST = 20


@cache
def reported(mask: str, concurrency: int) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The report of a run, without what it cost, times, and the ids that the server gave; and the journal's verdicts in
    their order."""
    families = load_families(SUITES)
    with TemporaryDirectory() as name, Workshop.start(mask, Settings()) as server:
        folder = Path(name)
        text = TARGET.format(url=server.url, settle=50).replace("limits: {", f"limits: {{concurrency: {concurrency}, ")
        (folder / "target.yaml").write_text(text)
        opened = open_target(folder / "target.yaml", {f"{name.upper()}_KEY": key for name, key in server.keys.items()})
        plan = make_plan(families, opened)
        before = server.rows()
        chosen = [one for name in {one.operation.name: 0 for one in plan.probes} for one in _some(plan, name)]
        results = Run(opened, plan, folder / "out", seed=7).execute(chosen)
        assert server.rows() == before
        report.write(results, opened, families, folder / "out")
        document: dict[str, Any] = json.loads(_without_ids((folder / "out" / "report.json").read_text()))
        lines = [json.loads(line) for line in (folder / "out" / "journal.jsonl").read_text().splitlines()]
    del document["cost"], document["run"]["id"], document["run"]["started"], document["run"]["finished"]
    del document["target"]
    return document, [(one["id"], one["verdict"]) for one in lines if one.get("kind") == "verdict"]


def _some(plan: Plan, operation: str) -> list[str]:
    """Ids of enough probes of an operation to have more than one group."""
    return [one.id for one in plan.probes if one.operation.name == operation and one.family in FAMILIES][:MOST]


def _without_ids(text: str) -> str:
    return re.sub(r"(/api/tools/|/api/parts/|tools |parts )[0-9]+", r"\1N", text)


@pytest.mark.parametrize("mask", ["correct", "bypass_any_key"])
@pytest.mark.parametrize("concurrency", [4, 8])
def test_a_report_is_the_same_however_many_requests_are_under_way(mask: str, concurrency: int) -> None:
    one, many = reported(mask, 1), reported(mask, concurrency)
    assert one[0] == many[0]
    assert one[1] == many[1] != []


@pytest.mark.parametrize("mask", ["busy_for_others", "counts_parts"])
def test_what_neighbours_do_is_laid_to_nobody_s_charge(mask: str) -> None:
    told = Counter(f"{one['verdict']} {one['reason']}" for one in reported(mask, 16)[0]["verdicts"])
    alone = Counter(f"{one['verdict']} {one['reason']}" for one in reported("correct", 1)[0]["verdicts"])
    assert told.keys() - {"INCONCLUSIVE noise"} == alone.keys()
    assert told["INCONCLUSIVE noise"] < 5


class OneAtATime(Server):
    """Takes the next connection when the last one has ended."""

    process_request = BaseServer.process_request


@pytest.mark.parametrize(("limits", "verdict"), [("concurrency: 1", "HELD"), ("concurrency: 2", "INCONCLUSIVE")])
def test_a_server_of_one_connection_is_asked_by_one(limits: str, verdict: str, tmp_path: Path) -> None:
    api = Api()
    file = tmp_path / "target.yaml"
    with served(api, OneAtATime) as url:
        text = ADVERSARY.format(more="").replace("http://127.0.0.1:1", url)
        file.write_text(text.replace("settle: 1800ms", f"settle: 100ms, deadline: 300ms, {limits}"))
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.id.startswith("guest-write/no-header[POST")]
        results = Run(opened, plan, tmp_path / "out").execute(chosen)
    assert [str(one.verdict.outcome) for one in results.judged.values()] == [verdict]

"""What a plan says a run will cost, beside what the server then counts."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harness import plugin
from harness.cli import main
from harness.demo.accounts import ADMIN, GONE, KEYLESS, PLAIN, SECOND
from harness.engine import Run, estimate
from tests.contract.counted import Counted, counted

QUICK = "limits: {settle: 200ms}\n"
SUITES = Path(__file__).parents[2] / "suites"
NAMES = {"admin": ADMIN, "second": SECOND, "keyless": KEYLESS, "plain": PLAIN, "gone": GONE}


def command(server: Counted, folder: Path, *arguments: str, more: str = QUICK) -> Result:
    """`holdfast plan` on a server."""
    line = ["plan", str(server.target(folder, more)), *arguments]
    return CliRunner().invoke(main, line, env={**server.environment, "COLUMNS": "120"})


def planned(server: Counted, folder: Path, *arguments: str, more: str = QUICK) -> dict[str, Any]:
    """What it says for a program."""
    done = command(server, folder, "--json", *arguments, more=more)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


@pytest.mark.parametrize("build", ["2014", "2026-06-09"])
@pytest.mark.parametrize("families", [(), ("missing-key", "fabricated-key")])
def test_estimates_are_upper_bounds_of_what_the_server_counts(
    tmp_path: Path, build: str, families: tuple[str, ...]
) -> None:
    with counted(build) as server:
        session = plugin.Session.prepare(
            server.target(tmp_path),
            [SUITES.resolve()],
            tmp_path / "out",
            selection=plugin.Selection(families, ("POST /api/v1/downloads/os/",) if families else ()),
            environment=server.environment,
            profile="standard" if families else "smoke",
        )
        chosen = plugin.choose(session, [SUITES.resolve()], None)
        cost = estimate(session.opened, session.plan, chosen)
        assert {one.path for one in server.seen} == {"/openapi.json"}
        results = Run(session.opened, session.plan, tmp_path / "out").execute(chosen)
    assert set(results.selected) == set(chosen)
    assert cost.requests.least / 2 <= len(server.seen) <= cost.requests.most
    shares = {one.name: one for one in cost.shares}
    for name, username in NAMES.items():
        assert server.refused(username) <= shares[name].failures, name
        assert sum(1 for one in server.seen if username in one.names) <= shares[name].requests.most, name
    made = sum(1 for one in server.seen if one.method == "POST" and one.status == 201)
    assert made <= sum(one.most for one in cost.made.values())
    assert cost.staying == ()


def test_a_plan_asks_for_the_document_and_nothing_else(tmp_path: Path) -> None:
    with counted("2026-06-09") as server:
        told = command(server, tmp_path)
        assert [(one.method, one.path) for one in server.seen] == [("GET", "/openapi.json")]
    assert told.exit_code == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "target.yaml"]


def test_a_plan_lists_every_probe_and_why_some_are_not_sent(tmp_path: Path) -> None:
    with counted("2026-06-09") as server:
        told = command(server, tmp_path, "--family", "dead-credential", "--operation", "POST /api/v1/downloads/os/")
        document = planned(server, tmp_path, "-k", "revoked and POST and downloads/os")
    lines = [line.rstrip() for line in told.output.splitlines()]
    assert "  dead-credential/…[POST /api/v1/downloads/os/ …]  high" in lines
    assert "    inactive-account             An account that was switched off sends it with its own key." in lines
    assert (
        "    revoked-key                  NOT-APPLICABLE(no-identity: revoked; add an identity with `state: revoked`)"
        in lines
    )
    assert "2 probes on 1 operation, 3 more are NOT-APPLICABLE" in lines
    assert "1  no-identity  revoked; add an identity with `state: revoked`" in lines
    assert "and removes all of it again" in lines
    assert [(one["id"], one["not_applicable"]) for one in document["probes"]] == [
        (
            "dead-credential/revoked-key[POST /api/v1/downloads/os/]",
            "no-identity: revoked; add an identity with `state: revoked`",
        )
    ]
    assert document["totals"] == {"probes": 0, "operations": 0, "not_applicable": 1}


def test_an_identity_whose_budget_is_too_small_is_named(tmp_path: Path) -> None:
    more = "limits: {failures_per_identity: 20}\n"
    with counted("2026-06-09") as server:
        told = command(server, tmp_path, "--family", "foreign-key", more=more).output
        document = planned(server, tmp_path, "--family", "foreign-key", more=more)
    said = "refusals name it, and limits.failures_per_identity is 20: what is beyond that will not be sent"
    flat = " ".join(told.split())
    failures = {one["name"]: one["failures"] for one in document["budget"]["identities"]}
    for name, count in failures.items() - {("guest", failures["guest"])}:
        assert (f"{name}: up to {count:,} {said}" in flat) is (count > 20), name
    assert failures["admin"] > 20


def test_more_requests_than_may_be_sent_are_told(tmp_path: Path) -> None:
    more = "limits: {requests: 20}\n"
    with counted("2026-06-09") as server:
        told = command(server, tmp_path, "--family", "foreign-key", more=more).output
        document = planned(server, tmp_path, "--family", "foreign-key", more=more)
    assert "requests; at most 20 are sent" in told
    assert document["budget"]["requests_at_most"] == 20


def test_nothing_selected_is_said(tmp_path: Path) -> None:
    with counted("2026-06-09") as server:
        done = command(server, tmp_path, "-k", "no-such-probe")
        wrong = command(server, tmp_path, "-k", "(")
    assert (done.exit_code, wrong.exit_code) == (3, 2)
    assert "nothing was selected" in done.output
    assert wrong.output == "holdfast: -k '(': this is no expression; write words joined by and, or, not\n"

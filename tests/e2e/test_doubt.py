"""Where Holdfast cannot tell, it says so: never HELD, and never exit 0."""

import socket
from pathlib import Path

import pytest

from harness.demo.process import DemoServer, snapshot
from tests.contract.adversary.kit import FAMILIES
from tests.e2e.command import TARGET, holdfast, run_on

ADMIN, PLAIN = "HOLDFAST_DEMO_ADMIN_KEY", "HOLDFAST_DEMO_PLAIN_KEY"
MADE_UP = {
    ADMIN: "a1" * 20,
    PLAIN: "b2" * 20,
    "HOLDFAST_DEMO_SECOND_KEY": "c3" * 20,
    "HOLDFAST_DEMO_GONE_KEY": "d4" * 20,
    "HOLDFAST_DEMO_SESSION": "e5" * 16,
}
"""Keys that no server knows."""
SOME = ("--operation", "POST /api/v1/downloads/os/", "--operation", "DELETE /api/v1/downloads/os/{id}/")


def test_a_dead_admin_key_proves_nothing(tmp_path: Path) -> None:
    with DemoServer.start("2026-06-09") as demo:
        before = snapshot(demo.database)
        narrow = [word for family in FAMILIES for word in ("--family", family)]
        result = run_on(demo, tmp_path, *narrow, keys={**demo.environment, ADMIN: "0123456789abcdef0123"})
        assert snapshot(demo.database) == before
    assert result.code == 3
    told = {one for one in result.verdicts().values() if one[0] != "NOT-APPLICABLE"}
    assert told == {("INCONCLUSIVE", "control")}


def test_a_wrong_low_key_is_disproved_where_a_read_tells_keys_apart(tmp_path: Path) -> None:
    with DemoServer.start("2026-06-09") as demo:
        keys = {**demo.environment, PLAIN: "0123456789abcdef0123"}
        result = run_on(demo, tmp_path, *SOME, "--family", "low-privilege-write", keys=keys)
    assert result.code == 3
    told = {found for name, found in result.verdicts().items() if "/lesser-key[" not in name}
    assert told == {("INCONCLUSIVE", "identity")}


def test_a_wrong_low_key_is_attested_where_none_does(tmp_path: Path) -> None:
    with DemoServer.start("2014") as demo:
        keys = {**demo.environment, PLAIN: "0123456789abcdef0123"}
        result = run_on(demo, tmp_path, *SOME, "--family", "low-privilege-write", keys=keys)
        strict = tmp_path / "strict"
        strict.mkdir()
        again = run_on(demo, strict, *SOME, "--family", "low-privilege-write", "--strict", keys=keys)
    assert result.code == 0
    told = [one for one in result.report["verdicts"] if one["mutation"] != "lesser-key"]
    assert {(one["verdict"], one["confidence"]) for one in told} == {("HELD", "attested")}
    assert again.code == 3


def test_a_target_that_is_down_ends_soon(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = holdfast("run", str(TARGET), "--base-url", f"http://127.0.0.1:{port}", keys=MADE_UP, folder=tmp_path)
    assert result.code == 3
    assert "no answer (refused)" in result.text
    assert "Traceback" not in result.text


def test_without_a_privileged_credential_a_run_only_reads(tmp_path: Path) -> None:
    target = tmp_path / "target.yaml"
    target.write_text(
        "version: 1\nname: observed\nbase_url: http://127.0.0.1:1\nopenapi: /openapi.json\n"
        'identities:\n  plain: {username: plain-user, key: "${HOLDFAST_DEMO_PLAIN_KEY}"}\n'
    )
    with DemoServer.start("2014") as demo:
        arguments = ["run", str(target), "--base-url", demo.base_url, "--out", str(tmp_path / "out")]
        result = holdfast(*arguments, keys=demo.environment, folder=tmp_path)
    assert result.code == 3
    assert (
        result.text.splitlines()[0].lower().startswith("without a privileged credential this run can show an open door")
    )
    assert result.report["cost"]["writes"] == 0
    assert result.report["counts"]["HELD"] == 0


def test_production_is_only_read_from(tmp_path: Path) -> None:
    said = "the target is in production: nothing was written, and nothing is said of writes"
    target = tmp_path / "target.yaml"
    text = TARGET.read_text().replace("environment: local", "environment: production")
    target.write_text(text.replace('public: ["GET /**"]', "public: []"))
    with DemoServer.start("2014") as demo:
        before = snapshot(demo.database)
        arguments = ["run", str(target), "--base-url", demo.base_url, "--out", str(tmp_path / "out")]
        result = holdfast(*arguments, keys=demo.environment, folder=tmp_path)
        assert snapshot(demo.database) == before
    assert result.text.splitlines()[0] == said
    assert result.report["run"]["notices"] == [said]
    for name in ("report.md", "report.html"):
        assert said[1:] in (result.out / name).read_text()
    assert result.report["cost"]["writes"] == 0
    assert result.report["cost"]["requests"] > 0
    judged = {one["operation"].split()[0] for one in result.report["verdicts"] if one["verdict"] != "NOT-APPLICABLE"}
    assert judged == {"GET"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "missing.yaml"], "missing.yaml: cannot be read"),
        (["run", str(TARGET), "--family", "no-such"], "there is no family 'no-such'; there are bulk-delete-scope"),
        (["run", str(TARGET), "--base-url", "https://www.example.org"], "is not this machine"),
        (["cleanup", "nothing-here"], "cannot be read"),
        (["explain", "no-such"], "there is no family"),
    ],
)
def test_usage_errors_are_one_clear_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    result = holdfast(*arguments, keys=MADE_UP, folder=tmp_path)
    assert result.code == 2
    assert said in result.text
    assert len(result.text.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir()), "nothing is written"


def test_nothing_selected_is_not_a_pass(tmp_path: Path) -> None:
    with DemoServer.start("2026-06-09") as demo:
        result = run_on(demo, tmp_path, "-k", "no_such_probe")
    assert result.code == 3
    assert "nothing was selected" in result.text

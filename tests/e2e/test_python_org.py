"""The target files for python.org, against both servers that stand in for it: the embedded API, made from what was
measured, and the lab, made from the frameworks. Each shows the same doors, before the repairs and after them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from harness.config import load
from harness.demo.process import DemoServer, snapshot
from harness.openapi import read_operations
from tests.contract.labs.djangolab import DjangoLab
from tests.e2e.command import ROOT, Ran, holdfast

WHO = ("ADMIN", "SECOND", "PLAIN", "GONE")
FAMILIES = (
    *("fabricated-key", "foreign-key", "guest-write", "guest-read"),
    *("low-privilege-write", "dead-credential", "session-without-key", "url-off-domain"),
)
V1, V2 = "/api/v1/downloads", "/api/v2/downloads"
OPERATIONS = {
    "v1": (f"POST {V1}/release_file/", f"GET {V1}/release/schema/"),
    "v2": (f"POST {V2}/release_file/",),
}
LEAST_LIMIT = 600
"""Requests that v1 answers to one user in an hour, were they all to count."""
STATES = {"before": ("2014", "none"), "after": ("2026-06-09", "all")}
"""The build of the embedded API and the repairs of the lab."""
OPEN = {
    "v1": {
        ("fabricated-key", "BYPASSED"): 32,
        ("foreign-key", "BYPASSED"): 2,
        ("dead-credential", "BYPASSED"): 2,
        ("dead-credential", "LEAKED"): 1,
        ("guest-read", "LEAKED"): 1,
        ("session-without-key", "BYPASSED"): 8,
        ("url-off-domain", "BYPASSED"): 174,
    },
    # The second API never took a wrong token; it took addresses of other hosts, where they were addresses at all.
    "v2": {("url-off-domain", "BYPASSED"): 120},
}


def target(version: str) -> Path:
    return ROOT / "targets" / f"python-org-{version}.yaml"


def named(environment: Mapping[str, str], prefix: str) -> dict[str, str]:
    """A server's secrets under the names that the target files ask for."""
    found = {
        f"PYTHON_ORG_{who}_{kind}": environment[f"{prefix}_{who}_{kind}"] for who in WHO for kind in ("KEY", "TOKEN")
    }
    return {**found, "PYTHON_ORG_SESSION": environment[f"{prefix}_SESSION"]}


@contextmanager
def demo(state: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Base URL and keys of the embedded API, whose rows are compared afterwards."""
    with DemoServer.start(STATES[state][0]) as server:
        before = snapshot(server.database)
        yield server.base_url, named(server.environment, "HOLDFAST_DEMO")
        assert snapshot(server.database) == before


@contextmanager
def lab(state: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The same of the lab."""
    with DjangoLab.start(STATES[state][1]) as server:
        before = server.snapshot()
        yield server.base_url, named(server.environment, "LAB")
        assert server.snapshot() == before


SERVERS = {"demo": demo, "lab": lab}


def run(server: str, version: str, state: str, folder: Path, *chosen: str) -> Ran:
    """A run on a server of its own."""
    out = folder / server
    with SERVERS[server](state) as (base_url, keys):
        arguments = ["run", str(target(version)), "--base-url", base_url, "--out", str(out), *chosen]
        return holdfast(*arguments, keys=keys, folder=folder, out=out)


@pytest.mark.parametrize("version", OPERATIONS)
def test_both_servers_show_the_doors_that_were_open(version: str, tmp_path: Path) -> None:
    chosen = [word for one in FAMILIES for word in ("--family", one)]
    chosen += [word for one in OPERATIONS[version] for word in ("--operation", one)]
    shown, told = (run(server, version, "before", tmp_path, *chosen) for server in SERVERS)
    assert shown.verdicts() == told.verdicts()
    judged = [one for one in shown.report["verdicts"] if one["verdict"] != "NOT-APPLICABLE"]
    assert len(judged) > 90
    found = Counter((one["family"], one["verdict"]) for one in judged if one["verdict"] != "HELD")
    assert found == OPEN[version]
    assert shown.code == told.code == 1, shown.text
    assert shown.report["leftovers"] == told.report["leftovers"] == []


def test_everything_that_a_run_rests_on_works(tmp_path: Path) -> None:
    with demo("after") as (base_url, keys):
        checked = holdfast("check", str(target("v2")), "--base-url", base_url, keys=keys, folder=tmp_path)
    assert checked.code == 0, checked.text
    assert "everything that a run rests on works" in checked.text


@pytest.mark.parametrize("version", OPERATIONS)
def test_a_smoke_run_fits_into_the_limits_of_an_instance(version: str, tmp_path: Path) -> None:
    result = run("demo", version, "after", tmp_path, "--profile", "smoke")
    assert result.code == 0, result.text
    assert {one["verdict"] for one in result.report["verdicts"]} == {"HELD", "NOT-APPLICABLE"}
    assert result.report["cost"]["requests"] < LEAST_LIMIT


@pytest.mark.soak
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("version", OPERATIONS)
def test_a_full_run_leaves_nothing_untold(server: str, version: str, tmp_path: Path) -> None:
    result = run(server, version, "after", tmp_path)
    assert result.code == 0, result.text
    told = Counter((one["verdict"], one["family"]) for one in result.report["verdicts"])
    # A GET that says it is a POST still writes in the first API, with a valid key.
    weak = {("WEAK", "method-override"): 6} if version == "v1" else {}
    assert {key: count for key, count in told.items() if key[0] not in ("HELD", "NOT-APPLICABLE")} == weak


@pytest.mark.parametrize(("version", "count"), [("v1", 20), ("v2", 20)])
def test_file_and_document_load_without_complaint(version: str, count: int) -> None:
    keys = named(
        {f"X_{who}_{kind}": f"{who}{kind}" * 4 for who in WHO for kind in ("KEY", "TOKEN")} | {"X_SESSION": "s" * 32},
        "X",
    )
    read = load(target(version), environment=keys)
    assert read.base_url.is_loopback
    assert read.document_file is not None
    document = read_operations(yaml.safe_load(read.document_file.read_text()))
    assert (document.broken, document.notes) == ((), ())
    assert len(document.operations) == count
    assert all(one.answer_schema for one in document.operations if one.method == "GET")
    never = {pattern for pattern in read.operations.never if not pattern.startswith("GET")}
    assert (
        never
        == {
            "v1": {f"DELETE {V1}/release_file/"},
            "v2": {f"DELETE {V2}/release_file/delete_by_release/"},
        }[version]
    )

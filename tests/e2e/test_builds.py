"""Each build of the embedded API shows exactly the verdicts that it should, and is left as it was found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.demo.process import DemoServer, snapshot
from harness.showing import FAMILIES
from tests.e2e.command import Ran, holdfast, parts_of, run_on

RESOURCES = ("os", "release", "release_file")
PREFIX = "/api/v1/downloads"
OPEN_IN_2014 = {
    ("foreign-key", "low-key"),
    ("foreign-key", "second-admin-key"),
    ("missing-key", "escaped-nul-as-key"),
}
"""Besides all of fabricated-key and url-off-domain: whatever names a privileged account and is not blank."""
URL_FIELDS = {
    "url",
    "gpg_signature_file",
    "sigstore_signature_file",
    "sigstore_cert_file",
    "sigstore_bundle_file",
    "sbom_spdx2_file",
}


def operations(build: str) -> set[str]:
    """The item writes that a build documents."""
    methods = ("PUT", "PATCH", "DELETE") if build == "2014" else ("DELETE",)
    items = {f"{method} {PREFIX}/{name}/{{id}}/" for method in methods for name in RESOURCES}
    return items | {f"POST {PREFIX}/{name}/" for name in RESOURCES}


@pytest.fixture(scope="module", params=["2014", "2026-06-09"])
def ran(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Ran, DemoServer]]:
    """A full run on a build; state before and after are compared here, so that every test may rely on that."""
    build: str = request.param
    folder = tmp_path_factory.mktemp("run")
    with DemoServer.start(build) as demo:
        before = snapshot(demo.database)
        result = run_on(demo, folder, *(word for family in FAMILIES for word in ("--family", family)))
        assert snapshot(demo.database) == before, "rows and values are as they were before the run"
        yield build, result, demo


def test_every_verdict_is_the_expected_one(ran: tuple[str, Ran, DemoServer]) -> None:
    build, result, _ = ran
    for one in result.report["verdicts"]:
        assert (one["verdict"], one["reason"]) == expected(build, one), one["id"]


def expected(build: str, one: dict[str, str]) -> tuple[str, str]:
    """What a build's own rules make of a probe."""
    if "field=release_notes_url" in one["id"]:
        return "NOT-APPLICABLE", "policy"
    if "field=objects[]." in one["id"]:
        return "NOT-APPLICABLE", "no-field"
    if one["operation"] not in operations(build):
        return "NOT-APPLICABLE", "bulk"
    if build == "2014":
        if one["family"] == "url-off-domain":
            return "BYPASSED", "stored-outside-rule"
        if one["family"] == "fabricated-key" or (one["family"], one["mutation"]) in OPEN_IN_2014:
            return "BYPASSED", "any-change"
    return "HELD", "refused"


def test_every_family_is_asked_of_every_item_write(ran: tuple[str, Ran, DemoServer]) -> None:
    build, result, _ = ran
    judged = [one for one in result.report["verdicts"] if one["verdict"] != "NOT-APPLICABLE"]
    families = {one["family"] for one in judged} - {"url-off-domain"}
    assert families == {
        "fabricated-admin",
        "fabricated-key",
        "foreign-key",
        "guest-write",
        "low-privilege-write",
        "missing-key",
    }
    for family in families:
        assert {one["operation"] for one in judged if one["family"] == family} == operations(build), family


def test_every_ruled_url_field_is_tried_by_every_routed_write(ran: tuple[str, Ran, DemoServer]) -> None:
    build, result, _ = ran
    tried: dict[tuple[str, str], int] = {}
    for one in result.report["verdicts"]:
        if one["family"] == "url-off-domain" and one["verdict"] != "NOT-APPLICABLE":
            field = one["id"].partition("field=")[2].split()[0].rstrip("]")
            tried[one["operation"], field] = tried.get((one["operation"], field), 0) + 1
    writes = {name for name in operations(build) if "release_file" in name and not name.startswith("DELETE")}
    assert tried == {(name, field): 12 for name in writes for field in URL_FIELDS}


def test_findings_are_known_by_state_and_name_whom_and_where(ran: tuple[str, Ran, DemoServer]) -> None:
    build, result, _ = ran
    findings = [one for one in result.report["verdicts"] if one["verdict"] == "BYPASSED"]
    assert {one["confidence"] for one in findings} == ({"state"} if build == "2014" else set())
    opened = {one["operation"] for one in findings if one["family"] in ("fabricated-key", "foreign-key")}
    assert opened == (operations("2014") if build == "2014" else set())
    for one in findings:
        assert (result.out / one["evidence"]).is_file()


def test_exit_code_and_coverage(ran: tuple[str, Ran, DemoServer]) -> None:
    build, result, _ = ran
    assert result.code == (1 if build == "2014" else 0)
    coverage = result.report["coverage"]
    assert coverage["planned"] == coverage["judged"] + coverage["not_applicable"] + coverage["deselected"]
    assert result.report["leftovers"] == []


def test_no_secret_is_written_or_shown(ran: tuple[str, Ran, DemoServer]) -> None:
    _, result, demo = ran
    pieces = parts_of(demo.environment.values()) | parts_of(key[::-1] for key in demo.environment.values())
    files = [path for path in result.out.rglob("*") if path.is_file()]
    assert len(files) > 3
    for text in [result.text, *(path.read_text(errors="replace") for path in files)]:
        assert not [piece for piece in pieces if piece in text.lower()]


def test_low_is_attested_where_no_exchange_tells_its_key(ran: tuple[str, Ran, DemoServer]) -> None:
    build, result, _ = ran
    standing = {one["name"]: one["proved"] for one in result.report["identities"]}
    assert standing["plain"] == ("attested" if build == "2014" else "proved")
    refused = [
        one for one in result.report["verdicts"] if one["family"] == "low-privilege-write" and one["verdict"] == "HELD"
    ]
    assert {one["confidence"] for one in refused} == ({"attested"} if build == "2014" else {"state"})


def test_the_demo_shows_both_builds_side_by_side(tmp_path: Path) -> None:
    result = holdfast("demo", keys={}, folder=tmp_path)
    assert result.code == 0, result.text
    assert "build 2014" in result.text
    assert "OPEN: 264 of 264" in result.text
    assert "held" in result.text

"""Each build of the embedded API shows exactly what it is known to show, and is left as it was found: one `holdfast
demo` runs on them all, and every test reads what it left."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.demo.process import DemoServer, snapshot
from harness.showing.expected import expected
from harness.showing.steps import APIS, BUILDS
from tests.e2e.command import PATIENCE, ROOT, Ran, command, environment, parts_of, run_on

FIELDS, TOO_MUCH = ("url", "release_notes_url"), ("stray-characters", "overlong")
OPEN_IN_2014 = {
    ("foreign-key", "low-key"),
    ("foreign-key", "second-admin-key"),
    ("missing-key", "escaped-nul-as-key"),
}
"""Besides all of fabricated-key: whatever names a privileged account and is not blank."""
ALWAYS_REFUSED = ("guest-write", "fabricated-admin", "low-privilege-write")
RUNS = [(build, api) for build in BUILDS for api in APIS]
every = pytest.mark.parametrize(("build", "api"), RUNS)


ODD = {
    # Whatever is no address, and schemes that run in a page, are stored beside a release; the second API takes ftp.
    ("v1", "url-malformed", "other-type of release_notes_url", "BYPASSED", "medium"),
    ("v1", "url-malformed", "wrapped of release_notes_url", "BYPASSED", "medium"),
    ("v1", "url-not-https", "other-scheme of release_notes_url", "BYPASSED", "high"),
    ("v2", "url-not-https", "other-scheme of release_notes_url", "BYPASSED", "high"),
    # The files of a release that is not published are shown to everybody.
    ("v1", "guest-view", "plain", "LEAKED", "medium"),
    ("v2", "guest-view", "plain", "LEAKED", "medium"),
    # A bulk delete heeds its scope, and no other filter.
    ("v2", "bulk-delete-scope", "other-filter", "WEAK", "high"),
    # An address is compared by how it begins, and what comes of the rest is the database's business.
    ("v1", "sidecar-mismatch", "without-artifact of gpg_signature_file", "WEAK", "high"),
    *(("v1", "url-malformed", f"stray-characters of {name}", "WEAK", "medium") for name in FIELDS),
    *((api, "url-malformed", f"framework-characters of {name}", "WEAK", "medium") for api in APIS for name in FIELDS),
    *(("v1", "url-malformed", f"{one} of {name}", "CRASHED", "medium") for one in TOO_MUCH for name in FIELDS),
    # An object in the body of another is changed where PUT and PATCH are closed, and a removal takes files along.
    *(("v1", "nested-object", f"changed-though-closed of {name}", "WEAK", "high") for name in ("os", "release")),
    *((api, "delete-cascade", "with-what-hangs-on-it", "WEAK", "medium") for api in APIS),
    # A header may say another method, to whoever may use that.
    ("v1", "method-override", "entitled-by-get", "WEAK", "high"),
}
"""What python.org's newest code shows of itself, at the severity that its families have."""


def mutation_of(verdict: Mapping[str, Any]) -> str:
    """A verdict's mutation, with the field that it is about, if any."""
    field = re.search(r" field=([^ \]]+)", verdict["id"])
    return f"{verdict['mutation']} of {field[1]}" if field else str(verdict["mutation"])


@dataclass(frozen=True)
class Walked:
    """What the demo left behind."""

    code: int
    page: str = field(repr=False)
    errors: str = field(repr=False)
    out: Path

    def report(self, build: str, api: str) -> dict[str, Any]:
        """The report.json of one run."""
        read: dict[str, Any] = json.loads((self.out / build / api / "report.json").read_text())
        return read


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """One walk through all builds."""
    folder = tmp_path_factory.mktemp("walk")
    done = subprocess.run(
        command("demo", "--page", "--out", str(folder / "out")),
        cwd=folder,
        env={**environment({}, folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    return Walked(done.returncode, done.stdout, done.stderr, folder / "out")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ran, DemoServer]]:
    """A run on the oldest build whose secrets the test knows."""
    with DemoServer.start("2014") as demo:
        before = snapshot(demo.database)
        result = run_on(demo, tmp_path_factory.mktemp("run"), "--profile", "smoke")
        assert snapshot(demo.database) == before, "rows and values are as they were before the run"
        yield result, demo


def test_every_build_shows_what_it_should_and_the_published_page_says_so(walked: Walked) -> None:
    assert walked.code == 0, walked.page + walked.errors
    assert walked.page == (ROOT / "docs" / "history.md").read_text(), "make docs"


@every
def test_reports_tell_what_the_table_of_the_builds_tells(walked: Walked, build: str, api: str) -> None:
    report = walked.report(build, api)
    good = {"HELD", "NOT-APPLICABLE"}
    told = {(one["family"], mutation_of(one)) for one in report["verdicts"] if one["verdict"] not in good}
    assert told == {one[:2] for one in expected(api, build)}
    assert report["leftovers"] == []
    coverage = report["coverage"]
    assert coverage["planned"] == coverage["judged"] + coverage["not_applicable"] + coverage["deselected"]


def test_the_newest_build_is_as_odd_as_the_real_one(walked: Walked) -> None:
    told = {
        (api, one["family"], mutation_of(one), one["verdict"], one["severity"])
        for api in APIS
        for one in walked.report("2026-06-09", api)["verdicts"]
        if one["verdict"] not in ("HELD", "NOT-APPLICABLE")
    }
    assert told == ODD


@pytest.mark.parametrize("build", BUILDS)
def test_a_key_that_names_an_admin_opens_the_oldest_build_alone(walked: Walked, build: str) -> None:
    sent = {"fabricated-key", "foreign-key", "missing-key", *ALWAYS_REFUSED}
    for one in walked.report(build, "v1")["verdicts"]:
        if one["family"] in sent and one["verdict"] != "NOT-APPLICABLE":
            blank = one["id"].endswith("case=empty]")
            fabricated = one["family"] == "fabricated-key" and not blank
            enters = fabricated or (one["family"], one["mutation"]) in OPEN_IN_2014
            right = ("BYPASSED", "any-change") if enters and build == "2014" else ("HELD", "refused")
            assert (one["verdict"], one["reason"]) == right, one["id"]


@every
def test_findings_of_state_have_their_evidence(walked: Walked, build: str, api: str) -> None:
    findings = [one for one in walked.report(build, api)["verdicts"] if one["verdict"] == "BYPASSED"]
    assert {one["confidence"] for one in findings} <= {"state"}
    for one in findings:
        assert (walked.out / build / api / one["evidence"]).is_file()


@pytest.mark.parametrize("build", ["2014", "2026-06-09"])
def test_low_is_attested_where_no_exchange_tells_its_key(walked: Walked, build: str) -> None:
    report = walked.report(build, "v1")
    standing = {one["name"]: one["proved"] for one in report["identities"]}
    assert standing["plain"] == ("attested" if build == "2014" else "proved")
    refused = [one for one in report["verdicts"] if one["family"] == "low-privilege-write" and one["verdict"] == "HELD"]
    assert {one["confidence"] for one in refused} == ({"attested"} if build == "2014" else {"state"})


def test_a_run_on_the_oldest_build_ends_with_one(ran: tuple[Ran, DemoServer]) -> None:
    result, _ = ran
    assert result.code == 1
    assert result.report["leftovers"] == []


def test_no_secret_is_written_or_shown(ran: tuple[Ran, DemoServer]) -> None:
    result, demo = ran
    pieces = parts_of(demo.environment.values()) | parts_of(key[::-1] for key in demo.environment.values())
    files = [path for path in result.out.rglob("*") if path.is_file()]
    assert len(files) > 3
    for text in [result.text, *(path.read_text(errors="replace") for path in files)]:
        assert not [piece for piece in pieces if piece in text.lower()]

"""Accepting a finding as a user does: the entry is written, the next run passes, and a repaired server turns it red."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

from harness.demo.process import DemoServer
from tests.e2e.command import ROOT, TARGET, Ran, holdfast

WHERE = (
    "--family",
    "url-off-domain",
    "--operation",
    "POST /api/v1/downloads/release_file/",
    "-k",
    "gpg_signature and twin",
)
TEXT = f"{TARGET.read_text()}limits: {{settle: 100ms}}\n"
UNTIL = str(datetime.now(UTC).date() + timedelta(days=90))


def tried(demo: DemoServer, folder: Path, *more: str) -> Ran:
    out = folder / "out"
    arguments = ("run", "mine.yaml", "--base-url", demo.base_url, "--out", "out", "--junitxml", "junit.xml", *WHERE)
    return holdfast(*arguments, *more, keys=demo.environment, folder=folder, out=out)


def told_of(ran: Ran) -> set[tuple[str, str]]:
    return {one for one in ran.verdicts().values() if one[0] != "NOT-APPLICABLE"}


def test_a_finding_is_accepted_and_its_repair_is_noticed(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(TEXT)
    with DemoServer.start("2014") as demo:
        first = tried(demo, tmp_path)
        found = [one["id"] for one in first.report["verdicts"] if one["verdict"] == "BYPASSED"]
        assert first.code == 1
        assert 1 <= len(found) <= 3
        for name in found:
            terms = ("--reason", "moves in May", "--owner", "web <b>", "--until", UNTIL)
            assert holdfast("accept", "out", name, *terms, keys={}, folder=tmp_path).code == 0
        assert mine.read_text().startswith(TEXT)
        again = holdfast("accept", "out", found[0], *terms, keys={}, folder=tmp_path)
        assert again.code == 0, "the report is as old as before; a second entry harms nothing"
        second = tried(demo, tmp_path)
        assert second.code == 0, second.text
        assert told_of(second) == {("ACCEPTED", "BYPASSED: stored-outside-rule")}
        assert f"until {UNTIL} by web <b>: moves in May" in " ".join(second.text.split())
        (suite,) = ElementTree.parse(tmp_path / "junit.xml").getroot()
        assert [one.attrib["type"] for one in suite.iter("skipped")].count("pytest.xfail") == len(found)
        assert (suite.attrib["failures"], suite.attrib["errors"]) == ("0", "0")
        told = holdfast("accept", "out", found[0], *terms, keys={}, folder=tmp_path)
        assert (told.code, "is accepted already" in told.text) == (2, True)
    with DemoServer.start("2026-06-09") as demo:
        third = tried(demo, tmp_path)
        assert third.code == 1, third.text
        assert told_of(third) == {("HELD", "refused")}
        assert {one["state"] for one in third.report["accepted"]} == {"fixed"}
        assert "covers nothing any more" in third.text
        (suite,) = ElementTree.parse(tmp_path / "junit.xml").getroot()
        assert suite.attrib["failures"] == str(len(found))
        mine.write_text(TEXT)
        assert tried(demo, tmp_path).code == 0


def test_no_target_that_is_shipped_accepts_anything() -> None:
    shipped = [*ROOT.glob("targets/*.yaml"), *ROOT.glob("harness/**/*.yaml")]
    assert TARGET in shipped
    for file in shipped:
        assert not any(line.startswith("accept:") for line in file.read_text().splitlines()), file


def test_nothing_is_written_without_reason_owner_or_day(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.json").write_text(json.dumps({}))
    for words in ((), ("--reason", "x", "--owner", "y", "--until", "tomorrow")):
        assert holdfast("accept", "out", "x", *words, keys={}, folder=tmp_path).code == 2

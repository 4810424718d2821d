"""The comment on a pull request: what it says, and that nothing foreign comes alive in it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from harness.engine import Judged
from harness.model import Mutant, Operation, Outcome, Verdict
from harness.report import markdown
from harness.report.facts import fingerprint
from harness.report.text import safe
from harness.sweeping import Left
from tests.unit.report.factories import (
    NO_IDENTITY,
    PUT,
    bypassed,
    held,
    not_applicable,
    opened,
    probe,
    results,
    unclear,
)

HOSTILE = [
    "| a | b |",
    "a\\|b\\\\|c",
    "`tick` ``two``",
    "`",
    "\\`",
    "<script>alert(1)</script>",
    "</code><img src=x onerror=alert(1)>",
    "<!-- ",
    "@octocat and @org/team",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/beacon)",
    "https://evil.example www.evil.example a@evil.example",
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(1)",
    "# head",
    "one\n\n# two\n| x |",
    "&lt;b&gt; &#64;x",
    "**bold** __bold__ ~~gone~~ #123 :bomb:",
    "\u202eturned\u200b\ud800\x1b[31m",
    " leading and trailing ",
    "$x$",
]


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def cells(text: str) -> list[list[Token]]:
    """The inline tokens of each cell."""
    tokens = parsed(text)
    return [
        tokens[at + 1].children or []
        for at, token in enumerate(tokens)
        if token.type in ("td_open", "th_open") and tokens[at + 1].type == "inline"
    ]


def inert(tokens: Sequence[Token]) -> bool:
    """Whether there is nothing but text and code, and no foreign text outside of code."""
    html = [one.content for one in tokens if one.type == "html_inline"]
    kinds = {one.type for one in tokens}
    return kinds <= {"text", "code_inline", "html_inline"} and set(html) <= {"<code>", "</code>"}


def visible(tokens: Sequence[Token]) -> str:
    """What a reader sees."""
    return "".join(one.content for one in tokens if one.type != "html_inline")


def outside_code(tokens: Sequence[Token]) -> str:
    """What stands in no code, where a code host looks for mentions and addresses."""
    found, inside = [], False
    for one in tokens:
        inside = one.content == "<code>" if one.type == "html_inline" else inside
        found += [one.content] if one.type == "text" and not inside else []
    return "".join(found)


def text(*judged: Judged, folder: Path, most: int = markdown.COMMENT) -> str:
    return markdown.text(results(judged), opened(folder), most)


def test_a_small_run_exactly(tmp_path: Path) -> None:
    lacking = probe("low-privilege-write", "own-credential", mutant=Mutant(), not_applicable=NO_IDENTITY)
    run = [
        bypassed(probe()),
        held(probe(mutation="zeros")),
        unclear(probe("guest-write", "no-header", PUT, Mutant()), "noise", "somebody wrote"),
        not_applicable(lacking),
    ]
    assert text(*run, folder=tmp_path) == (
        "### Holdfast: BYPASSED: 1 door is open\n"
        "\n"
        "4 probes planned: 1 BYPASSED, 1 INCONCLUSIVE, 1 HELD, 1 NOT-APPLICABLE\n"
        "\n"
        "#### What got in\n"
        "\n"
        f"Begin with `{run[0].probe.id}`: `evidence/{fingerprint(run[0].probe)}.json`\n"
        "\n"
        "| severity | family | as | operations | mutations | seen by |\n"
        "|---|---|---|---|--:|---|\n"
        "| critical | `fabricated-key` | `admin` | `POST on /api/things/` | 1 of 2 | state |\n"
        "\n"
        "#### Not tested\n"
        "\n"
        "| probes | why | what would make it tellable |\n"
        "|--:|---|---|\n"
        "| 1 | INCONCLUSIVE: `noise` `somebody wrote` | run while nobody else writes |\n"
        "| 1 | NOT-APPLICABLE: `no-identity` "
        "<code>low&#59; add an identity with a key and without &#96;privileged&#96;</code> |  |\n"
        "\n"
        "Cost: 40 requests, 12 writes, 4.0 s\n"
    )


def test_each_kind_of_finding_has_its_table(tmp_path: Path) -> None:
    found = bypassed(probe())
    crashed = replace(bypassed(probe(mutation="b")), verdict=Verdict(Outcome.CRASHED, "5xx"))
    weak = replace(bypassed(probe(mutation="c")), verdict=Verdict(Outcome.WEAK, "status"))
    told = text(found, crashed, weak, folder=tmp_path)
    titles = [line[5:] for line in told.splitlines() if line.startswith("#### ")]
    assert titles == ["What got in", "What crashed", "Not refused as it should be"]


def test_what_became_of_the_run_is_told(tmp_path: Path) -> None:
    run = results([unclear(probe(), "no-control", "x")], deselected=[probe(operation=PUT)], observer=True)
    run.aborted, run.interrupted = "a bystander | was @changed", True
    run.left = (Left("thing 7", expected=False),)
    told = markdown.text(run, opened(tmp_path))
    assert told.startswith("**STOPPED as unsafe:** <code>a bystander &#124; was &#64;changed</code>\n\nWithout a ")
    assert "this run can show an open door, never a closed one" in told
    assert "Objects of this run that could not be removed: 1" in told
    assert "The run was interrupted." in told
    assert "Partial run: 1 of 2 probes were selected." in told
    assert "1 deselected" in told


@pytest.mark.parametrize("foreign", HOSTILE)
def test_foreign_text_is_read_as_itself_and_as_nothing_else(foreign: str) -> None:
    shown = markdown.shown(foreign)
    (row,) = re.findall(r"^\| x \| .*$", f"| x | {shown} |", re.MULTILINE)
    tokens = cells(f"| a | b |\n|---|---|\n{row}\n")
    assert len(tokens) == 4
    assert inert(tokens[3])
    assert visible(tokens[3]) == safe(foreign).strip()
    assert shown[0] in "`<"


@pytest.mark.parametrize("foreign", HOSTILE)
def test_nothing_foreign_comes_alive_in_a_comment(foreign: str, tmp_path: Path) -> None:
    operation = Operation("POST", f"/api/{foreign}")
    named = replace(Mutant(), actor=foreign)
    told = text(
        bypassed(probe(operation=operation, mutant=named)),
        unclear(probe("guest-write", operation=operation, mutant=Mutant()), "noise", foreign),
        folder=tmp_path,
    )
    tokens = parsed(told)
    kinds = [one.type for one in tokens]
    assert (kinds.count("table_open"), kinds.count("tr_open"), kinds.count("heading_open")) == (2, 4, 3)
    assert kinds.count("td_open") == 6 + 3
    assert not {"html_block", "fence", "code_block", "hr"} & set(kinds)
    assert all(inert(one.children or []) for one in tokens if one.type == "inline")
    told_plainly = [outside_code(one.children or []) for one in tokens if one.type == "inline"]
    assert not [one for one in told_plainly if "@" in one or "evil" in one]
    raw = [cell.strip() for line in told.splitlines() if line.startswith("| ") for cell in line.split("|")]
    assert not [cell for cell in raw if cell.startswith(("=", "+", "-", "@"))]


def test_text_without_anything_in_it_is_no_code() -> None:
    assert [markdown.shown(one) for one in ("", "   ")] == ["", ""]


def many(count: int) -> list[Judged]:
    """Findings that no two of make one door, and as many reasons for not telling."""
    found = []
    for number in range(count):
        operation = Operation("POST", f"/api/thing-{number}/ä|")
        found.append(bypassed(probe(mutation=f"mutation-{number}", operation=operation)))
        left = probe("guest-write", "x", operation, Mutant(), not_applicable=f"no-field: |{number}| is nowhere")
        found.append(not_applicable(left))
    return found


@pytest.mark.parametrize("most", [1_000, 5_000, markdown.COMMENT])
def test_a_large_run_is_cut_and_says_by_how_much(most: int, tmp_path: Path) -> None:
    told = text(*many(1500), folder=tmp_path, most=most)
    assert len(told.encode()) <= most
    assert told.startswith("### Holdfast: BYPASSED: 1500 doors are open\n")
    assert told.endswith("\nCost: 40 requests, 12 writes, 4.0 s\n")
    rows = sum(1 for line in told.splitlines() if line.startswith("| critical"))
    assert f"\n… and {1500 - rows} more; `report.json` has them all\n" in told
    assert rows > 0


@pytest.mark.parametrize(("most", "rows"), [(600, 0), (1000, 1), (10_000, 2)])
def test_what_there_is_no_room_for_is_counted(most: int, rows: int, tmp_path: Path) -> None:
    long = probe(mutation="zeros", operation=Operation("POST", "/api/" + "|" * 250))
    told = text(bypassed(probe()), bypassed(long), folder=tmp_path, most=most)
    assert told.count("\n| critical") == rows
    assert ("\n… and 2 more; " in told, "\n… and 1 more; " in told) == (rows == 0, rows == 1)
    assert len(told.encode()) <= most


def test_room_for_no_head_is_room_for_no_table(tmp_path: Path) -> None:
    told = text(*many(3), folder=tmp_path, most=300)
    assert "####" not in told
    assert len(told.encode()) <= 300


def test_a_comment_is_filled(tmp_path: Path) -> None:
    told = text(*many(1500), folder=tmp_path)
    assert "#### Not tested" in told
    assert len(told.encode()) > markdown.COMMENT * 0.8

"""The report as a page: what it says, what a hostile server cannot make of it, and that it stays small."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.engine import Results
from harness.errors import UsageError
from harness.family import Family
from harness.identities import Standing
from harness.model import (
    Confidence,
    Effect,
    Identity,
    Mutant,
    Operation,
    Outcome,
    Request,
    Secret,
    Severity,
    Verdict,
)
from harness.report import html
from harness.report.differences import Line, differences
from harness.report.heat import Cell, heat
from harness.report.prose import Block, Piece, part
from harness.sweeping import Left
from tests.unit.report.factories import (
    GOOD,
    KEY,
    NO_IDENTITY,
    POST,
    PUT,
    bypassed,
    held,
    not_applicable,
    opened,
    probe,
    results,
    unclear,
)
from tests.unit.report.hostile import HOSTILE, attacked

PAGE = """\
Fabricated key: a key that is not its own is refused.

## How to fix it

Fail *closed*, in `one` function:

    raise Refused("wrong")

    raise Refused

- first,
  and more
- second

## References

- none
"""
FAMILY = Family(Severity.CRITICAL, (287,), "API2:2023", name="fabricated-key", page=PAGE)
VOID = frozenset({"meta", "link", "img", "br", "input"})


class Page(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.values: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.styles: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.values += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.styles if self.open[-1:] == ["style"] else self.words).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def written(run: Results, folder: Path, families: Sequence[Family] = (FAMILY,)) -> str:
    html.write(run, opened(folder), families, folder / "report.html")
    assert sorted(one.name for one in folder.glob("*report.html*")) == ["report.html"]
    return (folder / "report.html").read_text(encoding="utf-8")


def full() -> Results:
    """A run with something in every part of the report."""
    own = {"id": 7, "name": "hfmarker", "url": "https://evil.example/"}
    strayed = Effect("changed", "thing", "7", False, own, {"url": "another host"}, True)
    found = bypassed(probe(mutation="strayed"))
    crash = held(probe("guest-write", "crashed", mutant=Mutant()))
    run = results(
        [
            *(bypassed(probe(mutation=f"m{number}")) for number in range(5)),
            bypassed(probe(mutation="m0", operation=PUT)),
            replace(found, evidence=replace(found.evidence, effects=(strayed,))),
            replace(crash, verdict=Verdict(Outcome.CRASHED, "crash", None, "twice")),
            held(probe(mutation="word-guest")),
            held(probe("guest-write", "no-header", mutant=Mutant()), Confidence.ATTESTED),
            unclear(probe("missing-key", "empty-key"), "masked:400", "something answered first"),
            not_applicable(probe("foreign-key", "low-key", mutant=Mutant(), not_applicable=NO_IDENTITY)),
        ],
        deselected=[probe(mutation="left-out")],
        standings=(Standing("plain", "low", "attested", "nothing tells"),),
    )
    run.left, run.aborted, run.interrupted = (Left("thing 7", expected=False),), "a bystander changed", True
    return run


def test_the_verdict_comes_first_and_everything_is_told(tmp_path: Path) -> None:
    page = Page(written(full(), tmp_path))
    said = [
        "paper at http://127.0.0.1:8000",
        "BYPASSED 2 doors are open",
        "Stopped as unsafe. a bystander changed",
        "thing 7",
        "Partial run: 12 of 13 probes were selected",
        "What was found",
        "Of 2 refusals, 1 were checked against the state, 1 rest on an attested identity or reader.",
        "Operations and families",
        "Findings",
        "A key that is not its own is refused.",
        "\u2212 Authorization: ApiKey manager:$ADMIN_KEY",
        "+ Authorization: ApiKey manager:anything_here",
        "thing 7 was created, and was read back:",
        "BASE_URL=http://127.0.0.1:8000",
        "curl -sSi -X POST",
        'raise Refused("wrong")',
        "What was not tested",
        "masked:400 INCONCLUSIVE something answered first give a body",
        "no-identity low; add an identity",
        "1 probe not selected",
        "Identities",
        "admin manager admin proved its own writes were answered and read back",
        "The run",
        "0123456789ab",
        "40, of which 12 wrote",
    ]
    at = 0
    for one in said:
        assert one in page.text[at:], one
        at = page.text.index(one, at)
    assert page.open == []


def test_a_change_that_strayed_says_so(tmp_path: Path) -> None:
    run = results([one for one in full().judged.values() if one.probe.mutation == "strayed"])
    text = Page(written(run, tmp_path)).text
    assert "thing 7, which belongs to somebody else, was changed" in text
    assert "It is not the object that the request named." in text
    assert '"https://evil.example/" another host' in text


def test_it_runs_nothing_and_fetches_nothing(tmp_path: Path) -> None:
    page = Page(written(full(), tmp_path))
    [policy] = [value for name, value in page.values if name == "content" and "default-src" in value]
    [style] = page.styles
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not page.elements & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not {name for _, name in page.attributes if name.startswith("on")} | {"style", "src"} & {
        name for _, name in page.attributes
    }
    assert not re.search(r"url\(|@import", style)


def test_every_link_leads_somewhere_in_the_page(tmp_path: Path) -> None:
    page = Page(written(full(), tmp_path))
    ids = [value for name, value in page.values if name == "id"]
    links = {value for name, value in page.values if name == "href"}
    assert len(ids) == len(set(ids))
    assert {"#door-1", "#door-2", "#door-3"} <= links
    assert links <= {f"#{one}" for one in ids}


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    usual = Page(written(full(), tmp_path))
    page = f"{HOSTILE}\n\n## How to fix it\n\n{HOSTILE}\n\n    {HOSTILE}\n\n- `{HOSTILE}`\n"
    family = replace(FAMILY, name=HOSTILE, page=page)
    target = opened(tmp_path)
    target = replace(
        target,
        target=target.target.model_copy(update={"name": HOSTILE}),
        identities=(Identity(HOSTILE, HOSTILE), *target.identities),
    )
    html.write(attacked(HOSTILE), target, [family], tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    found = Page(text)
    assert found.elements <= usual.elements
    assert found.attributes <= usual.attributes
    assert found.open == []
    assert "<script>alert(1)</script>" in found.text
    assert not [value for name, value in found.values if "alert" in value or "\\" in value]
    assert all(re.fullmatch(r"#[a-z0-9-]+", value) for name, value in found.values if name == "href")
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "\\x1b[31m" in text
    assert "{{ 7 * 7 }}" in found.text


def test_no_secret_is_in_it(tmp_path: Path) -> None:
    text = written(full(), tmp_path)
    assert KEY not in text
    assert "$ADMIN_KEY" in text


def bulk(operations: int, mutations: int, body: int) -> Results:
    """Findings, each with a body of so many bytes on every side."""
    filler = '{"name": "' + '<&">' * (body // 4) + '"}'
    made = []
    for number in range(operations):
        operation = Operation("POST", f"/api/v1/kind-{number}/")
        for mutation in range(mutations):
            one = bypassed(probe(mutation=f"m{mutation}", operation=operation), {f"f{n}": filler for n in range(40)})
            sent = replace(one.evidence.attempts[0].request, body=filler.encode())
            attempt = replace(one.evidence.attempts[0], request=sent, body=filler.encode())
            proof = replace(GOOD, exchange=replace(attempt, request=replace(sent, target=f"/{mutation}")))
            made.append(replace(one, evidence=replace(one.evidence, attempts=(attempt,), before=proof)))
    return results(made)


@pytest.mark.parametrize(("operations", "mutations"), [(10, 500), (5000, 1), (100, 50)])
def test_5000_findings_stay_under_two_megabytes(tmp_path: Path, operations: int, mutations: int) -> None:
    run = bulk(operations, mutations, 4000)
    # Unequal sets of mutations are unequal doors.
    run.judged = {name: one for number, (name, one) in enumerate(run.judged.items()) if number % 97 != 1}
    text = written(run, tmp_path)
    assert len(text.encode()) < 2_000_000
    assert f"{operations} doors are open" in text or f"{operations - operations // 97 - 1} doors are open" in text
    assert "more" in text


def test_a_few_of_a_door_in_full_and_the_others_by_name(tmp_path: Path) -> None:
    run = results([bypassed(probe(mutation=f"m{number}")) for number in range(50)])
    text = written(run, tmp_path)
    assert text.count('<details class="finding"') == 3
    assert text.count('<details class="finding" open>') == 1
    assert Page(text).text.count("fabricated-key/m") == 50
    assert "47 other findings like these" in text


def test_findings_in_full_are_of_several_methods(tmp_path: Path) -> None:
    both = POST, replace(POST, method="PUT")
    run = results([bypassed(probe(mutation=name, operation=one)) for name in ("a", "b") for one in both])
    text = written(run, tmp_path)
    found = re.findall(r'<details class="finding"(?: open)?>\n<summary>.*?class="method">(\w+)<', text)
    assert found == ["POST", "PUT"]
    assert "The same mutation came to the same on <code>PUT /api/things/</code>." in text


def test_a_run_that_held(tmp_path: Path) -> None:
    text = Page(written(results([held(probe())]), tmp_path)).text
    assert "HELD All 1 probe held" in text
    assert "Nothing did." in text
    assert "Findings" not in text.replace("Skip to the findings", "")
    assert "Every probe that was planned came to a verdict." in text


def test_a_run_that_could_not_tell(tmp_path: Path) -> None:
    text = Page(written(results([unclear(probe(), "no-control", "none")], observer=True), tmp_path)).text
    assert "Nothing did, as far as this run could tell." in text
    assert "can show an open door, never a closed one" in text
    assert "add an identity with privileged: true and a key" in text


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        html.write(results([held(probe())]), opened(tmp_path), [], tmp_path / "none" / "report.html")


def test_the_map_says_in_words_what_its_colours_say() -> None:
    run = results(
        [
            bypassed(probe()),
            held(probe(mutation="other")),
            held(probe("guest-write", mutant=Mutant()), Confidence.ATTESTED),
            unclear(probe("missing-key"), "noise"),
            not_applicable(probe("url-off-domain", not_applicable="bulk: no")),
            not_applicable(probe("guest-write", operation=PUT, not_applicable="bulk: no")),
        ],
        deselected=[probe("foreign-key")],
    )
    names = ["guest-write", "missing-key", "fabricated-key", "url-off-domain", "foreign-key"]
    found = heat(run, names, {(POST.name, "fabricated-key"): 1}, 10)
    assert found.idle == (PUT.name,)
    assert found.nowhere == ("url-off-domain",)
    assert found.families == ("fabricated-key", "missing-key", "guest-write", "foreign-key")
    assert found.rows[0].cells == (
        Cell("BYPASSED", "1 of 2 got in", 1),
        Cell("INCONCLUSIVE", "1 unclear"),
        Cell("HELD", "1 held (attested)"),
        Cell("NOT-RUN", "not run"),
    )


MARKERS = "hf" + "a" * 22, "hf" + "b" * 22


def sent(target: str, body: str, value: str = "one") -> Request:
    return Request("PUT", target, (("Key", value),), body.encode())


def test_what_a_run_draws_anew_is_no_difference() -> None:
    control = sent("/things/7/", f'{{"name": "{MARKERS[0]}", "self": "/things/7/"}}')
    mutant = sent("/things/8/", f'{{"name": "{MARKERS[1]}", "self": "/things/8/"}}', "two")
    assert differences(control, mutant) == [
        Line(" ", "PUT /things/8/"),
        Line("-", "Key: one"),
        Line("+", "Key: two"),
        Line(" ", ""),
        Line(" ", "{"),
        Line(" ", f'  "name": "{MARKERS[1]}",'),
        Line(" ", '  "self": "/things/8/"'),
        Line(" ", "}"),
    ]


def test_a_body_that_json_cannot_say_again_is_shown_as_sent() -> None:
    lines = differences(sent("/", '{"a": 1}'), sent("/", '{"a": 1, "a": 2}'))
    assert [one for one in lines if one.sign == "+"] == [Line("+", '{"a": 1, "a": 2}')]


def test_unchanged_lines_are_folded() -> None:
    fields = ", ".join(f'"f{number}": {number}' for number in range(40))
    lines = differences(sent("/", f"{{{fields}}}"), sent("/", f"{{{fields}}}", "two"))
    assert lines[-1] == Line("…", "31 unchanged lines")


def test_equal_requests_and_no_control_show_the_request() -> None:
    alone = [Line(" ", "PUT /"), Line(" ", "Key: one"), Line(" ", ""), Line(" ", "{}")]
    assert differences(sent("/", "{}"), sent("/", "{}")) == differences(None, sent("/", "{}")) == alone


def test_a_part_of_a_page() -> None:
    assert part(PAGE, "How to fix it") == [
        Block(
            "text", (Piece("Fail "), Piece("closed", "em"), Piece(", in "), Piece("one", "code"), Piece(" function:"))
        ),
        Block("code", code='raise Refused("wrong")\n\nraise Refused'),
        Block("item", (Piece("first, and more"),)),
        Block("item", (Piece("second"),)),
    ]
    assert part(PAGE, "Why it matters") == []


def test_what_was_refused_badly_is_not_said_to_have_got_in(tmp_path: Path) -> None:
    found = bypassed(probe())
    assert "What got in A door is an operation" in Page(written(results([found]), tmp_path)).text
    weak = replace(found, verdict=Verdict(Outcome.WEAK, "status", Confidence.STATE, "418"))
    text = Page(written(results([weak]), tmp_path)).text
    assert "What was found A door is an operation" in text
    assert "What got in" not in text


def test_a_name_without_end_does_not_fill_the_page(tmp_path: Path) -> None:
    long = Operation("POST", f"/begin{'W' * 900}end/")
    page = Page(written(results([bypassed(probe(operation=long))]), tmp_path))
    assert f" /begin{'W' * 74}…{'W' * 36}end/ " in page.text


def test_a_session_is_an_identity(tmp_path: Path) -> None:
    session = Identity("browser", "manager", cookies=(("sessionid", Secret("s" * 20)),), of="admin")
    there = replace(opened(tmp_path), sessions=(session,))
    run = results([held(probe())], standings=(Standing("browser", "session", "attested", "nothing shows it"),))
    html.write(run, there, [], tmp_path / "report.html")
    text = Page((tmp_path / "report.html").read_text()).text
    assert re.search("browser manager . attested nothing shows it", text)

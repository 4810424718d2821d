"""What every family's page must have, whichever families there are: five parts in order, and references that were
looked up; and that the published document is made of these pages."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.family import Family, load_families
from harness.report.pages import document
from tests.unit.suites.fake_control import SUITES

FAMILIES = {one.name: one for one in load_families(SUITES)}
PUBLISHED = Path(__file__).parents[3] / "docs" / "families.md"
PARTS = ("Why it matters", "How the verdict is reached", "How to fix it", "References")
FRAMEWORKS = ("Django", "tastypie", "FastAPI", "Flask")

CHECKED: Mapping[str, str] = {
    "CWE": "20 89 93 158 176 178 180 183 184 200 209 235 248 269 284 287 288 289 290 303 304 305 306 319 345 347 352"
    " 354 436 494 522 532 598 601 613 636 639 647 650 672 697 755 807 862 863 915 943 1173 1286",
    "CAPEC": "1 52 62 71 77 115 122 154 184 186 274 460",
    "API": "1 2 3 5 8 10",
    "ASVS": "1.1.1 1.2.2 1.5.3 2.2.1 3.5.1 3.5.2 3.5.3 4.1.3 4.1.4 6.1.3 6.3.2 6.3.4 6.4.1 7.4.1 7.4.2 8.2.1 8.2.2"
    " 8.2.3 8.3.1 8.3.2 8.4.1 9.1.1 9.1.2 14.2.1 15.3.1 15.3.3 15.3.7 16.2.5 16.5.1 16.5.3",
    "WSTG": "APIT-03 ATHN-01 ATHN-04 ATHN-10 ATHZ-02 ATHZ-03 ATHZ-04 CONF-06 ERRH-01 IDNT-04 INPV-20 SESS-05 SESS-06"
    " SESS-10",
    "CVE": "2019-16097 2019-18818 2019-19844 2022-29176 2022-31667 2023-1555 2024-22415 2024-23329 2024-25723"
    " 2024-32977 2024-41942 2024-42490 2025-29927 2025-55190 2025-66202 2026-22797",
    "commit": "18732c93 22847c5b",
    "pull request": "2946 2947 3014 3015 3016 19610",
}
"""Identifiers that were found where they are published, by scheme; who cites another one looks it up first."""
FORMS = {
    "CWE": r"\bCWE-(\d+)",
    "CAPEC": r"\bCAPEC-(\d+)",
    "API": r"\bAPI(\d+)\b",
    "ASVS": r"\b(\d+\.\d+\.\d+)\b",
    "WSTG": r"\bWSTG-([A-Z]+-\d+)",
    "CVE": r"\bCVE-([\d-]+\d)",
    "commit": r"\b(?=[0-9a-f]*\d)([0-9a-f]{8})\b",
}
every = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


def parts(family: Family) -> dict[str, str]:
    """The text of each part of a page, in the page's order; the claim is the first."""
    claim, *others = re.split(r"^## ", family.page, flags=re.MULTILINE)
    return {"": claim} | {head: text for head, _, text in (one.partition("\n") for one in others)}


def references(family: Family) -> str:
    return " ".join(parts(family)["References"].split())


def cited(family: Family) -> dict[str, set[str]]:
    """The identifiers that a page refers to, by scheme."""
    text = references(family)
    found = {scheme: set(re.findall(form, text)) for scheme, form in FORMS.items()}
    requests = re.findall(r"pull requests? ((?:\d+(?:, | and )?)+)", text)
    return {**found, "pull request": {number for one in requests for number in re.findall(r"\d+", one)}}


@every
def test_a_page_has_five_parts_in_order(family: Family) -> None:
    assert list(parts(family)) == ["", *PARTS]
    claim = parts(family)[""].strip()
    assert claim == family.claim
    title, _, said = claim.partition(": ")
    assert title.lower().replace("-", " ") == family.name.replace("-", " ")
    assert said.endswith(".")
    assert len(said.split()) > 5


@every
def test_no_part_is_trivial(family: Family) -> None:
    for head in PARTS[:3]:
        prose = [line for line in parts(family)[head].splitlines() if line.strip() and not line.startswith("    ")]
        assert sum(len(line.split()) for line in prose) >= 40, head
    assert not re.search(r"\b(?:TODO|TBD|FIXME|lorem)\b", family.page)


@every
def test_the_verdict_is_told_in_the_words_of_verdicts(family: Family) -> None:
    told = parts(family)["How the verdict is reached"]
    assert "HELD" in told
    assert re.search(r"\b(?:BYPASSED|LEAKED|WEAK)\b", told)


@every
def test_there_is_help_for_each_framework(family: Family) -> None:
    advice = parts(family)["How to fix it"]
    assert [word for word in FRAMEWORKS if word not in advice] == []
    assert re.search(r"^    \S", advice, re.MULTILINE), "with a piece of code"


@every
def test_references_are_well_formed_and_were_looked_up(family: Family) -> None:
    unknown = {scheme: found - set(CHECKED[scheme].split()) for scheme, found in cited(family).items()}
    assert {scheme: found for scheme, found in unknown.items() if found} == {}
    text = references(family)
    assert all(line.startswith(("- ", "  ")) for line in parts(family)["References"].splitlines() if line)
    numbers = re.findall(r"CWE-\d+", text)
    assert len(numbers) == len(set(numbers)) == len(re.findall("CWE", text))
    assert "://" not in text


@every
def test_weakness_risk_and_requirement_are_named(family: Family) -> None:
    named = cited(family)
    assert {int(number) for number in named["CWE"]} == set(family.cwe)
    assert family.owasp.removeprefix("API").removesuffix(":2023") in named["API"]
    assert "OWASP API Security Top 10 2023: " in references(family)
    assert named["ASVS"]
    assert "ASVS 5: " in references(family)


def test_the_published_document_is_made_of_these_pages() -> None:
    assert PUBLISHED.read_text() == document(list(FAMILIES.values())), "it is old: run `make docs`"


def test_the_document_holds_every_page_and_mutation() -> None:
    text = document(list(FAMILIES.values()))
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == list(FAMILIES)
    for one in FAMILIES.values():
        assert f"\n{one.claim}\n" in text
        assert all(f"| `{name}` | " in text for name in one.mutations)
    assert text.endswith("|\n")

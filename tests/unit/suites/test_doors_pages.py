"""The pages and lasting names of the families on channels, sessions, reads and methods."""

import re

import pytest

from harness.family import READS, WRITES, Outcome, Severity
from tests.unit.suites.fake_control import family

SECTIONS = ["Why it matters", "How the verdict is reached", "How to fix it", "References"]

MUTATIONS = {
    "conflicting-channels": "query form json-body nested-json cookie low-and-query low-and-form low-and-json"
    " low-and-cookie wrong-key-and-low-in-query low-header-before-wrong wrong-header-before-low"
    " wrong-key-and-valid-in-query other-scheme-and-query"
    " scheme-alone-and-query empty-header-and-query wrong-in-query-and-valid-in-form name-in-query-and-key-in-form"
    " name-in-header-and-key-in-query name-in-json-and-key-in-header body-of-a-read",
    "legacy-channel": "query query-alias form json-body cookie key-header declared-legacy",
    "session-without-key": "cookie-alone cookie-and-csrf-token foreign-origin plain-text-body form-body malformed-key"
    " wrong-key unknown-name low-key empty-header other-scheme method-override session-in-query",
    "mixed-mode": "session-and-scheme-alone session-and-empty-key session-and-three-parts session-and-bent-key"
    " session-and-key-in-query session-and-other-name malformed-key-on-read unknown-name-on-read wrong-key-on-read"
    " wrong-key-and-filter-on-read session-and-malformed-key-on-read session-and-unknown-name-on-read"
    " session-and-wrong-key-on-read",
    "dead-credential": "inactive-account inactive-name-arbitrary-key revoked-key rotated-key expired-key"
    " inactive-account-on-read revoked-key-on-read rotated-key-on-read expired-key-on-read",
    "method-override": "guest arbitrary-key low-privilege entitled-by-get",
    "guest-read": "no-credential bent-key",
    "low-privilege-read": "own-credential",
    "invalid-on-read": "arbitrary-key random-key-alike last-char-changed first-char-changed empty-key name-alone"
    " escaped-nul-as-key scheme-alone no-space two-spaces tab-for-space trailing-comma",
    "guest-view": "plain unpublished-wanted no-limit large-limit behind-the-end other-format everything-wanted"
    " hidden-order",
}
"""Published names: one may be added, none may change."""


def told(attribute: str) -> dict[str, set[str]]:
    """Mutations with something set in an attribute, by family."""
    marked = {
        name: {one.name for one in family(name).mutations.values() if getattr(one, attribute)} for name in MUTATIONS
    }
    return {name: found for name, found in marked.items() if found}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_page_has_a_claim_and_four_sections(name: str) -> None:
    claim, *parts = re.split(r"^## ", family(name).page, flags=re.MULTILINE)
    assert re.fullmatch(rf"{name.replace('-', ' ').capitalize()}: [^\n]+\.", claim.strip())
    assert family(name).claim == claim.strip()
    assert [part.partition("\n")[0] for part in parts] == SECTIONS
    assert all(len(part.split()) > 20 for part in parts)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_page_cites_what_the_family_declares(name: str) -> None:
    references = family(name).page.partition("## References")[2]
    assert {int(number) for number in re.findall(r"CWE-(\d+)", references)} == set(family(name).cwe)
    assert re.search(rf"\b{family(name).owasp.removesuffix(':2023')}\b", references)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_page_helps_with_each_framework(name: str) -> None:
    advice = family(name).page.partition("## How to fix it")[2].partition("## ")[0]
    assert [word for word in ("Django", "tastypie", "FastAPI", "Flask") if word not in advice] == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_published_names_stay(name: str) -> None:
    assert list(family(name).mutations) == MUTATIONS[name].split()


@pytest.mark.parametrize("name", MUTATIONS)
def test_titles_are_one_sentence_each_and_tell_mutations_apart(name: str) -> None:
    titles = [mutation.title for mutation in family(name).mutations.values()]
    assert all(re.fullmatch(r"[A-Z].+\.", title) for title in titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_parent_is_a_mutation_of_the_same_family(name: str) -> None:
    mutations = family(name).mutations
    assert {one.parent for one in mutations.values()} <= {None, *mutations}


def test_severities() -> None:
    assert {name: family(name).severity for name in MUTATIONS} == {
        "conflicting-channels": Severity.CRITICAL,
        "legacy-channel": Severity.MEDIUM,
        "session-without-key": Severity.HIGH,
        "mixed-mode": Severity.CRITICAL,
        "dead-credential": Severity.HIGH,
        "method-override": Severity.HIGH,
        "guest-read": Severity.HIGH,
        "low-privilege-read": Severity.HIGH,
        "invalid-on-read": Severity.MEDIUM,
        "guest-view": Severity.MEDIUM,
    }


def test_reads_and_writes() -> None:
    both = WRITES | READS
    assert {name: family(name).on for name in MUTATIONS if family(name).on != WRITES} == {
        "conflicting-channels": both,
        "mixed-mode": both,
        "dead-credential": both,
        "guest-read": READS,
        "low-privilege-read": READS,
        "invalid-on-read": READS,
        "guest-view": READS,
    }
    assert {name for name in MUTATIONS if family(name).public} == {
        *("conflicting-channels", "mixed-mode", "dead-credential", "invalid-on-read", "guest-view")
    }
    mixed = {
        f"{name}/{one.name}"
        for name in MUTATIONS
        for one in family(name).mutations.values()
        if one.on & READS and one.on & WRITES
    }
    assert mixed == set()


def test_accounts_are_asked_for_where_they_are_used() -> None:
    assert {name: family(name).needs for name in MUTATIONS if family(name).needs != ("admin",)} == {
        "session-without-key": ("admin", "session"),
        "low-privilege-read": ("admin", "low"),
    }
    needs = {
        f"{name}/{one.name}": one.needs for name in MUTATIONS for one in family(name).mutations.values() if one.needs
    }
    session = [one for one in MUTATIONS["mixed-mode"].split() if one.startswith("session")]
    assert needs == {
        **{f"conflicting-channels/low-and-{one}": ("low",) for one in ("query", "form", "json", "cookie")},
        **{f"conflicting-channels/{one}": ("low",) for one in ("low-header-before-wrong", "wrong-header-before-low")},
        "conflicting-channels/wrong-key-and-low-in-query": ("low",),
        "session-without-key/low-key": ("low",),
        **{f"mixed-mode/{one}": ("session",) for one in session},
        "mixed-mode/session-and-other-name": ("session", "admin2"),
        **{f"dead-credential/{one}": (one.partition("-")[0],) for one in MUTATIONS["dead-credential"].split()},
        "method-override/low-privilege": ("low",),
    }


def test_valid_keys_in_logs() -> None:
    assert told("exposes") == {
        "conflicting-channels": {
            *("wrong-key-and-low-in-query", "wrong-key-and-valid-in-query", "wrong-in-query-and-valid-in-form")
        },
        "legacy-channel": {"query", "query-alias", "form", "cookie", "declared-legacy"},
        "session-without-key": {"session-in-query"},
    }


def test_an_effect_with_the_valid_key_is_weak() -> None:
    weak = {
        name: {one.name for one in family(name).mutations.values() if one.worst is not Outcome.BYPASSED}
        for name in MUTATIONS
    }
    assert {name: found for name, found in weak.items() if found} == {
        "conflicting-channels": {"wrong-key-and-valid-in-query", "wrong-in-query-and-valid-in-form"},
        "legacy-channel": set(MUTATIONS["legacy-channel"].split()),
        "method-override": {"entitled-by-get"},
    }

"""The docstring of each family is its published page, and its names are for ever."""

import re

import pytest

from harness.family import WRITES, WRITES_WITH_BODY, Outcome, Severity
from tests.unit.suites.fake_control import family

SECTIONS = ["Why it matters", "How the verdict is reached", "How to fix it", "References"]

MUTATIONS = {
    "guest-write": "no-header empty-header word-guest guest-in-query guest-in-header same-origin script-request"
    " internal-client html-wanted own-csrf-token",
    "fabricated-key": "arbitrary-key random-key-alike last-char-changed first-char-changed case-swapped reversed-key"
    " shortened-key lengthened-key literal-key username-as-key word-guest zeros loose-number hashed-key"
    " second-admin-arbitrary-key keyless-admin-arbitrary-key keyless-admin-no-key",
    "fabricated-admin": "random-name well-known-name",
    "missing-key": "empty-key name-alone space-as-key tab-as-key escaped-nul-as-key neither-name-nor-key"
    " key-without-name scheme-alone other-scheme-alone name-in-query empty-key-in-query name-in-form empty-key-in-body"
    " name-in-body",
    "foreign-key": "low-key low-name second-admin-key unknown-name empty-name",
    "malformed-key": "odd-length blank-in-key extra-colon escaped-key base64-key enclosed-key query-language pattern"
    " template-syntax escaped-line-break json-type",
    "malformed-authorization": "separator comma-behind other-colon parameters valid-behind-comma scheme-twice"
    " quoted-whole blank-value other-basic header-name-case",
    "wrong-scheme": "other-scheme name-in-scheme no-scheme valid-key-as-bearer key-in-other-header"
    " name-and-key-in-headers credential-in-other-header",
    "username-normalisation": "spelled-with-arbitrary-key spelled-with-low-key",
    "low-privilege-write": "own-credential lesser-key names-privileged-object privileged-name-in-query"
    " privileged-name-in-body privileged-name-in-header privileged-role-in-header",
    "url-off-domain": "other-place",
    "trusted-headers": "name-in-header address-in-header marked-as-internal",
    "second-way": "arbitrary-key no-key name-as-key bent-key low-key keyless-admin",
}
"""Published names: one may be added, none may change."""

OTHERS = {
    "credential-echo": "other-key password-hash own-key",
    "foreign-object": "peer-on-low low-on-peer low-on-admin",
    "missing-proof": "no-proof empty-proof null-proof bent-proof other-proof condition-for-proof"
    " no-proof-any-more null-proof-any-more used-proof",
    "owner-in-body": "names-peer names-admin",
    "privileged-field": "by-guest by-low on-itself",
}
PAGES = MUTATIONS | OTHERS


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_claim_and_four_sections(name: str) -> None:
    claim, *parts = re.split(r"^## ", family(name).page, flags=re.MULTILINE)
    words = name.replace("-", " ").capitalize().replace("Url", "URL").replace("Low privilege", "Low-privilege")
    assert re.fullmatch(rf"{words}: [^\n]+\.", claim.strip())
    assert family(name).claim == claim.strip()
    assert [part.partition("\n")[0] for part in parts] == SECTIONS
    assert all(len(part.split()) > 20 for part in parts)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_cites_what_the_family_declares(name: str) -> None:
    references = family(name).page.partition("## References")[2]
    assert {int(number) for number in re.findall(r"CWE-(\d+)", references)} == set(family(name).cwe)
    assert re.search(rf"\b{family(name).owasp.removesuffix(':2023')}\b", references)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_helps_with_each_framework(name: str) -> None:
    advice = family(name).page.partition("## How to fix it")[2].partition("## ")[0]
    assert [word for word in ("Django", "tastypie", "FastAPI", "Flask") if word not in advice] == []


@pytest.mark.parametrize("name", PAGES)
def test_published_names_stay(name: str) -> None:
    assert list(family(name).mutations) == PAGES[name].split()


@pytest.mark.parametrize("name", PAGES)
def test_titles_are_one_sentence_each_and_tell_mutations_apart(name: str) -> None:
    titles = [mutation.title for mutation in family(name).mutations.values()]
    assert all(re.fullmatch(r"[A-Z].+\.", title) for title in titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", PAGES)
def test_a_parent_is_a_mutation_of_the_same_family(name: str) -> None:
    mutations = family(name).mutations
    assert {one.parent for one in mutations.values()} <= {None, *mutations}


def test_severities_and_reach() -> None:
    high = {name for name in MUTATIONS if family(name).severity is Severity.HIGH}
    shapes = {"malformed-key", "malformed-authorization", "wrong-scheme", "username-normalisation"}
    assert high == {"fabricated-admin", "url-off-domain"} | shapes
    assert {name for name in MUTATIONS if family(name).severity is not Severity.CRITICAL} == high
    assert {name for name in MUTATIONS if family(name).url_fields} == {"url-off-domain"}
    assert family("url-off-domain").on == WRITES_WITH_BODY
    assert family("username-normalisation").on == {"POST"}
    assert all(family(name).on == WRITES for name in {*MUTATIONS} - {"url-off-domain", "username-normalisation"})


def test_a_valid_key_in_another_form_is_no_bypass() -> None:
    worst = {f"{name}/{one.name}": one.worst for name in MUTATIONS for one in family(name).mutations.values()}
    weak = {"malformed-authorization/valid-behind-comma", "wrong-scheme/valid-key-as-bearer"}
    assert {id_ for id_, outcome in worst.items() if outcome is Outcome.WEAK} == weak
    assert {outcome for id_, outcome in worst.items() if id_ not in weak} == {Outcome.BYPASSED}


def test_second_accounts_are_asked_for_only_where_they_are_used() -> None:
    needs = {
        f"{name}/{one.name}": {*family(name).needs, *one.needs} - {"admin"}
        for name in MUTATIONS
        for one in family(name).mutations.values()
    }
    assert {id_: roles for id_, roles in needs.items() if roles} == {
        "fabricated-key/second-admin-arbitrary-key": {"admin2"},
        "fabricated-key/keyless-admin-arbitrary-key": {"admin-nokey"},
        "fabricated-key/keyless-admin-no-key": {"admin-nokey"},
        "foreign-key/low-key": {"low"},
        "second-way/low-key": {"low"},
        "second-way/keyless-admin": {"admin-nokey"},
        "foreign-key/low-name": {"low"},
        "foreign-key/second-admin-key": {"admin2"},
        "username-normalisation/spelled-with-low-key": {"low"},
        **{f"low-privilege-write/{one}": {"low"} for one in family("low-privilege-write").mutations},
    }

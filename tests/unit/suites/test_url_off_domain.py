"""What is stored in URL fields that must refuse it."""

import pytest

from harness.family import Control
from harness.model import Expect, Mutant
from harness.urls import UrlRule, further, judge, smoke
from tests.unit.suites.fake_control import API_KEY, TOKEN

RULE = UrlRule(allow=("https://www.python.org/",))
SUFFIXED = UrlRule(allow=("https://www.python.org/",), suffix_of="url", suffix=".asc")


def control(rule: UrlRule | None) -> Control:
    return API_KEY.control(url_field="url", rule=rule)


def stored(rule: UrlRule | None) -> dict[str, str]:
    """The value sent, by case."""
    return {
        dict(mutant.pairs)["case"]: str(dict(mutant.fields)["url"])
        for _, mutant in API_KEY.mutants("url-off-domain", control(rule))
    }


def test_the_places() -> None:
    at = "holdfast/{marker}"
    assert stored(RULE) == {
        **TWELVE,
        "dash-for-dot": f"https://www-python.org/{at}",
        "other-dashed-to-host": f"https://www.python.org-evil.example/{at}",
        "other-glued-to-host": f"https://www.python.orgevil.example/{at}",
        "host-with-country-suffix": f"https://www.python.org.au/{at}",
        "top-level-swapped": f"https://www.python.test/{at}",
        "sibling-host": f"https://sibling.python.org/{at}",
        "host-in-path-of-other": f"https://evil.example/www.python.org/{at}",
        "host-in-query-of-other": f"https://evil.example/?https://www.python.org/{at}",
        "host-in-fragment-of-other": f"https://evil.example/#https://www.python.org/{at}",
        "userinfo-two-ats-to-other": f"https://a@www.python.org@evil.example/{at}",
        "no-slash-other": f"https:evil.example/{at}",
        "two-backslashes-other": f"https:\\\\evil.example/{at}",
        "slash-backslash-other": f"https:/\\evil.example/{at}",
        "hash-after-other": f"https://evil.example#.www.python.org/{at}",
        "question-after-other": f"https://evil.example?.www.python.org/{at}",
        "port-8443": f"https://www.python.org:8443/{at}",
        "cyrillic-host": f"https://www.pyth\u043en.org/{at}",
    }


def test_smoke_takes_the_twelve_that_tell_most() -> None:
    mutants = [mutant for _, mutant in API_KEY.mutants("url-off-domain", control(RULE))]
    assert [dict(one.pairs)["case"] for one in mutants if one.telling] == list(TWELVE)


AT = "holdfast/{marker}"
TWELVE = {
    "http-twin": f"http://www.python.org/{AT}",
    "other-host": f"https://evil.example/{AT}",
    "host-as-subdomain-of-other": f"https://www.python.org.evil.example/{AT}",
    "host-with-prefix-glued": f"https://evilwww.python.org/{AT}",
    "userinfo-host-at-other": f"https://www.python.org@evil.example/{AT}",
    "userinfo-other-backslash-at-host": f"https://evil.example\\@www.python.org/{AT}",
    "userinfo-host-backslash-at-other": f"https://www.python.org\\@evil.example/{AT}",
    "one-slash-other": f"https:/evil.example/{AT}",
    "protocol-relative": f"//evil.example/{AT}",
    "pct-slash-after-other": f"https://evil.example%2f.www.python.org/{AT}",
    "line-other-then-allowed": f"https://evil.example/{AT}\nhttps://www.python.org/{AT}",
    "tab-between-host-and-other": f"https://www.python.org\tevil.example/{AT}",
}


def test_each_is_stored_with_a_valid_credential_and_must_not_stay() -> None:
    mutants: list[Mutant] = [mutant for _, mutant in API_KEY.mutants("url-off-domain", control(RULE))]
    assert len(mutants) == 29
    for mutant in mutants:
        assert mutant.expect is Expect.INVALID
        assert [str(one) for one in mutant.forbids] == ["stored-outside-rule(url)"]
        assert mutant.credential.valid
        assert mutant.actor == "the-admin"
        assert [key for key, _ in mutant.pairs] == ["case"]


def test_a_suffix_is_kept_so_that_only_the_place_is_wrong() -> None:
    assert stored(SUFFIXED) == {case: f"{text}.asc" for case, text in stored(RULE).items()}


@pytest.mark.parametrize("rule", [RULE, SUFFIXED, UrlRule(allow=("https://", "https://dl.example.org:8443/files/"))])
def test_each_value_is_unique_by_its_marker_and_breaks_the_rule(rule: UrlRule) -> None:
    values = list(stored(rule).values())
    assert values
    assert len(set(values)) == len(values)
    for value in values:
        assert "/holdfast/{marker}" in value
        assert judge(value.replace("{marker}", "hf0123456789abcdef"), rule).outside


def test_the_first_prefix_with_a_host_is_built_upon() -> None:
    rule = UrlRule(allow=("https://www.python.org/ftp/", "https://mirror.example.org/"))
    assert stored(rule)["http-twin"] == "http://www.python.org/ftp/holdfast/{marker}"
    assert len(stored(rule)) == 30


def test_what_another_prefix_of_the_rule_allows_is_left_out() -> None:
    rule = UrlRule(allow=("https://www.python.org/", "http://www.python.org/"))
    known = [*smoke(rule.allow[0], "p"), *further(rule.allow[0], "p")]
    # That one is on the allowed host, whoever reads it.
    allowed = ("http-twin", "userinfo-host-hash-at-other")
    assert list(stored(rule)) == [one.name for one in known if one.name not in allowed]


@pytest.mark.parametrize("rule", [None, UrlRule(allow=("https://",)), UrlRule(suffix_of="url", suffix=".asc")])
def test_without_an_allowed_host_there_is_no_domain_to_leave(rule: UrlRule | None) -> None:
    assert stored(rule) == {}


def test_a_credential_without_names_will_do() -> None:
    made = TOKEN.control("PATCH", url_field="url", rule=RULE)
    assert len(list(TOKEN.mutants("url-off-domain", made))) == 29
    assert list(TOKEN.mutants("url-off-domain", TOKEN.control("DELETE", url_field="url", rule=RULE))) == []

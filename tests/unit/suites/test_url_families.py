"""What the families about addresses send: each value breaks the rule of its field, and nothing else is wrong."""

from collections.abc import Iterator

import pytest

from harness.family import Control
from harness.model import Expect, Mutant, Outcome
from harness.urls import UrlRule, judge
from tests.unit.suites.fake_control import API_KEY, family

ALLOW = ("https://www.python.org/",)
GOOD = "https://www.python.org/holdfast/{marker}"
NAMES = ("url-not-https", "url-malformed", "url-field-coverage", "sidecar-mismatch", "url-write-paths")
RULES = {
    "artifact": UrlRule(ALLOW),
    "sidecar": UrlRule(ALLOW, "url", ".asc"),
    "suffix alone": UrlRule((), "url", ".asc"),
    "two places": UrlRule((*ALLOW, "http://www.python.org/")),
    "any host": UrlRule(("https://",)),
}


def control(rule: UrlRule | None, method: str = "POST") -> Control:
    name, suffix = ("signature", rule.suffix) if rule and rule.suffix else ("url", "")
    return API_KEY.control(
        method, url_field=name, rule=rule, good=f"{GOOD}{suffix}", followers=("signature", "bundle") if suffix else ()
    )


def mutants(name: str, rule: UrlRule | None, method: str = "POST") -> Iterator[tuple[str, Mutant]]:
    for mutation in family(name).mutations.values():
        if method in mutation.on:
            for mutant in mutation.make(control(rule, method)):
                yield " ".join([mutation.name, *dict(mutant.pairs).values()]), mutant


def sent(name: str, rule: UrlRule | None, method: str = "POST") -> dict[str, object]:
    """The fields that each mutant sets, by its mutation and case."""
    return {told: dict(mutant.fields) for told, mutant in mutants(name, rule, method)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_sent_breaks_the_rule_and_must_be_refused(name: str, rule: UrlRule) -> None:
    for method in ("POST", "PATCH"):
        for told, mutant in mutants(name, rule, method):
            field = "signature" if rule.suffix else "url"
            assert (mutant.expect, mutant.actor) == (Expect.INVALID, "the-admin"), told
            assert [str(one) for one in mutant.forbids] == [f"stored-outside-rule({field})"]
            values = dict(mutant.fields)
            sibling = str(values.get("url", GOOD)) if rule.suffix_of else None
            held = f"{GOOD}{rule.suffix}" if mutant.without else values[field]
            assert judge(held, rule, sibling).outside, told


@pytest.mark.parametrize("name", NAMES)
def test_without_a_rule_nothing_is_sent(name: str) -> None:
    assert sent(name, None) == {}


def test_other_schemes_for_the_good_address() -> None:
    there = "www.python.org/holdfast/{marker}"
    assert sent("url-not-https", RULES["artifact"]) == {
        "other-scheme http": {"url": f"http://{there}"},
        "other-scheme upper-case-http": {"url": f"HTTP://{there}"},
        "other-scheme ftp": {"url": f"ftp://{there}"},
        "other-scheme ws": {"url": f"ws://{there}"},
        "other-scheme javascript": {"url": f"javascript://{there}"},
        "other-scheme data": {"url": f"data:text/html,{there}"},
    }


def test_a_sidecar_and_its_artifact_may_both_be_plain_and_fit() -> None:
    plain = GOOD.replace("https", "http")
    assert sent("url-not-https", RULES["sidecar"])["with-its-artifact http"] == {
        "signature": f"{plain}.asc",
        "url": plain,
    }


def test_a_scheme_that_the_rule_allows_is_left_out() -> None:
    assert "other-scheme http" not in sent("url-not-https", RULES["two places"])
    assert "plain-http" not in sent("url-field-coverage", RULES["two places"])


def test_a_rule_that_takes_any_host_is_about_schemes() -> None:
    found = sent("url-not-https", UrlRule(allow=("https://", "http://")))
    assert list(found) == [f"other-scheme {one}" for one in ("ftp", "ws", "javascript", "data")]


def test_sidecars_that_do_not_fit() -> None:
    assert sent("sidecar-mismatch", RULES["sidecar"]) == {
        "other-file sibling": {"signature": "https://www.python.org/holdfast/other-{marker}.asc"},
        "other-place other-host": {"signature": "https://evil.example/holdfast/{marker}.asc"},
        "other-place http": {"signature": "http://www.python.org/holdfast/{marker}.asc"},
        "other-suffix none": {"signature": GOOD},
        "other-suffix twice": {"signature": f"{GOOD}.asc.asc"},
        "other-suffix another-kind": {"signature": f"{GOOD}.sig"},
        "other-suffix upper-case": {"signature": f"{GOOD}.ASC"},
        "other-suffix without-dot": {"signature": f"{GOOD}asc"},
        "other-suffix query": {"signature": f"{GOOD}.asc?x=1"},
        "other-suffix fragment": {"signature": f"{GOOD}.asc#x"},
        "other-suffix slash": {"signature": f"{GOOD}.asc/"},
        "other-spelling dot-segment": {"signature": "https://www.python.org/holdfast/x/../{marker}.asc"},
        "other-spelling escaped-letter": {"signature": "https://www.python.org/%68oldfast/{marker}.asc"},
        "without-artifact": {"signature": f"{GOOD}.asc", "url": ""},
    }


def test_an_artifact_moves_while_its_sidecar_stays() -> None:
    (moved,) = [one for told, one in mutants("sidecar-mismatch", RULES["sidecar"], "PATCH") if told == "left-behind"]
    assert dict(moved.fields) == {"url": "https://www.python.org/holdfast/other-{marker}"}
    assert moved.without == ("signature",)


def test_an_artifact_has_no_artifact() -> None:
    assert sent("sidecar-mismatch", RULES["artifact"]) == {}


def test_a_blank_artifact_is_tried_once() -> None:
    made = API_KEY.control(
        url_field="bundle", rule=RULES["sidecar"], good=f"{GOOD}.asc", followers=("signature", "bundle")
    )
    mutation = family("sidecar-mismatch").mutations["without-artifact"]
    assert list(mutation.make(made)) == []
    assert mutation.worst is Outcome.WEAK


def test_a_field_alone_is_all_of_the_body() -> None:
    found = dict(mutants("url-write-paths", RULES["artifact"], "PATCH"))
    assert {told: (dict(one.fields), one.alone) for told, one in found.items()} == {
        "field-alone other-host": ({"url": "https://evil.example/holdfast/{marker}"}, True),
        "field-alone http-twin": ({"url": "http://www.python.org/holdfast/{marker}"}, True),
    }


def test_stray_characters_and_length_are_weak() -> None:
    worst = {one.name: one.worst for one in family("url-malformed").mutations.values()}
    assert {name for name, outcome in worst.items() if outcome is Outcome.WEAK} == {
        "stray-characters",
        "framework-characters",
        "overlong",
    }
    assert [one.name for one in family("url-malformed").mutations.values() if one.advisory] == [
        "framework-characters",
        "overlong",
    ]


def test_one_family_tells_of_fields_without_a_rule() -> None:
    assert {name for name in (*NAMES, "url-off-domain") if family(name).covers} == {"url-field-coverage"}

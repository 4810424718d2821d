"""The corpus: its size, its names, its strings, and what becomes of it for unusual rules."""

import re
from collections import Counter
from hashlib import sha256

import pytest

from harness.urls.corpus import CLASS_OF, CLASSES, SMOKE, UrlCase, case, corpus, smoke
from harness.urls.rules import UrlRule, judge

ROOT = UrlRule(allow=("https://www.python.org/",))
DEEP = UrlRule(allow=("https://www.python.org/ftp/",), allow_blank=False)
PATH = "python/3.12/rt-k3xq7w-0001.tgz"
WITHOUT_MARKER = {"empty", "blank", "path-root-only", "path-missing"}
RULES = {
    "root": ROOT,
    "deep": DEEP,
    "no-final-slash": UrlRule(allow=("https://kiss.example",)),
    "two-labels": UrlRule(allow=("https://python.org/",)),
    "several": UrlRule(allow=("https://", "https://www.python.org/", "http://files.example/")),
    "address": UrlRule(allow=("http://127.0.0.1:8000/",)),
    "ipv6": UrlRule(allow=("https://[::1]:8443/files/",)),
    "localhost": UrlRule(allow=("https://localhost:8443/",)),
    "idn": UrlRule(allow=("https://b\xfccher.example/",)),
    "any-host": UrlRule(allow=("https://",)),
}
each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())


def texts(rule: UrlRule) -> dict[str, str]:
    return {found.name: found.text for found in corpus(rule, PATH)}


def named(cases: tuple[UrlCase, ...], disposition: str) -> set[str]:
    return {found.name for found in cases if found.disposition == disposition}


def test_counts_per_class() -> None:
    assert Counter(found.url_class for found in corpus(ROOT, PATH)) == {
        "SCHEME": 27,
        "HOST": 23,
        "USERINFO": 17,
        "SLASH": 15,
        "DELIM": 52,
        "PORT": 11,
        "CTL": 136,
        "LINE": 4,
        "IDN": 26,
        "PATH": 13,
        "SHAPE": 10,
        "accept": 11,
        "policy": 9,
    }


def test_a_rule_with_a_prefix_and_no_blanks_refuses_all_that_is_not_accept_or_policy() -> None:
    assert Counter(found.disposition for found in corpus(DEEP, PATH)) == {"refuse": 334, "accept": 11, "policy": 9}


def test_what_a_bare_origin_permits_is_policy() -> None:
    permitted = named(corpus(ROOT, PATH), "policy") - set(CLASSES["policy"])
    # A path that is missing is the root's (RFC 3986, 6.2.3), whatever stands behind it.
    rootless = {"path-missing", "question-after-host", "hash-after-host"}
    rootless |= {f"userinfo-host-{mark}-at-other" for mark in ("question", "hash")}
    assert permitted == {"path-root-only", "path-user-uploads", "empty", *rootless}


def test_names_are_unique_and_kebab_case() -> None:
    assert len(CLASS_OF) == sum(len(builds) for builds in CLASSES.values()) == 354
    assert [name for name in CLASS_OF if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_names_last() -> None:
    """A probe's name stands in baselines and exceptions: a new one is added, an old one is never renamed."""
    assert (
        sha256("\n".join(CLASS_OF).encode()).hexdigest()
        == "d9dc269239c7b4d06afe730035a4fb02c7d79eaf53bd75e689ae998bb77e3651"
    )


@each_rule
def test_strings_are_distinct(rule: UrlRule) -> None:
    assert [text for text, count in Counter(texts(rule).values()).items() if count > 1] == []


@each_rule
def test_every_string_carries_the_path(rule: UrlRule) -> None:
    assert {name for name, text in texts(rule).items() if PATH not in text} <= WITHOUT_MARKER


def test_strings_fit_a_column_of_200_characters() -> None:
    long = {found.name for found in corpus(DEEP, "a" * 60) if len(found.text) > 200}
    assert long == {"overlong"}
    assert len(texts(DEEP)["overlong"]) > 5000


@each_rule
def test_refusals_are_outside_and_acceptances_inside(rule: UrlRule) -> None:
    expected: dict[str, set[bool | None]] = {"refuse": {True}, "accept": {False}, "policy": {False, None}}
    wrong = [
        found.name for found in corpus(rule, PATH) if judge(found.text, rule).outside not in expected[found.disposition]
    ]
    assert wrong == []
    assert named(corpus(rule, PATH), "accept") == set(CLASSES["accept"])


@pytest.mark.parametrize(
    ("rule", "refused"),
    [("address", 322), ("ipv6", 318), ("localhost", 318), ("idn", 323), ("several", 248)],
)
def test_unusual_hosts_keep_most_of_the_corpus(rule: str, refused: int) -> None:
    assert len(named(corpus(RULES[rule], PATH), "refuse")) == refused


def test_a_rule_for_any_host_keeps_schemes_and_syntax() -> None:
    kept = Counter(found.url_class for found in corpus(RULES["any-host"], PATH))
    assert (kept["SCHEME"], kept["CTL"], kept["HOST"], kept["accept"]) == (26, 136, 2, 11)
    assert "other-host" not in texts(RULES["any-host"])


def test_a_second_allowed_entry_is_not_refused() -> None:
    rule = UrlRule(allow=("https://www.python.org/", "http://www.python.org/", "https://python.org/"))
    assert {"http-twin", "parent-domain"} <= named(corpus(rule, PATH), "policy")


def test_a_rule_without_an_allow_list_has_no_corpus() -> None:
    assert corpus(UrlRule(suffix_of="url", suffix=".asc"), PATH) == ()


def test_one_name_gives_the_same_case() -> None:
    assert [case(found.name, ROOT, PATH) for found in corpus(ROOT, PATH)] == list(corpus(ROOT, PATH))
    assert case("localhost", UrlRule(allow=("https://localhost/",)), PATH) is None
    with pytest.raises(KeyError):
        case("no-such-name", ROOT, PATH)


def test_smoke() -> None:
    found = smoke("https://h.org/", "p-m")
    assert tuple(item.name for item in found) == SMOKE
    assert [item.text for item in found] == [
        "http://h.org/p-m",
        "https://evil.example/p-m",
        "https://h.org.evil.example/p-m",
        "https://evilh.org/p-m",
        "https://h.org@evil.example/p-m",
        "https://evil.example\\@h.org/p-m",
        "https://h.org\\@evil.example/p-m",
        "https:/evil.example/p-m",
        "//evil.example/p-m",
        "https://evil.example%2f.h.org/p-m",
        "https://evil.example/p-m\nhttps://h.org/p-m",
        "https://h.org\tevil.example/p-m",
    ]
    assert {item.disposition for item in found} == {"refuse"}


def test_smoke_for_any_host_leaves_out_other_hosts() -> None:
    kept = {item.name for item in smoke("https://", "p-m")}
    assert kept < set(SMOKE)
    assert {"http-twin", "protocol-relative"} <= kept
    assert "other-host" not in kept


@pytest.mark.parametrize("path", ["", "/a", "a/", "a b", "a//b", "a?b", "a\n"])
def test_unfit_paths_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="a path of"):
        corpus(ROOT, path)


def test_another_host_outside() -> None:
    found = case("other-host", ROOT, PATH, evil="other.invalid")
    assert found is not None
    assert found.text == f"https://other.invalid/{PATH}"

"""The corpus tells validators apart: eight common ones, and how many refusals each lets through.

Each pair is the number of strings accepted out of 334, and of those the ones that some reader takes off the host or off
https. Only a prefix with its final slash keeps everyone on the host; what it lets through is control characters behind
the prefix, paths that lead on, and markup.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import pytest

from harness.urls.corpus import CLASSES, UrlCase, corpus, smoke
from harness.urls.rules import UrlRule, judge

PREFIX: Final = "https://www.python.org/"
HOST: Final = "www.python.org"
RULE: Final = UrlRule(allow=(PREFIX,))
REFUSALS: Final = [case for case in corpus(RULE, "ftp/rt-k3xq.tgz") if case.url_class not in ("accept", "policy")]

Validator = Callable[[str], bool]
VALIDATORS: Final[dict[str, Validator]] = {
    "prefix": lambda text: text.startswith(PREFIX),
    "prefix-without-slash": lambda text: text.startswith(PREFIX.removesuffix("/")),
    "contains": lambda text: HOST in text,
    "netloc-ends-with": lambda text: urlsplit(text).scheme == "https" and urlsplit(text).netloc.endswith("python.org"),
    "unescaped-pattern": lambda text: re.match("https://www.python.org", text) is not None,
    "multiline-pattern": lambda text: re.search(r"^https://www\.python\.org/", text, re.MULTILINE) is not None,
    "netloc-in-list": lambda text: urlsplit(text).scheme == "https" and urlsplit(text).netloc in [HOST],
    "hostname-equals": lambda text: urlsplit(text).scheme == "https" and urlsplit(text).hostname == HOST,
}


def accepted(validator: Validator, cases: list[UrlCase]) -> list[UrlCase]:
    def accepts(text: str) -> bool:
        try:
            return validator(text)
        except ValueError:
            return False

    return [case for case in cases if accepts(case.text)]


def leaving(cases: list[UrlCase]) -> list[UrlCase]:
    return [case for case in cases if judge(case.text, RULE).strays]


@pytest.mark.parametrize(
    ("name", "let_through", "off_host"),
    [
        ("prefix", 52, 0),
        ("prefix-without-slash", 121, 54),
        ("contains", 270, 179),
        ("netloc-ends-with", 139, 75),
        ("unescaped-pattern", 126, 59),
        ("multiline-pattern", 55, 3),
        ("netloc-in-list", 82, 21),
        ("hostname-equals", 96, 22),
    ],
)
def test_what_common_validators_let_through(name: str, let_through: int, off_host: int) -> None:
    found = accepted(VALIDATORS[name], REFUSALS)
    assert (len(found), len(leaving(found))) == (let_through, off_host)


def test_no_two_validators_let_the_same_strings_through() -> None:
    profiles = {frozenset(case.name for case in accepted(validator, REFUSALS)) for validator in VALIDATORS.values()}
    assert len(profiles) == len(VALIDATORS)


def test_what_a_prefix_lets_through_stands_behind_the_prefix() -> None:
    found = accepted(VALIDATORS["prefix"], REFUSALS)
    assert {case.url_class for case in found} == {"CTL", "LINE", "PATH", "SHAPE"}
    assert {case.name.rpartition("-")[2] for case in found if case.url_class == "CTL"} == {"trailing", "path"}


def test_every_validator_accepts_the_accepted() -> None:
    cases = [case for case in corpus(RULE, "ftp/rt-k3xq.tgz") if case.disposition == "accept"]
    assert {len(accepted(validator, cases)) for validator in VALIDATORS.values()} == {len(CLASSES["accept"])}


def test_the_smoke_strings_find_the_validators_that_leave_the_host() -> None:
    """A list of netlocs falls to nothing but stripped control characters and the like: that takes the whole corpus."""
    strings = list(smoke(PREFIX, "ftp/rt-k3xq.tgz"))
    found = {name for name, validator in VALIDATORS.items() if leaving(accepted(validator, strings))}
    assert found == VALIDATORS.keys() - {"prefix", "netloc-in-list"}

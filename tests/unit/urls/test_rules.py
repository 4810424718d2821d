"""The judge: rules, ports, prefixes, suffixes, and values of any kind."""

import pytest

from harness.urls.allowlist import printable
from harness.urls.rules import MAX_LENGTH, UrlRule, judge

SITE = UrlRule(allow=("https://www.python.org/ftp/",))
ANY = UrlRule(allow=("https://",))
SIDECAR = UrlRule(allow=("https://www.python.org/",), suffix_of="url", suffix=".asc")
ARTIFACT = "https://www.python.org/ftp/x.tgz"


@pytest.mark.parametrize(
    ("value", "outside"),
    [
        (ARTIFACT, False),
        ("https://www.python.org/ftp/", False),
        ("https://www.python.org/other/x.tgz", True),
        ("https://www.python.org/FTP/x.tgz", True),
        ("https://www.python.org/ftp/../x.tgz", True),
        ("https://www.python.org/ftp/a/..", None),
        ("https://www.python.org/ftp/..", True),
        ("https://www.python.org/ftp/%2e%2e/x.tgz", True),
        ("https://www.python.org/ftp/%252e%252e/x.tgz", True),
        ("https://www.python.org/ftp/..%5cx.tgz", True),
        ("https://www.python.org/ftp/a/../x.tgz", None),
        ("https://www.python.org/ftp/x?next=https://www.python.org/ftp/y", False),
        ("https://www.python.org/ftp/x?next=//evil.example", True),
        ("https://www.python.org/ftp/x?next=https%3A%2F%2Fevil.example", True),
        ("https://www.python.org/ftp/x#https://u@evil.example:443/", True),
        ("https://www.python.org/ftp/\xe9", None),
        ("https://www.python.org/ftp/\u200f", True),
        ("https://www.python.org/ftp/\ud800", True),
        ("https://www.python.org/ftp/%C2%85", True),
        ("https://www.python.org/ftp/" + "a" * MAX_LENGTH, True),
        ("https://user@www.python.org/ftp/x", True),
        ("https://www.python.org:8443/ftp/x", True),
        ("", False),
        (" ", True),
        (None, None),
        (7, True),
        (True, True),
        ([ARTIFACT], True),
        ({"url": ARTIFACT}, True),
    ],
)
def test_a_prefix_rule(value: object, outside: bool | None) -> None:
    assert judge(value, SITE).outside is outside


@pytest.mark.parametrize(
    ("value", "outside"),
    [
        ("https://anything.example:8443/x?u=https://other.example/", False),
        ("http://anything.example/", True),
        ("javascript:alert(1)", True),
        ("https://u@anything.example/", True),
        ("https://anything.example:x/", True),
        ("https://anything.example:65536/", True),
        ("https://a.example%2f.b.example/", True),
        ("https://a.example\\@b.example/", True),
        ("https:///", True),
        ("/relative", True),
        ("words", True),
    ],
)
def test_a_rule_for_any_host(value: str, outside: bool) -> None:
    assert judge(value, ANY).outside is outside


def test_blank_values_where_the_field_must_be_filled() -> None:
    rule = UrlRule(allow=SITE.allow, allow_blank=False)
    assert judge("", rule).outside is True
    assert judge(None, rule).outside is True


@pytest.mark.parametrize(
    ("value", "sibling", "outside"),
    [
        (f"{ARTIFACT}.asc", ARTIFACT, False),
        (f"{ARTIFACT}.ASC", ARTIFACT, True),
        (f"{ARTIFACT}.sig", ARTIFACT, True),
        (f"{ARTIFACT}.asc.asc", ARTIFACT, True),
        (f"{ARTIFACT}.asc?x", ARTIFACT, True),
        (ARTIFACT, ARTIFACT, True),
        ("https://www.python.org/ftp/y.tgz.asc", ARTIFACT, True),
        (f"{ARTIFACT}.asc", "", True),
        (".asc", "", True),
        ("", ARTIFACT, False),
        ("https://evil.example/x.asc", "https://evil.example/x", True),
        (f"{ARTIFACT}.asc", None, False),
        ("https://evil.example/x.asc", None, True),
    ],
)
def test_a_suffix_rule(value: str, sibling: str | None, outside: bool) -> None:
    assert judge(value, SIDECAR, sibling).outside is outside


@pytest.mark.parametrize(
    ("value", "sibling", "outside"),
    [("u.asc", "u", False), ("v.asc", "u", True), ("u.asc", None, None), ("u\n.asc", "u\n", True)],
)
def test_a_suffix_rule_without_an_allow_list(value: str, sibling: str | None, outside: bool | None) -> None:
    assert judge(value, UrlRule(suffix_of="url", suffix=".asc"), sibling).outside is outside


@pytest.mark.parametrize(
    ("allow", "value", "outside"),
    [
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/x", False),
        ("http://127.0.0.1:8000/", "http://127.0.0.1/x", True),
        ("http://127.0.0.1:8000/", "https://127.0.0.1:8000/x", True),
        ("https://[::1]:8443/", "https://[::1]:8443/x", False),
        ("https://WWW.Python.org/", "https://www.python.org/x", False),
        ("https://h.example:443/", "https://h.example/x", False),
        ("https://h.example:443/", "https://h.example:443/x", None),
        ("https://h.example", "https://h.example", None),
        ("https://b\xfccher.example/", "https://xn--bcher-kva.example/x", False),
        ("https://b\xfccher.example/", "https://b\xfccher.example/x", None),
    ],
)
def test_hosts_and_ports(allow: str, value: str, outside: bool | None) -> None:
    assert judge(value, UrlRule(allow=(allow,))).outside is outside


def test_readers_that_find_different_allowed_places_are_policy() -> None:
    rule = UrlRule(allow=("https://h.example/", "https://h.example:00443/"))
    assert judge("https://h.example:00443/x", rule).outside is None


def test_strays_name_the_readers_that_leave() -> None:
    assert judge("https://www.python.org\\@evil.example/", SITE).strays == ("urllib.parse",)
    assert "whatwg" in judge("https:/evil.example/", SITE).strays
    assert judge("https://www.python.org/other", SITE).strays == ()
    assert "whatwg" in judge("https://evil.example/x.asc", SIDECAR, ARTIFACT).strays


def test_reasons() -> None:
    assert judge("https://evil.example/", SITE).why == "rfc3986 reads host evil.example"
    assert judge("https://h\n", SITE).why == "holds U+000A"
    assert judge(f"{ARTIFACT}.sig", SIDECAR, ARTIFACT).why == "not url + .asc"
    assert judge(3, SITE).why == "not a string: int"


@pytest.mark.parametrize(
    "allow", ["", "www.python.org", "//h/", "https:///p", "HTTPS://h/", "https://u@h/", "https://h:x/", "https://h/?q"]
)
def test_unreadable_entries_are_refused(allow: str) -> None:
    with pytest.raises(ValueError, match=r"not scheme|without a host|no host"):
        UrlRule(allow=(allow,))


def test_rules_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="needs an allowed prefix"):
        UrlRule()
    with pytest.raises(ValueError, match="go together"):
        UrlRule(allow=SITE.allow, suffix=".asc")


def test_printable() -> None:
    assert printable("a\x1b[0m\u202e") == "a\\x1b[0m\\u202e"
    assert printable("x" * 100, 10) == "xxxxxxx..."
    assert len(printable("\n" * 100)) == 60

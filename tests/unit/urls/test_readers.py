"""The readers: what each makes of the strings on which they are known to differ."""

import pytest

from harness.urls.readers import READERS, Reading, read_all


def hosts(text: str) -> dict[str, str | None]:
    return {name: None if reading is None else reading.host for name, reading in read_all(text).items()}


def test_all_agree_on_a_plain_url() -> None:
    assert set(read_all("https://www.python.org/ftp/x?a=b#c").values()) == {Reading("https", "www.python.org", "", "")}


def test_hosts_are_normalised() -> None:
    assert set(hosts("https://WWW.Python.ORG./x").values()) == {"www.python.org"}
    assert set(hosts("https://[::1]:8443/x").values()) == {"::1"}


def test_ports_and_user_information() -> None:
    assert set(read_all("https://u:p@h.example:8443/").values()) == {Reading("https", "h.example", "8443", "u:p")}


def test_backslash_before_an_at() -> None:
    assert hosts("https://evil.example\\@h.example/") == {
        "rfc3986": None,
        "whatwg": "evil.example",
        "urllib.parse": "h.example",
        "naive": "evil.example",
        "urllib3": "evil.example",
        "yarl": None,
    }


@pytest.mark.parametrize("text", ["https:/evil.example/x", "https:evil.example/x", "https:///evil.example/x"])
def test_only_browsers_mend_slashes(text: str) -> None:
    found = hosts(text)
    assert found["whatwg"] == "evil.example"
    assert found["urllib.parse"] == ""
    assert found["rfc3986"] == ""


def test_idna_is_applied_by_those_that_do() -> None:
    found = hosts("https://b\xfccher.example/")
    assert found["rfc3986"] is None
    assert found["whatwg"] == found["yarl"] == found["urllib3"] == "xn--bcher-kva.example"
    assert found["naive"] == found["urllib.parse"] == "b\xfccher.example"


def test_naive_does_not_fold_look_alikes() -> None:
    reading = READERS["naive"]("https://\u212aiss.example/")
    assert reading is not None
    assert reading.host == "\u212aiss.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://h.example:x/", None),
        ("https://h.example/a b", None),
        ("https://h.example/%zz", None),
        ("https://h.example/\n", None),
        ("https://a@b@h.example/", None),
        ("//h.example/", None),
        ("mailto:a@h.example", Reading("mailto", "", "", "")),
        ("https://h.example:00443", Reading("https", "h.example", "00443", "")),
        ("HTTPS://@h.example?q", Reading("https", "h.example", "", "")),
    ],
)
def test_rfc3986_is_strict(text: str, expected: Reading | None) -> None:
    assert READERS["rfc3986"](text) == expected

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config import can_mean, matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("GET /", "/"),
        ("GET /**", "/"),
        ("GET /**", "/a/b/"),
        ("GET /a/*/", "/a/1/"),
        ("GET /a/*/", "/a/{id}/"),
        ("GET /a/{id}/", "/a/{id}/"),
        ("GET /a/{id}/b/{c}", "/a/{thingId}/b/{number}"),
        ("GET /a*", "/a"),
        ("GET /*.json", "/openapi.json"),
        ("GET /**/b", "/a/a/b"),
        ("GET /**/*/b*", "/a/a/bc"),
        ("GET /**a*b", "/a/ab"),
        ("GET /***", "/a/b"),
    ],
)
def test_matches(pattern: str, path: str) -> None:
    assert matches(pattern, "GET", path)


@pytest.mark.parametrize(
    ("pattern", "method", "path"),
    [
        ("GET /", "POST", "/"),
        ("GET /**", "HEAD", "/"),
        ("GET /a/*", "GET", "/a/b/"),
        ("GET /a/**", "GET", "/a"),
        ("GET /a/{id}/", "GET", "/a/1/"),
        ("GET /a/{id}/", "GET", "/a/b{id}/"),
        ("GET /a.c", "GET", "/abc"),
        ("GET /a?", "GET", "/ab"),
        ("GET /[ab]", "GET", "/a"),
        ("GET /a", "GET", "/a/b"),
        ("GET /x**", "GET", "/a"),
    ],
)
def test_matches_not(pattern: str, method: str, path: str) -> None:
    assert not matches(pattern, method, path)


@pytest.mark.parametrize(
    ("pattern", "path", "can"),
    [
        ("GET /things/7", "/things/{id}", True),
        ("GET /things/{thing}", "/things/{id}", True),
        ("GET /things/*/files", "/things/{id}/files", True),
        ("GET /**/files", "/things/{id}/files", True),
        ("GET /things/7/**", "/things/{id}/files/{file}", True),
        ("GET /things/**", "/things/", True),
        ("GET /things/v{id}", "/things/v{id}.json", True),
        ("GET /things/7", "/things", False),
        ("GET /things/**", "/things", False),
        ("GET /things/7/", "/things/{id}", False),
        ("GET /thing/{id}", "/things/{id}", False),
        ("GET /**/file", "/things/{id}/files", False),
        ("POST /things/7", "/things/{id}", False),
        ("GET /**/a/**", "/b/c/d", False),
    ],
)
def test_what_a_pattern_can_mean_with_whatever_in_parameters(pattern: str, path: str, can: bool) -> None:
    assert can_mean(pattern, "GET", path) is can


@given(st.text("/ab*", max_size=8), st.text("/ab", max_size=8))
def test_agrees_with_a_regular_expression(shape: str, path: str) -> None:
    parts = re.split(r"(\*+)", shape)
    plain = "".join(
        "[^/]*" if part == "*" else "(?s:.*)" if part.startswith("*") else re.escape(part) for part in parts
    )
    assert matches(f"GET {shape}", "GET", path) == bool(re.fullmatch(plain, path))


def test_many_stars_are_no_trouble() -> None:
    assert not matches("GET /" + "*a" * 200, "GET", "/" + "a" * 199 + "b" * 200)

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config import matches


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


@given(st.text("/ab*", max_size=8), st.text("/ab", max_size=8))
def test_agrees_with_a_regular_expression(shape: str, path: str) -> None:
    parts = re.split(r"(\*+)", shape)
    plain = "".join(
        "[^/]*" if part == "*" else "(?s:.*)" if part.startswith("*") else re.escape(part) for part in parts
    )
    assert matches(f"GET {shape}", "GET", path) == bool(re.fullmatch(plain, path))


def test_many_stars_are_no_trouble() -> None:
    assert not matches("GET /" + "*a" * 200, "GET", "/" + "a" * 199 + "b" * 200)

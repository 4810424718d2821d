"""Which statuses a mutation explains by itself."""

import pytest

from harness.model import GUEST, Credential, Mutant, Part
from harness.oracle.causes import asks_for_html, caused, to_a_login

KEY = Part(of="admin")


@pytest.mark.parametrize(
    ("mutant", "found"),
    [
        (Mutant(GUEST), set()),
        (Mutant(Credential("key", Part("boss"), Part("anything_here"))), set()),
        (Mutant(Credential("key", Part(of="admin", kind="username"), KEY)), set()),
        (Mutant(Credential("key", Part(""), KEY)), {400}),
        (Mutant(Credential("key", Part("boss"), Part("any thing"))), {400}),
        (Mutant(Credential("key", Part("boss"), Part(""), cut="name")), {400}),
        (Mutant(Credential("key", literal="Guest")), {400}),
        (Mutant().with_header("Authorization", "Bearer x"), {400}),
        (Mutant().with_header("X-Guest", "true"), set()),
        (Mutant().with_query("guest", "1"), {400, 422}),
        (Mutant().with_field("api_key", "x"), {400, 422}),
        (Mutant().encoded("form"), {400, 415, 422}),
        (Mutant().by_method("GET"), {400, 405, 415, 501}),
        (Mutant().with_header("Accept", "text/html"), {406}),
        (Mutant().with_cookie("a", "b").accepting(431), {431}),
    ],
)
def test_statuses(mutant: Mutant, found: set[int]) -> None:
    assert caused(mutant) == found


def test_a_page_is_asked_for_by_accept_alone() -> None:
    assert asks_for_html(Mutant().with_header("accept", "text/html, */*"))
    assert not asks_for_html(Mutant().with_header("X-Accept", "text/html"))


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("/accounts/login/", True),
        ("/sign-in", True),
        ("https://sso.example.org/", True),
        ("/things", False),
        ("", False),
    ],
)
def test_a_login_is_known_by_its_path(place: str, found: bool) -> None:
    assert to_a_login(place) is found

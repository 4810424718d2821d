"""What method-override sends."""

import pytest

from harness.model import Expect
from tests.unit.suites.fake_control import ADMIN, API_KEY, FAKES, LOW, Fake
from tests.unit.suites.fake_people import Sent, bare, sent

HEADERS = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-HTTP-Verb"]
CASES = [*(name.lower() for name in HEADERS), "query", "form", "json"]
CREDENTIALS = {
    "guest": None,
    "arbitrary-key": "ApiKey release-admin:anything_here",
    "low-privilege": f"ApiKey plainuser:{LOW}",
    "entitled-by-get": f"ApiKey release-admin:{ADMIN}",
}


def ids(mutation: str, *methods: str) -> list[str]:
    return [f"{mutation} via={method} case={case}" for method in methods for case in CASES]


def test_a_create_is_asked_for_through_get_alone() -> None:
    found = sent(API_KEY, "method-override")
    assert list(found) == [key for mutation in CREDENTIALS for key in ids(mutation, "get")]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_writes_are_asked_for_through_post_too(method: str) -> None:
    found = sent(API_KEY, "method-override", method)
    three = [key for mutation in list(CREDENTIALS)[:3] for key in ids(mutation, "get", "post")]
    assert list(found) == three + ids("entitled-by-get", "get")
    assert {one.request.method.lower() == dict(one.mutant.pairs)["via"] for one in found.values()} == {True}


def test_whose_credential_it_is() -> None:
    for key, one in sent(API_KEY, "method-override", "PUT").items():
        mutation = key.split()[0]
        assert one.header("Authorization") == CREDENTIALS[mutation]
        valid = {"low-privilege": "the-low", "entitled-by-get": "the-admin"}.get(mutation, "")
        assert one.mutant.actor == valid


def carried(one: Sent, method: str) -> tuple[dict[str, str], str, str]:
    """Override headers, query and body, the latter as `same` where it is the control's."""
    own = {name: value for name, value in one.request.headers if name in HEADERS}
    return own, one.query, "same" if one.body == bare(method) else one.body


@pytest.mark.parametrize(
    ("method", "form", "json"),
    [
        ("POST", "name=one&_method=POST", '{"name": "one", "_method": "POST"}'),
        ("PATCH", "name=one&_method=PATCH", '{"name": "one", "_method": "PATCH"}'),
        ("DELETE", "_method=DELETE", '{"_method": "DELETE"}'),
    ],
)
def test_where_the_method_is_told(method: str, form: str, json: str) -> None:
    found = {key: carried(one, method) for key, one in sent(API_KEY, "method-override", method).items()}
    assert {key: found[key] for key in ids("guest", "get")} == {
        **{f"guest via=get case={name.lower()}": ({name: method}, "", "same") for name in HEADERS},
        "guest via=get case=query": ({}, f"_method={method}", "same"),
        "guest via=get case=form": ({}, "", form),
        "guest via=get case=json": ({}, "", json),
    }
    assert len({str(one) for one in found.values()}) == len(CASES)


@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_a_get_may_show_what_guests_see_and_nothing_may_change(fake: Fake) -> None:
    found = sent(fake, "method-override", "PUT")
    for one in found.values():
        pairs = dict(one.mutant.pairs)
        assert one.mutant.expect is (Expect.GUEST_VIEW if pairs["via"] == "get" else Expect.REFUSED)
        assert [str(forbid) for forbid in one.mutant.forbids] == ["any-change"]
        assert one.mutant.also == {400, 405, 501} | ({415} if pairs["case"] == "form" else set())
    requests = {
        (one.request.method, one.request.target, one.request.headers, one.request.body) for one in found.values()
    }
    assert len(requests) == len(found) == (42 if fake.channel.place == "form" else 49)


def test_no_secret_is_shown() -> None:
    for one in sent(API_KEY, "method-override").values():
        shown = one.request.shown
        assert shown is not None
        for text in (repr(one.mutant), repr(one.request), f"{shown.target} {shown.headers} {shown.body!r}"):
            assert ADMIN not in text
            assert LOW not in text

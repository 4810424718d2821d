"""What conflicting-channels and legacy-channel send, to the byte."""

from dataclasses import replace

import pytest

from harness.credentials import Channel
from harness.model import Expect, Operation, Parameter
from tests.unit.suites.fake_control import ADMIN, API_KEY, BASIC, FAKES, LOW, TOKEN, Fake
from tests.unit.suites.fake_people import channels, control, sent

PAIR = "username=release-admin&api_key=anything_here"
COOKIES = "username=release-admin; api_key=anything_here"
JSON = '{"name": "one", "username": "release-admin", "api_key": "anything_here"}'
FORM = f"name=one&{PAIR}"
PLAIN = '{"name": "one"}'
LOW_HEADER = f"ApiKey plainuser:{LOW}"
WRONG = "ApiKey release-admin:anything_here"

Row = tuple[str | None, str, str | None, str]
"""Authorization, query, Cookie, body."""


def rows(fake: Fake, name: str, method: str = "POST") -> dict[str, Row]:
    return {
        key: (
            " | ".join(told) if (told := one.headers("Authorization")) else None,
            one.query,
            one.header("Cookie"),
            body,
        )
        for key, one in sent(fake, name, method).items()
        for body in [one.body]
    }


def test_pairs_of_channels() -> None:
    assert rows(API_KEY, "conflicting-channels") == {
        "query": (None, PAIR, None, PLAIN),
        "form": (None, "", None, FORM),
        "json-body": (None, "", None, JSON),
        "nested-json": (
            *(None, "", None),
            '{"name": "one", "auth": {"username": "release-admin", "api_key": "anything_here"}}',
        ),
        "cookie": (None, "", COOKIES, PLAIN),
        "low-and-query": (LOW_HEADER, PAIR, None, PLAIN),
        "low-and-form": (LOW_HEADER, "", None, FORM),
        "low-and-json": (LOW_HEADER, "", None, JSON),
        "low-and-cookie": (LOW_HEADER, "", COOKIES, PLAIN),
        "low-header-before-wrong": (f"{LOW_HEADER} | {WRONG}", "", None, PLAIN),
        "wrong-header-before-low": (f"{WRONG} | {LOW_HEADER}", "", None, PLAIN),
        "wrong-key-and-low-in-query": (WRONG, f"username=plainuser&api_key={LOW}", None, PLAIN),
        "wrong-key-and-valid-in-query": (WRONG, f"username=release-admin&api_key={ADMIN}", None, PLAIN),
        "other-scheme-and-query": ("Bearer anything_here", PAIR, None, PLAIN),
        "scheme-alone-and-query": ("ApiKey", PAIR, None, PLAIN),
        "empty-header-and-query": ("", PAIR, None, PLAIN),
        "wrong-in-query-and-valid-in-form": (
            *(None, PAIR, None),
            f"name=one&username=release-admin&api_key={ADMIN}",
        ),
        "name-in-query-and-key-in-form": (None, "username=release-admin", None, "name=one&api_key=anything_here"),
        "name-in-header-and-key-in-query": ("ApiKey release-admin", "api_key=anything_here", None, PLAIN),
        "name-in-json-and-key-in-header": (
            *("ApiKey :anything_here", "", None),
            '{"name": "one", "username": "release-admin"}',
        ),
    }


def test_pairs_of_channels_where_the_key_is_all() -> None:
    found = rows(TOKEN, "conflicting-channels")
    assert len(found) == 15
    assert found["query"] == (None, "api_key=anything_here", None, PLAIN)
    assert found["cookie"] == (None, "", "api_key=anything_here", PLAIN)
    assert found["low-and-form"] == (f"Token {LOW}", "", None, "name=one&api_key=anything_here")
    assert found["nested-json"][3] == '{"name": "one", "auth": {"api_key": "anything_here"}}'
    assert [key for key in found if key.startswith("name-")] == []


def test_another_scheme_is_another() -> None:
    assert rows(FAKES["bearer"], "conflicting-channels")["other-scheme-and-query"][0] == "Token anything_here"
    assert not {"other-scheme-and-query", "scheme-alone-and-query"} & rows(FAKES["bare"], "conflicting-channels").keys()


def test_a_delete_may_bear_a_body() -> None:
    found = rows(API_KEY, "conflicting-channels", "DELETE")
    assert found["form"] == (None, "", None, PAIR)
    assert found["json-body"][3] == JSON.replace('"name": "one", ', "")
    assert found["query"] == (None, PAIR, None, "")


def test_a_read_may_bear_a_body() -> None:
    found = sent(API_KEY, "conflicting-channels", "GET")
    assert {key: (one.query, one.body) for key, one in found.items()} == {
        "body-of-a-read": ("", JSON.replace('"name": "one", ', ""))
    }
    mutant = found["body-of-a-read"].mutant
    assert (mutant.expect, [str(one) for one in mutant.forbids]) == (Expect.GUEST_VIEW, ["opened", "marker-read"])


def test_names_that_are_data_are_not_sent() -> None:
    filtered = Operation("POST", "/x/", (Parameter("username", "query", False, {}),))
    keys = sent(API_KEY, "conflicting-channels", made=control(API_KEY, operation=filtered))
    assert [key for key, one in keys.items() if "username" in one.query] == []
    stored = Operation("POST", "/x/", body_schema={"properties": {"username": {}, "auth": {}}})
    keys = sent(API_KEY, "conflicting-channels", made=control(API_KEY, operation=stored))
    assert [key for key, one in keys.items() if "username" in one.body] == []
    assert len(keys) == 13


@pytest.mark.parametrize("kind", ["query", "form", "json", "cookie"])
@pytest.mark.parametrize("name", ["conflicting-channels", "legacy-channel"])
def test_the_documented_place_is_left_to_other_families(kind: str, name: str) -> None:
    pair = {"username": "{username}", "api_key": "{key}"}
    fake = Fake(Channel.of("own", kind, parameters=pair))
    keys = sent(fake, name).keys()
    own = {"query": "query", "form": "form", "json": "json-body", "cookie": "cookie"}[kind]
    assert own not in keys
    assert {"query", "form", "json-body", "cookie"} - {
        own,
        *(("form", "json-body") if kind in ("form", "json") else ()),
    } <= keys


def test_the_valid_key_elsewhere() -> None:
    pair = f"username=release-admin&api_key={ADMIN}"
    assert rows(API_KEY, "legacy-channel") == {
        "query": (None, pair, None, PLAIN),
        **{
            f"query-alias case={name}": (None, f"{name}={ADMIN}", None, PLAIN)
            for name in ("key", "token", "access_token", "private_token", "auth", "apikey")
        },
        "form": (None, "", None, f"name=one&{pair}"),
        "json-body": (None, "", None, JSON.replace("anything_here", ADMIN)),
        "cookie": (None, "", f"username=release-admin; api_key={ADMIN}", PLAIN),
        "key-header": (None, "", None, PLAIN),
    }
    assert sent(API_KEY, "legacy-channel")["key-header"].header("X-API-Key") == ADMIN
    found = rows(TOKEN, "legacy-channel")
    assert found["query"] == (None, f"api_key={ADMIN}", None, PLAIN)
    assert found["cookie"][2] == f"api_key={ADMIN}"
    assert len(found) == 11


def test_a_documented_header_is_no_alias() -> None:
    assert "key-header" not in rows(FAKES["bare"], "legacy-channel")
    second = {**channels(API_KEY), "other": Channel.of("other", "header", "x-api-key")}
    assert "key-header" not in sent(API_KEY, "legacy-channel", made=control(API_KEY, channels=second))


def test_a_second_documented_channel_is_not_asked() -> None:
    second = {**channels(API_KEY), "other": Channel.of("other", "query", parameters={"token": "{key}"})}
    keys = sent(API_KEY, "legacy-channel", made=control(API_KEY, channels=second)).keys()
    assert "query-alias case=token" not in keys
    assert {"query", "query-alias case=key"} <= keys


def test_a_declared_way_of_former_times_goes_by_its_own_names() -> None:
    old = Channel.of("old", "query", parameters={"who": "{username}", "pass": "{key}"}, legacy=True)
    login = Channel.of("login", "bearer", login=True, legacy=True)
    made = control(API_KEY, channels={**channels(API_KEY), "old": old, "login": login})
    found = sent(API_KEY, "legacy-channel", made=made)
    assert [key for key in found if key.startswith("declared")] == ["declared-legacy via=old"]
    assert found["declared-legacy via=old"].query == f"who=release-admin&pass={ADMIN}"
    assert found["declared-legacy via=old"].header("Authorization") is None


@pytest.mark.parametrize("name", ["conflicting-channels", "legacy-channel"])
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_each_request_is_told_apart_and_who_bears_a_valid_key_is_named(fake: Fake, name: str) -> None:
    found = sent(fake, name)
    requests = {(one.request.target, one.request.headers, one.request.body) for one in found.values()}
    own = fake.request()
    assert len(requests) == len(found)
    assert (own.target, own.headers, own.body) not in requests
    for key, one in found.items():
        assert one.mutant.expect is Expect.REFUSED
        assert [str(forbid) for forbid in one.mutant.forbids] == ["any-change"]
        lent = {role: bears(fake, one.request, secret) for role, secret in (("the-admin", ADMIN), ("the-low", LOW))}
        assert one.mutant.actor == next((role for role, borne in lent.items() if borne), ""), key


def bears(fake: Fake, request: object, secret: str) -> bool:
    """Whether a key is anywhere in what is sent."""
    target, headers, body = (getattr(request, name) for name in ("target", "headers", "body"))
    encoded = fake.channel.encoded and dict(headers).get("Authorization") == fake.channel.value("plainuser", LOW)
    return secret in f"{target} {headers} {body}" or (encoded and secret == LOW)


def test_basic_is_a_channel_like_others() -> None:
    two = {"low-header-before-wrong", "wrong-header-before-low"}
    assert rows(BASIC, "conflicting-channels").keys() == rows(API_KEY, "conflicting-channels").keys() - two


@pytest.mark.parametrize("name", ["conflicting-channels", "legacy-channel"])
def test_no_secret_is_shown(name: str) -> None:
    for one in sent(API_KEY, name).values():
        assert one.request.shown is not None
        shown = one.request.shown
        for text in (repr(one.mutant), repr(one.request), f"{shown.target} {shown.headers} {shown.body!r}"):
            assert ADMIN not in text
            assert LOW not in text


def test_an_account_without_a_key_lends_none() -> None:
    made = control(API_KEY)
    keyless = replace(made, roles={**made.roles, "low": replace(made.roles["low"], key=None)})
    assert "wrong-key-and-low-in-query" not in sent(API_KEY, "conflicting-channels", made=keyless)

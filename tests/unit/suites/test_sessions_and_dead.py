"""What session-without-key, mixed-mode and dead-credential send, to the byte."""

from dataclasses import replace

import pytest

from harness.credentials import Channel
from harness.model import REFUSALS, Expect, Operation, Parameter
from tests.unit.suites.fake_control import ADMIN, API_KEY, BASIC, FAKES, LOW, SECOND, TOKEN, Fake
from tests.unit.suites.fake_people import COOKIE, CSRF, DEAD, SESSION, channels, control, people, sent

COOKIES = f"sessionid={SESSION}; csrftoken={CSRF}"
FAMILIES = ["session-without-key", "mixed-mode", "dead-credential"]
VIEW = (Expect.GUEST_VIEW, ["opened", "marker-read"])


def headers(fake: Fake, name: str, method: str = "POST") -> dict[str, dict[str, str]]:
    """Every header but the body's type, by mutation."""
    return {
        key: {header: value for header, value in one.request.headers if header != "Content-Type"}
        for key, one in sent(fake, name, method).items()
    }


def test_a_session_in_the_keys_place() -> None:
    cookies = {"Cookie": COOKIES}
    assert headers(API_KEY, "session-without-key") == {
        "cookie-alone": cookies,
        "cookie-and-csrf-token case=csrftoken": {"X-CSRFToken": CSRF, **cookies},
        "foreign-origin": {"Origin": "https://evil.example", **cookies},
        "plain-text-body": cookies,
        "form-body": cookies,
        "malformed-key": {"Authorization": "ApiKey release-admin", **cookies},
        "wrong-key": {"Authorization": "ApiKey release-admin:anything_here", **cookies},
        "unknown-name": {"Authorization": "ApiKey nobody-7f3a91c05d2e4b68:anything_here", **cookies},
        "low-key": {"Authorization": f"ApiKey plainuser:{LOW}", **cookies},
        "empty-header": {"Authorization": "", **cookies},
        "other-scheme": {"Authorization": "Bearer anything_here", **cookies},
        "method-override": {"X-HTTP-Method-Override": "POST", **cookies},
        "session-in-query": {},
    }


def test_what_else_a_session_changes() -> None:
    found = sent(API_KEY, "session-without-key")
    assert {key: one.query for key, one in found.items() if one.query} == {"session-in-query": f"sessionid={SESSION}"}
    assert {key: one.request.method for key, one in found.items() if one.request.method != "POST"} == {
        "method-override": "GET"
    }
    types = {key: one.header("Content-Type") for key, one in found.items()}
    assert {key: kind for key, kind in types.items() if kind != "application/json"} == {
        "plain-text-body": "text/plain",
        "form-body": "application/x-www-form-urlencoded",
    }
    assert found["form-body"].body == "name=one"


def test_a_session_where_the_key_is_all() -> None:
    found = headers(TOKEN, "session-without-key")
    assert "unknown-name" not in found
    assert found["malformed-key"]["Authorization"] == "Token "
    assert found["low-key"]["Authorization"] == f"Token {LOW}"
    assert not {"malformed-key", "other-scheme"} & headers(FAKES["bare"], "session-without-key").keys()
    assert headers(FAKES["bearer"], "session-without-key")["other-scheme"]["Authorization"] == "Token anything_here"


def test_a_delete_has_no_body_to_write_otherwise() -> None:
    gone = headers(API_KEY, "session-without-key").keys() - headers(API_KEY, "session-without-key", "DELETE").keys()
    assert gone == {"plain-text-body", "form-body"}


@pytest.mark.parametrize(
    ("token", "header"), [("csrftoken", "X-CSRFToken"), ("XSRF-TOKEN", "X-XSRF-TOKEN"), ("theme", None)]
)
def test_a_token_is_known_by_its_cookies_name(token: str, header: str | None) -> None:
    made = control(API_KEY, roles=people(API_KEY, token))
    found = sent(API_KEY, "session-without-key", made=made).get(f"cookie-and-csrf-token case={token}")
    assert (found.header(header) if found and header else None) == (CSRF if header else None)
    assert (found is None) == (header is None)


def test_a_session_that_a_login_gives() -> None:
    web = Channel.of("web", "cookie", parameters={"sid": "{token}"}, login=True)
    made = control(API_KEY, channels={**channels(API_KEY), "web": web})
    session = replace(made.roles["session"], auth="web", cookies=())
    made = replace(made, roles={**made.roles, "session": session})
    found = sent(API_KEY, "session-without-key", made=made)
    assert found["cookie-alone"].header("Cookie") == "sid="
    assert found["session-in-query"].query.startswith("sid=")
    assert "cookie-and-csrf-token case=csrftoken" not in found


def test_where_sessions_are_the_documented_way_there_is_nothing_to_ask() -> None:
    fake = Fake(Channel.of("web", "cookie", parameters={"sid": "{key}"}), names=False)
    assert sent(fake, "session-without-key") == {}
    assert [key for key in sent(fake, "mixed-mode") if key.startswith("session")] == []


def test_a_session_beside_a_bad_key() -> None:
    cookies = {"Cookie": COOKIES}
    assert headers(API_KEY, "mixed-mode") == {
        "session-and-scheme-alone": {"Authorization": "ApiKey", **cookies},
        "session-and-empty-key": {"Authorization": "ApiKey release-admin:", **cookies},
        "session-and-three-parts": {"Authorization": "ApiKey release-admin:any:thing", **cookies},
        "session-and-bent-key": {"Authorization": "ApiKey release-admin:c0ffeeBadF00d0", **cookies},
        "session-and-key-in-query": cookies,
        "session-and-other-name": {"Authorization": "ApiKey other-admin:anything_here", **cookies},
    }
    assert sent(API_KEY, "mixed-mode")["session-and-key-in-query"].query == "api_key=anything_here"


def test_a_bad_key_on_a_read() -> None:
    cookies = {"Cookie": COOKIES}
    nobody = "ApiKey nobody-7f3a91c05d2e4b68:anything_here"
    assert headers(API_KEY, "mixed-mode", "GET") == {
        "malformed-key-on-read": {"Authorization": "ApiKey release-admin"},
        "unknown-name-on-read": {"Authorization": nobody},
        "wrong-key-on-read": {"Authorization": "ApiKey release-admin:anything_here"},
        "wrong-key-and-filter-on-read": {"Authorization": "ApiKey release-admin:anything_here"},
        "session-and-malformed-key-on-read": {"Authorization": "ApiKey release-admin", **cookies},
        "session-and-unknown-name-on-read": {"Authorization": nobody, **cookies},
        "session-and-wrong-key-on-read": {"Authorization": "ApiKey release-admin:anything_here", **cookies},
    }
    found = sent(API_KEY, "mixed-mode", "GET")
    assert {key: one.query for key, one in found.items() if one.query} == {
        "wrong-key-and-filter-on-read": "is_published=false"
    }
    told = {key: (one.mutant.expect, [str(forbid) for forbid in one.mutant.forbids]) for key, one in found.items()}
    assert told.pop("wrong-key-and-filter-on-read") == (Expect.GUEST_VIEW, ["marker-read"])
    assert set(told) == found.keys() - {"wrong-key-and-filter-on-read"}
    assert all(one == VIEW for one in told.values())


def test_an_empty_header_is_nobodys_bad_key() -> None:
    assert headers(FAKES["bare"], "mixed-mode", "GET").keys() == {
        *("wrong-key-on-read", "wrong-key-and-filter-on-read", "session-and-wrong-key-on-read")
    }


def test_a_parameter_of_the_operation_is_data() -> None:
    operation = Operation("POST", "/x/", (Parameter("api_key", "query", False, {}),))
    assert "session-and-key-in-query" not in sent(API_KEY, "mixed-mode", made=control(API_KEY, operation=operation))


def test_basic_hides_where_the_key_stands() -> None:
    assert "session-and-bent-key" not in headers(BASIC, "mixed-mode")
    assert "low-key" not in headers(BASIC, "session-without-key")


@pytest.mark.parametrize("name", ["session-without-key", "mixed-mode"])
def test_the_session_is_who_sends_it(name: str) -> None:
    for method in ("POST", "DELETE", "GET"):
        for key, one in sent(API_KEY, name, method).items():
            borne = SESSION in f"{one.request.headers} {one.request.target}"
            assert one.mutant.actor == ("the-session" if borne else ""), key


def test_the_dead_write_with_their_own_keys() -> None:
    found = {key: one["Authorization"] for key, one in headers(API_KEY, "dead-credential").items()}
    assert found == {
        "inactive-account": f"ApiKey inactive-user:{DEAD['inactive']}",
        "inactive-name-arbitrary-key": "ApiKey inactive-user:anything_here",
        "revoked-key": f"ApiKey revoked-user:{DEAD['revoked']}",
        "rotated-key": f"ApiKey rotated-user:{DEAD['rotated']}",
        "expired-key": f"ApiKey expired-user:{DEAD['expired']}",
    }


def test_the_dead_read_as_guests_do() -> None:
    found = sent(API_KEY, "dead-credential", "GET")
    assert {key: one.header("Authorization") for key, one in found.items()} == {
        "inactive-account-on-read": f"ApiKey inactive-user:{DEAD['inactive']}",
        "revoked-key-on-read": f"ApiKey revoked-user:{DEAD['revoked']}",
        "rotated-key-on-read": f"ApiKey rotated-user:{DEAD['rotated']}",
        "expired-key-on-read": f"ApiKey expired-user:{DEAD['expired']}",
    }
    for one in found.values():
        assert (one.mutant.expect, [str(forbid) for forbid in one.mutant.forbids]) == VIEW


def test_a_dead_account_is_named_and_its_key_is_not_called_valid() -> None:
    for method in ("POST", "GET"):
        for key, one in sent(API_KEY, "dead-credential", method).items():
            state = key.split("-")[0]
            assert one.mutant.actor == ("" if "arbitrary" in key else f"the-{state}")
            assert not one.mutant.credential.valid


def test_a_dead_account_without_a_key_or_name_lends_none() -> None:
    made = control(API_KEY)
    roles = {role: replace(one, key=None, username=None) if one.state else one for role, one in made.roles.items()}
    assert sent(API_KEY, "dead-credential", made=replace(made, roles=roles)) == {}


def test_a_dead_password_is_not_sent_as_a_token() -> None:
    fake = Fake(Channel.of("jwt", "bearer", login=True), names=False)
    assert sent(fake, "dead-credential") == {}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_writes_are_to_be_refused_and_told_apart(fake: Fake, method: str, name: str) -> None:
    found = sent(fake, name, method)
    assert len(
        {(one.request.method, one.request.target, one.request.headers, one.request.body) for one in found.values()}
    ) == len(found)
    for key, one in found.items():
        assert [str(forbid) for forbid in one.mutant.forbids] == ["any-change"]
        assert one.mutant.expect is (Expect.GUEST_VIEW if key == "method-override" else Expect.REFUSED)
        assert ADMIN not in f"{one.request.target} {one.request.headers} {one.request.body!r}"


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_no_secret_is_shown(name: str, method: str) -> None:
    for one in sent(API_KEY, name, method).values():
        shown = one.request.shown
        assert shown is not None
        for text in (repr(one.mutant), repr(one.request), f"{shown.target} {shown.headers} {shown.body!r}"):
            assert [key for key in (SESSION, CSRF, ADMIN, LOW, SECOND, *DEAD.values()) if key in text] == []


def test_a_session_may_be_refused_as_a_guest_or_for_want_of_rights() -> None:
    found = sent(API_KEY, "session-without-key")
    for key in ("cookie-alone", "wrong-key", "method-override"):
        assert found[key].mutant.also >= REFUSALS
    assert not sent(API_KEY, "low-privilege-write")["own-credential"].mutant.also


def test_only_a_changed_form_may_be_answered_otherwise() -> None:
    also = {
        f"{name}/{key}": sorted(one.mutant.also - REFUSALS)
        for name in FAMILIES
        for method in ("POST", "GET")
        for key, one in sent(API_KEY, name, method).items()
        if one.mutant.also - REFUSALS
    }
    assert also == {
        "session-without-key/plain-text-body": [400, 415],
        "session-without-key/form-body": [400, 415],
        "session-without-key/malformed-key": [400],
        "session-without-key/method-override": [400, 405, 501],
        "mixed-mode/session-and-scheme-alone": [400],
        "mixed-mode/session-and-three-parts": [400],
        "mixed-mode/malformed-key-on-read": [400],
        "mixed-mode/wrong-key-and-filter-on-read": [400],
        "mixed-mode/session-and-malformed-key-on-read": [400],
    }


def test_a_session_may_be_nobody_or_somebody_without_the_right() -> None:
    shown = [one.mutant for one in sent(API_KEY, "session-without-key").values() if one.mutant.credential.valid]
    assert shown
    assert all(one.also >= REFUSALS for one in shown)


def test_the_session_rides_in_a_channel_of_its_own() -> None:
    assert {one.mutant.credential.via for one in sent(API_KEY, "mixed-mode").values()} == {COOKIE}

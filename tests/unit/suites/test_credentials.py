"""What the authentication families send, to the byte."""

import base64
from dataclasses import replace
from hashlib import sha1, sha256

import pytest

from harness.model import Expect, Mutant, Operation, Parameter
from tests.unit.suites.fake_control import ADMIN, API_KEY, BASIC, FAKES, LOW, NAMED_TOKEN, SECOND, TOKEN, Fake, family

FAMILIES = [
    *("guest-write", "fabricated-key", "fabricated-admin", "missing-key", "foreign-key"),
    *("malformed-key", "malformed-authorization", "wrong-scheme", "username-normalisation", "low-privilege-write"),
]

NOTHINGS = ("null", "undefined", "None", "nil", "NULL", "0", "false")
LITERALS = {f"literal-key case={word}": word for word in (*NOTHINGS, "true", "*")}
BENT = {
    "arbitrary-key": "anything_here",
    "last-char-changed": "c0ffeeBadF00d0",
    "first-char-changed": "00ffeeBadF00d9",
    "case-swapped": "C0FFEEbADf00D9",
    "reversed-key": "9d00FdaBeeff0c",
    "shortened-key": "c0ffeeBadF00d",
    "lengthened-key": "c0ffeeBadF00d90",
    **LITERALS,
    "word-guest": "guest",
    "zeros": "00000000000000",
    "loose-number": "0e123456789012345678901234567890",
    "hashed-key case=sha1": sha1(ADMIN.encode()).hexdigest(),
    "hashed-key case=sha256": sha256(ADMIN.encode()).hexdigest(),
}
NAMES = [
    *("admin", "root", "administrator", "guest", "anonymous", "AnonymousUser", "system"),
    *("null", "0", "-1", "1", "*"),
]


def sent(fake: Fake, name: str) -> dict[str, str | None]:
    return {key: fake.credential(mutant) for key, mutant in fake.mutants(name)}


def test_fabricated_keys_beside_the_real_name() -> None:
    found = sent(API_KEY, "fabricated-key")
    alike = found.pop("random-key-alike") or ""
    assert found == {
        **{key: f"ApiKey release-admin:{value}" for key, value in BENT.items()},
        "username-as-key": "ApiKey release-admin:release-admin",
        "second-admin-arbitrary-key": "ApiKey other-admin:anything_here",
        "keyless-admin-arbitrary-key": "ApiKey keyless-admin:anything_here",
        "keyless-admin-no-key case=empty": "ApiKey keyless-admin:",
        **{f"keyless-admin-no-key case={word}": f"ApiKey keyless-admin:{word}" for word in NOTHINGS},
    }
    scheme_and_name, _, key = alike.partition(":")
    assert scheme_and_name == "ApiKey release-admin"
    assert len(key) == len(ADMIN)
    assert key.isalnum()
    assert key != ADMIN


def test_fabricated_keys_where_the_key_is_all() -> None:
    found = sent(TOKEN, "fabricated-key")
    assert len(found.pop("random-key-alike") or "") == len("Token ") + len(ADMIN)
    assert found == {key: f"Token {value}" for key, value in BENT.items()}


def test_a_name_alone_in_a_header() -> None:
    for fake in (API_KEY, NAMED_TOKEN):
        control = fake.control(channels={"old": replace(fake.channel, name="old", header="Remote-User")})
        whole = {key: fake.request(mutant) for key, mutant in fake.mutants("trusted-headers", control)}
        requests = {key: one for key, one in whole.items() if key.startswith("name-in-header")}
        assert (len(requests), len(whole)) == (11, 17)
        assert "name-in-header case=remote-user" not in requests
        told = {
            key: [value for name, value in one.headers if value == "release-admin"] for key, one in requests.items()
        }
        assert set(map(len, told.values())) == {1}
        assert not any(
            "authorization" in dict(one.headers) or "ApiKey" in str(one.headers) for one in requests.values()
        )
    nameless = [key for key, _ in TOKEN.mutants("trusted-headers")]
    assert nameless == [
        *(f"address-in-header case={one}" for one in ("x-forwarded-for", "x-real-ip", "x-client-ip", "forwarded")),
        *(f"marked-as-internal case={one}" for one in ("x-middleware-subrequest", "x-internal-request")),
    ]


def test_fabricated_keys_as_passwords() -> None:
    found = sent(BASIC, "fabricated-key")
    assert found["arbitrary-key"] == "Basic " + base64.b64encode(b"release-admin:anything_here").decode()
    assert len(found) == 33


def test_names_that_no_account_has() -> None:
    found = sent(API_KEY, "fabricated-admin")
    name, _, key = (found.pop("random-name") or "").partition(":")
    assert name == "ApiKey nobody-7f3a91c05d2e4b68"
    assert len(key) == len(ADMIN)
    assert key not in {ADMIN, SECOND, LOW}
    assert found == {f"well-known-name case={name}": f"ApiKey {name}:anything_here" for name in NAMES}


@pytest.mark.parametrize("role", ["admin", "low"])
def test_a_name_that_an_account_has_is_not_made_up(role: str) -> None:
    control = API_KEY.control()
    renamed = replace(control.roles[role], username="root")
    control = replace(control, roles={**control.roles, role: renamed})
    if role == "admin":
        control = replace(control, identity=renamed)
    cases = [dict(mutant.pairs).get("case") for _, mutant in API_KEY.mutants("fabricated-admin", control)]
    assert cases == [None, *(name for name in NAMES if name != "root")]


def test_made_up_names_need_a_channel_with_names() -> None:
    assert sent(TOKEN, "fabricated-admin") == {}
    assert len(sent(BASIC, "fabricated-admin")) == 13


def test_missing_keys_beside_the_real_name() -> None:
    found = sent(API_KEY, "missing-key")
    assert {key: value for key, value in found.items() if value is not None} == {
        "empty-key": "ApiKey release-admin:",
        "name-alone": "ApiKey release-admin",
        "space-as-key": "ApiKey release-admin: ",
        "tab-as-key": "ApiKey release-admin:\t",
        "escaped-nul-as-key": "ApiKey release-admin:%00",
        "neither-name-nor-key": "ApiKey :",
        "key-without-name": "ApiKey :anything_here",
        "scheme-alone": "ApiKey",
        "other-scheme-alone case=token": "Token",
        "other-scheme-alone case=bearer": "Bearer",
    }


def test_missing_keys_where_the_key_is_all() -> None:
    assert sent(TOKEN, "missing-key") == {
        "empty-key": "Token ",
        "space-as-key": "Token  ",
        "tab-as-key": "Token \t",
        "escaped-nul-as-key": "Token %00",
        "scheme-alone": "Token",
        "other-scheme-alone case=bearer": "Bearer",
    }


def test_missing_keys_without_a_scheme() -> None:
    assert sent(FAKES["bare"], "missing-key") == {
        "empty-key": "",
        "space-as-key": " ",
        "tab-as-key": "\t",
        "escaped-nul-as-key": "%00",
    }


def test_missing_keys_in_base64() -> None:
    found = sent(BASIC, "missing-key")
    plain = {
        key: base64.b64decode((value or "").removeprefix("Basic "), validate=True)
        for key, value in found.items()
        if value is not None and "scheme" not in key
    }
    assert plain == {
        "empty-key": b"release-admin:",
        "name-alone": b"release-admin",
        "space-as-key": b"release-admin: ",
        "tab-as-key": b"release-admin:\t",
        "escaped-nul-as-key": b"release-admin:%00",
        "neither-name-nor-key": b":",
        "key-without-name": b":anything_here",
    }
    assert found["scheme-alone"] == "Basic"


IN_QUERY = {
    "name-in-query": "?username=release-admin",
    "empty-key-in-query case=once": "?username=release-admin&api_key=",
    "empty-key-in-query case=twice": "?username=release-admin&api_key=&api_key=",
}
IN_BODY = {
    "name-in-form": b"name=one&username=release-admin",
    **{
        f"empty-key-in-body case={case}": f'{{"name": "one", "username": "release-admin", "api_key": {text}}}'.encode()
        for case, text in (("null", "null"), ("text", '""'), ("list", "[]"), ("object", "{}"), ("false", "false"))
    },
    "name-in-body": b'{"name": "one", "username": "release-admin"}',
}


def test_missing_keys_in_query_and_body() -> None:
    requests = {key: API_KEY.request(one) for key, one in API_KEY.mutants("missing-key") if not one.credential.via}
    assert requests.keys() == {*IN_QUERY, *IN_BODY}
    assert not any("Authorization" in dict(one.headers) for one in requests.values())
    for key, one in requests.items():
        assert one.target == "/api/v1/things/" + IN_QUERY.get(key, "")
        assert one.body == IN_BODY.get(key, b'{"name": "one"}')
        media_type = "application/x-www-form-urlencoded" if key == "name-in-form" else "application/json"
        assert dict(one.headers)["Content-Type"] == media_type


def test_missing_keys_elsewhere_need_a_name() -> None:
    assert {*IN_QUERY, *IN_BODY} <= sent(FAKES["named-token"], "missing-key").keys()
    for name in ("token", "bare", "bearer"):
        assert {*IN_QUERY, *IN_BODY}.isdisjoint(sent(FAKES[name], "missing-key"))


@pytest.mark.parametrize(
    ("place", "left_out"),
    [
        ("query", {*IN_QUERY}),
        ("form", {*IN_BODY}),
        ("json", {"empty-key-in-body case=text", "name-in-body"}),
    ],
)
def test_a_key_is_missing_in_its_own_place_only_once(place: str, left_out: set[str]) -> None:
    found = sent(FAKES[place], "missing-key").keys()
    assert {*IN_QUERY, *IN_BODY} - found == left_out
    assert {"empty-key", "name-alone"} <= found


def test_a_name_that_would_be_data_is_not_sent() -> None:
    filtered = Operation("POST", "/x/", (Parameter("username", "query", False, {}),))
    owned = Operation("POST", "/x/", body_schema={"properties": {"api_key": {"type": "string"}}})
    for operation, left_out in ((filtered, {*IN_QUERY}), (owned, {*IN_BODY})):
        found = dict(API_KEY.mutants("missing-key", API_KEY.control(operation=operation)))
        assert {*IN_QUERY, *IN_BODY} - found.keys() == left_out
    declared = Operation("POST", "/x/", body_schema={"properties": {"user": {"type": "string"}}})
    found = dict(FAKES["json"].mutants("missing-key", FAKES["json"].control(operation=declared)))
    assert "empty-key-in-body case=null" in found


def test_only_what_is_no_credential_in_form_may_be_answered_with_another_status() -> None:
    taken = {
        f"{name}/{key}": set(mutant.also)
        for name in FAMILIES
        for key, mutant in API_KEY.mutants(name)
        if mutant.also and not name.startswith("malformed-")
    }
    words = {
        f"{name}/{key}"
        for name in FAMILIES
        for key, _ in API_KEY.mutants(name)
        if key.startswith(("keyless-admin-no-key", "literal-key"))
    }
    assert words
    cut = ("name-alone", "scheme-alone", "other-scheme-alone case=token", "other-scheme-alone case=bearer")
    cuts = {f"missing-key/{key}" for key in cut}
    assert taken == {**{key: {400} for key in cuts | words}, "missing-key/name-in-form": {400, 415}}


def test_keys_of_other_accounts() -> None:
    assert sent(API_KEY, "foreign-key") == {
        "low-key": f"ApiKey release-admin:{LOW}",
        "low-name": f"ApiKey plainuser:{ADMIN}",
        "second-admin-key": f"ApiKey release-admin:{SECOND}",
        "unknown-name": f"ApiKey nobody-7f3a91c05d2e4b68:{ADMIN}",
        "empty-name": f"ApiKey :{ADMIN}",
    }
    assert sent(TOKEN, "foreign-key") == {}


def test_an_account_without_a_key_lends_none() -> None:
    control = API_KEY.control()
    bare = {role: replace(one, key=None, username=None) for role, one in control.roles.items()}
    control = replace(control, roles=bare)
    assert [key for key, _ in API_KEY.mutants("foreign-key", control)] == ["unknown-name", "empty-name"]
    nameless = {"second-admin-arbitrary-key", "keyless-admin-arbitrary-key"}
    assert nameless.isdisjoint(dict(API_KEY.mutants("fabricated-key", control)))


CSRF = "7f3a91c05d2e4b687f3a91c05d2e4b68"


def test_guests() -> None:
    extra = {
        key: [(name, part.text) for name, part in (*mutant.headers, *mutant.query)]
        for key, mutant in API_KEY.mutants("guest-write")
        if API_KEY.credential(mutant) is None
    }
    assert extra == {
        "no-header": [],
        "guest-in-query": [("guest", "1")],
        "guest-in-header": [("X-Guest", "true")],
        "same-origin": [("Origin", "https://api.example.org"), ("Referer", "https://api.example.org/")],
        "script-request": [("X-Requested-With", "XMLHttpRequest")],
        "internal-client": [("User-Agent", "internal-healthcheck/1.0")],
        "html-wanted": [("Accept", "text/html")],
        "own-csrf-token": [("Cookie", CSRF), ("X-CSRFToken", CSRF)],
    }
    rest = {key: value for key, value in sent(API_KEY, "guest-write").items() if value is not None}
    assert rest == {"empty-header": "", "word-guest": "Guest"}
    assert API_KEY.request(dict(API_KEY.mutants("guest-write"))["guest-in-query"]).target == "/api/v1/things/?guest=1"


def test_a_made_up_csrf_token_is_the_same_in_cookie_and_header() -> None:
    headers = dict(API_KEY.request(dict(API_KEY.mutants("guest-write"))["own-csrf-token"]).headers)
    assert (headers["Cookie"], headers["X-CSRFToken"]) == (f"csrftoken={CSRF}", CSRF)


def test_nobody_comes_from_a_site_that_is_not_known() -> None:
    assert "same-origin" not in dict(API_KEY.mutants("guest-write", API_KEY.control(origin="")))


def test_a_guest_with_an_extra_changes_two_things() -> None:
    parents = {one.name: one.parent for one in family("guest-write").mutations.values()}
    single = {"no-header", "empty-header", "word-guest"}
    assert {name for name, parent in parents.items() if parent is None} == single
    assert {parent for name, parent in parents.items() if name not in single} == {"no-header"}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_every_mutant_differs_from_the_control_and_is_to_be_refused(fake: Fake, name: str) -> None:
    control = fake.request()
    for key, mutant in fake.mutants(name):
        request = fake.request(mutant)
        assert (request.target, request.headers, request.body) != (control.target, control.headers, control.body), key
        assert mutant.expect is Expect.REFUSED
        assert [str(one) for one in mutant.forbids] == ["any-change"]


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_ids_within_a_family_are_unique(fake: Fake, name: str) -> None:
    keys = [key for key, _ in fake.mutants(name)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", FAMILIES)
def test_no_two_mutants_of_a_family_send_the_same_bytes(name: str) -> None:
    seen: dict[object, str] = {}
    stripped: dict[object, list[str]] = {}
    for key, mutant in API_KEY.mutants(name):
        request = API_KEY.request(mutant)
        assert seen.setdefault((request.target, request.headers, request.body), key) == key
        trimmed = tuple((header, value.strip(" \t")) for header, value in request.headers)
        stripped.setdefault((request.target, trimmed, request.body), []).append(key)
    same = [keys for keys in stripped.values() if len(keys) > 1]
    blank = {
        "missing-key": [["empty-key", "space-as-key", "tab-as-key"]],
        "malformed-authorization": [["blank-value case=empty", "blank-value case=spaces"]],
    }
    assert same == blank.get(name, [])


@pytest.mark.parametrize(
    "name", ["guest-write", "fabricated-admin", "missing-key", "malformed-key", "username-normalisation"]
)
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_no_real_key_is_sent_where_none_is_meant(fake: Fake, name: str) -> None:
    for key, mutant in fake.mutants(name):
        request = fake.request(mutant)
        value = fake.credential(mutant) or ""
        if value.startswith("Basic ") and not mutant.credential.literal:
            value = base64.b64decode(value.removeprefix("Basic ")).decode()
        assert ADMIN not in f"{value} {request.target} {request.headers} {request.body!r}", key


@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_but_the_ordinary_account_is_validly_signed(name: str) -> None:
    mutants: list[Mutant] = [mutant for _, mutant in API_KEY.mutants(name)]
    valid = name == "low-privilege-write"
    assert {mutant.credential.valid for mutant in mutants} == {valid}
    assert {mutant.actor for mutant in mutants} == {"the-low" if valid else ""}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_credentials_are_bent_alike_on_every_write(method: str) -> None:
    control = replace(API_KEY.control(), operation=Operation(method, "/api/v1/things/{id}/"))
    for name in FAMILIES[:-2]:
        bodies = {*IN_BODY} if method == "DELETE" else set()
        expected = {key: one for key, one in API_KEY.mutants(name) if key not in bodies}
        assert dict(API_KEY.mutants(name, control)) == expected

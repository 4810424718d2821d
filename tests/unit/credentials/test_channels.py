"""Each channel: what rides where, and what a shell would write."""

import base64
import json

import pytest

from harness.credentials import Channel, Signer
from harness.model import Bend, Credential, Identity, Json, Mutant, Part, Request, Secret
from tests.unit.credentials.shell import flat, resolved, sent

PLAIN, HARD = "c0ffeeBadF00d9", "a\"b\\c&d %+/ü'$x`"
VARIABLES = {"admin": "ADMIN_KEY"}
BOTH = {"user": "{username}", "api_key": "{token}"}
CHANNELS = {
    "header": Channel.of("way", "header", template="ApiKey {username}:{key}"),
    "token": Channel.of("way", "header", "X-Api-Key", "{token}"),
    "basic": Channel.of("way", "basic"),
    "bearer": Channel.of("way", "bearer"),
    "query": Channel.of("way", "query", parameters=BOTH),
    "form": Channel.of("way", "form", parameters=BOTH),
    "json": Channel.of("way", "json", parameters=BOTH),
    "cookie": Channel.of("way", "cookie", parameters={"sid": "{key}", "who": "{username}"}),
    "one query parameter": Channel.of("way", "query", "api_key", "{key}"),
}


def signer(channel: Channel, key: str = PLAIN) -> Signer:
    admin = Identity("admin", "release-admin", Secret(key), True, auth="way")
    return Signer({"way": channel}, [admin], VARIABLES)


def request(name: str, method: str = "POST", body: Json = None, key: str = PLAIN, **changes: object) -> Request:
    own = Credential("way", Part(of="admin", kind="username"), Part(of="admin"))
    return signer(CHANNELS[name], key).request(method, "/things/?x=1", body, Mutant(**{"credential": own, **changes}))  # type: ignore[arg-type]


BODY = {"name": "one", "tags": ["a", "b c"], "size": 1, "on": True, "none": None, "in": {"a": 1}}
FORM = "name=one&tags=a&tags=b%20c&size=1&on=true&none=&in=%7B%22a%22%3A%201%7D"


def test_headers() -> None:
    assert dict(request("header").headers) == {"Authorization": f"ApiKey release-admin:{PLAIN}"}
    assert dict(request("token").headers) == {"X-Api-Key": PLAIN}
    assert dict(request("bearer").headers) == {"Authorization": f"Bearer {PLAIN}"}
    encoded = base64.b64encode(f"release-admin:{PLAIN}".encode()).decode()
    assert dict(request("basic").headers) == {"Authorization": f"Basic {encoded}"}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_query(method: str) -> None:
    found = request("query", method, query=(("guest", Part("1")),))
    assert found.target == f"/things/?x=1&user=release-admin&api_key={PLAIN}&guest=1"
    assert found.headers == ()
    assert request("one query parameter").target == f"/things/?x=1&api_key={PLAIN}"


def test_cookies() -> None:
    assert dict(request("cookie").headers) == {"Cookie": f"sid={PLAIN}; who=release-admin"}


def test_fields_of_a_form() -> None:
    found = request("form", body=BODY)
    assert found.body == f"{FORM}&user=release-admin&api_key={PLAIN}".encode()
    assert dict(found.headers) == {"Content-Type": "application/x-www-form-urlencoded"}
    assert request("form", "DELETE").body == f"user=release-admin&api_key={PLAIN}".encode()


def test_fields_of_json() -> None:
    found = request("json", body=BODY)
    assert json.loads(found.body or b"") == {**BODY, "user": "release-admin", "api_key": PLAIN}
    assert dict(found.headers) == {"Content-Type": "application/json"}
    assert json.loads(request("json", "DELETE").body or b"") == {"user": "release-admin", "api_key": PLAIN}


@pytest.mark.parametrize("name", ["form", "json"])
def test_where_there_are_no_fields_a_credential_of_fields_rides_in_the_query(name: str) -> None:
    read, listed = request(name, "GET"), request(name, "PATCH", body=[1])
    assert read.target == listed.target == f"/things/?x=1&user=release-admin&api_key={PLAIN}"
    assert (read.body, listed.body) == (None, b"[1]")


def test_a_guests_body_is_written_as_the_others_are() -> None:
    for name in ("form", "json", "header"):
        own = signer(CHANNELS[name]).signed("POST", "/", "admin", {"a": "b"})
        guest = signer(CHANNELS[name]).signed("POST", "/", None, {"a": "b"})
        assert dict(own.headers)["Content-Type"] == dict(guest.headers)["Content-Type"]
        assert guest.body == (b"a=b" if name == "form" else b'{"a": "b"}')


@pytest.mark.parametrize("key", [PLAIN, HARD], ids=["plain", "hard"])
@pytest.mark.parametrize("kind", [Bend.AS_IS, Bend.LAST_CHANGED, Bend.SHORTENED, Bend.HASHED_SHA1])
@pytest.mark.parametrize("name", CHANNELS)
def test_a_shell_writes_what_is_sent(name: str, kind: Bend, key: str) -> None:
    if key == HARD:
        key = key.replace("ü", "") if CHANNELS[name].place in ("header", "cookie") else key
    credential = Credential("way", Part(of="admin", kind="username"), Part(of="admin", bend=kind))
    fields = {"name": 'o"ne ⟦$HOME⟧', "note": Part(of="admin", bend=kind, before="<", after=">")}
    found = request(name, body=fields, key=key, credential=credential, query=(("q", Part(of="admin", bend=kind)),))
    target, headers, body = resolved(found, {"ADMIN_KEY": key})
    real = sent(found)
    assert (flat(target), headers) == (flat(real[0]), real[1])
    if name == "form":
        assert flat(body) == flat(real[2])
    else:
        assert json.loads(body) == json.loads(real[2])


@pytest.mark.parametrize("name", CHANNELS)
def test_nothing_shown_holds_a_key(name: str) -> None:
    found = request(name, body={"name": "one"}, query=(("q", Part(of="admin")),)).shown
    assert found is not None
    assert PLAIN not in f"{found.target}{found.headers}{found.body!r}"
    assert "$ADMIN_KEY" in f"{found.target}{found.headers}{found.body!r}"
    assert "⟦$ADMIN_KEY⟧" in found.target


def test_what_is_no_secret_is_shown_as_it_is() -> None:
    credential = Credential("way", Part("nobody$"), Part("anything here"))
    found = request("query", body={"a": "$b"}, credential=credential)
    assert found.shown is not None
    assert found.shown.target == found.target == "/things/?x=1&user=nobody%24&api_key=anything%20here"
    assert found.shown.body == found.body


def test_a_mark_in_a_name_is_no_mark() -> None:
    channel = Channel.of("way", "query", parameters={"who": "{username}:{key}"})
    admin = Identity("admin", 'x⟧"; exit 3 #⟦', Secret(PLAIN), True, auth="way")
    found = Signer({"way": channel}, [admin], VARIABLES).signed("GET", "/", "admin")
    assert flat(resolved(found, {"ADMIN_KEY": PLAIN})[0]) == flat(found.target)


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize("cut", ["name", "scheme"])
def test_a_credential_that_is_cut_holds_no_key(name: str, cut: str) -> None:
    credential = Credential("way", Part(of="admin", kind="username"), Part(of="admin"), cut)
    found = request(name, body={"a": 1}, credential=credential)
    real = f"{found.target}{found.headers}{found.body!r}"
    assert PLAIN not in real
    assert base64.b64encode(PLAIN.encode()).decode()[:8] not in real
    assert ("release-admin" in real) == (cut == "name" and CHANNELS[name].named and name != "basic")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("Token {key}", "Token "),
        ("{key}", ""),
        ("Key {key}:{username}", "Key :me"),
        ("Key u={username};k={key}", "Key u=me"),
    ],
)
def test_the_value_cut_behind_the_name(form: str, value: str) -> None:
    assert Channel.of("way", "header", template=form).value("me", PLAIN, "name") == value


def test_a_literal_takes_the_place_of_all_that_is_filled() -> None:
    channel = Channel.of("way", "query", parameters={**BOTH, "format": "json"})
    literal = Mutant(Credential("way", literal="Guest"))
    assert signer(channel).request("GET", "/", mutant=literal).target == "/?user=Guest&api_key=Guest&format=json"
    literal = Mutant(Credential("way", literal=""))
    assert dict(signer(CHANNELS["cookie"]).request("GET", "/", mutant=literal).headers) == {"Cookie": "sid=; who="}


def test_names_are_where_a_form_has_them() -> None:
    assert {name for name, channel in CHANNELS.items() if channel.named} == {
        *("header", "basic", "query", "form", "json", "cookie")
    }

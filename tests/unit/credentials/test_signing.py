"""What a signer makes of tokens, sessions and mutants."""

import json
from urllib.parse import unquote

import pytest

from harness.credentials import Channel, Signer
from harness.model import Bend, Credential, Identity, Json, Mutant, Part, Secret
from tests.unit.credentials.shell import flat, resolved

PASSWORD, TOKEN, SESSION, CSRF = "pa55word-of-mine", "t0ken-abcdefgh", "5e55ion-ab", "c5rf-token"
CHANNELS = {
    "jwt": Channel.of("jwt", "bearer", login=True),
    "web": Channel.of("web", "cookie", parameters={"sid": "{token}"}, login=True),
    "cookie:sessionid": Channel.of("cookie:sessionid", "cookie", "sessionid"),
}
IDENTITIES = [
    Identity("admin", "root", Secret(PASSWORD), True, auth="jwt"),
    Identity("web", "root", Secret(PASSWORD), True, auth="web", of="admin"),
    Identity(
        "session",
        "root",
        Secret(SESSION),
        True,
        auth="cookie:sessionid",
        of="admin",
        cookies=(("sessionid", Secret(SESSION)), ("csrf", Secret(CSRF))),
    ),
]
VARIABLES = {
    "admin": "ADMIN_KEY",
    "web": "ADMIN_KEY",
    "session": "SESSION",
    "session cookie:sessionid": "SESSION",
    "session cookie:csrf": "CSRF",
}


@pytest.fixture
def signer() -> Signer:
    return Signer(CHANNELS, IDENTITIES, VARIABLES)


def header(signer: Signer, name: str, mutant: Mutant | None = None) -> tuple[str, str]:
    request = signer.request("GET", "/", mutant=mutant or Mutant(signer.own(name)))
    assert request.shown is not None
    return request.headers[0][1], request.shown.headers[0][1]


def test_a_token_stands_where_the_key_would(signer: Signer) -> None:
    signer.hold("admin", Secret(TOKEN), "ADMIN_TOKEN")
    signer.hold("web", Secret(TOKEN), "WEB_TOKEN")
    assert header(signer, "admin") == (f"Bearer {TOKEN}", "Bearer $ADMIN_TOKEN")
    assert header(signer, "web") == (f"sid={TOKEN}", "sid=$WEB_TOKEN")


def test_a_password_is_never_sent_in_a_tokens_place(signer: Signer) -> None:
    assert header(signer, "admin")[0] == "Bearer "
    signer.hold("admin", Secret(TOKEN), "ADMIN_TOKEN")
    signer.drop("admin")
    signer.drop("admin")
    assert header(signer, "admin")[0] == "Bearer "


def test_the_password_stays_what_it_was(signer: Signer) -> None:
    signer.hold("admin", Secret(TOKEN), "ADMIN_TOKEN")
    assert (signer.password("admin").real, signer.password("admin").told) == (PASSWORD, "$ADMIN_KEY")
    bent = signer.password("admin", Part(of="admin", bend=Bend.SHORTENED))
    assert (bent.real, bent.told) == (PASSWORD[:-1], "${ADMIN_KEY%?}")


def test_the_token_is_what_is_bent(signer: Signer) -> None:
    signer.hold("admin", Secret(TOKEN), "ADMIN_TOKEN")
    bent = Mutant(Credential("jwt", key=Part(of="admin", bend=Bend.REVERSED)))
    assert header(signer, "admin", bent)[0] == f"Bearer {TOKEN[::-1]}"


def test_a_session_brings_its_other_cookies(signer: Signer) -> None:
    assert header(signer, "session") == (f"sessionid={SESSION}; csrf={CSRF}", "sessionid=$SESSION; csrf=$CSRF")
    stranger = Mutant(Credential("cookie:sessionid", key=Part("made-up")))
    assert header(signer, "session", stranger)[0] == "sessionid=made-up"


def test_a_cookie_can_be_named(signer: Signer) -> None:
    signer.hold("web", Secret(TOKEN), "WEB_TOKEN")
    mutant = (
        Mutant().with_header("X-CSRF", Part(of="session", kind="cookie:csrf", before="v=")),
        Mutant().with_cookie("sessionid", Part(of="session", kind="cookie:sessionid", bend=Bend.REVERSED)),
        Mutant().with_cookie("sid", Part(of="web", kind="cookie:sid")),
    )
    assert header(signer, "", mutant[0]) == (f"v={CSRF}", "v=$CSRF")
    assert header(signer, "", mutant[1])[0] == f"sessionid={SESSION[::-1]}"
    assert header(signer, "", mutant[2]) == (f"sid={TOKEN}", "sid=$WEB_TOKEN")


def test_another_method_and_another_encoding(signer: Signer) -> None:
    request = signer.request("PUT", "/", {"a": "b c"}, Mutant(method="POST", encoding="form"))
    assert (request.method, request.body) == ("POST", b"a=b%20c")
    assert dict(request.headers)["Content-Type"] == "application/x-www-form-urlencoded"
    request = signer.request("PUT", "/", {"a": "b c"}, Mutant(encoding="text"))
    assert (request.method, request.body) == ("PUT", b'{"a": "b c"}')
    assert dict(request.headers)["Content-Type"] == "text/plain"


def test_parts_in_a_body(signer: Signer) -> None:
    signer.hold("admin", Secret(TOKEN), "ADMIN_TOKEN")
    body = {"in": [{"token": Part(of="admin")}], "who": Part(of="admin", kind="username"), "word": Part("plain")}
    request = signer.request("POST", "/", body)
    assert json.loads(request.body or b"") == {"in": [{"token": TOKEN}], "who": "root", "word": "plain"}
    assert request.shown is not None
    assert request.shown.body == '{"in": [{"token": "⟦$ADMIN_TOKEN⟧"}], "who": "root", "word": "plain"}'.encode()
    assert resolved(request, {"ADMIN_TOKEN": TOKEN})[2].encode() == request.body


def test_a_json_body_is_written_as_ever(signer: Signer) -> None:
    bodies: list[Json] = [{"a": [1, 2.5, None, True, "ü\u2603"], "b": {}}, [], {}, [[]], "x", 1]
    for body in bodies:
        assert signer.request("POST", "/", body).body == json.dumps(body).encode()


def test_parts_below_the_top_of_a_form_are_written_in_its_json(signer: Signer) -> None:
    pair = {"username": Part(of="admin", kind="username"), "key": Part(of="session")}
    request = signer.request("POST", "/", {"auth": pair}, Mutant(encoding="form"))
    assert request.body is not None
    assert json.loads(unquote(request.body.decode().removeprefix("auth="))) == {"username": "root", "key": SESSION}
    assert request.shown is not None
    assert SESSION.encode() not in (request.shown.body or b"")
    assert flat(resolved(request, {"SESSION": SESSION})[2]) == flat(request.body.decode())

"""Entering a real server in every way, and what is found of who cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.engine.planning.opening import Opened, open_target
from harness.errors import Unreachable
from harness.identities import Standing, prove
from harness.model import Exchange, Request
from tests.contract.desk import Desk, running

HEAD = "version: 1\nname: desk\nbase_url: {url}\nopenapi: /openapi.json\n"
TWO = """\
identities:
  admin: {username: admin, key: "${ADMIN_WORD}", privileged: true}
  plain: {username: plain, key: "${PLAIN_WORD}"}
"""
KEYS, PASSWORDS = (TWO.replace("WORD", word) for word in ("KEY", "PASSWORD"))
FORM = 'form: {username: "{username}", password: "{password}"}'
FILES = {
    "basic": f"auth: {{basic: {{channel: basic}}}}\n{PASSWORDS}",
    "token": f'auth: {{token: {{channel: header, template: "Token {{key}}"}}}}\n{KEYS}',
    "x-api-key": f"auth: {{key: {{channel: header, name: X-Api-Key}}}}\n{KEYS}",
    "query key": f'auth: {{key: {{channel: query, parameters: {{api_key: "{{key}}"}}}}}}\n{KEYS}',
    "bearer by login": f"""\
auth:
  jwt:
    channel: header
    template: "Bearer {{token}}"
    login: {{operation: POST /token, {FORM}, token: $.access_token}}
{PASSWORDS}""",
    "bearer by JSON": f"""\
auth:
  way:
    channel: bearer
    login:
      operation: POST /json
      json: {{user: {{name: "{{username}}", password: "{{key}}"}}}}
      token: $.data.token
      refresh: {{operation: POST /renew, json: {{with: "{{refresh}}"}}, from: $.data.renewal, token: $.token}}
{PASSWORDS}""",
    "session": f"""\
auth:
  web: {{channel: cookie, login: {{operation: POST /session, {FORM}, cookie: sid}}}}
{PASSWORDS}""",
}


def by_login(door: str, identities: str = PASSWORDS) -> str:
    """A target file whose bearer tokens come from one door."""
    login = f"{{operation: POST /{door}, {FORM}, token: $.access_token}}"
    return f"auth: {{jwt: {{channel: bearer, login: {login}}}}}\n{identities}"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as one:
        yield one


def opened(desk: Desk, folder: Path, text: str, head: str = HEAD) -> Opened:
    file = folder / "target.yaml"
    file.write_text(head.replace("{url}", desk.url) + text)
    found = open_target(file, desk.environment)
    found.logins.open()
    return found


def standing(at: Opened, name: str, *reads: str) -> Standing:
    return prove(at.wire, at.signer, at.signer.identities[name], "-", reads, lambda *_: None, at.logins)


def get(at: Opened, path: str, name: str) -> Exchange:
    return at.wire(at.signer.signed("GET", path, name), f"as {name}")


@pytest.mark.parametrize("way", FILES)
def test_every_way_in_is_a_short_file_and_proved(desk: Desk, tmp_path: Path, way: str) -> None:
    at = opened(desk, tmp_path, FILES[way])
    assert len((tmp_path / "target.yaml").read_text().splitlines()) <= 25
    assert {name: standing(at, name, "/things/").proved for name in at.signer.identities} == {
        "admin": "proved",
        "plain": "proved",
    }
    assert get(at, "/me", "plain").json["name"] == "plain"
    assert at.wire(at.signer.signed("POST", "/things/", "admin", {"a": 1}), "control").status == 201
    assert at.wire(at.signer.signed("POST", "/things/", "plain", {"a": 1}), "control").status == 403


@pytest.mark.parametrize("way", FILES)
def test_a_wrong_key_is_not_proved(desk: Desk, tmp_path: Path, way: str) -> None:
    desk.passwords["plain"], desk.keys["plain"] = desk.passwords["plain"][::-1], desk.keys["plain"][::-1]
    wrong = desk.environment
    desk.passwords["plain"], desk.keys["plain"] = desk.passwords["plain"][::-1], desk.keys["plain"][::-1]
    file = tmp_path / "target.yaml"
    file.write_text(HEAD.replace("{url}", desk.url) + FILES[way])
    at = open_target(file, wrong)
    at.logins.open()
    assert standing(at, "plain", "/things/").proved == "disproved"
    assert standing(at, "admin", "/things/").proved == "proved"


def test_a_login_alone_proves(desk: Desk, tmp_path: Path) -> None:
    at = opened(desk, tmp_path, FILES["bearer by login"])
    assert str(standing(at, "plain")) == "proved: POST /token logs it in, and answers 400 to a bent password"
    assert str(standing(opened(desk, tmp_path, FILES["session"]), "plain")) == (
        "proved: POST /session logs it in, and answers 200 and no cookie sid to a bent password"
    )


@pytest.mark.parametrize("door", ["any", "any-alike"])
@pytest.mark.parametrize("reads", [[], ["/things/"], ["/open"]])
def test_a_login_that_takes_any_password_proves_nobody(desk: Desk, tmp_path: Path, door: str, reads: list[str]) -> None:
    found = standing(opened(desk, tmp_path, by_login(door)), "plain", *reads)
    assert found.proved == "disproved"
    assert found.detail.startswith(f"its login takes any password: POST /{door} gives a token for a bent one")


def test_a_session_for_everybody_is_told_from_one_that_counts(desk: Desk, tmp_path: Path) -> None:
    at = opened(desk, tmp_path, FILES["session"].replace("/session", "/flash"))
    assert str(standing(at, "plain", "/things/")) == (
        "proved: GET /things/ serves its token, and refuses the one that a bent password gets"
    )
    assert standing(at, "plain").proved == "disproved"
    assert set(at.signer.identities) == {"admin", "plain"}


def test_a_deleted_user_is_not_let_in_by_a_crash(desk: Desk, tmp_path: Path) -> None:
    gone = f'{PASSWORDS}  gone: {{username: gone, key: "${{GONE_PASSWORD}}"}}\n'
    at = opened(desk, tmp_path, by_login("falls-over", gone))
    assert str(standing(at, "gone", "/things/")) == "disproved: its login POST /falls-over answers 500; check its key"
    assert get(at, "/things/", "gone").status == 401
    assert standing(at, "plain", "/things/").proved == "proved"


def test_a_crash_on_a_bent_password_is_no_refusal(desk: Desk, tmp_path: Path) -> None:
    at = opened(desk, tmp_path, by_login("crash"))
    assert standing(at, "plain").proved == "attested"
    assert str(standing(at, "plain", "/things/")) == "proved: GET /things/ tells its key from a bent one"


def test_a_token_that_nothing_takes(desk: Desk, tmp_path: Path) -> None:
    at = opened(desk, tmp_path, by_login("useless"))
    assert str(standing(at, "plain", "/things/")) == (
        "disproved: GET /things/ refuses it as it refuses a bent key; check its key"
    )


def test_who_is_known_to_be_dead_is_not_logged_in(desk: Desk, tmp_path: Path) -> None:
    gone = f'{PASSWORDS}  gone: {{username: gone, key: "${{GONE_PASSWORD}}", state: inactive}}\n'
    at = opened(desk, tmp_path, by_login("token", gone))
    assert desk.logins == ["token", "token"]
    at.logins.open()
    assert desk.logins == ["token", "token"]
    assert at.logins.failures == {}


@pytest.mark.parametrize(("way", "doors"), [("bearer by JSON", ["renew"]), ("session", ["session"])])
def test_a_token_that_has_expired_is_renewed(desk: Desk, tmp_path: Path, way: str, doors: list[str]) -> None:
    at = opened(desk, tmp_path, FILES[way])
    assert get(at, "/me", "plain").status == 200
    desk.tokens.clear()
    desk.logins.clear()
    assert get(at, "/me", "plain").status == 401
    assert at.logins.refresh("plain")
    assert desk.logins == doors
    assert get(at, "/me", "plain").json["name"] == "plain"


def test_what_cannot_be_renewed_is_got_anew(desk: Desk, tmp_path: Path) -> None:
    at = opened(desk, tmp_path, FILES["bearer by JSON"])
    desk.tokens.clear()
    desk.renewals.clear()
    desk.logins.clear()
    assert at.logins.refresh("plain")
    assert desk.logins == ["renew", "json"]
    assert get(at, "/me", "plain").status == 200
    desk.passwords["plain"] = "another"
    desk.renewals.clear()
    assert not at.logins.refresh("plain")
    assert at.logins.failures == {"plain": "its login POST /json answers 401; check its key"}
    assert get(at, "/me", "plain").status == 401


def test_a_channel_without_a_login_has_nothing_to_renew(desk: Desk, tmp_path: Path) -> None:
    assert not opened(desk, tmp_path, FILES["token"]).logins.refresh("plain")
    assert desk.logins == []


@pytest.mark.parametrize("way", FILES)
def test_no_answer_and_no_request_shows_a_secret(desk: Desk, tmp_path: Path, way: str) -> None:
    at = opened(desk, tmp_path, FILES[way])
    seen = [get(at, "/me", name) for name in ("admin", "plain")]
    said = [standing(at, name, "/things/") for name in ("admin", "plain")]
    text = "".join(f"{one.request!r}{one.request.headers}{one.request.target}{one.body!r}{one.headers}" for one in seen)
    text += f"{said}{at.logins.failures}{at.signer!r}{at.logins.recipes}"
    text += "".join(f"{one.headers}{one.body!r}" for one in at.logins.recipes.values())
    secrets = {*desk.tokens, *desk.renewals, *desk.environment.values(), *map(desk.signed, desk.passwords)}
    assert not [secret for secret in secrets if secret in text]
    if "Bearer" in FILES[way]:
        assert seen[0].json["sent"].startswith("Bearer [ADMIN_TOKEN]")


def test_a_recipe_says_how_the_token_is_got(desk: Desk, tmp_path: Path) -> None:
    at = opened(desk, tmp_path, FILES["bearer by login"])
    recipe: Request = at.logins.recipes["admin"]
    assert (recipe.method, recipe.target) == ("POST", "/token")
    assert recipe.body == "username=admin&password=⟦$ADMIN_PASSWORD⟧".encode()


SESSIONS = f"""\
auth:
  key: {{channel: header, name: X-Api-Key}}
  web: {{channel: cookie, login: {{operation: POST /session, {FORM}, cookie: sid}}}}
identities:
  admin: {{username: admin, key: "${{ADMIN_KEY}}", privileged: true, auth: key}}
  second: {{username: second, key: "${{SECOND_PASSWORD}}", privileged: true, auth: web}}
  again: {{of: second, auth: web, alive: GET /me}}
  known: {{of: admin, cookie: {{sid: "${{SESSION}}"}}, alive: GET /me}}
  silent: {{of: admin, cookie: {{sid: "${{OTHER}}"}}}}
  dead: {{of: admin, cookie: {{sid: made-up-session}}, alive: GET /me}}
"""


def test_sessions(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(HEAD.replace("{url}", desk.url) + SESSIONS)
    at = open_target(file, {**desk.environment, "SESSION": desk.grant("admin"), "OTHER": desk.grant("admin")})
    at.logins.open()
    assert [one.name for one in at.identities] == ["admin", "second"]
    assert [one.name for one in at.sessions] == ["again", "known", "silent", "dead"]
    assert [standing(at, one.name, "/things/").proved for one in at.sessions] == [
        "proved",
        "proved",
        "attested",
        "disproved",
    ]
    assert get(at, "/me", "again").json["name"] == "second"
    assert get(at, "/me", "known").json["name"] == "admin"


PRIVATE = HEAD.replace("/openapi.json", "{from: /private/openapi.json, as: plain}")


@pytest.mark.parametrize("way", FILES)
def test_a_document_that_only_somebody_is_served(desk: Desk, tmp_path: Path, way: str) -> None:
    at = opened(desk, tmp_path, FILES[way], PRIVATE)
    assert {one.name for one in at.reading.operations} - {*at.unlisted} == {
        "GET /things/",
        "POST /things/",
        "GET /open",
    }


def test_a_document_for_nobody(desk: Desk, tmp_path: Path) -> None:
    desk.passwords["plain"] = "first"
    file = tmp_path / "target.yaml"
    file.write_text(PRIVATE.replace("{url}", desk.url) + FILES["bearer by login"])
    environment = desk.environment
    desk.passwords["plain"] = "then another"
    with pytest.raises(Unreachable, match=r"openapi\.as: plain: its login POST /token answers 400; check its key"):
        open_target(file, environment)


def test_operations_that_the_document_leaves_out(desk: Desk, tmp_path: Path) -> None:
    more = 'operations: {add: [GET /things/, "PUT /things/{id}", {operation: GET /debug, public: true}]}\n'
    at = opened(desk, tmp_path, FILES["token"] + more)
    found = {one.name: one for one in at.reading.operations}
    assert list(found)[3:] == ["PUT /things/{id}", "GET /debug"]
    assert [one.name for one in found["PUT /things/{id}"].parameters] == ["id"]
    assert (found["GET /debug"].declared_open, found["PUT /things/{id}"].declared_open) == (True, False)

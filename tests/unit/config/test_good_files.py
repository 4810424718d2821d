"""Target files as they should be, and what is made of them."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.config import Target, load
from harness.errors import ConfigError
from harness.model import Identity, Secret

SMALL = "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi: openapi.yaml\n"
FULL = """\
version: 1
name: staging
base_url: http://127.0.0.1:8000/base/
openapi: /openapi.json
environment: local
auth:
  key: {channel: header, template: "ApiKey {username}:{key}"}
  token: {channel: header, name: X-Token}
  login: {channel: basic}
  jwt: {channel: bearer}
identities:
  admin: {username: release-admin, key: "${ADMIN}", privileged: true, auth: key}   # the key was old-5ecret once
  second: {username: other, key: literal-5ecret, privileged: true, auth: login}
  plain: {username: plainuser, key: "pre-${ADMIN}", alive: GET /api/v2/me/, auth: key}
  reader: {key: reader-5ecret, may: ["GET /**"], auth: token}
  gone: {username: gone, key: "${GONE}", state: inactive, auth: jwt}
  nokey: {username: third, privileged: true, auth: key}
public: ["GET /**", "HEAD /"]
expect: {unauthenticated: [401], invalid: [422]}
denied_when:
  - {status: 302, location: /login}
  - {status: 200, json: {$.success: false, "$.errors[0].code": null}, operation: "PUT /users/{name}/activate"}
resources:
  release_file:
    create: POST /files/
    item: /files/{id}/
    id: location
    find: GET /files/?slug={marker}
    marker: slug
    unique: [slug, url]
    body: {release: "{release.uri}", size: 1, ratio: 1e3, note: null}
  user: {create: "POST /users/{name}", item: "/users/{name}", id: path:name}
operations: {never: [POST /shutdown, "DELETE /**"]}
urls:
  allow: ["https://www.example.org/"]
  fields:
    signature: {suffix_of: url, suffix: .asc}
    notes: {allow: ["https://", /static/]}
    homepage: {rule: none}
limits: {deadline: 500ms, requests: 50, settle: 0s, rate: 90/m, concurrency: 2, failures_per_identity: 7}
"""
ENVIRONMENT = {"ADMIN": "admin-5ecret", "GONE": "gone-5ecret"}


def written(folder: Path, text: str) -> Path:
    file = folder / "target.yaml"
    file.write_text(text)
    return file


@pytest.fixture
def full(tmp_path: Path) -> Target:
    return load(written(tmp_path, FULL), environment=ENVIRONMENT)


def test_small_file_has_defaults(tmp_path: Path) -> None:
    target = load(written(tmp_path, SMALL), environment={})
    assert target.environment == "staging"
    assert target.auth == {}
    assert target.identities == ()
    assert target.public is None
    assert target.expect.unauthenticated == target.expect.forbidden == (401, 403)
    assert target.expect.invalid == (400, 422)
    assert (target.limits.deadline, target.requests(), target.limits.settle) == (10.0, 20_000, 3.0)
    assert [target.requests(probes) for probes in (1_000, 1_001)] == [20_000, 20_020]
    assert (target.rate, target.concurrency, target.failures) == (None, 16, None)
    assert target.document_file == tmp_path / "openapi.yaml"
    assert target.document_path is None
    assert target.secrets() == {}


def test_words(full: Target) -> None:
    assert str(full.base_url) == "http://127.0.0.1:8000/base"
    assert full.document_file is None
    assert full.document_path == "/base/openapi.json"
    assert (full.auth["key"].name, full.auth["token"].name) == ("Authorization", "X-Token")
    assert full.auth["token"].template == "{key}"
    assert full.public == ("GET /**", "HEAD /")
    assert full.expect.unauthenticated == (401,)
    assert full.denied_when[0].location == "/login"
    assert full.denied_when[1].json_ == {"$.success": False, "$.errors[0].code": None}
    assert full.resources["release_file"].unique == ("slug", "url")
    assert full.resources["release_file"].body == {
        "release": "{release.uri}",
        "size": 1,
        "ratio": 1000.0,
        "note": None,
    }
    assert full.resources["user"].marker is None
    assert full.operations.never == ("POST /shutdown", "DELETE /**")
    assert full.urls.fields["signature"].suffix == ".asc"
    assert full.urls.fields["homepage"].rule == "none"
    assert (full.limits.deadline, full.requests(2_001), full.limits.settle) == (0.5, 50, 0.0)
    assert (full.rate, full.concurrency, full.failures) == (1.5, 2, 7)


def test_identities(full: Target) -> None:
    assert [identity.name for identity in full.identities] == ["admin", "second", "plain", "reader", "gone", "nokey"]
    assert full.identity("admin") == Identity(
        "admin", username="release-admin", key=Secret("admin-5ecret"), privileged=True, auth="key"
    )
    assert full.identity("reader").may == ("GET /**",)
    assert full.identity("reader").username is None
    assert full.identity("gone").state == "inactive"
    assert full.identity("plain").alive == "GET /api/v2/me/"
    assert full.identity("nokey").key is None
    with pytest.raises(KeyError):
        full.identity("guest")


def test_the_only_channel_is_everybodys(tmp_path: Path) -> None:
    text = SMALL + "auth: {way: {channel: bearer}}\nidentities: {admin: {key: abc}}\n"
    assert load(written(tmp_path, text), environment={}).identity("admin").auth == "way"


def test_without_auth_the_channel_is_left_open(tmp_path: Path) -> None:
    assert load(written(tmp_path, SMALL + "identities: {a: {key: b}}\n"), environment={}).identity("a").auth == ""


def test_secrets_by_label(full: Target) -> None:
    assert full.variables == {
        "admin": "ADMIN",
        "gone": "GONE",
        "second": "SECOND_KEY",
        "plain": "PLAIN_KEY",
        "reader": "READER_KEY",
    }
    assert full.secrets() == {
        "ADMIN": "admin-5ecret",
        "GONE": "gone-5ecret",
        "SECOND_KEY": "literal-5ecret",
        "PLAIN_KEY": "pre-admin-5ecret",
        "READER_KEY": "reader-5ecret",
    }


def test_a_label_means_one_key(tmp_path: Path) -> None:
    text = SMALL + (
        "identities:\n  a: {key: '${B_X_KEY}'}\n  b-x: {username: u, key: one}\n  b_x: {key: two}\n"
        "  c: {key: '${B_X_KEY}', username: c}\n"
    )
    target = load(written(tmp_path, text), environment={"B_X_KEY": "zero"})
    assert target.secrets() == {"B_X_KEY": "zero", "B_X_KEY_2": "one", "B_X_KEY_3": "two"}
    assert target.variables["c"] == "B_X_KEY"


def test_text_has_no_secret_and_loads_again(full: Target, tmp_path: Path) -> None:
    assert "5ecret" not in full.text
    again = load(written(tmp_path, full.text), environment=full.secrets())
    assert again.model_dump() == full.model_dump()
    assert again.identities == full.identities
    assert again.secrets() == full.secrets()
    assert again.text == full.text


def test_text_has_no_secret_behind_an_alias(tmp_path: Path) -> None:
    text = SMALL + "identities:\n  a: &a {username: u, key: &k 5ecret}\n  b: {<<: *a, username: b}\n  c: {key: *k}\n"
    target = load(written(tmp_path, text), environment={})
    assert "5ecret" not in target.text
    assert load(written(tmp_path, target.text), environment=target.secrets()).identities == target.identities


def test_nothing_shown_holds_a_secret(full: Target) -> None:
    shown = [repr(full), str(full), repr(full.identities), repr(full.variables), repr(full.model_dump())]
    assert not [text for text in shown if "5ecret" in text]


def test_target_cannot_be_changed(full: Target) -> None:
    with pytest.raises(ValidationError):
        full.name = "other"


def test_json_is_welcome(tmp_path: Path) -> None:
    data = {"version": 1, "name": "x", "base_url": "http://localhost", "openapi": "/o.json", "public": ["GET /"]}
    file = tmp_path / "target.json"
    file.write_text(json.dumps(data))
    assert load(file, environment={}).public == ("GET /",)


def test_source(full: Target, tmp_path: Path) -> None:
    assert full.source == tmp_path / "target.yaml"


class TestFlag:
    def test_takes_the_place_of_the_word(self, tmp_path: Path) -> None:
        file = written(tmp_path, SMALL.replace("http://127.0.0.1:8000", "https://staging.example.org"))
        target = load(file, environment={}, base_url="http://[::1]:4711")
        assert target.base_url.origin == "http://[::1]:4711"
        assert "base_url: http://[::1]:4711" in target.text

    def test_word_may_be_absent(self, tmp_path: Path) -> None:
        file = written(tmp_path, "version: 1\nname: staging\nopenapi: openapi.yaml\n")
        assert load(file, environment={}, base_url="http://localhost:1").base_url.port == 1

    @pytest.mark.parametrize(
        ("flag", "line"),
        [
            (
                "https://example.org",
                "--base-url: is not this machine, and nothing shows that its owner wants it tested; run "
                "`holdfast proof`, serve its token there, and write it under 'proof'",
            ),
            (
                "localhost",
                "--base-url: must be http:// or https://, a host, and perhaps a port and a path, "
                "like http://127.0.0.1:8000",
            ),
            (
                "http://a:5ecret@localhost",
                "--base-url: must not hold a user name or password; name them under 'identities'",
            ),
        ],
    )
    def test_message_names_the_flag(self, tmp_path: Path, flag: str, line: str) -> None:
        with pytest.raises(ConfigError) as raised:
            load(written(tmp_path, SMALL), environment={}, base_url=flag)
        assert str(raised.value) == line


@pytest.mark.parametrize(("name", "reason"), [("none.yaml", "no such file or directory"), ("", "is a directory")])
def test_unreadable_file(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path / name, environment={})
    assert str(raised.value) == f"{tmp_path / name}: cannot be read ({reason}); check the path"
    assert raised.value.__context__ is None


EVERY_WAY = (
    SMALL.replace("openapi: openapi.yaml", "openapi: {from: /spec.json, as: admin}")
    + """\
auth:
  key: {channel: header, template: "ApiKey {username}:{key}"}
  query: {channel: query, parameters: {username: "{username}", api_key: "{key}"}, legacy: true}
  jwt:
    channel: header
    template: "Bearer {token}"
    login:
      operation: POST /token
      form: {username: "{username}", password: "{password}", grant_type: password}
      token: $.access_token
      refresh: {operation: POST /refresh, json: {refresh: "{refresh}"}, from: $.refresh}
  web: {channel: cookie, login: {operation: POST /login, json: {user: {name: "{username}", pw: "{key}"}}, cookie: sid}}
identities:
  admin: {username: root, key: "${ADMIN}", privileged: true, auth: jwt}
  session: {of: admin, cookie: {sessionid: "${GONE}", csrf: csrf-5ecret}, alive: GET /me, throwaway: true}
  website: {of: admin, auth: web}
  loose: {username: l, cookie: {sid: loose-5ecret}}
  fresh: {resource: user}
protected:
  - PUT /x
  - {operation: "PUT /users/*", proof: body.token, from: {operation: POST /users, value: $.token}}
resources:
  user:
    create: [POST /users, "POST /users/{name}"]
    body: {copy: fixture, name: "{marker}"}
    needs: ["POST /users/{id}/check", {operation: "POST /users/{id}/wait", until: "GET /users/{id} 200"}]
    owner: creator
    draft: {is_published: false, since: null}
    draft_hides: [file]
    privileged_fields: [admin]
    effect: {login: {username: "{name}", password: "{password}"}, then: GET /me, field: $.admin}
  file: {owner: {owner_field: [body.username, path.name]}}
fixtures: {os: 1, "GET /things/{id}/history": {id: 7}, id: x}
operations: {add: [GET /debug, {operation: "POST /hooks/{id}", public: true}], refuse_only: ["DELETE /all"]}
policy: {crash: warn}
"""
)


@pytest.fixture
def every(tmp_path: Path) -> Target:
    return load(written(tmp_path, EVERY_WAY), environment=ENVIRONMENT)


def test_ways_in(every: Target) -> None:
    assert (every.openapi, every.document_path, every.document.as_) == ("/spec.json", "/spec.json", "admin")
    assert every.auth["query"].pairs == {"username": "{username}", "api_key": "{key}"}
    assert every.auth["query"].legacy
    login = every.auth["jwt"].login
    assert login is not None
    assert login.refresh is not None
    assert (login.operation, login.token, login.cookie) == ("POST /token", "$.access_token", None)
    assert (login.refresh.from_, login.refresh.token) == ("$.refresh", None)
    assert every.auth["web"].pairs == {"sid": "{token}"}


def test_accounts_sessions_and_what_is_to_be_made(every: Target) -> None:
    assert [one.name for one in every.identities] == ["admin", "loose"]
    assert [one.name for one in every.made] == ["fresh"]
    assert every.made[0].resource == "user"
    session, website = every.sessions
    assert (session.of, session.username, session.privileged, session.throwaway) == ("admin", "root", True, True)
    assert (session.auth, session.key) == ("cookie:sessionid", Secret("gone-5ecret"))
    assert [name for name, _ in session.cookies] == ["sessionid", "csrf"]
    assert (website.auth, website.username, website.key) == ("web", "root", Secret("admin-5ecret"))
    assert every.identity("loose").auth == "cookie:sid"


def test_labels_of_cookies(every: Target, tmp_path: Path) -> None:
    assert every.secrets() == {
        "ADMIN": "admin-5ecret",
        "GONE": "gone-5ecret",
        "SESSION_COOKIE": "csrf-5ecret",
        "LOOSE_COOKIE": "loose-5ecret",
    }
    assert every.variables == {
        "admin": "ADMIN",
        "session": "GONE",
        "session cookie:sessionid": "GONE",
        "session cookie:csrf": "SESSION_COOKIE",
        "website": "ADMIN",
        "loose": "LOOSE_COOKIE",
        "loose cookie:sid": "LOOSE_COOKIE",
    }
    assert "5ecret" not in every.text
    assert "5ecret" not in repr(every) + repr(every.sessions)
    again = load(written(tmp_path, every.text), environment=every.secrets())
    assert again.model_dump() == every.model_dump()
    assert again.sessions == every.sessions


def test_what_is_said_of_resources(every: Target) -> None:
    user, file = every.resources["user"], every.resources["file"]
    assert (user.create, user.creations) == ("POST /users", ("POST /users", "POST /users/{name}"))
    assert (user.body, user.copies_fixture) == ({"name": "{marker}"}, True)
    assert [(one.operation, one.until) for one in user.needs] == [
        ("POST /users/{id}/check", None),
        ("POST /users/{id}/wait", "GET /users/{id} 200"),
    ]
    assert user.owner is not None
    assert user.owner.owner_field == ()
    assert (user.draft, user.draft_hides, user.privileged_fields) == (
        {"is_published": False, "since": None},
        ("file",),
        ("admin",),
    )
    assert user.effect is not None
    assert (user.effect.login.password, user.effect.then, user.effect.field) == ("{password}", "GET /me", "$.admin")
    assert file.owner is not None
    assert file.owner.owner_field == ("body.username", "path.name")
    assert (file.create, file.body, file.copies_fixture) == (None, None, False)


def test_corrections_and_policy(every: Target) -> None:
    assert [(one.operation, one.public) for one in every.operations.add] == [
        ("GET /debug", False),
        ("POST /hooks/{id}", True),
    ]
    assert every.operations.refuse_only == ("DELETE /all",)
    assert [(one.operation, one.proof) for one in every.protected] == [("PUT /x", None), ("PUT /users/*", "body.token")]
    assert every.protected[1].from_ is not None
    assert every.protected[1].from_.value == "$.token"
    policy = every.policy
    assert (policy.crash, policy.invalid_on_read, policy.legacy_channels) == ("warn", "lenient", "refused")
    assert not policy.case_insensitive_names


def test_fixtures_by_parameter_and_by_operation(every: Target) -> None:
    assert every.fixture("GET /oses/{os}", "os") == "1"
    assert every.fixture("GET /things/{id}/history", "id") == "7"
    assert every.fixture("GET /things/{id}", "id") == "x"
    assert every.fixture("GET /things/{id}", "other") is None


SECRET = "Zq5ecretZq"
LINES = [(text, line) for text in (FULL, EVERY_WAY) for line in text.splitlines(keepends=True) if ":" in line]
MISTAKES = [
    *("{secret}", "'{secret}", '"{secret}\\q"', "[{secret}]", "{{a: {secret}}}", "!{secret}", "*{secret}", "&{secret}"),
    *(
        "${{{secret}",
        "'${{ADMIN}}{secret} '",
        "'{secret}${{X:-y}}'",
        "a: {secret}: 2",
        "- {secret}",
        "@{secret}",
        "|{secret}",
    ),
]
MISTAKES_OF_KEYS = [*MISTAKES, "{{{secret}}}", "{{{secret}: '${{X}}'}}", "{secret}: 1: 2", "[{{{secret}: 1}}]"]


def is_silent(file: Path) -> bool:
    """Whether the file loads, or does not without the secret being told."""
    try:
        load(file, environment=ENVIRONMENT)
    except ConfigError as error:
        return SECRET not in f"{error} {error!r}"
    return True


@settings(max_examples=200)
@given(line=st.sampled_from(LINES), mistake=st.sampled_from(MISTAKES))
def test_no_message_holds_a_secret_put_anywhere(
    tmp_path_factory: pytest.TempPathFactory, line: tuple[str, str], mistake: str
) -> None:
    text, one = line
    changed = f"{one.split(':')[0]}: {mistake.format(secret=SECRET)}\n"
    assert is_silent(written(tmp_path_factory.getbasetemp(), text.replace(one, changed)))


@pytest.mark.parametrize("mistake", MISTAKES_OF_KEYS)
@pytest.mark.parametrize("cookie", ["csrf-5ecret", "loose-5ecret", '"${GONE}"', "{sid: loose-5ecret}"])
def test_no_message_holds_a_badly_written_cookie(tmp_path: Path, mistake: str, cookie: str) -> None:
    assert is_silent(written(tmp_path, EVERY_WAY.replace(cookie, mistake.format(secret=SECRET))))


@pytest.mark.parametrize("mistake", MISTAKES_OF_KEYS)
@pytest.mark.parametrize("key", ["literal-5ecret", "reader-5ecret", '"${GONE}"', "key: literal-5ecret"])
def test_no_message_holds_a_badly_written_key(tmp_path: Path, mistake: str, key: str) -> None:
    assert is_silent(written(tmp_path, FULL.replace(key, mistake.format(secret=SECRET))))

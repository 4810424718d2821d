"""Whom the first embedded API takes a request for, at every build, judged by what its database holds afterwards."""

import http.client
import itertools
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import uvicorn

from harness.demo.accounts import (
    ADMIN,
    GONE,
    KEY_VARIABLES,
    KEYLESS,
    PLAIN,
    SESSION_VARIABLE,
    Account,
    Accounts,
    fresh_keys,
)
from harness.demo.app import application
from harness.demo.authentication import GuestsThroughTheHook
from harness.demo.builds import BUILDS, Build
from harness.demo.process import DemoServer, snapshot
from harness.demo.seed import PUBLISHED, UNPUBLISHED, fill
from harness.demo.store import Store
from tests.contract.demos import BUILD_NAMES, ENDS, Demos

LIST = "/api/v1/downloads/os/"
RELEASES = "/api/v1/downloads/release/"
UNKNOWN = "nobody-of-that-name"
BOGUS = "anything_here"
numbers = itertools.count(1)

Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request carries."""

    header: str | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    session: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """One credential, and the statuses of a read and of a write with it at each way of authentication."""

    name: str
    make: Callable[[Keys], Credential]
    old: tuple[int, int]
    apart: tuple[int, int]
    new: tuple[int, int]

    def at(self, build: str) -> tuple[int, int]:
        """The statuses at a build."""
        match BUILDS[build].authentication.__name__:
            case "GuestsThroughTheHook":
                return self.old
            case "GuestsApart":
                return self.apart
            case _:
                return self.new


def header(
    username: str, key_of: str | None = None, *, template: str = "ApiKey {u}:{k}"
) -> Callable[[Keys], Credential]:
    """A header naming a user, with the key of a user or else an arbitrary one."""

    def make(keys: Keys) -> Credential:
        key = BOGUS if key_of is None else keys[KEY_VARIABLES[key_of]]
        return Credential(template.format(u=username, k=key))

    return make


def query(username: str, key_of: str | None = None, *, signed: bool = False) -> Callable[[Keys], Credential]:
    """The same in the query, beside a valid header when `signed`."""

    def make(keys: Keys) -> Credential:
        key = BOGUS if key_of is None else keys[KEY_VARIABLES[key_of]]
        valid = header(ADMIN, ADMIN)(keys).header if signed else None
        return Credential(valid, {"username": username, "api_key": key})

    return make


def session(template: str = "", key_of: str | None = None, username: str = ADMIN) -> Callable[[Keys], Credential]:
    """The cookie of a browser that is logged in, beside a header when there is a template."""

    def make(keys: Keys) -> Credential:
        shown = header(username, key_of, template=template)(keys).header if template else None
        return Credential(shown, session=keys[SESSION_VARIABLE])

    return make


OPEN, SHUT, GUEST_ONLY = (200, 201), (401, 401), (200, 401)
CASES = (
    Case("none", lambda keys: Credential(), GUEST_ONLY, GUEST_ONLY, GUEST_ONLY),
    Case("valid", header(ADMIN, ADMIN), OPEN, OPEN, OPEN),
    Case("scheme-in-lower-case", header(ADMIN, ADMIN, template="apikey {u}:{k}"), OPEN, OPEN, OPEN),
    Case("fabricated-key", header(ADMIN), OPEN, SHUT, SHUT),
    Case("key-of-another-account", header(ADMIN, PLAIN), OPEN, SHUT, SHUT),
    Case("account-without-key", header(KEYLESS), OPEN, SHUT, SHUT),
    Case("third-part", header(ADMIN, ADMIN, template="ApiKey {u}:{k}:extra"), OPEN, SHUT, SHUT),
    Case("unknown-user", header(UNKNOWN), GUEST_ONLY, SHUT, SHUT),
    Case("unknown-user-known-key", header(UNKNOWN, ADMIN), GUEST_ONLY, SHUT, SHUT),
    Case("name-in-capitals", header(ADMIN.upper(), ADMIN), GUEST_ONLY, SHUT, SHUT),
    Case("plain-user", header(PLAIN, PLAIN), GUEST_ONLY, GUEST_ONLY, GUEST_ONLY),
    Case("plain-user-fabricated-key", header(PLAIN), GUEST_ONLY, SHUT, SHUT),
    Case("plain-user-staff-key", header(PLAIN, ADMIN), GUEST_ONLY, SHUT, SHUT),
    Case("inactive", header(GONE, GONE), OPEN, OPEN, SHUT),
    Case("inactive-fabricated-key", header(GONE), OPEN, SHUT, SHUT),
    Case("empty-key", header(ADMIN, template="ApiKey {u}:"), GUEST_ONLY, GUEST_ONLY, SHUT),
    Case("empty-name", header(ADMIN, ADMIN, template="ApiKey :{k}"), GUEST_ONLY, GUEST_ONLY, SHUT),
    Case("no-colon", header(ADMIN, template="ApiKey {u}"), GUEST_ONLY, GUEST_ONLY, SHUT),
    Case("two-spaces", header(ADMIN, ADMIN, template="ApiKey  {u}:{k}"), GUEST_ONLY, SHUT, SHUT),
    Case("scheme-alone", header(ADMIN, template="ApiKey"), GUEST_ONLY, GUEST_ONLY, SHUT),
    Case("other-scheme", header(ADMIN, ADMIN, template="Bearer {u}:{k}"), GUEST_ONLY, GUEST_ONLY, SHUT),
    Case("query", query(ADMIN, ADMIN), OPEN, OPEN, SHUT),
    Case("query-fabricated-key", query(ADMIN), OPEN, SHUT, SHUT),
    Case("query-beside-valid-header", query(PLAIN, signed=True), OPEN, OPEN, SHUT),
    Case("session", session(), OPEN, OPEN, GUEST_ONLY),
    Case("session-and-malformed-header", session("ApiKey {u}"), OPEN, OPEN, SHUT),
    Case("session-and-other-scheme", session("Bearer {k}"), OPEN, OPEN, SHUT),
    Case("session-and-fabricated-key", session("ApiKey {u}:{k}"), OPEN, SHUT, SHUT),
    Case("session-and-unknown-user", session("ApiKey {u}:{k}", username=UNKNOWN), OPEN, SHUT, SHUT),
    Case("session-and-plain-key", session("ApiKey {u}:{k}", PLAIN, PLAIN), GUEST_ONLY, GUEST_ONLY, GUEST_ONLY),
    Case("unknown-session", lambda keys: Credential(session=BOGUS), GUEST_ONLY, GUEST_ONLY, GUEST_ONLY),
)


@pytest.fixture(params=ENDS)
def demo(request: pytest.FixtureRequest, demos: Demos) -> DemoServer:
    return demos.of(request.param)


def send(method: str, base_url: str, path: str, credential: Credential, **more: object) -> requests.Response:
    """One request that follows no redirect and takes nothing from the environment."""
    signed = {} if credential.header is None else {"Authorization": credential.header}
    if credential.session is not None:
        signed["Cookie"] = f"sessionid={credential.session}"
    request = requests.Request(method, base_url + path, headers=signed, params=dict(credential.query))
    for name, value in more.items():
        setattr(request, name, value)
    with requests.Session() as session:
        session.trust_env = False
        return session.send(request.prepare(), timeout=10, allow_redirects=False)


def system() -> dict[str, str]:
    """The body of a new operating system."""
    return {"name": "Haiku", "slug": f"haiku-{next(numbers)}"}


def statuses(base_url: str, credential: Credential) -> tuple[int, int]:
    """What a read and a write with this credential answer."""
    read = send("GET", base_url, LIST, credential)
    return read.status_code, send("POST", base_url, LIST, credential, json=system()).status_code


def test_two_steps_changed_who_is_let_in_and_two_did_not() -> None:
    ways = [BUILDS[name].authentication for name in BUILD_NAMES]
    assert [one.__name__ for one in ways] == [
        "GuestsThroughTheHook",
        "GuestsApart",
        "GuestsApart",
        "HeaderAlone",
        "HeaderAlone",
    ]


@pytest.mark.parametrize("build", ["2014", "2026-02-24", "2026-06-04"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_write_is_stored_exactly_when_the_credential_is_taken(demos: Demos, build: str, case: Case) -> None:
    demo = demos.of(build)
    before = snapshot(demo.database)
    expected = case.at(build)

    assert statuses(demo.base_url, case.make(demo.environment)) == expected

    after = snapshot(demo.database)
    assert len(after["os"]) - len(before["os"]) == (expected[1] == 201)
    assert after["os"][: len(before["os"])] == before["os"]
    assert {**after, "os": []} == {**before, "os": []}


@pytest.mark.parametrize(
    ("who", "old", "new"),
    [
        (header(ADMIN, ADMIN), len(PUBLISHED + UNPUBLISHED), len(PUBLISHED + UNPUBLISHED)),
        (header(ADMIN), len(PUBLISHED + UNPUBLISHED), None),
        (header(PLAIN, PLAIN), len(PUBLISHED), len(PUBLISHED)),
        (header(UNKNOWN), len(PUBLISHED), None),
        (lambda keys: Credential(), len(PUBLISHED), len(PUBLISHED)),
    ],
    ids=["staff", "staff-fabricated-key", "plain", "unknown", "guest"],
)
def test_unpublished_releases_are_shown_to_whom_the_check_took_for_staff(
    demo: DemoServer, who: Callable[[Keys], Credential], old: int, new: int | None
) -> None:
    response = send("GET", demo.base_url, RELEASES, who(demo.environment))
    expected = old if demo.build == "2014" else new
    if expected is None:
        assert (response.status_code, response.content) == (401, b"")
    else:
        assert response.json()["meta"]["total_count"] == expected


def test_a_refusal_is_an_empty_page(demo: DemoServer) -> None:
    response = send("POST", demo.base_url, LIST, Credential(), json=system())
    assert (response.status_code, response.content) == (401, b"")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "WWW-Authenticate" not in response.headers


def test_credentials_in_a_json_body_are_never_read(demo: DemoServer) -> None:
    before = snapshot(demo.database)
    body = {**system(), "username": ADMIN, "api_key": demo.key(ADMIN)}
    assert send("POST", demo.base_url, LIST, Credential(), json=body).status_code == 401
    assert snapshot(demo.database) == before


def test_credentials_in_a_form(demo: DemoServer) -> None:
    before = snapshot(demo.database)
    form = {**system(), "username": ADMIN, "api_key": demo.key(ADMIN)}
    answered = send("POST", demo.base_url, LIST, Credential(), data=form).status_code
    assert answered == (415 if demo.build == "2014" else 401)
    assert snapshot(demo.database) == before


@pytest.mark.parametrize("first", ["valid", "fabricated"])
def test_two_authorization_headers_arrive_joined(demo: DemoServer, first: str) -> None:
    pair = [f"ApiKey {ADMIN}:{demo.key(ADMIN)}", f"ApiKey {ADMIN}:{BOGUS}"]
    connection = http.client.HTTPConnection(urlsplit(demo.base_url).netloc, timeout=10)
    connection.putrequest("GET", LIST)
    for value in pair if first == "valid" else reversed(pair):
        connection.putheader("Authorization", value)
    connection.endheaders()
    answered = connection.getresponse().status
    connection.close()
    assert answered == (200 if demo.build == "2014" else 401)


@contextmanager
def served(build: Build, folder: Path, keys: Keys) -> Iterator[str]:
    """The base URL of a build that no name stands for."""
    store = Store(folder / f"{next(numbers)}.sqlite3")
    fill(store)
    config = uvicorn.Config(application(build, store, Accounts(keys)), http="h11", log_level="warning", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            store.close()


@pytest.mark.parametrize(
    ("body_of", "authentication_of"),
    [("2014", "2026-02-24"), ("2026-02-24", "2014"), ("2026-02-25", "2026-06-04"), ("2026-06-04", "2026-02-25")],
)
def test_the_builds_authenticate_differently_in_one_class_alone(
    body_of: str, authentication_of: str, tmp_path: Path
) -> None:
    keys = fresh_keys()
    swapped = replace(BUILDS[body_of], authentication=BUILDS[authentication_of].authentication)
    with served(swapped, tmp_path, keys) as base_url:
        answers = {case.name: statuses(base_url, case.make(keys)) for case in CASES}
        valid = header(ADMIN, ADMIN)(keys)
        emptied = send("PUT", base_url, LIST, valid, json={"objects": []}).status_code

    assert answers == {case.name: case.at(authentication_of) for case in CASES}
    assert emptied == (405 if body_of == "2026-06-04" else 204)


class KeyCheckWithoutTheHook(GuestsThroughTheHook):
    """The class of 2014, except that its key check answers for itself."""

    def check_key(self, account: Account, key: str) -> bool:
        return account.key == key


def test_the_shared_hook_is_what_lets_a_wrong_key_in(tmp_path: Path) -> None:
    keys = fresh_keys()
    repaired = replace(BUILDS["2014"], authentication=KeyCheckWithoutTheHook)
    with served(repaired, tmp_path, keys) as base_url:
        answers = {case.name: statuses(base_url, case.make(keys)) for case in CASES}

    changed = {case.name for case in CASES if answers[case.name] != case.old}
    assert changed == {
        "fabricated-key",
        "key-of-another-account",
        "account-without-key",
        "third-part",
        "plain-user-fabricated-key",
        "plain-user-staff-key",
        "inactive-fabricated-key",
        "session-and-fabricated-key",
        "query-fabricated-key",
    }
    assert {answers[name] for name in changed} == {(401, 401)}

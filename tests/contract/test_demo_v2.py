"""What the second embedded API answers and stores, before and after its repair, against the measured facts."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests

from harness.demo.accounts import ADMIN, GONE, PLAIN
from harness.demo.process import DemoServer, snapshot
from harness.demo.seed import PUBLISHED, UNPUBLISHED
from tests.contract.demos import BUILD_NAMES, ENDS, Demos, place

API = "/api/v2/downloads/"
OS, RELEASE, FILE = f"{API}os/", f"{API}release/", f"{API}release_file/"
BULK = f"{FILE}delete_by_release/"
HOST = "https://www.python.org/ftp/new"
HIDDEN = len(PUBLISHED) + 1
SYSTEM = {"name": "Haiku", "slug": "haiku"}
NEW_FILE = {"name": "new", "slug": "new", "os": f"{OS}4/", "release": f"{RELEASE}1/", "url": HOST}


@pytest.fixture(params=ENDS)
def demo(request: pytest.FixtureRequest, demos: Demos) -> DemoServer:
    return demos.of(request.param)


@pytest.fixture
def new(demos: Demos) -> DemoServer:
    return demos.of(BUILD_NAMES[-1])


def send(
    demo: DemoServer,
    method: str,
    path: str,
    body: object = None,
    *,
    user: str | None = None,
    headers: Mapping[str, str] | None = None,
    data: object = None,
    files: object = None,
) -> requests.Response:
    """One request that follows no redirect; a body goes as JSON, `data` as it is or as a form."""
    signed = demo.token(user) if user else {}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            demo.base_url + path,
            json=body,
            data=data,  # type: ignore[arg-type]
            files=files,  # type: ignore[arg-type]
            headers={**signed, **(headers or {})},
            timeout=10,
            allow_redirects=False,
        )


# Reading


def test_a_list_is_an_array_of_objects_with_absolute_addresses(demo: DemoServer) -> None:
    listed = send(demo, "GET", FILE, headers={"Host": "mirror.example"}).json()
    assert len(listed) == 24
    assert listed[0]["resource_uri"] == f"http://mirror.example{FILE}1/"
    assert listed[0]["release"] == f"http://mirror.example{RELEASE}1/"
    assert send(demo, "GET", f"{FILE}1/").json()["os"] == f"{demo.base_url}{OS}1/"
    assert send(demo, "GET", f"{RELEASE}1/").json()["release_date"] == "2026-02-03T12:00:00Z"
    assert send(demo, "GET", f"{FILE[:-1]}.json").json() == send(demo, "GET", FILE).json()
    assert send(demo, "HEAD", FILE).content == b""


def test_drafts_are_for_staff_and_their_files_for_everybody(demo: DemoServer) -> None:
    for user, count, status in ((None, 5, 404), (PLAIN, 5, 404), (ADMIN, len(PUBLISHED + UNPUBLISHED), 200)):
        assert len(send(demo, "GET", RELEASE, user=user).json()) == count
        assert send(demo, "GET", f"{RELEASE}{HIDDEN}/", user=user).status_code == status
    missing = send(demo, "GET", f"{RELEASE}{HIDDEN}/").json()
    assert missing == {"detail": "No Release matches the given query."}
    assert len(send(demo, "GET", f"{FILE}?release={HIDDEN}").json()) == 3


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{OS}?slug=macos", 1),
        (f"{OS}?unknown=1", 4),
        (f"{RELEASE}?is_published=perhaps&name=", 5),
        (f"{RELEASE}?version=2", 1),
        (f"{RELEASE}?version=7", 400),
        (f"{RELEASE}?release_date=2026-02-03T12:00:00Z", 5),
        (f"{RELEASE}?release_date=soon", 400),
        (f"{FILE}?os=1&release=2", 1),
        (f"{FILE}?description__contains=x", 0),
        (f"{FILE}?release=999", 400),
        (f"{FILE}?os=x", 400),
        (f"{FILE}?api_key=x", 400),
        (f"{FILE}?format=json", 400),
    ],
)
def test_filters(new: DemoServer, path: str, expected: int) -> None:
    answer = send(new, "GET", path)
    if expected == 400:
        assert answer.status_code == 400
        assert all(isinstance(texts, list) for texts in answer.json().values())
    else:
        assert len(answer.json()) == expected


def test_slashes_methods_and_types(demo: DemoServer) -> None:
    redirect = send(demo, "DELETE", f"{FILE}1?x=1", user=ADMIN)
    assert (redirect.status_code, redirect.headers["Location"]) == (301, f"{FILE}1/?x=1")
    options = send(demo, "OPTIONS", f"{FILE}1/")
    assert (options.status_code, options.headers["Allow"]) == (200, "GET, PUT, PATCH, DELETE, HEAD, OPTIONS")
    assert send(demo, "OPTIONS", BULK).headers["Allow"] == "DELETE, OPTIONS"
    assert send(demo, "GET", BULK).json() == {"detail": 'Method "GET" not allowed.'}
    assert send(demo, "GET", OS, headers={"Accept": "text/html"}).status_code == 406
    assert send(demo, "GET", f"{OS}x/").json() == {"detail": "Not found."}
    assert send(demo, "GET", OS, headers={"X-HTTP-Method-Override": "POST"}, body=SYSTEM).status_code == 200


# Who


@pytest.mark.parametrize(
    ("header", "read", "write"),
    [
        (None, 200, 401),
        ("Token {admin}", 200, 201),
        ("tOKEN  {admin}", 200, 201),
        ("Token {plain}", 200, 403),
        ("Token {gone}", 401, 401),
        ("Token nothing", 401, 401),
        ("Token", 401, 401),
        ("Token {admin} more", 401, 401),
        ("Token {admin},Token {admin}", 401, 401),
        ("Bearer {admin}", 200, 401),
        ("ApiKey release-manager:{key}", 200, 401),
    ],
)
def test_tokens(demo: DemoServer, header: str | None, read: int, write: int) -> None:
    bare = {name: demo.token(user)["Authorization"][6:] for name, user in zip("apg", (ADMIN, PLAIN, GONE), strict=True)}
    values = {"admin": bare["a"], "plain": bare["p"], "gone": bare["g"], "key": demo.key(ADMIN)}
    headers = {} if header is None else {"Authorization": header.format(**values)}
    before = snapshot(demo.database)
    assert send(demo, "GET", OS, headers=headers).status_code == read
    answer = send(demo, "POST", OS, SYSTEM, headers=headers)
    assert answer.status_code == write
    assert ("WWW-Authenticate" in answer.headers) is (write == 401)
    assert (snapshot(demo.database) == before) is (write != 201)
    if write != 201:
        assert list(answer.json()) == ["detail"]


def test_rights_come_before_method_type_body_and_object(demo: DemoServer) -> None:
    requests_made: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
        ("PUT", OS, 405, {}),
        ("POST", OS, 415, {"data": b"{}", "headers": {"Content-Type": "text/plain"}}),
        ("POST", OS, 415, {"data": b"{}"}),
        ("POST", OS, 400, {"data": b"{", "headers": {"Content-Type": "application/json"}}),
        ("DELETE", f"{OS}999/", 404, {}),
        ("DELETE", BULK, 400, {}),
    )
    for method, path, status, more in requests_made:
        answers = {user: send(demo, method, path, user=user, **more).status_code for user in (None, PLAIN, ADMIN)}
        assert answers == {None: 401, PLAIN: 403, ADMIN: status}


# Writing


def test_an_object_is_created_changed_and_removed(demo: DemoServer) -> None:
    before = snapshot(demo.database)
    made = send(demo, "POST", FILE, {**NEW_FILE, "name": " new\n", "resource_uri": "x", "other": 1}, user=ADMIN)
    assert made.status_code == 201
    assert made.headers["Location"] == made.json()["resource_uri"] == f"{demo.base_url}{FILE}25/"
    assert (made.json()["name"], made.json()["os"], made.json()["filesize"]) == ("new", f"{demo.base_url}{OS}4/", 0)
    path = f"{FILE}25/"
    changed = send(demo, "PATCH", path, {"description": "a marker"}, user=ADMIN)
    assert (changed.status_code, changed.json()["description"]) == (200, "a marker")
    assert send(demo, "PUT", path, {"name": "x"}, user=ADMIN).json()["slug"] == ["This field is required."]
    replaced = send(demo, "PUT", path, made.json(), user=ADMIN)
    assert (replaced.status_code, replaced.json()) == (200, made.json())
    removed = send(demo, "DELETE", path, user=ADMIN)
    assert (removed.status_code, removed.content) == (204, b"")
    assert snapshot(demo.database) == before
    assert send(demo, "DELETE", path, user=ADMIN).status_code == 404


def test_both_kinds_of_form_are_read(demo: DemoServer) -> None:
    form = {"name": "Python 4", "slug": "python-4", "version": "100"}
    made = send(demo, "POST", RELEASE, data=form, user=ADMIN)
    assert (made.status_code, made.json()["version"], made.json()["show_on_download_page"]) == (201, 100, False)
    parts = {name: (None, value) for name, value in {**form, "slug": "python-41", "is_published": "true"}.items()}
    made = send(demo, "POST", RELEASE, files=parts, user=ADMIN)
    assert (made.status_code, made.json()["slug"], made.json()["is_published"]) == (201, "python-41", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", ""),
        ("name", ["x"]),
        ("name", "x" * 201),
        ("name", "a\0b"),
        ("slug", "with space"),
        ("slug", "3140-windows"),
        ("url", ""),
        ("url", "javascript:alert(1)"),
        ("url", "https://www.python.org/ftp/python/3.14.0/python-3.14.0-amd64.exe"),
        ("gpg_signature_file", None),
        ("os", 1),
        ("os", {"name": "x"}),
        ("os", "/api/v1/downloads/os/1/"),
        ("os", f"{OS}999/"),
        ("filesize", "many"),
        ("filesize", 2**31),
        ("is_source", "perhaps"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(demo: DemoServer, field: str, value: object) -> None:
    before = snapshot(demo.database)
    answer = send(demo, "POST", FILE, {**NEW_FILE, field: value}, user=ADMIN)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert snapshot(demo.database) == before


@pytest.mark.parametrize(
    ("field", "value"), [("version", 7), ("release_date", "soon"), ("release_notes_url", "javascript:alert(1)")]
)
def test_releases_are_looked_at_more_closely_than_in_the_first_api(demo: DemoServer, field: str, value: object) -> None:
    body = {"name": "x", "slug": "x", "release_notes_url": "ftp://elsewhere.example/", field: value}
    assert list(send(demo, "POST", RELEASE, body, user=ADMIN).json()) == [field]
    del body[field]
    assert send(demo, "POST", RELEASE, body, user=ADMIN).status_code == 201


def test_a_list_is_no_object(demo: DemoServer) -> None:
    assert list(send(demo, "POST", OS, [], user=ADMIN).json()) == ["non_field_errors"]


def test_a_pair_with_a_button_takes_no_further_file(demo: DemoServer) -> None:
    body = {**NEW_FILE, "os": f"{OS}1/"}
    answer = send(demo, "POST", FILE, body, user=ADMIN)
    taken = {"non_field_errors": ["The fields os, release must make a unique set."]}
    assert (answer.status_code, answer.json()) == (400, taken)
    assert send(demo, "PATCH", f"{FILE}1/", {"description": "x"}, user=ADMIN).status_code == 200


def test_a_second_button_is_left_to_the_database(demo: DemoServer) -> None:
    before = snapshot(demo.database)
    moved = send(demo, "PATCH", f"{FILE}4/", {"release": f"{RELEASE}1/"}, user=ADMIN)
    assert moved.status_code == 400
    first = send(demo, "POST", FILE, NEW_FILE, user=ADMIN)
    assert send(demo, "POST", FILE, {**NEW_FILE, "slug": "b", "url": f"{HOST}b"}, user=ADMIN).status_code == 201
    for number, status in ((25, 200), (26, 500)):
        answer = send(demo, "PATCH", f"{FILE}{number}/", {"download_button": True}, user=ADMIN)
        assert answer.status_code == status
    assert first.status_code == 201
    assert answer.headers["Content-Type"].startswith("text/html")
    assert snapshot(demo.database)["release_file"][:24] == before["release_file"]


def test_an_old_http_address_may_stay(demos: Demos) -> None:
    demo = demos.of("2026-06-04")
    patch = {"url": "http://www.python.org/old", "gpg_signature_file": "", "sigstore_bundle_file": ""}
    assert send(demo, "PATCH", f"{FILE}1/", {**patch, "sbom_spdx2_file": ""}, user=ADMIN).status_code == 200
    rows = snapshot(demo.database)
    new = demos.of("2026-06-09")
    place(new, rows)
    assert send(new, "PATCH", f"{FILE}1/", {"description": "x"}, user=ADMIN).status_code == 200
    assert send(new, "PATCH", f"{FILE}1/", {"url": "http://www.python.org/new"}, user=ADMIN).status_code == 400
    sidecar = {"gpg_signature_file": "https://www.python.org/old.asc"}
    assert send(new, "PATCH", f"{FILE}1/", sidecar, user=ADMIN).status_code == 400


# Deleting in bulk


@pytest.mark.parametrize(
    ("query", "status", "gone"),
    [
        ("release=1", 204, {1, 2, 3}),
        ("release=%2B1%20", 204, {1, 2, 3}),
        ("release=1&unknown=1", 204, {1, 2, 3}),
        ("release=1&release=2", 204, {4, 5, 6}),
        ("release=999", 204, set()),
        ("release=99999999999999999999", 500, set()),
        ("release=1.0", 400, set()),
        ("release[]=1", 400, set()),
        ("", 400, set()),
    ],
)
def test_bulk_delete(new: DemoServer, query: str, status: int, gone: set[int]) -> None:
    before = snapshot(new.database)
    for user, refusal in ((None, 401), (PLAIN, 403)):
        assert send(new, "DELETE", f"{BULK}?{query}", user=user).status_code == refusal
    assert snapshot(new.database) == before
    answer = send(new, "DELETE", f"{BULK}?{query}", user=ADMIN)
    assert answer.status_code == status
    assert status == 500 or answer.content == b""
    kept = [row for row in before["release_file"] if row["id"] not in gone]
    assert snapshot(new.database) == {**before, "release_file": kept}


@pytest.mark.parametrize("query", ["release=1&unknown=1", "release=99999999999999999999", "release=x", ""])
def test_a_filtered_bulk_delete_is_strict_about_everything_but_blanks(demos: Demos, query: str) -> None:
    demo = demos.of("2014")
    before = snapshot(demo.database)
    assert send(demo, "DELETE", f"{BULK}?{query}", user=ADMIN).status_code == 400
    assert snapshot(demo.database) == before


# The document


def test_the_document_describes_the_second_api_alone(demos: Demos) -> None:
    for build in BUILD_NAMES:
        document = send(demos.of(build), "GET", "/openapi-v2.json").json()
        assert document["info"]["version"] == build
        methods = {path: set(operations) for path, operations in document["paths"].items()}
        assert methods == {
            BULK: {"delete"},
            **{path: {"get", "post"} for path in (OS, RELEASE, FILE)},
            **{f"{path}{{id}}/": {"get", "put", "patch", "delete"} for path in (OS, RELEASE, FILE)},
        }
        assert document["components"]["securitySchemes"]["Token"]["x-value-format"] == "Token {key}"
        sent = document["components"]["schemas"]["ReleaseFileInput"]
        assert sent["required"] == ["name", "slug", "os", "release", "url"]
        assert ("pattern" in sent["properties"]["url"]) is (build == "2026-06-09")
        names = [one["operationId"] for path in document["paths"].values() for one in path.values()]
        assert len(names) == len(set(names)) == 19
        first = send(demos.of(build), "GET", "/openapi.json").json()
        assert all(path.startswith("/api/v1/") for path in first["paths"])


def test_the_root_tells_the_address_of_every_list(demo: DemoServer) -> None:
    told = send(demo, "GET", "/api/v2/")
    assert told.json()["downloads/os"] == demo.base_url + OS
    assert len(told.json()) == 3
    assert send(demo, "POST", "/api/v2/", {}).status_code == 401
    assert send(demo, "POST", "/api/v2/", {}, user=ADMIN).status_code == 405

"""What the first embedded API answers and stores, before and after its repair, against the facts that were measured."""

import itertools
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from harness.demo.accounts import ADMIN, PLAIN, SECRET_VARIABLES
from harness.demo.builds import BUILDS
from harness.demo.process import DemoServer, snapshot
from harness.demo.seed import PUBLISHED, UNPUBLISHED
from harness.demo.store import Rows
from tests.contract.demos import ENDS, Demos

API = "/api/v1/downloads/"
OS, RELEASE, FILE = f"{API}os/", f"{API}release/", f"{API}release_file/"
HOST = "https://www.python.org/"
APOLOGY = {"error_message": "Sorry, this request could not be processed. Please try again later."}
numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Client:
    """A user of one server."""

    demo: DemoServer
    user: str | None = None
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def send(self, method: str, path: str, **more: object) -> requests.Response:
        """One request that follows no redirect."""
        headers = {} if self.user is None else self.demo.authorization(self.user)
        extra = more.pop("headers", {})
        assert isinstance(extra, Mapping)
        self.session.trust_env = False
        url = self.demo.base_url + path
        return self.session.request(
            method,
            url,
            headers={**headers, **extra},
            timeout=10,
            allow_redirects=False,
            **more,  # type: ignore[arg-type]
        )

    def held(self) -> dict[str, Rows]:
        """What the database holds."""
        return snapshot(self.demo.database)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture(params=ENDS)
def staff(request: pytest.FixtureRequest, demos: Demos, session: requests.Session) -> Client:
    return Client(demos.of(request.param), ADMIN, session)


@pytest.fixture
def old(demos: Demos, session: requests.Session) -> Client:
    return Client(demos.of("2014"), ADMIN, session)


@pytest.fixture
def new(demos: Demos, session: requests.Session) -> Client:
    return Client(demos.of("2026-06-09"), ADMIN, session)


def guest(client: Client) -> Client:
    return Client(client.demo, None, client.session)


def plain(client: Client) -> Client:
    return Client(client.demo, PLAIN, client.session)


def system(**more: object) -> dict[str, object]:
    return {"name": "Haiku", "slug": f"haiku-{next(numbers)}", **more}


def release(**more: object) -> dict[str, object]:
    return {"name": "Python 3.98.0", "slug": f"python-398-{next(numbers)}", **more}


def file(**more: object) -> dict[str, object]:
    slug = f"file-{next(numbers)}"
    return {"name": slug, "slug": slug, "os": f"{OS}1/", "release": f"{RELEASE}1/", "url": f"{HOST}{slug}", **more}


# Reading


def test_lists_page(staff: Client) -> None:
    first = guest(staff).send("GET", FILE).json()
    assert list(first["meta"]) == ["limit", "next", "offset", "previous", "total_count"]
    assert (first["meta"]["limit"], first["meta"]["offset"], first["meta"]["previous"]) == (20, 0, None)
    assert len(first["objects"]) == 20 < first["meta"]["total_count"]
    second = guest(staff).send("GET", first["meta"]["next"]).json()
    assert len(second["objects"]) == first["meta"]["total_count"] - 20
    assert second["meta"]["next"] is None
    assert second["meta"]["previous"] == f"{FILE}?limit=20&offset=0"
    total = first["meta"]["total_count"]
    assert guest(staff).send("GET", f"{FILE}?limit={total}").json()["meta"]["next"] is None
    every = guest(staff).send("GET", f"{FILE}?limit=0").json()
    assert every["objects"] == first["objects"] + second["objects"]


@pytest.mark.parametrize(
    "query", ["limit=x", "limit=-1", "offset=x", "order_by=name", "url=x", "os=x", "release__url=x"]
)
def test_senseless_queries_are_bad_requests(staff: Client, query: str) -> None:
    response = guest(staff).send("GET", f"{FILE}?{query}")
    assert response.status_code == 400
    assert list(response.json()) == ["error"]


def test_an_offset_beyond_the_database_is_a_server_error(staff: Client) -> None:
    response = guest(staff).send("GET", f"{FILE}?offset={2**63}")
    assert (response.status_code, response.json()) == (500, APOLOGY)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("slug=3140-windows", 1),
        ("release=1", 3),
        ("os=1&release=2", 1),
        ("os__slug=macos", 8),
        ("release__is_published=false", 9),
        ("release__version__startswith=2", 3),
        ("description__contains=x", 0),
        ("unknown=1", 24),
        ("slug=3140-windows&slug=none", 0),
        ("release=999", 0),
    ],
)
def test_lists_can_be_filtered(staff: Client, query: str, count: int) -> None:
    assert guest(staff).send("GET", f"{FILE}?{query}").json()["meta"]["total_count"] == count


def test_unpublished_releases_are_for_staff(staff: Client) -> None:
    listed = {len(client.send("GET", RELEASE).json()["objects"]) for client in (guest(staff), plain(staff))}
    assert listed == {len(PUBLISHED)}
    assert len(staff.send("GET", RELEASE).json()["objects"]) == len(PUBLISHED + UNPUBLISHED)
    hidden = f"{RELEASE}{len(PUBLISHED) + 1}/"
    refused = guest(staff).send("GET", hidden)
    assert (refused.status_code, refused.content) == (401, b"")
    assert staff.send("GET", hidden).json()["is_published"] is False
    assert guest(staff).send("GET", f"{FILE}?release={len(PUBLISHED) + 1}").json()["meta"]["total_count"] == 3


def test_an_object_has_an_address_and_no_number(staff: Client) -> None:
    found = guest(staff).send("GET", f"{FILE}2/").json()
    assert found["resource_uri"] == f"{FILE}2/"
    assert (found["os"], found["release"]) == (f"{OS}2/", f"{RELEASE}1/")
    assert (found["is_source"], found["download_button"], found["filesize"]) == (False, False, 25_000_000)
    assert "id" not in found


@pytest.mark.parametrize("item", ["999", "x", "0", "scheme", "9" * 30])
def test_missing_objects_are_not_found(staff: Client, item: str) -> None:
    response = guest(staff).send("GET", f"{OS}{item}/")
    assert (response.status_code, response.content) == (404, b"")


# Methods and addresses


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [OS, f"{FILE}1/"])
def test_without_its_slash_a_path_redirects_every_method(staff: Client, method: str, path: str) -> None:
    before = staff.held()
    response = staff.send(method, f"{path.removesuffix('/')}?limit=1", json={})
    assert (response.status_code, response.headers["Location"]) == (301, f"{path}?limit=1")
    assert staff.held() == before


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(OS, "GET,POST"), (RELEASE, "GET,POST"), (FILE, "GET,POST,DELETE"), (f"{FILE}1/", "GET,DELETE")],
)
def test_methods_that_were_taken_away(new: Client, path: str, allowed: str) -> None:
    for method in {"HEAD", "PUT", "PATCH", "DELETE", "POST"} - set(allowed.split(",")):
        response = guest(new).send(method, path, data="not json")
        assert (response.status_code, response.content) == (405, b"")
        assert response.headers["Allow"] == allowed
    options = guest(new).send("OPTIONS", path)
    assert (options.status_code, options.text, options.headers["Allow"]) == (200, allowed, allowed)


def test_post_to_an_object_is_not_implemented(old: Client) -> None:
    assert old.send("POST", f"{OS}1/", json=system()).status_code == 501


def test_an_override_header_is_obeyed_before_the_method_check(staff: Client) -> None:
    before = staff.held()
    override = {"X-HTTP-Method-Override": "put"}
    answered = guest(staff).send("POST", OS, json={"objects": []}, headers=override).status_code
    assert answered == (401 if staff.demo.build == "2014" else 405)
    assert staff.send("GET", OS, json=system(), headers={"X-HTTP-Method-Override": "POST"}).status_code == 201
    assert len(staff.held()["os"]) == len(before["os"]) + 1


# Creating


def test_a_create_answers_with_the_path_of_the_row(staff: Client) -> None:
    body = file(description="a marker", gpg_signature_file="", id=7, resource_uri=f"{FILE}7/", unknown=1)
    before = staff.held()
    response = staff.send("POST", FILE, json=body)
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["Location"] == f"{FILE}{before['release_file'][-1]['id'] + 1}/"  # type: ignore[operator]
    made = staff.send("GET", response.headers["Location"]).json()
    assert {name: made[name] for name in body if name not in ("id", "resource_uri", "unknown")} == {
        name: value for name, value in body.items() if name not in ("id", "resource_uri", "unknown")
    }
    after = staff.held()
    assert after["release_file"][:-1] == before["release_file"]
    assert {**after, "release_file": []} == {**before, "release_file": []}


def test_a_number_is_never_used_twice(staff: Client) -> None:
    first = staff.send("POST", OS, json=system()).headers["Location"]
    assert staff.send("DELETE", first).status_code == 204
    assert staff.send("POST", OS, json=system()).headers["Location"] != first


def test_what_is_left_out_gets_a_default(staff: Client) -> None:
    address = staff.send("POST", RELEASE, json=release(slug="", release_date=None)).headers["Location"]
    made = staff.send("GET", address).json()
    assert (made["slug"], made["version"], made["is_published"]) == ("python-3-98-0", 3, False)
    assert len(made["release_date"]) == len("2026-02-03T12:00:00")


def test_dates_are_stored_without_their_zone(staff: Client) -> None:
    body = release(release_date="2030-01-15T12:00:00+02:00")
    address = staff.send("POST", RELEASE, json=body).headers["Location"]
    assert staff.send("GET", address).json()["release_date"] == "2030-01-15T10:00:00"
    assert guest(staff).send("POST", RELEASE, json=release(release_date="soon")).status_code == 400


def test_only_one_release_of_a_line_is_the_latest(staff: Client) -> None:
    staff.send("POST", RELEASE, json=release(is_latest=True))
    last = staff.send("POST", RELEASE, json=release(is_latest=True)).headers["Location"]
    latest = [row["id"] for row in staff.held()["release"] if row["is_latest"] and row["version"] == 3]
    assert [f"{RELEASE}{number}/" for number in latest] == [last]


# Refusing, in the order of the stages


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"7", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'"\xff"', "application/json", 500),
        (b"{}", "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json; charset=utf-8", 400),
        (b"{}", None, 400),
        (b"[]", "application/json", 400),
    ],
)
def test_a_body_is_read_before_rights_are_looked_at(staff: Client, body: bytes, kind: str | None, status: int) -> None:
    before = staff.held()
    headers = {} if kind is None else {"Content-Type": kind}
    assert guest(staff).send("POST", FILE, data=body, headers=headers).status_code == status
    assert staff.held() == before


def test_a_list_makes_an_empty_row_where_nothing_is_required(staff: Client) -> None:
    before = staff.held()
    assert guest(staff).send("POST", OS, json=[]).status_code == 401
    assert staff.send("POST", OS, json=[]).status_code == 201
    assert [(row["name"], row["slug"]) for row in staff.held()["os"][len(before["os"]) :]] == [("", "")]


@pytest.mark.parametrize(
    ("link", "status"),
    [
        (f"{OS}1/", 201),
        (f"https://elsewhere.example{OS}1/", 201),
        (f"{OS}999/", 400),
        (1, 400),
        (["windows"], 400),
        (f"{RELEASE}1/", 404),
        ("windows", 404),
        ("", 404),
        ("http://[", 404),
        (None, 500),
    ],
)
def test_links(staff: Client, link: object, status: int) -> None:
    before = staff.held()
    body = file(os=link)
    response = staff.send("POST", FILE, json=body)
    assert response.status_code == status
    assert len(staff.held()["release_file"]) - len(before["release_file"]) == (status == 201)
    if status == 400:
        assert list(response.json()) == ["error"]
    if status in (404, 500):
        assert response.json() == APOLOGY
    guests = 401 if status in (201, 500) else status
    assert guest(staff).send("POST", FILE, json=body).status_code == guests


def test_an_object_in_place_of_a_link_is_stored_for_staff_only(staff: Client) -> None:
    before = staff.held()
    for body in (file(os=system(slug="nested")), file(release={"pk": 1, "name": "changed"})):
        for client in (guest(staff), plain(staff)):
            assert client.send("POST", FILE, json=body).status_code == 401
    assert staff.held() == before
    assert staff.send("POST", FILE, json=file(os=system(slug="nested"))).status_code == 201
    held = staff.held()
    assert [row["slug"] for row in held["os"][len(before["os"]) :]] == ["nested"]
    assert held["release_file"][-1]["os_id"] == held["os"][-1]["id"]


@pytest.mark.parametrize("named", [{"resource_uri": f"{RELEASE}2/"}, {"pk": 2}, {"slug": "python-3139"}])
def test_an_object_in_place_of_a_link_changes_the_row_that_it_names(staff: Client, named: dict[str, object]) -> None:
    before = staff.held()["release"]
    nested = {**named, "release_notes_url": "javascript:alert(1)"}
    made = staff.send("POST", FILE, json=file(release=nested))
    assert made.status_code == 201
    assert staff.send("GET", made.headers["Location"]).json()["release"] == f"{RELEASE}2/"
    changed = {**before[1], "release_notes_url": "javascript:alert(1)"}
    assert staff.held()["release"] == [before[0], changed, *before[2:]]


@pytest.mark.parametrize(
    ("nested", "status"),
    [
        ({"resource_uri": f"{RELEASE}999/"}, 400),
        ({"resource_uri": "nowhere"}, 404),
        ({"pk": len(PUBLISHED) + 1}, 401),
        ({"release_date": "soon"}, 400),
        ({"pk": 2, "slug": "python-3140"}, 500),
        ({"version": 2**40}, 500),
    ],
    ids=["missing", "no-address", "hidden", "no-date", "taken-slug", "no-room"],
)
def test_an_object_in_place_of_a_link_that_cannot_be_stored(
    staff: Client, nested: dict[str, object], status: int
) -> None:
    before = staff.held()
    body = file(release=nested)
    guests = 401 if status == 500 else status
    assert guest(staff).send("POST", FILE, json=body).status_code == guests
    if status != 401:
        assert staff.send("POST", FILE, json=body).status_code == status
        assert staff.held() == before


def test_links_that_are_missing_or_hidden(staff: Client) -> None:
    body = {name: value for name, value in file().items() if name != "release"}
    assert guest(staff).send("POST", FILE, json=body).status_code == 400
    hidden = file(release=f"{RELEASE}{len(PUBLISHED) + 1}/", url="ftp://elsewhere.example/")
    assert guest(staff).send("POST", FILE, json=hidden).status_code == 401


@pytest.mark.parametrize(
    "bad",
    [
        {"slug": "3140-windows"},
        {"url": f"{HOST}ftp/python/3.14.0/python-3.14.0-amd64.exe"},
        {"name": "x" * 201},
        {"name": "a\0b"},
        {"name": "\ud800"},
        {"filesize": "many"},
        {"filesize": 2**31},
        {"filesize": 2**70},
        {"download_button": True},
    ],
    ids=["slug", "url", "long", "nul", "surrogate", "no-number", "over-32-bits", "over-64-bits", "second-button"],
)
def test_what_the_database_turns_down_is_a_server_error_for_staff_only(staff: Client, bad: dict[str, object]) -> None:
    before = staff.held()
    assert guest(staff).send("POST", FILE, json=file(**bad)).status_code == 401
    response = staff.send("POST", FILE, json=file(**bad))
    assert (response.status_code, response.json()) == (500, APOLOGY)
    assert staff.held() == before


SIDECARS = {
    "gpg_signature_file": ".asc",
    "sigstore_signature_file": ".sig",
    "sigstore_cert_file": ".crt",
    "sigstore_bundle_file": ".sigstore",
    "sbom_spdx2_file": ".spdx.json",
}


@pytest.mark.parametrize(
    "url",
    [
        "http://www.python.org/x",
        "https://www.python.org.elsewhere.example/x",
        "https://WWW.python.org/x",
        "https://www.python.org:443/x",
        " https://www.python.org/x",
        "javascript:alert(1)",
        "//www.python.org/x",
    ],
)
@pytest.mark.parametrize("name", ["url", "gpg_signature_file", "sbom_spdx2_file"])
def test_urls_elsewhere(old: Client, new: Client, name: str, url: str) -> None:
    body = file(**{name: f"{url}?{next(numbers)}"})
    assert old.send("POST", FILE, json=body).status_code == 201
    assert old.held()["release_file"][-1][name] == body[name]
    before = new.held()
    for client in (guest(new), new):
        response = client.send("POST", FILE, json=body)
        assert response.status_code == 400
        assert list(response.json()["downloads/release_file"]) == [name]
    assert new.held() == before


@pytest.mark.parametrize(("name", "suffix"), SIDECARS.items())
def test_a_sidecar_belongs_to_its_artifact(old: Client, new: Client, name: str, suffix: str) -> None:
    def answers(client: Client, stem: str) -> int:
        body = file()
        body[name] = f"{stem or body['url']}{suffix}"
        return client.send("POST", FILE, json=body).status_code

    assert (answers(old, ""), answers(new, "")) == (201, 201)
    assert (answers(old, f"{HOST}another"), answers(new, f"{HOST}another")) == (201, 400)
    assert answers(new, f"{HOST}\nfile") == 400


def test_no_rule_for_release_notes_and_for_a_sidecar_without_artifact(new: Client) -> None:
    assert new.send("POST", RELEASE, json=release(release_notes_url="javascript:alert(1)")).status_code == 201
    assert new.send("POST", FILE, json=file(url="", gpg_signature_file=f"{HOST}any.asc")).status_code == 201


# Deleting


def test_deleting_an_object(staff: Client) -> None:
    address = staff.send("POST", OS, json=system()).headers["Location"]
    held = staff.held()
    for client in (guest(staff), plain(staff)):
        assert client.send("DELETE", address).status_code == 401
    assert staff.held() == held
    deleted = staff.send("DELETE", address)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert [row["id"] for row in staff.held()["os"]] == [row["id"] for row in held["os"][:-1]]
    assert {client.send("DELETE", address).status_code for client in (guest(staff), staff)} == {404}


def test_files_go_with_their_release_or_system(staff: Client) -> None:
    assert staff.send("DELETE", f"{RELEASE}1/").status_code == 204
    assert {row["release_id"] for row in staff.held()["release_file"]} == set(range(2, 9))
    assert staff.send("DELETE", f"{OS}1/").status_code == 204
    assert {row["os_id"] for row in staff.held()["release_file"]} == {2, 3}


@pytest.mark.parametrize(
    "query",
    ["", "release=", "release=x", "release=%20", "release=1&release=2", "release=1&slug=x", "slug=3140-windows"],
)
def test_the_scope_of_a_bulk_delete_is_one_release(new: Client, query: str) -> None:
    before = new.held()
    for client in (guest(new), new):
        assert client.send("DELETE", f"{FILE}?{query}").status_code == 400
    assert guest(new).send("DELETE", f"{FILE}?release=1").status_code == 401
    assert new.send("DELETE", f"{FILE}?release=999").status_code == 204
    assert new.held() == before


def test_a_bulk_delete_removes_the_files_of_its_release(staff: Client) -> None:
    before = staff.held()
    assert staff.send("DELETE", f"{FILE}?release=2").status_code == 204
    kept = [row for row in before["release_file"] if row["release_id"] != 2]
    assert staff.held() == {**before, "release_file": kept}


def test_a_delete_without_a_scope_empties_the_list(old: Client) -> None:
    before = old.held()
    assert guest(old).send("DELETE", FILE).status_code == 401
    assert old.held() == before
    assert old.send("DELETE", FILE).status_code == 204
    assert old.held() == {**before, "release_file": []}


# The methods of 2014


def test_put_on_a_list_replaces_everything(old: Client) -> None:
    before = old.held()
    assert guest(old).send("PUT", FILE, json={"objects": []}).status_code == 401
    assert old.send("PUT", FILE, json={}).status_code == 400
    failing = {"objects": [file(slug="one"), file(slug="one")]}
    assert old.send("PUT", FILE, json=failing).status_code == 500
    assert old.held() == before
    response = old.send("PUT", FILE, json={"objects": [file(slug="only")]})
    assert (response.status_code, response.content) == (204, b"")
    assert [row["slug"] for row in old.held()["release_file"]] == ["only"]


def test_patch_on_a_list_creates_changes_and_deletes(old: Client) -> None:
    before = old.held()
    assert guest(old).send("PATCH", OS, json={"objects": []}).status_code == 202
    change = {"objects": [system(slug="new"), {"resource_uri": f"{OS}2/", "name": "changed"}]}
    assert guest(old).send("PATCH", OS, json=change).status_code == 401
    missing = {"objects": [], "deleted_objects": [f"{OS}999/"]}
    assert old.send("PATCH", OS, json=missing).status_code == 404
    assert old.held() == before
    response = old.send("PATCH", OS, json={**change, "deleted_objects": [f"{OS}4/"]})
    assert response.status_code == 202
    assert [(row["id"], row["slug"]) for row in old.held()["os"]] == [
        (1, "windows"),
        (2, "macos"),
        (3, "source"),
        (5, "new"),
    ]
    assert old.held()["os"][1]["name"] == "changed"


def test_put_and_patch_change_one_object(old: Client) -> None:
    address = old.send("POST", OS, json=system()).headers["Location"]
    held = old.held()
    for method, status in (("PUT", 204), ("PATCH", 202)):
        assert guest(old).send(method, address, json={"name": method}).status_code == 401
        assert old.held() == held
        assert old.send(method, address, json={"name": method}).status_code == status
        held["os"][-1]["name"] = method
        assert old.held() == held
    assert old.send("PATCH", f"{OS}999/", json={"name": "x"}).status_code == 404


def test_put_creates_what_is_not_there(old: Client) -> None:
    assert guest(old).send("PUT", f"{OS}500/", json=system()).status_code == 401
    response = old.send("PUT", f"{OS}500/", json=system(slug="at-500"))
    assert (response.status_code, response.headers["Location"]) == (201, f"{OS}500/")
    assert old.send("GET", f"{OS}500/").json()["slug"] == "at-500"


# The document and the process


def test_the_document_describes_every_operation_of_the_build(staff: Client) -> None:
    document = guest(staff).send("GET", "/openapi.json").json()
    build = BUILDS[staff.demo.build]
    for name in ("os", "release", "release_file"):
        described = {method.upper() for method in document["paths"][f"{API}{name}/"]}
        assert described == set(build.methods(name, item=False))
        item = document["paths"][f"{API}{name}/{{id}}/"]
        assert {method.upper() for method in item} == set(build.methods(name, item=True)) - {"POST"}
        assert item["get"]["parameters"][0]["schema"]["type"] == "integer"
    assert len(document["paths"]) == 6
    scheme = document["components"]["securitySchemes"]["ApiKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    assert scheme["x-value-format"] == "ApiKey {username}:{key}"


def test_the_document_says_who_may_do_what(staff: Client) -> None:
    document = guest(staff).send("GET", "/openapi.json").json()
    for path in document["paths"].values():
        for method, operation in path.items():
            assert operation["security"] == ([{"ApiKey": []}, {}] if method == "get" else [{"ApiKey": []}])
            sends = method in ("post", "put", "patch")
            assert ("requestBody" in operation) is sends


def test_the_document_describes_the_fields(staff: Client) -> None:
    schemas = guest(staff).send("GET", "/openapi.json").json()["components"]["schemas"]
    sent = schemas["ReleaseFileInput"]
    assert sent["required"] == ["name", "slug", "os", "release", "url"]
    members = sent["properties"]
    assert (members["os"]["format"], members["os"]["x-refers-to"]) == ("uri-reference", "os")
    assert (members["url"]["format"], members["url"]["maxLength"], members["url"]["x-unique"]) == ("uri", 200, True)
    assert members["sbom_spdx2_file"]["x-derived-from"] == {"field": "url", "suffix": ".spdx.json"}
    assert ("pattern" in members["url"]) is (staff.demo.build != "2014")
    assert "resource_uri" not in members
    assert set(staff.send("GET", f"{FILE}1/").json()) == set(schemas["ReleaseFile"]["required"])


@contextmanager
def running(arguments: list[str], environment: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """The line that a server started from the command line prints, which is the only one; told to stop at once."""
    with subprocess.Popen(
        [sys.executable, "-m", "harness.demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    ) as process:
        assert process.stdout is not None
        try:
            yield {**json.loads(process.stdout.readline()), "expected_pid": process.pid}
            process.terminate()
            assert process.communicate(timeout=30) == ("", "")
            assert process.returncode == 0
        finally:
            process.kill()


def test_the_process_prints_one_line_and_keeps_keys_to_the_owner(tmp_path: Path) -> None:
    keys_file = tmp_path / "keys"
    keys_file.touch(0o644)
    given = {"TMPDIR": str(tmp_path), "HOLDFAST_DEMO_PLAIN_KEY": "0123456789"}
    with running(["--build", "2014", "--keys-file", str(keys_file)], given) as ready:
        assert set(ready) == {"base_url", "build", "pid", "expected_pid"}
        assert (ready["build"], ready["pid"]) == ("2014", ready["expected_pid"])
        assert requests.get(f"{ready['base_url']}{OS}", timeout=10).status_code == 200
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600
    keys = dict(line.split("=") for line in keys_file.read_text().splitlines())
    assert set(keys) == set(SECRET_VARIABLES)
    assert keys.pop("HOLDFAST_DEMO_PLAIN_KEY") == "0123456789"
    assert {len(key) for key in keys.values()} == {40}
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_a_database_outlives_its_process(tmp_path: Path) -> None:
    database = tmp_path / "held.sqlite3"
    held = []
    for _ in range(2):
        with running(["--build", "2026-06-09", "--database", str(database)], {}) as ready:
            assert ready["build"] == "2026-06-09"
        held.append(snapshot(database))
    assert held[0] == held[1]
    assert len(held[0]["release_file"]) > 20


def test_a_server_ends_with_its_block_and_shows_no_key() -> None:
    with DemoServer.start("2014") as demo:
        shown = repr(demo)
        database = demo.database
    assert not any(key in shown for key in demo.environment.values())
    assert not database.parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(demo.pid, 0)


def test_a_build_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(RuntimeError, match="invalid choice"), DemoServer.start("1999"):
        pass


# What is told beside lists and objects


def test_the_root_tells_where_the_resources_are_whoever_asks(staff: Client) -> None:
    told = guest(staff).send("GET", "/api/v1/", headers={"Authorization": "ApiKey nobody:nothing"})
    assert told.status_code == 200
    assert told.json()["downloads/os"] == {"list_endpoint": OS, "schema": f"{OS}schema/"}
    assert set(told.json()) == {"downloads/os", "downloads/release", "downloads/release_file"}
    refused = staff.send("POST", "/api/v1/", json={})
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_a_schema_tells_the_fields_and_that_of_releases_staff_alone(staff: Client) -> None:
    told = guest(staff).send("GET", f"{FILE}schema/").json()
    types = {name: field["type"] for name, field in told["fields"].items()}
    assert (types["url"], types["release"], types["filesize"]) == ("string", "related", "integer")
    assert told["fields"]["resource_uri"]["readonly"]
    assert [name for name, field in told["fields"].items() if field["unique"]] == ["slug", "url"]
    bounded = staff.demo.build == "2026-06-09"
    assert ("put" in told["allowed_detail_http_methods"]) is not bounded
    assert [one.send("GET", f"{RELEASE}schema/").status_code for one in (guest(staff), plain(staff), staff)] == [
        401,
        401,
        200,
    ]
    assert staff.send("DELETE", f"{OS}schema/").status_code == 405


def test_several_objects_at_once_are_those_that_the_caller_may_see(staff: Client) -> None:
    hidden = len(PUBLISHED) + 1
    told = staff.send("GET", f"{RELEASE}set/1;{hidden}/").json()
    assert [one["resource_uri"] for one in told["objects"]] == [f"{RELEASE}1/", f"{RELEASE}{hidden}/"]
    assert "not_found" not in told
    told = guest(staff).send("GET", f"{RELEASE}set/1;{hidden};999/").json()
    assert [one["resource_uri"] for one in told["objects"]] == [f"{RELEASE}1/"]
    assert told["not_found"] == [str(hidden), "999"]
    assert guest(staff).send("GET", f"{RELEASE}set/one/").status_code == 500

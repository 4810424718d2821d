"""Which door each build closes: one table per step, the status of one request at every build, and what it stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
import requests

from harness.demo.accounts import ADMIN, GONE, PLAIN
from harness.demo.process import DemoServer, snapshot
from harness.demo.seed import PUBLISHED
from tests.contract.demos import BUILD_NAMES, Demos

V1, V2 = "/api/v1/downloads/", "/api/v2/downloads/"
HOST = "https://www.python.org/ftp/python/new"
PLAIN_HTTP = "http://www.python.org/ftp/python/new"
ELSEWHERE = "https://elsewhere.example/new"
HIDDEN = len(PUBLISHED) + 1
SYSTEM = {"name": "Haiku", "slug": "haiku"}
Headers = Callable[[DemoServer], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Door:
    """One request, and its statuses at all builds in their order."""

    name: str
    statuses: tuple[int, int, int, int, int]
    method: str
    path: str
    headers: Headers = field(repr=False)
    body: Mapping[str, object] | None = None
    stores: bool = True
    """Whether it changes the database where it is let through."""


def fabricated(demo: DemoServer) -> Mapping[str, str]:
    return {"Authorization": f"ApiKey {ADMIN}:anything_here"}


def malformed(demo: DemoServer) -> Mapping[str, str]:
    return {"Authorization": "ApiKey malformed"}


def key(demo: DemoServer) -> Mapping[str, str]:
    return demo.authorization(ADMIN)


def gone_key(demo: DemoServer) -> Mapping[str, str]:
    return demo.authorization(GONE)


def token(demo: DemoServer) -> Mapping[str, str]:
    return demo.token(ADMIN)


def cookie(demo: DemoServer) -> Mapping[str, str]:
    return demo.session()


def both(*parts: Headers) -> Headers:
    return lambda demo: {name: value for part in parts for name, value in part(demo).items()}


def overridden(demo: DemoServer) -> Mapping[str, str]:
    return {"X-HTTP-Method-Override": "post"}


def file(url: str = HOST, root: str = V1, **more: str) -> Mapping[str, object]:
    return {"name": "new", "slug": "new", "os": f"{root}os/4/", "release": f"{root}release/1/", "url": url, **more}


STEPS: Mapping[str, tuple[Door, ...]] = {
    "2026-02-24": (
        Door("fabricated-create", (201, 401, 401, 401, 401), "POST", f"{V1}os/", fabricated, SYSTEM),
        Door("fabricated-replace", (204, 401, 401, 405, 405), "PUT", f"{V1}os/4/", fabricated, SYSTEM),
        Door("fabricated-change", (202, 401, 401, 405, 405), "PATCH", f"{V1}os/4/", fabricated, SYSTEM),
        Door("fabricated-delete", (204, 401, 401, 401, 401), "DELETE", f"{V1}release_file/1/", fabricated),
        Door("fabricated-read", (200, 401, 401, 401, 401), "GET", f"{V1}release/{HIDDEN}/", fabricated, stores=False),
        Door("fabricated-replace-all", (204, 401, 401, 405, 405), "PUT", f"{V1}os/", fabricated, {"objects": []}),
        Door("fabricated-delete-all", (204, 401, 401, 405, 405), "DELETE", f"{V1}os/", fabricated),
        Door("cookie-and-fabricated", (201, 401, 401, 401, 401), "POST", f"{V1}os/", both(cookie, fabricated), SYSTEM),
        Door("overridden", (201, 401, 401, 401, 401), "GET", f"{V1}os/", both(overridden, fabricated), SYSTEM),
    ),
    "2026-02-25": (
        Door("host", (201, 201, 500, 500, 400), "POST", f"{V1}release_file/", key, file(ELSEWHERE)),
        Door("scheme", (201, 201, 500, 500, 400), "POST", f"{V1}release_file/", key, file("javascript:alert(1)")),
        Door("capitals", (201, 201, 500, 500, 400), "POST", f"{V1}release_file/", key, file("https://WWW.python.org/")),
        Door(
            "sidecar-host",
            (201, 201, 500, 500, 400),
            "POST",
            f"{V1}release_file/",
            key,
            file(gpg_signature_file=f"{ELSEWHERE}.asc"),
        ),
        Door("host-2", (201, 201, 500, 500, 400), "POST", f"{V2}release_file/", token, file(ELSEWHERE, V2)),
        Door("change-2", (200, 200, 500, 500, 400), "PATCH", f"{V2}release_file/1/", token, {"url": ELSEWHERE}),
    ),
    "2026-06-04": (
        Door("cookie", (201, 201, 201, 401, 401), "POST", f"{V1}os/", cookie, SYSTEM),
        Door("cookie-and-malformed", (201, 201, 201, 401, 401), "POST", f"{V1}os/", both(cookie, malformed), SYSTEM),
        Door("inactive", (201, 201, 201, 401, 401), "POST", f"{V1}os/", gone_key, SYSTEM),
        Door("malformed-read", (200, 200, 200, 401, 401), "GET", f"{V1}os/", malformed, stores=False),
        Door("replace-all", (204, 204, 204, 405, 405), "PUT", f"{V1}os/", key, {"objects": []}),
        Door("change-many", (202, 202, 202, 405, 405), "PATCH", f"{V1}os/", key, {"objects": [SYSTEM]}),
        Door("replace", (204, 204, 204, 405, 405), "PUT", f"{V1}os/4/", key, SYSTEM),
        Door("change", (202, 202, 202, 405, 405), "PATCH", f"{V1}os/4/", key, SYSTEM),
        Door("delete-all", (204, 204, 204, 400, 400), "DELETE", f"{V1}release_file/", key),
        Door("unknown-filter", (204, 204, 204, 400, 400), "DELETE", f"{V1}release_file/?unknown=1", key),
        Door("blank-2", (204, 204, 204, 400, 400), "DELETE", f"{V2}release_file/delete_by_release/?release=", token),
        Door(
            "no-such-release-2",
            (400, 400, 400, 204, 204),
            "DELETE",
            f"{V2}release_file/delete_by_release/?release=999",
            token,
            stores=False,
        ),
    ),
    "2026-06-09": (
        Door("http", (201, 201, 201, 201, 400), "POST", f"{V1}release_file/", key, file(PLAIN_HTTP)),
        Door("http-2", (201, 201, 201, 201, 400), "POST", f"{V2}release_file/", token, file(PLAIN_HTTP, V2)),
        Door(
            "sidecar",
            (201, 201, 201, 201, 400),
            "POST",
            f"{V1}release_file/",
            key,
            file(sbom_spdx2_file=f"{HOST}er.spdx.json"),
        ),
        Door(
            "sidecar-2",
            (200, 200, 200, 200, 400),
            "PATCH",
            f"{V2}release_file/1/",
            token,
            {"gpg_signature_file": f"{HOST}er.asc"},
        ),
    ),
}
NEVER_CHANGED = (
    Door("valid", (201,) * 5, "POST", f"{V1}os/", key, SYSTEM),
    Door("valid-2", (201,) * 5, "POST", f"{V2}os/", token, SYSTEM),
    Door("overridden-with-a-key", (201,) * 5, "GET", f"{V1}os/", both(overridden, key), SYSTEM),
    Door("guest", (401,) * 5, "POST", f"{V1}os/", lambda demo: {}, SYSTEM),
    Door("plain", (401,) * 5, "POST", f"{V1}os/", lambda demo: demo.authorization(PLAIN), SYSTEM),
    Door("plain-2", (403,) * 5, "POST", f"{V2}os/", lambda demo: demo.token(PLAIN), SYSTEM),
    Door("inactive-2", (401,) * 5, "POST", f"{V2}os/", lambda demo: demo.token(GONE), SYSTEM),
    Door("cookie-2", (401,) * 5, "POST", f"{V2}os/", cookie, SYSTEM),
    Door("key-2", (401,) * 5, "POST", f"{V2}os/", key, SYSTEM),
    Door("token-1", (401,) * 5, "POST", f"{V1}os/", token, SYSTEM),
    Door("notes", (201,) * 5, "POST", f"{V1}release/", key, {**SYSTEM, "release_notes_url": "javascript:alert(1)"}),
    Door("nested", (201,) * 5, "POST", f"{V1}release_file/", key, {**file(), "release": {"pk": 2, "name": "changed"}}),
)
DOORS = [pytest.param(step, door, id=f"{step}-{door.name}") for step, doors in STEPS.items() for door in doors]


def through(door: Door, demos: Demos, build: str) -> int:
    """The status of a request at a build; a refusal is seen to change nothing, and what got through something."""
    demo = demos.of(build)
    before = snapshot(demo.database)
    with requests.Session() as session:
        session.trust_env = False
        url = demo.base_url + door.path
        answer = session.request(door.method, url, headers=dict(door.headers(demo)), json=door.body, timeout=10)
    assert (snapshot(demo.database) != before) is (door.stores and answer.ok), build
    return answer.status_code


@pytest.mark.parametrize(("step", "door"), DOORS)
def test_each_build_closes_its_doors(demos: Demos, step: str, door: Door) -> None:
    place = BUILD_NAMES.index(step)
    assert len({*door.statuses[:place]}) == 1
    assert door.statuses[place - 1] != door.statuses[place]
    assert tuple(through(door, demos, build) for build in BUILD_NAMES) == door.statuses


@pytest.mark.parametrize("door", NEVER_CHANGED, ids=lambda door: door.name)
def test_what_no_build_changes(demos: Demos, door: Door) -> None:
    assert tuple(through(door, demos, build) for build in BUILD_NAMES) == door.statuses


@pytest.mark.parametrize("build", BUILD_NAMES)
def test_other_filters_of_a_bulk_delete_are_heeded_until_it_takes_a_number(demos: Demos, build: str) -> None:
    demo = demos.of(build)
    query = f"{V2}release_file/delete_by_release/?release=1&slug=3140-windows"
    answer = requests.delete(demo.base_url + query, headers=demo.token(ADMIN), timeout=10)
    assert answer.status_code == 204
    left = [row["id"] for row in snapshot(demo.database)["release_file"]]
    assert set(range(1, 25)) - set(left) == ({1} if build < "2026-06-04" else {1, 2, 3})

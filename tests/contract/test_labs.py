"""The labs, before anything is judged on them: which doors each build leaves open, told by the rows afterwards."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from harness.config import load
from tests.contract.labs.djangolab import FIXES, DjangoLab
from tests.contract.labs.djangolab.accounts import ADMIN, GONE, KEYLESS, PLAIN, SECOND
from tests.contract.labs.flasklab import DEFECTS, FlaskLab

LABS = Path(__file__).parent / "labs"
V1, V2 = "/api/v1/downloads/", "/api/v2/downloads/"
HOST = "https://www.python.org/"
BOGUS = "anything_here"
numbers = itertools.count(1)

Body = dict[str, Any]
Headers = Mapping[str, str]


def send(url: str, method: str, headers: Headers | None = None, **more: Any) -> requests.Response:
    """One request, on a connection of its own, that follows nothing and takes nothing from the environment."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, headers=headers, timeout=10, allow_redirects=False, **more)


def v1(lab: DjangoLab, method: str, path: str, headers: Headers | None = None, **more: Any) -> requests.Response:
    return send(lab.base_url + V1 + path, method, headers, **more)


def v2(lab: DjangoLab, method: str, path: str, headers: Headers | None = None, **more: Any) -> requests.Response:
    return send(lab.base_url + V2 + path, method, headers, **more)


def system() -> Body:
    """An operating system."""
    return {"name": "Haiku", "slug": f"haiku-{next(numbers)}"}


def file(lab: DjangoLab, prefix: str, url: str = HOST, **more: str) -> Body:
    """A release file, of the first system and release, at the API of this prefix."""
    number = next(numbers)
    home = lab.base_url if prefix == V2 else ""
    links = {name: f"{home}{prefix}{name}/1/" for name in ("os", "release")}
    return {"name": f"File {number}", "slug": f"file-{number}", "url": f"{url}{number}", **links, **more}


def sidecar_elsewhere(lab: DjangoLab, prefix: str) -> Body:
    """A file with the signature of another."""
    return file(lab, prefix, gpg_signature_file=f"{HOST}another.asc")


def fabricated(username: str = ADMIN) -> Headers:
    """A real name, and a key that is nobody's."""
    return {"Authorization": f"ApiKey {username}:{BOGUS}"}


def in_query(lab: DjangoLab) -> Headers:
    """The parameters that carry a user's own key."""
    return {"username": ADMIN, "api_key": lab.environment["LAB_ADMIN_KEY"]}


@dataclass(frozen=True)
class Door:
    """A request that changes rows where the door is open."""

    request: Callable[[DjangoLab, str], requests.Response]
    """Takes the path of an operating system that nobody will miss."""
    fixes: frozenset[str]
    """The fixes each of which closes it."""


def door(request: Callable[[DjangoLab, str], requests.Response], *fixes: str) -> Door:
    return Door(request, frozenset(fixes))


def posts(headers: Callable[[DjangoLab], Headers], *fixes: str) -> Door:
    """Making an operating system in v1 with these headers."""
    return door(lambda lab, spare: v1(lab, "POST", "os/", headers(lab), json=system()), *fixes)


def stores(prefix: str, body: Callable[[DjangoLab, str], Body], *fixes: str) -> Door:
    """Making a release file with every right to."""

    def request(lab: DjangoLab, spare: str) -> requests.Response:
        api, headers = (v1, lab.v1(ADMIN)) if prefix == V1 else (v2, lab.v2(ADMIN))
        return api(lab, "POST", "release_file/", headers, json=body(lab, prefix))

    return door(request, *fixes)


def elsewhere(lab: DjangoLab, prefix: str) -> Body:
    return file(lab, prefix, "https://evil.example/")


def without_tls(lab: DjangoLab, prefix: str) -> Body:
    return file(lab, prefix, HOST.replace("https", "http"))


DOORS: Mapping[str, Door] = {
    "fabricated-post": posts(lambda lab: fabricated(), "auth"),
    "fabricated-without-key": posts(lambda lab: fabricated(KEYLESS), "auth"),
    "fabricated-put": door(
        lambda lab, spare: v1(lab, "PUT", spare, fabricated(), json=system()), "auth", "v1-boundaries"
    ),
    "fabricated-patch": door(
        lambda lab, spare: v1(lab, "PATCH", spare, fabricated(), json=system()), "auth", "v1-boundaries"
    ),
    "fabricated-delete": door(lambda lab, spare: v1(lab, "DELETE", spare, fabricated()), "auth"),
    "fabricated-patch-list": door(
        lambda lab, spare: v1(lab, "PATCH", "os/", fabricated(), json={"objects": [system()]}), "auth", "v1-boundaries"
    ),
    "fabricated-override": door(
        lambda lab, spare: v1(lab, "GET", "os/", {**fabricated(), "X-HTTP-Method-Override": "POST"}, json=system()),
        "auth",
    ),
    "key-of-another": posts(
        lambda lab: {"Authorization": f"ApiKey {ADMIN}:{lab.environment['LAB_PLAIN_KEY']}"}, "auth"
    ),
    "session": posts(lambda lab: lab.session, "v1-boundaries"),
    "session-and-malformed": posts(lambda lab: {**lab.session, "Authorization": "ApiKey x"}, "v1-boundaries"),
    "session-and-unknown": posts(lambda lab: {**lab.session, **fabricated("nobody")}, "auth", "v1-boundaries"),
    "inactive": posts(lambda lab: lab.v1(GONE), "v1-boundaries"),
    "inactive-fabricated": posts(lambda lab: fabricated(GONE), "auth", "v1-boundaries"),
    "key-in-query": door(
        lambda lab, spare: v1(lab, "POST", "os/", params=in_query(lab), json=system()), "v1-boundaries"
    ),
    "put-list": door(
        lambda lab, spare: v1(lab, "PUT", "release_file/", lab.v1(ADMIN), json={"objects": [file(lab, V1)]}),
        "v1-boundaries",
    ),
    "delete-list": door(lambda lab, spare: v1(lab, "DELETE", "release_file/", lab.v1(ADMIN)), "v1-boundaries"),
    "url-elsewhere-v1": stores(V1, elsewhere, "urls", "url-validation"),
    "url-elsewhere-v2": stores(V2, elsewhere, "urls", "url-validation"),
    "url-without-tls-v1": stores(V1, without_tls, "url-validation"),
    "url-without-tls-v2": stores(V2, without_tls, "url-validation"),
    "sidecar-elsewhere-v1": stores(V1, sidecar_elsewhere, "url-validation"),
    "sidecar-elsewhere-v2": stores(V2, sidecar_elsewhere, "url-validation"),
    "blank-bulk": door(
        lambda lab, spare: v2(lab, "DELETE", "release_file/delete_by_release/?release=", lab.v2(ADMIN)), "bulk"
    ),
}

SHUT: Mapping[str, Door] = {
    "guest": posts(lambda lab: {}),
    "plain": posts(lambda lab: lab.v1(PLAIN)),
    "plain-fabricated": posts(lambda lab: fabricated(PLAIN)),
    "unknown-fabricated": posts(lambda lab: fabricated("nobody")),
    "empty-key": posts(lambda lab: {"Authorization": f"ApiKey {ADMIN}:"}),
    "json-body": door(lambda lab, spare: v1(lab, "POST", "os/", json={**system(), **in_query(lab)})),
    "v2-guest": door(lambda lab, spare: v2(lab, "POST", "os/", json=system())),
    "v2-plain": door(lambda lab, spare: v2(lab, "POST", "os/", lab.v2(PLAIN), json=system())),
    "v2-inactive": door(lambda lab, spare: v2(lab, "POST", "os/", lab.v2(GONE), json=system())),
    "v2-session": door(lambda lab, spare: v2(lab, "POST", "os/", lab.session, json=system())),
    "v2-fabricated": door(
        lambda lab, spare: v2(lab, "POST", "os/", {"Authorization": f"Token {'0' * 40}"}, json=system())
    ),
    "v2-fabricated-delete": door(lambda lab, spare: v2(lab, "DELETE", spare, {"Authorization": f"Token {'0' * 40}"})),
    "v2-key-of-v1": door(lambda lab, spare: v2(lab, "PUT", spare, lab.v1(ADMIN), json=system())),
    "v2-patch-fabricated": door(lambda lab, spare: v2(lab, "PATCH", spare, fabricated(), json=system())),
}


@pytest.fixture(scope="module", params=["none", *FIXES, "all"])
def django(request: pytest.FixtureRequest) -> Iterator[DjangoLab]:
    with DjangoLab.start(request.param) as lab:
        yield lab


def opens(lab: DjangoLab, tried: Door) -> bool:
    """Whether the request of a door changes rows."""
    spare = v1(lab, "POST", "os/", lab.v1(ADMIN), json=system()).headers["Location"].removeprefix(V1)
    assert v1(lab, "POST", "release_file/", lab.v1(ADMIN), json=file(lab, V1)).status_code == 201
    before = lab.snapshot()
    tried.request(lab, spare)
    return lab.snapshot() != before


@pytest.mark.parametrize("name", DOORS)
def test_a_fix_closes_its_own_doors_and_no_other(django: DjangoLab, name: str) -> None:
    fixes = FIXES if django.fixes == "all" else {django.fixes}
    assert opens(django, DOORS[name]) is DOORS[name].fixes.isdisjoint(fixes)


@pytest.mark.parametrize("name", SHUT)
def test_what_no_build_lets_in(django: DjangoLab, name: str) -> None:
    assert not opens(django, SHUT[name])


@pytest.mark.parametrize("user", [ADMIN, SECOND])
def test_staff_write_at_every_build(django: DjangoLab, user: str) -> None:
    created = v1(django, "POST", "os/", django.v1(user), json=system())
    assert (created.status_code, created.content) == (201, b"")
    path = created.headers["Location"].removeprefix(V1)
    assert v2(django, "PATCH", path, django.v2(user), json={"name": "Plan 9"}).json()["name"] == "Plan 9"
    assert v2(django, "GET", path).json()["resource_uri"] == f"{django.base_url}{V2}{path}"
    assert v1(django, "GET", path).json()["resource_uri"] == f"{V1}{path}"
    assert v1(django, "DELETE", path, django.v1(user)).status_code == 204
    assert v1(django, "GET", path).status_code == 404


def test_who_is_refused_how(django: DjangoLab) -> None:
    guest, plain = (v1(django, "POST", "os/", headers, json=system()) for headers in ({}, django.v1(PLAIN)))
    assert (guest.status_code, guest.content) == (plain.status_code, plain.content) == (401, b"")
    assert v2(django, "POST", "os/", json=system()).headers["WWW-Authenticate"] == "Token"
    assert v2(django, "POST", "os/", django.v2(PLAIN), json=system()).status_code == 403
    slashless = v1(django, "DELETE", "os/1", django.v1(ADMIN))
    assert (slashless.status_code, slashless.headers["Location"]) == (301, f"{V1}os/1/")


def test_unpublished_releases_are_for_staff(django: DjangoLab) -> None:
    def seen(answer: requests.Response) -> int:
        told = answer.json()
        return len(told["objects"] if isinstance(told, dict) else told)

    assert seen(v1(django, "GET", "release/", django.v1(ADMIN))) == 5
    assert seen(v2(django, "GET", "release/", django.v2(ADMIN))) == 5
    for api, headers in ((v1, {}), (v2, {}), (v1, django.v1(PLAIN)), (v2, django.v2(PLAIN))):
        assert seen(api(django, "GET", "release/", headers)) == 3


@pytest.mark.parametrize(
    ("headers", "closing"),
    [
        (fabricated("nobody"), {"auth"}),
        (fabricated(PLAIN), {"auth"}),
        ({"Authorization": "ApiKey nobody"}, {"v1-boundaries"}),
        ({"Authorization": f"Bearer {BOGUS}"}, {"v1-boundaries"}),
    ],
    ids=["unknown", "plain-fabricated", "malformed", "other-scheme"],
)
def test_a_read_with_a_bad_credential(django: DjangoLab, headers: Headers, closing: set[str]) -> None:
    fixes = FIXES if django.fixes == "all" else {django.fixes}
    assert v1(django, "GET", "os/", headers).status_code == (200 if closing.isdisjoint(fixes) else 401)


def test_v1_looks_at_the_body_before_the_caller(django: DjangoLab) -> None:
    validates = django.fixes in ("url-validation", "all")
    guest = v1(django, "POST", "release_file/", json=elsewhere(django, V1)).status_code
    staff = v1(django, "POST", "release_file/", django.v1(ADMIN), json=elsewhere(django, V1)).status_code
    by_database = 500 if django.fixes == "urls" else 201
    assert (guest, staff) == ((400, 400) if validates else (401, by_database))


def test_files_of_one_release_can_be_deleted_in_bulk(django: DjangoLab) -> None:
    def files(release: object) -> list[dict[str, object]]:
        return [row for row in django.snapshot()["release_file"] if row["release_id"] == release]

    assert v2(django, "POST", "release_file/", django.v2(SECOND), json=file(django, V2)).status_code == 201
    body = {**file(django, V1), "release": f"{V1}release/2/"}
    assert v1(django, "POST", "release_file/", django.v1(ADMIN), json=body).status_code == 201
    assert v1(django, "DELETE", "release_file/?release=2", django.v1(ADMIN)).status_code == 204
    assert files(2) == []
    assert files(1)
    assert v2(django, "DELETE", "release_file/delete_by_release/?release=1", django.v2(ADMIN)).status_code == 204
    assert files(1) == []


def documented(name: str) -> dict[str, set[str]]:
    """The methods of each path of a document, in capitals."""
    paths = yaml.safe_load((LABS / "djangolab" / name).read_text())["paths"]
    return {path: {method.upper() for method in item if method != "parameters"} for path, item in paths.items()}


@pytest.mark.parametrize("resource", ["os", "release", "release_file"])
def test_documents_name_the_methods_that_the_servers_name(django: DjangoLab, resource: str) -> None:
    bounded = django.fixes in ("v1-boundaries", "all")
    old = documented("openapi-v1.yaml" if bounded else "openapi-v1-2014.yaml")
    told = v1(django, "GET", f"{resource}/schema/", django.v1(ADMIN)).json()
    for kind, path in (("list", f"{V1}{resource}/"), ("detail", f"{V1}{resource}/{{id}}/")):
        # A POST to one object is allowed by that word, and answers 501.
        routed = {method.upper() for method in told[f"allowed_{kind}_http_methods"]}
        assert old[path] == routed - ({"POST"} if kind == "detail" else set())
    new = documented("openapi-v2.yaml")
    for suffix, path in (("", f"{V2}{resource}/"), ("1/", f"{V2}{resource}/{{id}}/")):
        allowed = v2(django, "OPTIONS", f"{resource}/{suffix}").headers["Allow"].split(", ")
        assert new[path] == set(allowed) - {"HEAD", "OPTIONS"}


@pytest.mark.parametrize("name", ["v1.yaml", "v1-2014.yaml", "v2.yaml"])
def test_target_files_load(django: DjangoLab, name: str) -> None:
    path = LABS / "djangolab" / name
    target = load(path, environment=django.environment, base_url=django.base_url)
    assert target.document_file is not None
    assert target.document_file.exists()
    assert {one.username for one in target.identities} >= {ADMIN, SECOND, PLAIN, GONE}


@pytest.fixture(scope="module", params=["", *DEFECTS])
def flask(request: pytest.FixtureRequest) -> Iterator[FlaskLab]:
    with FlaskLab.start(request.param or None) as lab:
        yield lab


def to(lab: FlaskLab, method: str, path: str, headers: Headers | None = None, **more: Any) -> requests.Response:
    return send(lab.base_url + path, method, headers, **more)


def package() -> Body:
    return {"name": f"hammer-{next(numbers)}"}


def version(url: str = "https://files.example.org/", **more: str) -> Body:
    number = str(next(numbers))
    return {"number": number, "download_url": f"{url}{number}", **more}


def creates(headers: Callable[[FlaskLab], Headers]) -> Callable[[FlaskLab, str], requests.Response]:
    return lambda lab, spare: to(lab, "POST", "/packages", headers(lab), json=package())


def publishes(
    user: str, body: Callable[[], Body], method: str = "POST"
) -> Callable[[FlaskLab, str], requests.Response]:
    """A version by this user: a new one, or the one that every package of the test begins with."""

    def request(lab: FlaskLab, spare: str) -> requests.Response:
        versions = f"{spare}/versions"
        if method != "POST":
            versions += "/" + to(lab, "GET", versions).json()["data"][0]["id"]
        return to(lab, method, versions, lab.authorization(user), json=body())

    return request


def bearing(token: Callable[[FlaskLab], str]) -> Callable[[FlaskLab], Headers]:
    return lambda lab: {"Authorization": f"Bearer {token(lab)}"}


def in_small_letters(lab: FlaskLab, spare: str) -> requests.Response:
    """A removal by a guest, with its method as requests would not write it."""
    removal = requests.Request("DELETE", lab.base_url + spare).prepare()
    removal.method = "delete"
    with requests.Session() as session:
        return session.send(removal, timeout=10)


OPENED: Mapping[str, Callable[[FlaskLab, str], requests.Response]] = {
    "any-bearer": creates(bearing(lambda lab: "idx_" + "0" * 40)),
    "short-comparison": creates(bearing(lambda lab: lab.token("owner")[:20])),
    "blank-token": creates(lambda lab: {"Authorization": "Bearer "}),
    "former-user": creates(lambda lab: lab.authorization("former")),
    "query-token": lambda lab, spare: to(
        lab, "POST", "/packages", params={"access_token": lab.token("owner")}, json=package()
    ),
    "basic-name": lambda lab, spare: to(lab, "POST", "/packages", auth=("owner", BOGUS), json=package()),
    "raw-method": in_small_letters,
    "post-on-items": lambda lab, spare: to(lab, "POST", spare, json=package()),
    "guest-patch": lambda lab, spare: to(lab, "PATCH", spare, json=package()),
    "member-delete": lambda lab, spare: to(lab, "DELETE", spare, lab.authorization("member")),
    "member-version": publishes("member", version),
    "url-prefix": publishes("owner", lambda: version("https://files.example.org.evil.example/")),
    "url-scheme": publishes("owner", lambda: version("http://files.example.org/")),
    "url-patch": publishes(
        "owner", lambda: {"download_url": "https://evil.example/", "signature_url": ""}, method="PATCH"
    ),
    "signature": publishes("owner", lambda: version(signature_url="https://files.example.org/another.asc")),
}
"""What each defect lets in."""


def spare_package(lab: FlaskLab) -> str:
    """The path of a new package with a version."""
    owner = lab.authorization("owner")
    path = to(lab, "POST", "/packages", owner, json=package()).headers["Location"]
    assert to(lab, "POST", f"{path}/versions", owner, json=version()).status_code == 201
    return path


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_opens_one_door(flask: FlaskLab, name: str) -> None:
    spare = spare_package(flask)
    before = flask.rows()
    OPENED[name](flask, spare)
    # A former user's token has the looks of a token, which is all that one defect asks for.
    expected = flask.defect in ({name, "any-bearer"} if name == "former-user" else {name})
    assert (flask.rows() != before) is expected


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_whom_the_index_refuses_and_whom_not(flask: FlaskLab, method: str) -> None:
    spare = spare_package(flask)
    path = "/packages" if method == "POST" else spare
    before = flask.rows()
    if flask.defect != "guest-patch":
        assert to(flask, method, path, json=package()).headers["WWW-Authenticate"] == "Bearer"
    assert to(flask, method, path, {"Authorization": f"Bearer {BOGUS}"}, json=package()).status_code == 401
    if flask.defect not in ("guest-patch", "member-delete"):
        member = to(flask, method, path, flask.authorization("member"), json=package())
        assert (member.status_code, member.json()["error"]["code"]) == (403, "forbidden")
        assert flask.rows() == before
    expected = {"POST": 201, "DELETE": 204}.get(method, 200)
    assert to(flask, method, path, flask.authorization("second"), json=package()).status_code == expected
    assert flask.rows() != before


def test_lists_come_in_pages(flask: FlaskLab) -> None:
    spare_package(flask)
    total = len(flask.rows()["packages"])
    first = to(flask, "GET", "/packages?per_page=1").json()
    last = to(flask, "GET", f"/packages?per_page=1&page={total}").json()
    assert {name: first[name] for name in ("page", "pages", "total")} == {"page": 1, "pages": total, "total": total}
    assert [one["id"] for listed in (first, last) for one in listed["data"]] == [
        flask.rows()["packages"][index]["id"] for index in (0, -1)
    ]


def test_the_index_describes_itself(flask: FlaskLab) -> None:
    document = to(flask, "GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.0")
    spare = spare_package(flask)
    for path, item in document["paths"].items():
        real = path.replace("/packages/{package_id}", spare)
        if "{version_id}" in real:
            listed = to(flask, "GET", real.removesuffix("/{version_id}")).json()
            real = real.replace("{version_id}", listed["data"][0]["id"])
        allowed = set(to(flask, "OPTIONS", real).headers["Allow"].split(", "))
        unsaid = {"POST"} if flask.defect == "post-on-items" and path.endswith("_id}") else set[str]()
        told = {method.upper() for method in item if method != "parameters"}
        assert told == allowed - {"HEAD", "OPTIONS"} - unsaid


def test_the_index_says_what_is_wrong_with_a_body(flask: FlaskLab) -> None:
    owner = flask.authorization("owner")
    taken = str(flask.rows()["packages"][0]["name"])
    assert to(flask, "POST", "/packages", owner, json={"name": taken}).status_code == 409
    blank = to(flask, "POST", "/packages", owner, json={"name": " ", "summary": 3})
    assert (blank.status_code, set(blank.json()["error"]["fields"])) == (422, {"name", "summary"})
    assert to(flask, "POST", "/packages/unknown/versions", owner, json=version()).status_code == 404


def test_the_index_has_a_target_file(flask: FlaskLab) -> None:
    target = load(LABS / "flasklab" / "target.yaml", environment=flask.environment, base_url=flask.base_url)
    assert target.document_path == "/openapi.json"


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError), FlaskLab.start("no-such-defect"):
        pass
    with pytest.raises(RuntimeError, match="no-such-fix"), DjangoLab.start("auth,no-such-fix"):
        pass


def test_secrets_are_in_no_repr() -> None:
    secret = {"LAB_ADMIN_KEY": "a-key-to-keep"}
    shown = repr([DjangoLab("", "none", None, Path(), secret), FlaskLab("", None, Path(), secret)])
    assert secret["LAB_ADMIN_KEY"] not in shown

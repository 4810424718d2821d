"""The workshop is a correct API, and each of its masks differs from it exactly as its docstring says."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import requests

from tests.contract.servers import MASKS, Settings, Standing, Workshop

TOOL = {"name": "Saw", "slug": "saw", "homepage": "https://tools.example/saw"}
ITEM = "/api/tools/7"
WRONG = "0" * 40


@dataclass
class Clock:
    """Stands still but when it is put on."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Client:
    """Sends single requests to one server, as they are."""

    server: Workshop
    clock: Clock = field(default_factory=Clock)

    def send(
        self,
        method: str,
        path: str,
        key: str | None = None,
        body: object = None,
        *,
        user: str = "admin",
        **headers: str,
    ) -> requests.Response:
        """`key` is a valid user's name, or else a key to send for `user`."""
        if key is not None:
            valid = key in self.server.keys
            headers["Authorization"] = self.server.authorization(key) if valid else f"ApiKey {user}:{key}"
        with requests.Session() as session:
            session.trust_env = False
            url = self.server.url + path
            return session.request(method, url, json=body, headers=headers, allow_redirects=False, timeout=10)

    def after(self, seconds: float) -> "Client":
        """Itself, that much later."""
        self.clock.now += seconds
        return self

    def note(self, key: str | None, text: str = "changed", *, user: str = "admin", **headers: str) -> int:
        """Write into the notes of one tool; the status of the answer."""
        return self.send("PATCH", ITEM, key, {"notes": text}, user=user, **headers).status_code

    @property
    def stored(self) -> object:
        """The notes of that tool, in truth."""
        return self.server.rows()["tools"][7]["notes"]

    @property
    def shown(self) -> object:
        """The notes of that tool, as guests see them."""
        return self.send("GET", ITEM).json()["notes"]


@pytest.fixture
def client() -> Iterator[Client]:
    with Workshop.start() as server:
        yield Client(server)


# The correct server.


def test_the_correct_server_creates_changes_and_deletes(client: Client) -> None:
    created = client.send("POST", "/api/tools", "admin", TOOL)
    assert created.status_code == 201
    where = created.headers["Location"]
    assert where == f"/api/tools/{created.json()['id']}"
    assert client.send("GET", where).json() == created.json() == client.server.rows()["tools"][created.json()["id"]]
    part = client.send("POST", "/api/parts", "second", {"label": "Blade", "tool_id": created.json()["id"]}).json()
    changed = client.send("PATCH", where, "second", {"notes": "new"})
    assert (changed.status_code, changed.json()["notes"], changed.json()["name"]) == (200, "new", "Saw")
    assert changed.json()["updated_at"] > created.json()["updated_at"]
    replaced = client.send("PUT", where, "admin", {**TOOL, "name": "Axe", "id": 1})
    assert (replaced.json()["name"], replaced.json()["notes"], replaced.json()["id"]) == (
        "Axe",
        "",
        created.json()["id"],
    )
    gone = client.send("DELETE", where, "admin")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.send("GET", where).status_code == 404
    assert client.send("GET", f"/api/parts/{part['id']}").status_code == 404


@pytest.mark.parametrize(
    ("user", "key", "write", "read"),
    [
        ("admin", None, 401, 200),
        ("admin", WRONG, 401, 401),
        ("admin", "", 401, 401),
        ("keyless", "", 401, 401),
        ("nobody", WRONG, 401, 401),
        ("plain", "plain", 403, 200),
        ("second", "second", 200, 200),
    ],
)
def test_the_correct_server_tells_callers_apart(client: Client, user: str, key: str, write: int, read: int) -> None:
    before = client.server.rows()
    assert client.note(key, user=user) == write
    assert client.send("GET", ITEM, key, user=user).status_code == read
    assert (client.server.rows() == before) is (write != 200)


@pytest.mark.parametrize(
    "header", ["", "ApiKey", "ApiKey admin", "Basic {admin}", "ApiKey admin:{plain}", "ApiKey  admin:{admin}"]
)
def test_a_header_that_is_no_credential_is_refused(client: Client, header: str) -> None:
    value = header.format(**client.server.keys)
    assert client.send("PATCH", ITEM, body={"notes": "x"}, Authorization=value).status_code == 401
    assert client.send("GET", ITEM, Authorization=value).status_code == 401
    assert client.stored == ""


def test_refusals_come_in_order(client: Client) -> None:
    assert client.send("PUT", "/api/tools", None, {}).status_code == 405
    assert client.send("POST", "/api/gadgets", None, {}).status_code == 404
    for method, path in (("POST", "/api/tools"), ("PUT", "/api/tools/999"), ("DELETE", "/api/tools/999")):
        assert client.send(method, path, WRONG, []).status_code == 401
        assert client.send(method, path, "plain", []).status_code == 403
    assert client.send("PUT", "/api/tools/999", "admin", []).status_code == 404
    assert client.send("POST", "/api/tools", "admin").status_code == 415
    assert client.send("POST", "/api/tools", "admin", []).status_code == 400
    assert client.send("POST", "/api/tools", "admin", {**TOOL, "slug": "tool-1"}).status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": 1},
        {"name": "a\nb"},
        {"slug": "a b"},
        {"notes": "\ud800"},
        {"homepage": None},
        {"homepage": "https://evil.example/"},
        {"homepage": "http://tools.example/x"},
        {"homepage": "https://tools.example@evil.example/"},
        {"homepage": "https://tools.example/a\n"},
        {"homepage": "https://tools.example/../x"},
        {"homepage": "https://tools.example/%2e%2e/x"},
        {"homepage": "https://tools.example//evil.example"},
        {"homepage": "https://tools.example/\\evil.example"},
    ],
)
def test_bad_values_are_refused_by_name(client: Client, change: dict[str, object]) -> None:
    before = client.server.rows()
    for method, path in (("POST", "/api/tools"), ("PATCH", ITEM), ("PUT", ITEM)):
        answer = client.send(method, path, "admin", {**TOOL, **change})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, list(change))
    assert client.server.rows() == before


@pytest.mark.parametrize("tool", [True, "1", 0, 999, None])
def test_a_part_needs_a_tool(client: Client, tool: object) -> None:
    assert client.send("POST", "/api/parts", "admin", {"label": "x", "tool_id": tool}).status_code == 400


@pytest.mark.parametrize("tail", ["", "a/b?c=d#e", "~a/b@c:d+e", "a%C3%A9", "a..b/c"])
def test_addresses_of_the_site_are_taken_as_they_are(client: Client, tail: str) -> None:
    address = f"https://tools.example/{tail}"
    assert client.send("PATCH", ITEM, "admin", {"homepage": address}).json()["homepage"] == address


def test_lists_have_pages(client: Client) -> None:
    client.send("POST", "/api/tools", "admin", TOOL)
    first = client.send("GET", "/api/tools").json()
    assert (len(first["items"]), first["total"]) == (25, 41)
    assert first["next"] == f"{client.server.url}/api/tools?page=2"
    second = client.send("GET", "/api/tools?page=2").json()
    assert [row["slug"] for row in second["items"]][-1] == "saw"
    assert (len(second["items"]), second["next"]) == (16, None)
    assert client.send("GET", "/api/tools?page=x").status_code == 400


def test_the_document_describes_the_routes(client: Client) -> None:
    document = client.send("GET", "/openapi.json").json()
    assert {
        path: sorted({"get", "post", "put", "patch", "delete"} & set(item)) for path, item in document["paths"].items()
    } == {
        "/": ["get"],
        "/api/tools": ["get", "post"],
        "/api/tools/{tool_id}": ["delete", "get", "patch", "put"],
        "/api/parts": ["get", "post"],
        "/api/parts/{part_id}": ["delete", "get", "patch", "put"],
    }
    schemas = document["components"]["schemas"]
    assert schemas["ToolBody"]["required"] == ["name", "slug", "homepage"]
    assert schemas["ToolBody"]["properties"]["homepage"]["format"] == "uri"
    assert set(schemas["Tool"]["properties"]) == set(client.send("GET", ITEM).json())
    assert set(schemas["Part"]["properties"]) == set(client.send("GET", "/api/parts/1").json())
    assert set(schemas["ToolList"]["properties"]) == set(client.send("GET", "/api/tools").json())
    assert document["components"]["securitySchemes"]["ApiKey"]["x-value-format"] == "ApiKey {username}:{key}"


def test_requests_are_recorded_without_secrets(client: Client) -> None:
    client.note("admin")
    client.note(WRONG)
    client.send("GET", "/api/tools?page=2")
    requests_seen = client.server.requests
    assert (requests_seen.total, requests_seen.writes, requests_seen.by_route["PATCH", ITEM]) == (3, 2, 2)
    assert [
        (entry.method, entry.path, entry.username, entry.status, entry.standing) for entry in requests_seen.log
    ] == [
        ("PATCH", ITEM, "admin", 200, Standing.PRIVILEGED),
        ("PATCH", ITEM, "admin", 401, Standing.REFUSED),
        ("GET", "/api/tools", None, 200, Standing.GUEST),
    ]
    shown = repr((client.server, requests_seen.log))
    assert not [key for key in client.server.keys.values() if key in shown]


def test_a_connection_stays_open_whatever_is_answered() -> None:
    with Workshop.start() as server:
        connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=10)
        statuses = []
        for method, path in (("GET", ITEM), ("HEAD", ITEM), ("POST", "/api/tools"), ("DELETE", "/none"), ("GET", "/")):
            connection.request(method, path, json.dumps(TOOL) if method == "POST" else None)
            with connection.getresponse() as answer:
                answer.read()
                statuses.append(answer.status)
        assert statuses == [200, 200, 401, 404, 200]
        assert len({entry.connection for entry in server.requests.log}) == 1
        connection.close()


@pytest.mark.parametrize("framing", ["Content-Length: x", "Content-Length: 2\r\nTransfer-Encoding: chunked"])
def test_a_body_whose_end_is_in_doubt_ends_the_connection(client: Client, framing: str) -> None:
    port = int(client.server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST /api/tools HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n{{}}".encode())
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 400 ")
    assert client.server.requests.total == 0


def test_a_chunked_body_is_read(client: Client) -> None:
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": client.server.authorization("admin"), "Content-Type": "application/json"}
        chunks = iter([b'{"notes":', b' "chunked"}'])
        assert session.patch(client.server.url + ITEM, data=chunks, headers=headers, timeout=10).status_code == 200
    assert client.stored == "chunked"


def test_nothing_is_left_behind() -> None:
    threads = threading.active_count()
    with Workshop.start() as server:
        idle = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10)
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 200"
    assert threading.active_count() == threads
    with pytest.raises(requests.ConnectionError):
        Client(server).send("GET", "/")
    idle.close()


def test_masks_compose_and_unknown_ones_are_refused() -> None:
    with Workshop.start("status_401_html+writes_then_401") as server:
        client = Client(server)
        answer = client.send("PATCH", ITEM, WRONG, {"notes": "x"})
        assert (answer.status_code, answer.content, client.stored) == (401, b"", "x")
    with pytest.raises(KeyError), Workshop.start("corect"):
        pass


# The masks.

Check = Callable[[Client], None]
CHECKS: dict[str, Check] = {}


def shows(mask: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        CHECKS[mask] = check
        return check

    return register


@pytest.mark.parametrize("mask", MASKS)
def test_mask(mask: str) -> None:
    clock = Clock()
    with Workshop.start(mask, Settings(clock=clock)) as server:
        CHECKS[mask](Client(server, clock))


@pytest.mark.parametrize(
    "mask", sorted(set(MASKS) - {"blocked_all", "missing_slash", "documented_but_405", "blind_reader"})
)
def test_a_mask_lets_the_valid_key_write(mask: str) -> None:
    with Workshop.start(mask) as server:
        client = Client(server)
        assert (client.note("admin"), client.stored) == (200, "changed")
        created = client.send("POST", "/api/tools", "second", TOOL)
        assert (created.status_code, created.json()["homepage"]) == (201, TOOL["homepage"])


@shows("correct")
def _(client: Client) -> None:
    assert (client.note(WRONG), client.note(None), client.note("plain"), client.stored) == (401, 401, 403, "")
    assert (client.note("admin"), client.shown) == (200, "changed")


@shows("blocked_all")
def _(client: Client) -> None:
    for method, path, key in (
        ("GET", "/", None),
        ("GET", ITEM, "admin"),
        ("PATCH", ITEM, "admin"),
        ("POST", "/x", WRONG),
    ):
        answer = client.send(method, path, key, {"notes": "x"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert client.send("GET", "/openapi.json").status_code == 200
    assert client.stored == ""


@shows("redirect_login")
def _(client: Client) -> None:
    for key in (None, WRONG, "plain"):
        answer = client.send("PATCH", ITEM, key, {"notes": "x"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert client.send("GET", "/login").status_code == 200
    assert client.stored == ""


@shows("soft_200")
def _(client: Client) -> None:
    for key in (None, WRONG, "plain"):
        answer = client.send("PATCH", ITEM, key, {"notes": "x"})
        assert (answer.status_code, list(answer.json())) == (200, ["error"])
    assert client.stored == ""


@shows("crash_on_admin_name")
def _(client: Client) -> None:
    assert (client.note(WRONG), client.note(WRONG, user="second"), client.note(None)) == (500, 401, 401)
    assert client.stored == ""


@shows("bad_request_400")
def _(client: Client) -> None:
    assert [client.note(key) for key in (None, WRONG, "plain")] == [400, 400, 400]
    assert client.stored == ""


@shows("not_found_404")
def _(client: Client) -> None:
    assert [client.note(key) for key in (None, WRONG, "plain")] == [404, 404, 404]
    assert client.shown == client.stored == ""


@shows("hidden_404")
def _(client: Client) -> None:
    assert [client.note(key) for key in (None, WRONG, "plain")] == [404, 404, 404]
    assert [client.send("GET", path).status_code for path in (ITEM, "/api/parts", "/")] == [404, 404, 200]
    assert client.send("GET", ITEM, "second").status_code == 200
    document = client.send("GET", "/openapi.json").json()
    assert document["paths"]["/api/tools"]["get"]["security"] == [{"ApiKey": []}]


@shows("empty_204")
def _(client: Client) -> None:
    answer = client.send("PATCH", ITEM, WRONG, {"notes": "x"})
    assert (answer.status_code, answer.content, client.stored) == (204, b"", "")


@shows("status_401_html")
def _(client: Client) -> None:
    for key, status in ((WRONG, 401), (None, 401), ("plain", 403)):
        answer = client.send("PATCH", ITEM, key, {"notes": "x"})
        assert (answer.status_code, answer.content) == (status, b"")
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@shows("lockout")
def _(client: Client) -> None:
    assert {client.note(WRONG) for _ in range(9)} == {401}
    assert client.note("admin", "before") == 200
    assert (client.note(WRONG), client.note("admin"), client.note("second", "after")) == (401, 401, 200)
    assert (client.send("GET", ITEM, "admin").status_code, client.shown) == (401, "after")


@shows("rate_limit")
def _(client: Client) -> None:
    assert {client.send("GET", "/").status_code for _ in range(50)} == {200}
    limited = client.send("PATCH", ITEM, "admin", {"notes": "x"})
    assert (limited.status_code, limited.headers["Retry-After"], client.stored) == (429, "1", "")
    assert client.after(1).note("admin") == 200


@shows("writes_then_401")
def _(client: Client) -> None:
    for key in (None, WRONG, "plain"):
        assert (client.note(key, f"by {key}"), client.shown) == (401, f"by {key}")


@shows("late_effect")
def _(client: Client) -> None:
    assert (client.note(WRONG, "wrong"), client.shown, client.stored) == (401, "", "wrong")
    assert client.after(2).shown == "wrong"
    assert (client.note("admin", "right"), client.shown) == (200, "wrong")
    assert client.after(2).shown == "right"


@shows("late_bypass_only")
def _(client: Client) -> None:
    assert (client.note(WRONG, "wrong"), client.stored) == (401, "")
    assert (client.note("admin", "right"), client.shown) == (200, "right")
    assert client.after(1).shown == client.stored == "wrong"


@shows("blind_reader")
def _(client: Client) -> None:
    assert (client.note("admin"), client.stored, client.shown) == (200, "changed", "")
    created = client.send("POST", "/api/tools", "admin", TOOL)
    assert client.send("GET", created.headers["Location"]).status_code == 404
    assert client.send("GET", "/api/tools").json()["total"] == 40


@shows("cached_reader")
def _(client: Client) -> None:
    assert (client.note("admin"), client.stored, client.shown) == (200, "changed", "")
    assert client.send("GET", ITEM).headers["Age"] == "30"
    for turn in range(4):
        assert client.after(29).note("admin", f"turn {turn}") == 200
    assert client.shown == "turn 1"
    assert client.after(1).shown == "turn 2"
    assert client.after(1000).note("admin", "last") == 200
    assert client.after(29).shown == "turn 3"


@shows("bump_updated_at")
def _(client: Client) -> None:
    before = client.server.rows()["tools"][7]
    assert (client.note(WRONG), client.note(None)) == (401, 401)
    after = client.send("GET", ITEM).json()
    assert after["updated_at"] > str(before["updated_at"])
    assert after == {**before, "updated_at": after["updated_at"], "hits": 2}


@shows("drops_url")
def _(client: Client) -> None:
    created = client.send("POST", "/api/tools", "admin", {**TOOL, "homepage": "https://evil.example/x"})
    assert (created.status_code, created.json()["homepage"]) == (201, "https://tools.example/")
    assert client.note(WRONG) == 401


@shows("normalises_url")
def _(client: Client) -> None:
    for offered, kept in (("https://evil.example/x/../y z?q", "x/yz"), ("http://[", ""), ("a\\b", "ab")):
        answer = client.send("PATCH", ITEM, "admin", {"homepage": offered})
        assert (answer.status_code, answer.json()["homepage"]) == (200, f"https://tools.example/{kept}")


@shows("stored_bad_url")
def _(client: Client) -> None:
    answer = client.send("PATCH", ITEM, "admin", {"homepage": "javascript:1"})
    assert (answer.status_code, client.send("GET", ITEM).json()["homepage"]) == (200, "javascript:1")


@shows("unique_400")
def _(client: Client) -> None:
    bad, repeated = (
        client.send("PATCH", ITEM, "admin", {"homepage": address})
        for address in ("https://evil.example/", "https://tools.example/tool-1")
    )
    assert (bad.status_code, repeated.status_code) == (400, 400)
    assert bad.content == repeated.content


@shows("unique_400_no_rule")
def _(client: Client) -> None:
    address = {"homepage": "https://evil.example/"}
    assert client.send("PATCH", ITEM, "admin", address).status_code == 200
    assert client.send("PATCH", "/api/tools/8", "admin", address).status_code == 400


@shows("guest_let_in")
def _(client: Client) -> None:
    assert (client.note(WRONG), client.note("plain"), client.stored) == (401, 403, "")
    assert (client.note(None), client.stored) == (200, "changed")


@shows("bypass_any_key")
def _(client: Client) -> None:
    for user in ("admin", "second", "keyless"):
        assert (client.note(WRONG, user, user=user), client.stored) == (200, user)
    assert client.send("POST", "/api/tools", "", TOOL).status_code == 201
    assert client.send("GET", ITEM, WRONG).status_code == 200
    assert (client.note(WRONG, user="nobody"), client.note(WRONG, user="plain"), client.note(None)) == (401, 401, 401)


def only(method: str) -> Check:
    def check(client: Client) -> None:
        sent = [
            ("POST", "/api/tools", TOOL, 201),
            ("PUT", ITEM, {**TOOL, "slug": "other"}, 200),
            ("PATCH", ITEM, {"notes": "x"}, 200),
            ("DELETE", ITEM, None, 204),
            ("GET", ITEM, None, 200),
        ]
        expected = [status if method == name else 401 for name, _, _, status in sent]
        assert [client.send(name, path, WRONG, body).status_code for name, path, body, _ in sent] == expected

    return check


for verb in ("post", "put", "patch", "delete"):
    CHECKS[f"bypass_any_key_{verb}_only"] = only(verb.upper())


@shows("foreign_key_accepted")
def _(client: Client) -> None:
    keys = client.server.keys
    assert (client.note(keys["second"]), client.note(WRONG), client.stored) == (401, 401, "")
    assert (client.note(keys["plain"]), client.stored) == (200, "changed")


@shows("low_can_write")
def _(client: Client) -> None:
    assert (client.note(WRONG), client.note("plain"), client.stored) == (401, 200, "changed")


@shows("query_user_trusted")
def _(client: Client) -> None:
    path = f"{ITEM}?username=admin"
    assert client.send("PATCH", path, WRONG, {"notes": "x"}).status_code == 401
    assert (client.note("plain"), client.send("PATCH", path, "plain", {"notes": "x"}).status_code) == (403, 200)
    assert client.stored == "x"


@shows("header_user_trusted")
def _(client: Client) -> None:
    trusted = {"X-User": "admin"}
    assert (client.note(WRONG, **trusted), client.note("plain"), client.note("plain", **trusted)) == (401, 403, 200)
    assert client.stored == "changed"


@shows("json_user_trusted")
def _(client: Client) -> None:
    body = {"notes": "x", "username": "admin"}
    assert client.send("PATCH", ITEM, WRONG, body).status_code == 401
    assert (client.note("plain"), client.send("PATCH", ITEM, "plain", body).status_code) == (403, 200)
    assert client.stored == "x"


@shows("busy_for_others")
def _(client: Client) -> None:
    assert [client.note(WRONG) for _ in range(3)] == [401, 401, 401]
    with ThreadPoolExecutor(8) as crowd:
        answers = set(crowd.map(lambda _: client.note(WRONG), range(24)))
    assert answers >= {503}
    assert answers <= {401, 503}
    assert (client.note("admin"), client.stored) == (200, "changed")


@shows("counts_parts")
def _(client: Client) -> None:
    before = client.send("GET", ITEM, "admin").json()["parts_written"]
    assert client.send("POST", "/api/parts", WRONG, {}).status_code == 401
    assert client.send("GET", ITEM, "admin").json()["parts_written"] == before + 1
    made = client.send("POST", "/api/tools", "admin", TOOL).json()["id"]
    assert "parts_written" not in client.send("GET", f"/api/tools/{made}", "admin").json()


@shows("unpatched_worker")
def _(client: Client) -> None:
    assert [client.note(WRONG, str(turn)) for turn in range(6)] == [401, 401, 200, 401, 401, 200]
    assert client.stored == "5"


def patch_members(status: int) -> Check:
    def check(client: Client) -> None:
        own = client.server.keys["admin"]
        for key in (own[1:], own[:-1], own + "0", own * 2):
            assert (client.note(key), client.stored) == (401, "")
        for key in (own[::-1], own.upper()):
            assert (client.note(key, key[:4]), client.stored) == (status, key[:4])
        assert client.send("DELETE", ITEM, own[::-1]).status_code == 401
        assert 7 in client.server.rows()["tools"]

    return check


CHECKS["two_patch_members"] = patch_members(401)
CHECKS["two_patch_members_200"] = patch_members(200)


def delete_member(status: int) -> Check:
    def check(client: Client) -> None:
        own = client.server.keys["admin"]
        assert {client.send("DELETE", ITEM, key).status_code for key in (own[1:], own[::-1], WRONG)} == {401}
        assert 7 in client.server.rows()["tools"]
        assert client.send("DELETE", ITEM, own[:-1]).status_code == status
        assert 7 not in client.server.rows()["tools"]

    return check


CHECKS["one_delete_member"] = delete_member(401)
CHECKS["one_delete_member_204"] = delete_member(204)


@shows("once_only")
def _(client: Client) -> None:
    assert client.send("PATCH", ITEM, WRONG, {"name": ""}).status_code == 401
    assert (client.note(None, "guest"), client.note(WRONG, "first"), client.stored) == (401, 401, "first")
    assert (client.note(WRONG, "second"), client.stored) == (401, "first")


@shows("once_only_delete")
def _(client: Client) -> None:
    assert [client.send("DELETE", f"/api/tools/{number}", WRONG).status_code for number in (1, 2)] == [401, 401]
    assert sorted(client.server.rows()["tools"]) == list(range(2, 41))


@shows("once_only_post")
def _(client: Client) -> None:
    for slug in ("first", "second"):
        assert client.send("POST", "/api/tools", WRONG, {**TOOL, "slug": slug}).status_code == 401
    assert [row["slug"] for row in client.server.rows()["tools"].values()][40:] == ["first"]


@shows("missing_slash")
def _(client: Client) -> None:
    for method, path, key in (
        ("GET", ITEM, None),
        ("PATCH", ITEM, "admin"),
        ("DELETE", ITEM, WRONG),
        ("POST", "/api/tools", None),
    ):
        answer = client.send(method, f"{path}?a=b", key, {"notes": "x"})
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{path}/?a=b")
    assert client.send("PATCH", f"{ITEM}/", WRONG, {"notes": "x"}).status_code == 401
    assert client.send("PATCH", f"{ITEM}/", "admin", {"notes": "x"}).json()["notes"] == "x"
    assert client.send("POST", "/api/tools/", "admin", TOOL).headers["Location"] == "/api/tools/41/"
    assert client.send("GET", "/api/tools/").json()["next"].endswith("/api/tools/?page=2")


@shows("no_delete")
def _(client: Client) -> None:
    assert [client.send("DELETE", ITEM, key).status_code for key in ("admin", WRONG, None)] == [405, 405, 405]
    paths = client.send("GET", "/openapi.json").json()["paths"]
    assert "delete" not in paths["/api/tools/{tool_id}"]
    assert "patch" in paths["/api/tools/{tool_id}"]
    assert 7 in client.server.rows()["tools"]


@shows("documented_but_405")
def _(client: Client) -> None:
    assert [client.note(key) for key in ("admin", WRONG, None)] == [405, 405, 405]
    assert "patch" in client.send("GET", "/openapi.json").json()["paths"]["/api/tools/{tool_id}"]
    assert client.stored == ""


@shows("unserved")
def _(client: Client) -> None:
    paths = client.send("GET", "/openapi.json").json()["paths"]
    assert {"get", "post"} <= set(paths["/api/gadgets"])
    assert paths["/api/gadgets/{gadget_id}"]["parameters"][0]["name"] == "gadget_id"
    operations = [value["operationId"] for item in paths.values() for value in item.values() if isinstance(value, dict)]
    assert len(operations) == len(set(operations))
    for method, path in (("GET", "/api/gadgets"), ("POST", "/api/gadgets"), ("DELETE", "/api/gadgets/1")):
        assert [client.send(method, path, key).status_code for key in ("admin", WRONG, None)] == [404, 404, 404]


@dataclass(frozen=True)
class Part:
    """A part of one account, and what the others may do with it."""

    client: Client
    path: str

    @classmethod
    def made(cls, client: Client, by: str, **fields: object) -> "Part":
        """A part that `by` makes."""
        answer = client.send("POST", "/api/parts", by, {"label": "Blade", "tool_id": 7, **fields})
        return cls(client, f"/api/parts/{answer.json().get('id')}")

    @property
    def row(self) -> dict[str, object]:
        """It, in truth."""
        return self.client.server.rows()["parts"].get(int(self.path.rpartition("/")[2]), {})

    def change(self, by: str, **fields: object) -> int:
        """Change it; the status of the answer."""
        return self.client.send("PATCH", self.path, by, fields).status_code

    def remove(self, by: str) -> int:
        """Remove it; the status of the answer."""
        return self.client.send("DELETE", self.path, by).status_code


@shows("owned")
def _(client: Client) -> None:
    part = Part.made(client, "plain", approved=True)
    assert (part.row["owner"], part.row["approved"]) == ("plain", False)
    assert [part.change(who, label="x") for who in ("peer", "plain")] == [403, 200]
    assert (part.change("plain", owner="peer"), part.row["owner"]) == (403, "plain")
    assert [part.remove(who) for who in ("peer", "plain")] == [403, 204]


@shows("ignores_owner")
def _(client: Client) -> None:
    part = Part.made(client, "plain", owner="peer")
    assert (part.change("plain", owner="peer", label="x"), part.row["owner"], part.row["label"]) == (200, "plain", "x")
    assert part.change("peer", owner="plain") == 403


@shows("honours_owner")
def _(client: Client) -> None:
    assert Part.made(client, "plain", owner="peer").row["owner"] == "peer"
    part = Part.made(client, "plain")
    assert (part.change("peer", label="x"), part.change("plain", owner="peer"), part.row["owner"]) == (403, 200, "peer")


@shows("acts_on_owner")
def _(client: Client) -> None:
    other, part = Part.made(client, "peer"), Part.made(client, "plain")
    assert (part.change("plain", owner="peer", label="x"), other.row["label"], part.row["label"]) == (200, "x", "Blade")


@shows("anybody_changes")
def _(client: Client) -> None:
    part = Part.made(client, "plain")
    assert (part.change("peer", label="x"), part.row["label"], part.remove("peer")) == (200, "x", 204)


@shows("anybody_removes")
def _(client: Client) -> None:
    part = Part.made(client, "plain")
    assert (part.change("peer", label="x"), part.remove("peer"), part.row) == (403, 204, {})


@shows("approves_itself")
def _(client: Client) -> None:
    part = Part.made(client, "plain", approved=True)
    assert part.row["approved"] is True
    assert (part.change("plain", approved=False), part.row["approved"]) == (200, False)


@shows("approves_on_change")
def _(client: Client) -> None:
    part = Part.made(client, "plain", approved=True)
    assert part.row["approved"] is False
    assert (part.change("plain", approved=True), part.row["approved"]) == (200, True)


@shows("hidden_parts")
def _(client: Client) -> None:
    part = Part.made(client, "plain")
    assert [client.send("GET", part.path, who).status_code for who in ("plain", "peer", None)] == [200, 404, 404]
    seen = {who: client.send("GET", "/api/parts", who).text.count('"plain"') for who in ("plain", "peer")}
    assert seen == {"plain": 1, "peer": 0}

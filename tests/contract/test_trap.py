"""An API that points at another host wherever it can: no byte of a run, and so no credential, ever gets there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from harness.cli import main
from tests.contract.harm.kit import ADMIN, LOW, Answer, Api, Call, leaks, serving
from tests.contract.wire.sockets import Server, always, answer

FAMILIES = ("guest-write", "fabricated-key", "guest-read")
TOKENS = {"admin": "t0k3n-4dm1n-Qx7vTz93", "low": "t0k3n-l0w-uGh5bYn27d"}

LOGIN = """  jwt:
    channel: bearer
    login:
      operation: POST /login
      json: {username: "{username}", password: "{password}"}
      token: $.token
      refresh: {operation: POST /login, json: {refresh: "{refresh}"}, from: $.refresh}"""


@pytest.fixture
def trap() -> Iterator[Server]:
    """Another loopback address, which would let anybody in."""
    server = Server(always(answer(b'{"id": 1, "token": "trapped", "items": []}')), "127.0.0.2")
    yield server
    server.stop()


class Pointing(Api):
    """Correct, with a login; every place that may hold an address holds the trap's."""

    template = "Bearer {key}"
    fields: ClassVar[Mapping[str, Any]] = {"name": {"type": "string"}, "url": {"type": "string", "format": "uri"}}

    def __init__(self, trap: str) -> None:
        self.trap = trap
        super().__init__()

    def next_id(self, name: str) -> Any:
        number = super().next_id(name)
        # What would be another authority if a path were ever joined to a host without a slash between.
        return f"@{self.trap.removeprefix('http://')}-{number}"

    def shown(self, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        item = f"{self.trap}/{name}/{row['id']}"
        return {**row, "href": item, "resource_uri": item, "_links": {"self": {"href": item}}}

    def listed(self, name: str, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Any:
        return {"items": rows[:2], "total": len(rows), "next": f"{self.trap}/{name}?page=2", "previous": None}

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        return Answer(
            201,
            self.shown(name, row),
            Location=f"{self.trap}/{name}/{row['id']}",
            Content_Location=f"//{self.trap.removeprefix('http://')}/",
            Link=f'<{self.trap}/{name}?page=2>; rel="next"',
            Refresh=f"0; url={self.trap}/",
            Set_Cookie="session=1; Domain=127.0.0.2; Path=/",
            Alt_Svc=f'h2="{self.trap.removeprefix("http://")}"',
        )

    def who(self, headers: Mapping[str, str]) -> str | None:
        told = headers.get("Authorization")
        if told is None:
            return None
        for name, token in TOKENS.items():
            if told == f"Bearer {token}":
                return name
        raise Answer(
            401, {"detail": "bad token", "login": f"{self.trap}/login"}, WWW_Authenticate=f'Bearer realm="{self.trap}"'
        )

    def handle(self, call: Call) -> Answer:
        if call.path == "/login":
            asked = call.json()
            name = {ADMIN: "admin", LOW: "low"}.get(asked.get("password", ""))
            if name is None or name != asked.get("username"):
                return Answer(401, {"detail": "no"})
            more = {
                "refresh_url": f"{self.trap}/login",
                "issuer": self.trap,
                "refresh": f"r3fr3sh-{TOKENS[name][::-1]}",
            }
            return Answer(200, {"token": TOKENS[name], "expires_in": 1, **more}, Location=f"{self.trap}/login")
        return super().handle(call)

    def document(self) -> dict[str, Any]:
        told = super().document()
        there = [{"url": self.trap}]
        told |= {"servers": there, "externalDocs": {"url": self.trap}, "security": [{"oauth": []}]}
        flow = {"tokenUrl": f"{self.trap}/login", "refreshUrl": f"{self.trap}/login", "scopes": {}}
        told["components"] = {
            "securitySchemes": {
                "oauth": {"type": "oauth2", "flows": {"password": flow}},
                "oidc": {"type": "openIdConnect", "openIdConnectUrl": f"{self.trap}/.well-known"},
            }
        }
        for path, item in told["paths"].items():
            item["servers"] = there
            for method, operation in item.items():
                if method in ("get", "post", "put", "patch", "delete"):
                    operation["servers"] = there
                    operation["callbacks"] = {"done": {f"{self.trap}/done": {"post": {"responses": {}}}}}
                    operation["responses"]["200"]["links"] = {
                        "next": {"operationRef": f"{self.trap}/openapi.json#{path}", "server": there[0]}
                    }
        told["paths"]["/remote"] = {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": f"{self.trap}/s.json#/A"}}}},
                "responses": {},
            }
        }
        told["paths"]["/item"] = {"$ref": f"{self.trap}/path.yaml"}
        return told

    def target(self) -> str:
        return (
            re.sub("(?m)^  key: .*", LOGIN, super().target())
            + "operations: {never: [POST /remote]}\nlimits: {settle: 100ms}\n"
        )


class Sending(Pointing):
    """Besides, redirects every other write and every unknown path to the trap, method and body kept."""

    turn = 0

    def before(self, call: Call) -> None:
        self.turn += 1
        if call.method != "GET" and self.turn % 2:
            raise Answer(307, None, Location=f"{self.trap}{call.raw}")
        if call.path.strip("/").split("/")[0] not in self.names:
            raise Answer(302, None, Location=f"{self.trap}{call.raw}")


@pytest.mark.parametrize("kind", [Pointing, Sending])
def test_a_trap_gets_nothing(kind: type[Pointing], trap: Server, tmp_path: Path) -> None:
    api = kind(trap.url)
    out, file = tmp_path / "out", tmp_path / "target.yaml"
    file.write_text(api.target())
    families = [word for family in FAMILIES for word in ("--family", family)]
    with serving(api) as url:
        # In this process, for starting another takes longer than the whole run.
        ran = CliRunner().invoke(
            main,
            ["run", str(file), "--base-url", url, "--out", str(out), *families],
            env={"HOME": str(tmp_path), "ADMIN_KEY": ADMIN, "LOW_KEY": LOW},
        )
    assert isinstance(ran.exception, SystemExit), ran.output
    assert "internal error" not in ran.output
    assert (out / "report.json").exists(), ran.output
    assert trap.connections == []
    sent = {(method, path.split("/")[1]) for method, path, _ in api.log}
    assert sent >= {("POST", "login"), ("POST", "things"), ("GET", "things"), ("DELETE", "things")}
    assert leaks(out, ran.output, keys=(ADMIN, LOW, *TOKENS.values())) == []

"""Ways in that the document has and the target file does not name."""

import base64
import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine import Run, make_plan, open_target
from harness.engine.course.results import Results
from harness.engine.planning.opening import Opened
from harness.engine.rehearsing.checking import check_target
from harness.family import load_families
from tests.contract.adversary.kit import TARGET, Api, reply, served
from tests.contract.running import SUITES

KEYLESS = "  robot: {{username: robot, privileged: true}}\npublic:"
WORDS = TARGET.replace("public:", KEYLESS).replace("1800ms", "50ms").replace("http://127.0.0.1:1", "{url}")


class TwoWays(Api):
    """Right: keys in a header of their own, and the same in Basic."""

    schemes: dict[str, Any] = {  # noqa: RUF012
        "key": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "ApiKey username:key"},
        "basic": {"type": "http", "scheme": "basic"},
        "card": {"type": "mutualTLS"},
    }

    def document(self) -> dict[str, Any]:
        return {**super().document(), "components": {"securitySchemes": self.schemes}}

    def caller(self, req: Request) -> str:
        scheme, _, rest = req.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return super().caller(req)
        name, _, key = base64.b64decode(rest).decode().partition(":")
        return name if self.fits(name, key) else "bad"

    def fits(self, name: str, key: str) -> bool:
        """Whether a name and a password belong together."""
        return bool(key) and self.keys.get(name) == key


class Nothing(TwoWays):
    """Compares the password with the text of what is stored, which for one account is nothing."""

    def fits(self, name: str, key: str) -> bool:
        return super().fits(name, key) or (name == "robot" and key == str(self.keys.get(name)))

    def caller(self, req: Request) -> str:
        found = super().caller(req)
        return "boss" if found == "robot" else found


class AnyOfThem(TwoWays):
    """Asks whether the password is somebody's."""

    def fits(self, name: str, key: str) -> bool:
        return name in self.keys and key in self.keys.values()


def opened_on(api: Api, url: str, folder: Path) -> Opened:
    file = folder / "target.yaml"
    file.write_text(WORDS.format(more="", url=url))
    return open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})


def tried(api: Api, folder: Path) -> Results:
    """A run of the family."""
    before = sorted(api.rows)
    with served(api) as url:
        opened = opened_on(api, url, folder)
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.family == "second-way"]
        results = Run(opened, plan, folder / "out").execute(chosen)
    assert (sorted(api.rows), results.leftovers) == (before, ())
    return results


def told(results: Results) -> dict[str, set[str]]:
    """Verdicts by mutation."""
    found: dict[str, set[str]] = {}
    for one in results.judged.values():
        case = dict(one.probe.mutant.pairs).get("case", "")
        found.setdefault(f"{one.probe.mutation} {case}".strip(), set()).add(f"{one.verdict.outcome}")
    return found


def test_a_second_way_that_asks_for_the_same_key_is_passed(tmp_path: Path) -> None:
    results = tried(TwoWays(), tmp_path)
    found = told(results)
    card = found.pop("arbitrary-key")
    assert card == {"HELD", "NOT-APPLICABLE"}
    assert set.union(*found.values()) == {"HELD"}
    assert len(results.judged) == 3 * 10 + 1


@pytest.mark.parametrize(
    ("api", "wrong"), [(Nothing, {"keyless-admin word"}), (AnyOfThem, {"low-key"})], ids=["nothing", "any"]
)
def test_a_second_way_that_compares_too_little_is_found(api: type[TwoWays], wrong: set[str], tmp_path: Path) -> None:
    found = told(tried(api(), tmp_path))
    assert {name for name, verdicts in found.items() if verdicts - {"HELD", "NOT-APPLICABLE"}} == wrong
    assert all(found[name] == {"BYPASSED"} for name in wrong)


def test_what_cannot_be_tried_is_said(tmp_path: Path) -> None:
    api = TwoWays()
    with served(api) as url:
        opened = opened_on(api, url, tmp_path)
        plan = make_plan(load_families(SUITES), opened)
        checks = check_target(opened, plan)
    why = "the document's scheme card (mutualTLS) is a way in that is not tried"
    assert [one.not_applicable for one in plan.probes if "via=card" in one.id] == [f"no-channel: {why}"]
    assert [one.detail for one in checks.done if one.name == "card"] == [why]
    assert checks.exit_code == 0


LOGIN = """\
version: 1
name: logins
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  token:
    channel: bearer
    login: {{operation: POST /login, json: {{username: "{{username}}", password: "{{password}}"}}, token: $.token}}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}"}}
public: ["GET /**", "POST /login", "POST /token"]
limits: {{settle: 50ms}}
"""


class TwoLogins(Api):
    """Right: a login in JSON, and OAuth's password form beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, str] = {}

    def document(self) -> dict[str, Any]:
        told = super().document()
        text = {"type": "string"}
        fields = {"type": "object", "properties": {"username": text, "password": text}}
        flows = {"password": {"tokenUrl": "/token", "scopes": {}}}
        told["components"] = {"securitySchemes": {"oauth": {"type": "oauth2", "flows": flows}}}
        told["paths"]["/login"] = {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": fields}}},
                "responses": {"200": {"description": "a token"}},
            }
        }
        return told

    def caller(self, req: Request) -> str:
        scheme, _, token = req.headers.get("Authorization", "").partition(" ")
        return self.tokens.get(token, "bad") if scheme == "Bearer" else "guest"

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path not in ("/login", "/token"):
            return super().route(req, body)
        told = body if req.path == "/login" else req.form
        name, password = str(told.get("username")), told.get("password")
        if self.keys.get(name) != password and not (req.path == "/token" and self.passes(password)):
            return reply({"error": "wrong"}, 401)
        token = secrets.token_hex(16)
        self.tokens[token] = name
        return reply({"token" if req.path == "/login" else "access_token": token})

    def passes(self, password: str | None) -> bool:
        """Whether the form is content with what is no account's password."""
        return False


class AsADirectory(TwoLogins):
    """Takes a bind without a password for one that went well."""

    def passes(self, password: str | None) -> bool:
        return not password


class ForOthers(TwoLogins):
    """Right: the form is for other accounts, with passwords of their own."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        return reply({"error": "wrong"}, 401) if req.path == "/token" else super().route(req, body)


def entered(api: Api, folder: Path) -> dict[str, str]:
    """Verdicts of the logins, `OUTCOME reason` by operation and mutation."""
    with served(api) as url:
        file = folder / "target.yaml"
        file.write_text(LOGIN.format(url=url))
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.family == "login-password"]
        results = Run(opened, plan, folder / "out").execute(chosen)
    return {
        f"{one.probe.operation.path} {one.probe.mutation}": f"{one.verdict.outcome} {one.verdict.reason}"
        for one in results.judged.values()
    }


def test_a_second_login_that_asks_for_the_same_password_is_passed(tmp_path: Path) -> None:
    found = entered(TwoLogins(), tmp_path)
    asked = {name: one for name, one in found.items() if one != "NOT-APPLICABLE no-field"}
    assert {name.split(" ")[0] for name in asked} == {"/login", "/token"}
    assert {one.partition(" ")[0] for one in asked.values()} == {"HELD"}


def test_a_second_login_that_asks_for_less_is_found(tmp_path: Path) -> None:
    found = entered(AsADirectory(), tmp_path)
    wrong = {name for name, one in found.items() if one.startswith("BYPASSED")}
    assert wrong == {"/token empty", "/token missing"}


def test_a_login_of_which_nothing_is_known_is_told_apart(tmp_path: Path) -> None:
    found = entered(ForOthers(), tmp_path)
    assert {one for name, one in found.items() if name.startswith("/token b")} == {"NOT-APPLICABLE no-identity"}
    assert found["/login bent"].startswith("HELD")

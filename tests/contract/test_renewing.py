"""Runs on a server that gives tokens: which expire unsaid, or are not given at all."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine import Results, Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.family import load_families
from tests.contract.adversary.kit import Api, reply, served
from tests.contract.running import SUITES

TARGET = """\
version: 1
name: tokens
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  jwt:
    channel: bearer
    login: {{operation: POST /token, json: {{name: "{{username}}", word: "{{key}}"}}, token: $.token}}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}"}}
public: ["GET /**"]
limits: {{settle: 100ms}}
"""


class Tokens(Api):
    """Correct; a token lives for so many requests, and says nothing of it."""

    life = 10**6

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[str, int] = {}
        self.whose: dict[str, str] = {}
        self.given: list[str] = []
        self.takes_none = False

    def caller(self, req: Request) -> str:
        scheme, _, token = req.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return "guest"
        return self.whose[token] if self.left.get(token, 0) > 0 else "bad"

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path == "/token":
            name = str(body.get("name"))
            if self.takes_none or self.keys.get(name) != body.get("word"):
                return reply({"error": "no"}, 401)
            token = secrets.token_urlsafe(24)
            self.left[token], self.whose[token] = self.life, name
            self.given.append(name)
            return reply({"token": token})
        response = super().route(req, body)
        token = req.headers.get("Authorization", "").partition(" ")[2]
        if token in self.left:
            self.left[token] -= 1
        return response


class Fades(Tokens):
    """A token lives for forty requests."""

    life = 40


class FadesAtOnce(Tokens):
    """A token lives for four requests."""

    life = 4


def run(api: Tokens, folder: Path, *names: str, target: str = TARGET) -> Results:
    with served(api) as url:
        file = folder / "target.yaml"
        file.write_text(target.format(url=url))
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if f"{one.family}/{one.mutation}" in names and one.operation.writes]
        return Run(opened, plan, folder / "out").execute(chosen)


ASKED = ("guest-write/no-header", "fabricated-key/reversed-key")


def verdicts(results: Results) -> set[str]:
    return {f"{one.verdict.outcome} {one.verdict.reason}" for one in results.judged.values()}


def test_a_token_that_lasts_is_got_once(tmp_path: Path) -> None:
    api = Tokens()
    results = run(api, tmp_path, *ASKED)
    assert verdicts(results) == {"HELD refused"}
    assert len(results.judged) == 6
    assert sorted(api.given) == ["boss", "worker"]


def test_a_token_that_expires_is_got_anew(tmp_path: Path) -> None:
    api = Fades()
    results = run(api, tmp_path, *ASKED)
    assert verdicts(results) == {"HELD refused"}
    assert api.given.count("boss") > 1
    assert results.leftovers == ()


def test_where_tokens_never_last_nothing_is_held(tmp_path: Path) -> None:
    one_by_one = TARGET.replace("settle: 100ms", "settle: 100ms, concurrency: 1")
    results = run(FadesAtOnce(), tmp_path, *ASKED, target=one_by_one)
    assert verdicts(results) == {"INCONCLUSIVE control-lost"}
    assert results.leftovers == ()


def test_who_cannot_log_in_is_named(tmp_path: Path) -> None:
    api = Tokens()
    api.takes_none = True
    results = run(api, tmp_path, *ASKED)
    assert verdicts(results) == {"INCONCLUSIVE identity"}
    told = {one.verdict.detail for one in results.judged.values()}
    assert told == {"admin: its login POST /token answers 401; check its key"}
    assert results.exit_code(strict=False) == 3
    assert results.leftovers == ()


class OtherFades(Tokens):
    """Whoever is logged in may write, and the token of all but the admin lives for three requests. Anything is read by
    anybody, whatever token is sent."""

    refuses = False

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def caller(self, req: Request) -> str:
        caller = super().caller(req)
        self.asked.append(caller)
        return caller

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        response = super().route(req, body)
        for token in [one for one, name in self.whose.items() if name == "worker"]:
            self.left[token] = min(self.left[token], 3)
        return response

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        known = super().caller(req) == "worker"
        return self.write(req, key, body) if known and not self.refuses else self.deny(req)


class GuardedFades(OtherFades):
    """Nothing is read without a living token."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path.startswith(self.base) and super(OtherFades, self).caller(req) not in ("boss", "worker"):
            return reply({"error": "who?"}, 401)
        return super().route(req, body)


class Refuses(OtherFades):
    """Ordinary accounts may not write, and are answered as nobody is."""

    refuses = True

    def deny(self, req: Request) -> Response:
        return reply({"error": "no"}, 401)


class GuardedRefuses(GuardedFades, Refuses):
    """The same, and nothing is read without a living token."""


LOW = "low-privilege-write/own-credential"


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (OtherFades, "BYPASSED(any-change, state)"),
        (GuardedFades, "BYPASSED(any-change, state)"),
        (Refuses, "HELD(refused, attested)"),
        (GuardedRefuses, "HELD(refused, state)"),
    ],
)
def test_an_expired_token_is_no_refusal(kind: type[OtherFades], verdict: str, tmp_path: Path) -> None:
    results = run(kind(), tmp_path, LOW)
    assert [str(one.verdict) for one in results.judged.values()] == [verdict] * 3
    assert results.leftovers == ()

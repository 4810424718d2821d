"""Logging in, on paper."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config import Target, load
from harness.credentials import Channel, Signer
from harness.identities import Logins
from harness.identities.logins import SPENT
from harness.model import Exchange, Identity, Part, Request, Secret
from harness.wire import Redactor

FILE = """\
version: 1
name: paper
base_url: http://127.0.0.1:9
openapi: o.yaml
auth:
  jwt:
    channel: bearer
    login:
      operation: POST /in
      json: {who: "{username}", words: ["{password}", {key: "<{key}>"}], app: 1}
      token: $.token
      refresh: {operation: PUT /more, form: {old: "{token}", more: "{refresh}"}, from: $.more}
  key: {channel: header}
identities:
  admin: {username: root, key: "${ADMIN_TOKEN}", privileged: true, auth: jwt}
  a-b: {username: ab, key: first-5ecret, auth: jwt}
  a_b: {username: ab2, key: second-5ecret, auth: jwt}
  other: {key: third-5ecret, auth: key}
"""
ADMIN = "pa55word-of-admin"


class Paper:
    """A server on paper: gives numbered tokens, or what it is told to give."""

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.lines: list[str] = []
        self.give: Callable[[int], dict[str, object]] = lambda number: {"token": f"t0ken-number-{number}-abc"}

    def __call__(self, request: Request, line: str) -> Exchange:
        self.seen.append(request)
        self.lines.append(line)
        return Exchange(request, 200, (), json.dumps(self.give(len(self.seen))).encode())


@pytest.fixture
def target(tmp_path: Path) -> Target:
    file = tmp_path / "t.yaml"
    file.write_text(FILE)
    return load(file, environment={"ADMIN_TOKEN": ADMIN})


@pytest.fixture
def signer(target: Target) -> Signer:
    channels = {
        name: Channel.of(name, one.channel, one.name, one.template, one.pairs, login=one.login is not None)
        for name, one in target.auth.items()
    }
    return Signer(channels, target.identities, target.variables)


def bearer(signer: Signer, name: str) -> tuple[str, str]:
    request = signer.signed("GET", "/", name)
    assert request.shown is not None
    return dict(request.headers)["Authorization"], dict(request.shown.headers)["Authorization"]


def test_everybody_who_has_to_logs_in_once(target: Target, signer: Signer) -> None:
    paper, redactor = Paper(), Redactor(target.secrets())
    logins = Logins(paper, signer, target, redactor)
    assert paper.seen == []
    logins.open(["admin"])
    assert len(paper.seen) == 1
    logins.open()
    assert paper.lines == ["login admin", "login a-b", "login a_b"]
    assert json.loads(paper.seen[0].body or b"") == {"who": "root", "words": [ADMIN, {"key": f"<{ADMIN}>"}], "app": 1}
    assert bearer(signer, "admin") == ("Bearer t0ken-number-1-abc", "Bearer $ADMIN_TOKEN_2")
    assert bearer(signer, "a-b")[1] == "Bearer $A_B_TOKEN"
    assert bearer(signer, "a_b")[1] == "Bearer $A_B_TOKEN_2"
    assert bearer(signer, "other")[0] == "third-5ecret"
    assert redactor.text("x t0ken-number-3-abc y") != "x t0ken-number-3-abc y"
    assert (logins.failures, logins.way("other")) == ({}, None)


def test_what_is_shown_of_a_login(target: Target, signer: Signer) -> None:
    logins = Logins(Paper(), signer, target, Redactor({}))
    logins.open(["admin"])
    body = (logins.recipes["admin"].body or b"").decode()
    assert body == '{"who": "root", "words": ["⟦$ADMIN_TOKEN⟧", {"key": "⟦<$ADMIN_TOKEN>⟧"}], "app": 1}'


def test_a_token_is_due_when_most_of_its_life_is_over(target: Target, signer: Signer) -> None:
    now = 100.0
    paper = Paper()
    paper.give = lambda number: {
        "token": f"t0ken-number-{number}-abc",
        "expires_in": 40,
        "more": f"more-of-{number}-ab",
    }
    logins = Logins(paper, signer, target, Redactor({}), clock=lambda: now)
    logins.open(["admin"])
    assert not logins.due("admin")
    assert not logins.due("other")
    logins.keep_fresh()
    assert len(paper.seen) == 1
    now += SPENT * 40
    assert logins.due("admin")
    logins.keep_fresh()
    assert paper.seen[1].method == "PUT"
    assert paper.seen[1].body == b"old=t0ken-number-1-abc&more=more-of-1-ab"
    assert paper.seen[1].shown is not None
    assert paper.seen[1].shown.body == "old=⟦$ADMIN_TOKEN_2⟧&more=⟦$ADMIN_TOKEN_2_REFRESH⟧".encode()
    assert bearer(signer, "admin")[0] == "Bearer t0ken-number-2-abc"
    assert not logins.due("admin")


def test_what_renews_is_kept_until_there_is_another(target: Target, signer: Signer) -> None:
    paper = Paper()
    paper.give = lambda number: {"token": "abcdefgh", "more": "first-of-all"} if number == 1 else {"token": "ijklmnop"}
    logins = Logins(paper, signer, target, Redactor({}))
    logins.open(["admin"])
    for _ in range(2):
        assert logins.refresh("admin")
    assert paper.seen[2].body == b"old=ijklmnop&more=first-of-all"


def test_a_bent_password_leaves_no_trace(target: Target, signer: Signer) -> None:
    paper, redactor = Paper(), Redactor({})
    logins = Logins(paper, signer, target, redactor)
    logins.open(["admin"])
    other = logins.with_bent_password("admin")
    assert ADMIN not in (paper.seen[1].body or b"").decode()
    assert paper.lines[1] == "mutant"
    assert bearer(signer, "admin")[0] == "Bearer t0ken-number-1-abc"
    assert other.token is not None
    alias = logins.stand_in("admin", other.token)
    assert signer.written(Part(of=alias)).real == "t0ken-number-2-abc"
    logins.dismiss(alias)
    assert set(signer.identities) == {"admin", "a-b", "a_b", "other"}
    assert "[ADMIN_TOKEN_2]" in redactor.text("t0ken-number-2-abc")


def test_one_who_cannot_log_in_holds_nothing(target: Target, signer: Signer) -> None:
    paper = Paper()
    logins = Logins(paper, signer, target, Redactor({}))
    logins.open(["admin"])
    paper.give = lambda number: {}
    assert not logins.refresh("admin")
    told = "its login POST /in answers 200 and no token at $.token; say in its login where the answer tells the token"
    assert logins.failures == {"admin": told}
    assert logins.held("admin") is None
    assert bearer(signer, "admin")[0] == "Bearer "
    paper.give = lambda number: {"token": "abcdefgh"}
    logins.open()
    assert logins.failures == {}


def test_an_account_of_the_run_logs_in_like_any_other(target: Target, signer: Signer) -> None:
    paper, redactor = Paper(), Redactor({})
    logins = Logins(paper, signer, target, redactor)
    signer.add(Identity("fresh", "new-one", Secret("made-5ecret"), auth="jwt"), "FRESH_KEY")
    logins.open(["fresh"])
    assert bearer(signer, "fresh") == ("Bearer t0ken-number-1-abc", "Bearer $FRESH_TOKEN")
    assert "$FRESH_KEY" in (logins.recipes["fresh"].body or b"").decode()
    signer.remove("fresh")
    assert set(signer.identities) == {"admin", "a-b", "a_b", "other"}

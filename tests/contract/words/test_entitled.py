"""Operations that the first privileged identity may not do: their controls are made by whoever may."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.engine.rehearsing.checking import check_target
from tests.contract.adversary import kit
from tests.contract.words.kit import Api, Ran, reply, run

POST, PATCH, DELETE = "POST /things", *(f"{method} /things/{{thing_id}}" for method in ("PATCH", "DELETE"))
MUTATIONS = (
    "fabricated-key/arbitrary-key",
    "fabricated-key/last-char-changed",
    "guest-write/no-header",
    "foreign-key/low-key",
    "low-privilege-write/own-credential",
)
EDITOR = '  editor: {{username: editor, key: "${{EDITOR_KEY}}", may: ["PATCH /**"]}}'
HELD, BYPASSED, POLICY = "HELD refused", "BYPASSED any-change", "NOT-APPLICABLE policy"


class Roles(Api):
    """The boss makes and removes things, and only the editor changes them."""

    target = kit.TARGET.replace("public:", EDITOR + "\npublic:")
    refusal = 403

    def __init__(self, taken: str = "", let_in: str = "") -> None:
        """`taken` is whose name is taken with any key, `let_in` who may do what the entitled may."""
        self.taken, self.let_in = taken, let_in
        super().__init__()
        self.keys["editor"] = secrets.token_hex(16)

    def who(self, req: Request) -> str:
        caller = self.caller(req)
        return self.taken if caller == "bad" and self.named(req) == self.taken else caller

    def entitled(self, req: Request) -> set[str]:
        return {"editor"} if req.method == "PATCH" else {"boss"}

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method == "GET" or not req.path.startswith(self.base):
            return super().route(req, body)
        who = self.who(req)
        if who in self.entitled(req) | {self.let_in}:
            return self.write(req, req.path.removeprefix(self.base).strip("/"), body)
        return reply({"error": "no"}, 401 if who in ("guest", "bad") else self.refusal)


class Ordinary(Roles):
    """Whatever is written is written by ordinary accounts; who administers does not."""

    target = Roles.target.replace(', may: ["PATCH /**"]', "")

    def entitled(self, req: Request) -> set[str]:
        return {"worker", "editor"}


class Nobodys(Roles):
    def entitled(self, req: Request) -> set[str]:
        return set()


class Unknown(Ordinary):
    """The admin's key is none."""

    refusal = 401

    def entitled(self, req: Request) -> set[str]:
        return {"worker"}


def told(ran: Ran, operation: str) -> dict[str, str]:
    """Verdicts by mutation."""
    return {name.partition("[")[0].partition("/")[2]: verdict for name, verdict in ran.of(operation).items()}


def all_but(*exceptions: tuple[str, str]) -> dict[str, str]:
    return {name.partition("/")[2]: HELD for name in MUTATIONS} | dict(exceptions)


def test_the_middle_role_makes_the_control_of_its_own_write(tmp_path: Path) -> None:
    ran = run(Roles(), tmp_path / "shut", MUTATIONS)
    assert [told(ran, one) for one in (POST, PATCH, DELETE)] == [all_but()] * 3, ran.explain()
    assert ran.clean, ran.explain()
    ran = run(Roles(taken="editor"), tmp_path / "taken", MUTATIONS)
    open_to = [("arbitrary-key", BYPASSED), ("last-char-changed", BYPASSED), ("low-key", BYPASSED)]
    assert told(ran, PATCH) == all_but(*open_to), ran.explain()
    assert told(ran, POST) == told(ran, DELETE) == all_but(), ran.explain()
    ran = run(Roles(let_in="worker"), tmp_path / "low", MUTATIONS)
    assert told(ran, PATCH) == all_but(("own-credential", BYPASSED)), ran.explain()
    assert ran.clean, ran.explain()


def test_ordinary_accounts_make_the_controls_of_what_is_theirs(tmp_path: Path) -> None:
    theirs = [("own-credential", POLICY), ("low-key", POLICY)]
    ran = run(Ordinary(), tmp_path / "shut", MUTATIONS)
    assert [told(ran, one) for one in (POST, PATCH, DELETE)] == [all_but(*theirs)] * 3, ran.explain()
    assert ran.clean, ran.explain()
    ran = run(Ordinary(taken="worker"), tmp_path / "taken", MUTATIONS)
    taken = [("arbitrary-key", BYPASSED), ("last-char-changed", BYPASSED)]
    assert [told(ran, one) for one in (POST, PATCH, DELETE)] == [all_but(*theirs, *taken)] * 3, ran.explain()
    assert ran.clean, ran.explain()


@pytest.mark.parametrize("kind", [Nobodys, Unknown])
def test_where_nobody_else_is_entitled_nothing_is_told(kind: type[Roles], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, MUTATIONS)
    for one in (POST, PATCH, DELETE):
        assert set(told(ran, one).values()) == {"INCONCLUSIVE control"}, ran.explain()
    assert ran.clean, ran.explain()


@pytest.mark.parametrize(("kind", "good"), [(Roles, True), (Ordinary, True), (Nobodys, False)])
def test_a_rehearsal_asks_the_same(kind: type[Roles], good: bool, tmp_path: Path) -> None:
    api, file = kind(), tmp_path / "target.yaml"
    file.write_text(api.target.format(more="").replace("1800ms", "30ms"))
    keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"], "EDITOR_KEY": api.keys["editor"]}
    with kit.served(api) as url:
        opened = open_target(file, keys, url)
        done = check_target(opened, make_plan([], opened)).done
    assert {one.name: one.good for one in done if one.part == "control"} == dict.fromkeys((POST, PATCH, DELETE), good)

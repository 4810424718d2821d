"""Accounts that change their own rights, at their own address among others or at `/me`."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import reply, run
from tests.contract.words.test_accounts import FRESH, TARGET, Accounts

OWN, ME = "PATCH /users/{id}", "PATCH /me"
RIGHTS = "\nresources: {{users: {{marker: bio, privileged_fields: [role]}}}}"


def probe(operation: str) -> str:
    return f"privileged-field/on-itself[{operation} field=role case=admin]"


class Roles(Accounts):
    """Everybody may change their own `bio`; `takes` are the addresses at which a `role` is stored, too."""

    target = TARGET + RIGHTS
    takes: frozenset[str] = frozenset()

    def __init__(self, hole: bool = False) -> None:
        super().__init__(hole)
        for name, row in self.rows.items():
            row["role"] = "admin" if name == "boss" else "reader"

    def patched(self) -> dict[str, Any]:
        return {"bio": {"type": "string"}, "role": {"type": "string", "enum": ["reader", "admin"]}}

    def document(self) -> dict[str, Any]:
        told = super().document()
        told["paths"]["/users/{id}"]["patch"] = told["paths"]["/me"]["patch"]
        del told["paths"]["/me"]["put"]
        return told

    def me(self, req: Request, who: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH":
            self.change_own(who, body, "me")
        return super().me(req, who, body)

    def users(self, req: Request, who: str, body: dict[str, Any]) -> Response:
        key = req.path.removeprefix("/users").strip("/")
        if req.method == "PATCH":
            if key not in self.rows or (who not in (key, "boss")):
                return reply({"error": "not you"}, 403)
            self.change_own(key, body, "users", who)
            return reply(self.rows[key])
        answer = super().users(req, who, body)
        if req.method == "POST" and answer.status_code == 201:
            self.rows[body["username"]]["role"] = "reader"
            return reply(self.rows[body["username"]], 201)
        return answer

    def change_own(self, key: str, body: dict[str, Any], where: str, who: str = "") -> None:
        may = ("bio", "role") if where in self.takes or who == "boss" else ("bio",)
        self.rows[key].update({name: value for name, value in body.items() if name in may})


class AtUsers(Roles):
    takes = frozenset({"users"})


class AtMe(Roles):
    takes = frozenset({"me"})


@pytest.mark.parametrize(
    ("kind", "verdicts"),
    [
        (Roles, {OWN: "HELD ignored", ME: "HELD ignored"}),
        (AtUsers, {OWN: "BYPASSED field-stored", ME: "HELD ignored"}),
        (AtMe, {OWN: "INCONCLUSIVE control", ME: "BYPASSED field-stored"}),
    ],
)
def test_an_account_tries_to_raise_itself(kind: type[Roles], verdicts: dict[str, str], tmp_path: Path) -> None:
    """What the account was given already says nothing of the next address."""
    ran = run(kind(), tmp_path, ("privileged-field/on-itself",))
    assert {one: ran.verdicts[probe(one)] for one in (OWN, ME)} == verdicts, ran.explain()
    assert ran.clean


def test_without_an_account_of_the_run_it_is_said_not_to_be_tested(tmp_path: Path) -> None:
    api = Roles()
    api.more = ""
    ran = run(api, tmp_path, ("privileged-field/on-itself",))
    assert set(ran.verdicts.values()) == {"NOT-APPLICABLE no-identity"}, ran.explain()
    found = ran.results.judged[f"privileged-field/on-itself[{OWN}]"].verdict
    assert "identities: {fresh: {resource: NAME}}" in found.detail
    assert FRESH not in api.more

"""Logins that are got into without the password of an account."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import reply, run
from tests.contract.words.test_accounts import Accounts

LOGIN = "POST /token"
FAMILY = ("login-password",)
CASES = {
    **{name: f"login-password/{name}[{LOGIN}]" for name in ("bent", "empty", "missing", "null")},
    **{name: f"login-password/other-type[{LOGIN} case={name}]" for name in ("true", "zero", "list", "condition")},
}


class Door(Accounts):
    """Takes the very password, and whatever else `opens` names."""

    opens: frozenset[str] = frozenset()
    refusal = 401
    more = ""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path != "/token" or req.method != "POST":
            return super().route(req, body)
        name, word = str(body.get("username")), body.get("password")
        kinds: Mapping[str, bool] = {
            "empty": word == "",
            "missing": "password" not in body,
            "null": "password" in body and word is None,
            "condition": isinstance(word, dict),
            "true": word is True,
        }
        if name in self.passwords and any(kinds[one] for one in self.opens):
            return super().route(req, {**body, "password": self.passwords[name]})
        return super().route(req, body) if word == self.passwords.get(name) else self.no(word)

    def no(self, word: Any) -> Response:
        return reply({"error": "wrong username or password"}, self.refusal)


class Strict(Door):
    """Asks for a text first."""

    def no(self, word: Any) -> Response:
        return reply({"error": "wrong username or password"}, 401 if isinstance(word, str) and word else 422)


class Polite(Door):
    """Says no with a 200."""

    refusal = 200


class Falls(Door):
    """Falls over what is no text."""

    def no(self, word: Any) -> Response:
        return reply({"error": "no"}, 401 if isinstance(word, str) else 500)


class Anybody(Door):
    """Gives a token to whoever asks, which opens nothing."""

    def no(self, word: Any) -> Response:
        return reply({"token": "0123456789abcdef0123456789abcdef"})


class Blank(Door):
    opens = frozenset({"empty"})


class Absent(Door):
    opens = frozenset({"missing", "null"})


class Query(Door):
    opens = frozenset({"condition", "true"})


def told(api: Door, folder: Path) -> dict[str, str]:
    ran = run(api, folder, FAMILY)
    assert ran.clean, ran.explain()
    return {name: ran.verdicts[one] for name, one in CASES.items()}


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [(Door, "HELD refused"), (Strict, "HELD refused"), (Polite, "HELD soft"), (Anybody, "INCONCLUSIVE no-effect")],
)
def test_a_login_that_asks_for_the_password_is_held(kind: type[Door], verdict: str, tmp_path: Path) -> None:
    assert set(told(kind(), tmp_path).values()) == {verdict}


@pytest.mark.parametrize("kind", [Blank, Absent, Query])
def test_a_login_that_takes_something_else_is_open(kind: type[Door], tmp_path: Path) -> None:
    found = told(kind(), tmp_path)
    assert {name for name, one in found.items() if one == "BYPASSED any-change"} == kind.opens
    assert {one for name, one in found.items() if name not in kind.opens} == {"HELD refused"}


def test_a_login_that_falls_over_other_types(tmp_path: Path) -> None:
    found = told(Falls(), tmp_path)
    assert {found[one] for one in ("bent", "empty")} == {"HELD refused"}
    assert {one.partition(" ")[0] for name, one in found.items() if name not in ("bent", "empty")} == {"CRASHED"}

"""What an ordinary account reads: what its `may` names, and nothing besides."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary import kit
from tests.contract.words.kit import Api, reply, run

PLAIN = 'key: "${{PLAIN_KEY}}"'
ASKED = ("low-privilege-read", "guest-read/no-credential", "low-privilege-write/own-credential")
READ, LIST, CODE = "GET /things/{thing_id}", "GET /things", "GET /things/{thing_id}/code"
LEAKED, HELD = "LEAKED opened", "HELD refused"


class Wards(Api):
    """Right: the worker reads the news. Whoever may not is answered 403, whether or not they are known."""

    words = 'may: ["GET /news"]'
    hidden = 403

    @property
    def target(self) -> str:
        told = f"{PLAIN}, {self.words.replace('{', '{{').replace('}', '}}')}" if self.words else PLAIN
        return kit.TARGET.replace(PLAIN, told).replace('public: ["GET /**"]', 'public: ["GET /"]')

    def document(self) -> dict[str, Any]:
        told = super().document()
        parameter = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}}
        answers = {"responses": {"200": {"description": "ok"}}}
        code = {"parameters": [parameter], "get": answers}
        return {**told, "paths": {**told["paths"], "/things/{thing_id}/code": code, "/news": {"get": answers}}}

    def deny(self, req: Request) -> Response:
        return reply({"error": "no"}, 403)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        who, words = self.caller(req), req.path.strip("/").split("/")
        if req.path in ("/", "/openapi.json"):
            return super().route(req, body)
        if req.path == "/news" and req.method == "GET":
            return reply([{"id": "1", "title": "News"}]) if who in ("boss", "worker") else self.deny(req)
        if req.method == "GET" and who != "boss" and not self.shown(who, words):
            return reply({"error": "no"}, self.hidden if who == "worker" else 403)
        if words[2:] == ["code"] and words[1] in self.rows:
            return reply({"code": f"secret of {words[1]}"}) if req.method == "GET" else reply({"error": "method"}, 405)
        return super().route(req, body)

    def shown(self, who: str, words: list[str]) -> bool:
        return False


class Hiding(Wards):
    """Right, too: what the worker may not see is not there."""

    hidden = 404


class Forgetful(Wards):
    """Asks nobody who is known for a right below an object."""

    def shown(self, who: str, words: list[str]) -> bool:
        return who == "worker" and len(words) == 3


class Unsaid(Forgetful):
    """The same, where nothing says what the worker reads."""

    words = ""


class Lists(Wards):
    """Filters nothing out of a list, which the target file gives the worker, and shows it single objects."""

    words = 'may: ["GET /news", "GET /things"]'

    def shown(self, who: str, words: list[str]) -> bool:
        return who == "worker" and len(words) < 3


@pytest.mark.parametrize(
    ("kind", "open_to", "waived"),
    [
        (Wards, set(), set()),
        (Hiding, set(), set()),
        (Forgetful, {CODE}, set()),
        (Lists, {READ}, {LIST}),
        (Unsaid, set(), {CODE, READ, LIST}),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
def test_what_an_ordinary_account_is_shown(
    kind: type[Wards], open_to: set[str], waived: set[str], tmp_path: Path
) -> None:
    ran = run(kind(), tmp_path, ASKED)
    found = {name.partition("[")[2].rstrip("]"): one for name, one in ran.verdicts.items() if "privilege-read" in name}
    told = {
        one: LEAKED if one in open_to else "NOT-APPLICABLE policy" if one in waived else found[one] for one in found
    }
    assert found == told, ran.explain()
    shut = {one for one in (CODE, READ, LIST) if one not in open_to | waived}
    assert {found[one].partition(" ")[0] for one in shut} <= {"HELD"}, ran.explain()
    assert found["GET /news"] == "NOT-APPLICABLE policy"
    assert found["GET /"] == "NOT-APPLICABLE public"
    assert ran.clean, ran.explain()


def test_an_account_is_known_by_what_it_may_read(tmp_path: Path) -> None:
    ran = run(Wards(), tmp_path, ASKED)
    assert set(ran.of("POST /things", "low-privilege-write").values()) == {HELD}, ran.explain()

"""Operations that are only ever to be refused."""

from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from tests.contract.words.kit import HOLE, MUTATIONS, Api, reply, run

PURGE = "DELETE /things/purge"


class Purging(Api):
    """Has an action that removes all, and lists no other way to it."""

    more = f'operations: {{refuse_only: ["{PURGE}"]}}'
    answer = 401

    def __init__(self, hole: bool = False) -> None:
        self.valid = 0
        super().__init__(hole)

    def document(self) -> dict[str, Any]:
        told = super().document()
        told["paths"]["/things/purge"] = {"delete": {"responses": {"204": {"description": "gone"}}}}
        return told

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if (req.method, req.path) != ("DELETE", "/things/purge"):
            return super().route(req, body)
        self.valid += self.caller(req) in self.keys
        if not self.admin(req):
            return reply({"error": "no"}, self.answer)
        self.rows.clear()
        return reply(None, 204)


def test_a_refusal_without_a_control_is_held_by_its_word(tmp_path: Path) -> None:
    api = Purging()
    ran = run(api, tmp_path, (*MUTATIONS, "low-privilege-write"))
    found = {name: one.verdict for name, one in ran.results.judged.items() if PURGE in name}
    assert {str(one) for name, one in found.items() if name.startswith(MUTATIONS)} == {"HELD(refused, attested)"}
    low = {name: str(one) for name, one in found.items() if "low-" in name and "bent" not in name}
    assert {one for name, one in low.items() if "lesser-key" not in name} == {"NOT-APPLICABLE(never)"}
    assert ran.clean, ran.explain()
    assert api.valid == 0


def test_an_effect_on_all_is_seen_once_and_ends_it(tmp_path: Path) -> None:
    api = Purging(hole=True)
    ran = run(api, tmp_path)
    found = {name: one.verdict for name, one in ran.results.judged.items() if PURGE in name}
    assert str(found[f"{HOLE}[{PURGE}]"]) == "BYPASSED(any-change, state)", ran.explain()
    assert sum(one.outcome == "BYPASSED" for one in found.values()) == 1
    assert api.valid == 0
    assert set(ran.of("PATCH /things/{thing_id}", "guest").values()) == {"HELD refused"}


class Lying(Purging):
    """Says 204 to everybody, and does nothing."""

    answer = 204


def test_a_success_without_an_effect_is_no_proof(tmp_path: Path) -> None:
    ran = run(Lying(), tmp_path)
    assert set(ran.of(PURGE).values()) == {"INCONCLUSIVE control"}, ran.explain()
    assert ran.clean

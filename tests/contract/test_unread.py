"""Servers that only a reading of its own would find out, were nothing else looked at instead."""

from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, reply, run


class Forgetful(Api):
    """Says of every creation but the first few that it was obeyed, and stores nothing."""

    longest, limit = "100ms", 2

    def __init__(self) -> None:
        self.stored = -self.seeded
        super().__init__()

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        self.stored += 1
        row = super().create(body)
        if self.stored > self.limit:
            self.remove(row["id"])
        return row


class Once(Api):
    """Removes one object for whoever asks first, and says that it does not."""

    longest = "100ms"

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "DELETE" and key in self.rows and not self.hits:
            self.hits.append(key)
            self.remove(key)
        return self.deny(req)


class Listless(Api):
    """Shows the beginning of a text in the list."""

    longest = "100ms"

    def brief(self, row: dict[str, Any]) -> Any:
        return {name: value[:40] if isinstance(value, str) else value for name, value in row.items()}

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if req.method == "POST" else self.deny(req)

    def deny(self, req: Request) -> Response:
        return reply({"error": "no"}, 401)


def test_a_control_that_made_nothing_is_a_lost_one(tmp_path: Path) -> None:
    ran = run(Forgetful(), tmp_path, "--operation", "POST /things", "--family", "guest-write")
    told = {outcome for outcome in ran.verdicts().values() if "no-identity" not in outcome}
    assert told == {("INCONCLUSIVE", "control-lost")}


def test_what_a_reference_does_once_is_told_of_the_probe_that_it_is(tmp_path: Path) -> None:
    api = Once()
    families = ("--family", "guest-write", "--family", "fabricated-admin")
    ran = run(api, tmp_path, "--operation", "DELETE /things/{thing_id}", *families)
    found = [name for name, (verdict, _) in ran.verdicts().items() if verdict == "BYPASSED"]
    assert len(api.hits) == 1
    assert [name.partition("[")[0] for name in found] == ["guest-write/no-header"]


def test_a_list_that_shortens_texts_is_not_taken_for_the_object(tmp_path: Path) -> None:
    ran = run(Listless(), tmp_path, "--operation", "POST /things", "--family", "guest-write")
    found = {outcome for name, outcome in ran.verdicts().items() if name.startswith("guest-write/no-header")}
    assert found == {("BYPASSED", "any-change")}
    assert "left behind" not in ran.text

"""Two keys of one account, of which one only reads."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine import Run, make_plan, open_target
from harness.engine.course.results import Results
from harness.family import load_families
from tests.contract.adversary.kit import TARGET, Api, reply, served
from tests.contract.running import SUITES

WRITES = '["POST /things", "PATCH /things/{id}", "DELETE /things/{id}"]'
READER = '  reader: {username: worker, key: "${READER_KEY}", may: ["GET /**"]}\npublic:'
MORE = "resources: {things: {owner: creator}}"


class Scoped(Api):
    """Right: everybody writes what is its own, and a key that only reads writes nothing."""

    guarded = True

    def __init__(self) -> None:
        super().__init__()
        self.reader = secrets.token_hex(16)

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**super().create(body), "owner": "boss"}

    def caller(self, req: Request) -> str:
        whole = req.headers.get("Authorization", "").removeprefix("ApiKey ")
        return "reader" if whole == f"worker:{self.reader}" else super().caller(req)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        who = self.caller(req)
        if who not in ("worker", "reader"):
            return self.deny(req)
        if who == "reader" and (self.guarded or not key):
            return reply({"error": "it only reads"}, 403)
        if key and self.rows.get(key, {}).get("owner") != "worker":
            return reply({"error": "not yours"}, 403)
        before = set(self.rows)
        response = self.write(req, key, body)
        for made in set(self.rows) - before:
            self.rows[made]["owner"] = "worker"
        return response


class Forgotten(Scoped):
    """Asks on objects whose they are, and no more."""

    guarded = False


def tried(api: Scoped, folder: Path) -> Results:
    """A run of what is asked of accounts and their keys."""
    words = (
        TARGET.format(more=MORE).replace("1800ms", "50ms").replace('"${PLAIN_KEY}"', f'"${{PLAIN_KEY}}", may: {WRITES}')
    )
    before = sorted(api.rows)
    with served(api) as url:
        (folder / "target.yaml").write_text(words.replace("public:", READER, 1))
        keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"], "READER_KEY": api.reader}
        opened = open_target(folder / "target.yaml", keys, base_url=url)
        plan = make_plan(load_families(SUITES), opened)
        families = ("low-privilege-write", "foreign-object")
        chosen = [one.id for one in plan.probes if one.family in families]
        results = Run(opened, plan, folder / "out").execute(chosen)
    assert (sorted(api.rows), results.leftovers) == (before, ())
    return results


@pytest.mark.parametrize(("kind", "open"), [(Scoped, set()), (Forgotten, {"PATCH", "DELETE"})], ids=["right", "wrong"])
def test_what_a_lesser_key_may_not_do_to_what_is_its_own(kind: type[Scoped], open: set[str], tmp_path: Path) -> None:
    results = tried(kind(), tmp_path)
    told = {
        one.probe.operation.method: f"{one.verdict.outcome} {one.verdict.reason}"
        for one in results.judged.values()
        if one.probe.mutation == "lesser-key"
    }
    assert told == {
        method: "BYPASSED any-change" if method in open else "HELD refused" for method in ("POST", "PATCH", "DELETE")
    }
    others = {one.verdict.outcome.name for one in results.judged.values() if one.probe.mutation != "lesser-key"}
    assert others <= {"HELD", "NOT_APPLICABLE"}

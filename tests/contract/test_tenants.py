"""Two tenants with administrators of their own: how docs/targets.md says that such an API is told."""

from collections import Counter
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from harness.engine import Run, make_plan, open_target
from harness.family import load_families
from harness.model import Outcome
from tests.contract.adversary.kit import served
from tests.contract.running import SUITES
from tests.contract.test_houses import TARGET, Houses


class Unguarded(Houses):
    """One house's administrator may remove what is the other's."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        key = req.path.removeprefix(self.base).strip("/")
        if req.method == "DELETE" and self.caller(req) == "worker" and key in self.rows:
            self.rows[key]["house"] = "worker"
        return super().route(req, body)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if self.caller(req) == "worker" else super().others(req, key, body)


class Guarded(Unguarded):
    """Each administrator does what it likes in its own house alone."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        return Houses.route(self, req, body)


ASKED = ("low-privilege-write", "own-credential")
HIDDEN = "denied_when: [{status: 404}]\n"


def told(api: Houses, folder: Path, more: str = HIDDEN) -> Counter[Any]:
    """What the other house's administrator may do, as (operation, verdict)."""
    with served(api) as url:
        (folder / "target.yaml").write_text(TARGET.format(url=url) + more)
        opened = open_target(folder / "target.yaml", {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if (one.family, one.mutation) == ASKED]
        results = Run(opened, plan, folder / "out").execute(chosen)
    assert results.leftovers == ()
    return Counter((one.probe.operation.name, one.verdict.outcome) for one in results.judged.values())


def test_an_administrator_of_another_house_is_an_ordinary_account_here(tmp_path: Path) -> None:
    assert told(Unguarded(), tmp_path) == {
        ("POST /things", Outcome.NOT_APPLICABLE): 1,
        ("PATCH /things/{thing_id}", Outcome.HELD): 1,
        ("DELETE /things/{thing_id}", Outcome.BYPASSED): 1,
    }


def test_what_it_may_do_in_its_own_house_is_no_finding(tmp_path: Path) -> None:
    assert told(Guarded(), tmp_path) == {
        ("POST /things", Outcome.NOT_APPLICABLE): 1,
        ("PATCH /things/{thing_id}", Outcome.HELD): 1,
        ("DELETE /things/{thing_id}", Outcome.HELD): 1,
    }


def test_without_the_word_for_what_is_hidden_nothing_is_told(tmp_path: Path) -> None:
    assert told(Guarded(), tmp_path, "") == {
        ("POST /things", Outcome.NOT_APPLICABLE): 1,
        ("PATCH /things/{thing_id}", Outcome.INCONCLUSIVE): 1,
        ("DELETE /things/{thing_id}", Outcome.INCONCLUSIVE): 1,
    }

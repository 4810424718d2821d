"""Objects that guests are not shown, although no word of the target file says so."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from harness.engine import Run, make_plan, open_target
from harness.family import load_families
from tests.contract.adversary.kit import TARGET, Api, reply, served
from tests.contract.running import SUITES


class Drafts(Api):
    """Right: guests are shown what is published, alone and in lists."""

    props: ClassVar[dict[str, Any]] = {**Api.props, "is_published": {"type": "boolean"}}
    defaults: ClassVar[dict[str, Any]] = {}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return super().create({"is_published": True, **body})

    def sees(self, req: Request, row: dict[str, Any]) -> bool:
        return bool(row["is_published"]) or self.caller(req) == "boss"

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return super().read(req, row) if self.sees(req, row) else reply({"error": "not found"}, 404)

    def listing(self, req: Request) -> Response:
        return reply([row for row in self.rows.values() if self.sees(req, row)])


class Listed(Drafts):
    """Forgets the condition in the list."""

    def listing(self, req: Request) -> Response:
        return reply(list(self.rows.values()))


class ByFilter(Drafts):
    """Looks at the whole table where a filter is asked for."""

    def listing(self, req: Request) -> Response:
        wanted = req.args.get("is_published")
        if wanted is None:
            return super().listing(req)
        return reply([row for row in self.rows.values() if row["is_published"] is (wanted == "true")])


class Shown(Drafts):
    """Right: the switch means something else here, and hides nothing."""

    def sees(self, req: Request, row: dict[str, Any]) -> bool:
        return True


class NotInLists(Drafts):
    """Right: drafts are in nobody's list."""

    def listing(self, req: Request) -> Response:
        return reply([row for row in self.rows.values() if row["is_published"]])


def told(api: Api, folder: Path) -> dict[str, set[str]]:
    """Verdicts on reads that are no N/A, by mutation and operation."""
    with served(api) as url:
        file = folder / "target.yaml"
        file.write_text(TARGET.format(more="").replace("1800ms", "50ms"))
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}, base_url=url)
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.operation.method == "GET" and one.operation.path != "/"]
        results = Run(opened, plan, folder / "out").execute(chosen)
    assert results.leftovers == ()
    found: dict[str, set[str]] = {}
    for one in results.judged.values():
        if one.verdict.outcome.name != "NOT_APPLICABLE":
            name = f"{one.probe.family}/{one.probe.mutation} {one.probe.operation.path}"
            found.setdefault(name, set()).add(f"{one.verdict.outcome} {one.verdict.reason}")
    return found


@pytest.mark.parametrize("kind", [Drafts, Shown, NotInLists])
def test_right_servers_leak_nothing(kind: type[Api], tmp_path: Path) -> None:
    found = told(kind(), tmp_path)
    assert {one.partition(" ")[0] for those in found.values() for one in those} == {"HELD"}
    views = {name for name in found if name.startswith("guest-view/plain")}
    shown = {"Drafts": {"/things", "/things/{thing_id}"}, "NotInLists": {"/things/{thing_id}"}}.get(
        kind.__name__, set()
    )
    assert {name.partition(" ")[2] for name in views} == shown


@pytest.mark.parametrize(("kind", "wrong"), [(Listed, "plain"), (ByFilter, "unpublished-wanted")])
def test_a_list_that_forgets_the_condition_is_found(kind: type[Api], wrong: str, tmp_path: Path) -> None:
    found = told(kind(), tmp_path)
    leaked = {name for name, those in found.items() if "LEAKED marker-read" in those}
    assert f"guest-view/{wrong} /things" in leaked
    assert {name.partition(" ")[2] for name in leaked} == {"/things"}

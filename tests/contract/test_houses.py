"""Objects that only their makers' house is shown, and may remove."""

from pathlib import Path
from typing import Any, ClassVar

from werkzeug import Request, Response

from harness.engine import Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.family import load_families
from tests.contract.adversary.kit import Api, reply, served
from tests.contract.running import SUITES

TARGET = """\
version: 1
name: houses
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  key: {{channel: header, name: Authorization, template: "ApiKey {{username}}:{{key}}"}}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}", may: ["POST /things", "GET /**"]}}
public: []
resources:
  things: {{privileged_fields: [published]}}
limits: {{settle: 100ms}}
"""


class Houses(Api):
    """Each has a house of its own; whoever makes an object there may publish it, which the target file denies."""

    props: ClassVar[dict[str, Any]] = {**Api.props, "published": {"type": "boolean"}}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**super().create({"published": False, **body}), "house": "boss"}

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        who = self.caller(req)
        if req.path != "/openapi.json" and who in ("guest", "bad"):
            return self.deny(req)
        key = req.path.removeprefix(self.base).strip("/")
        if key in self.rows and self.house(self.rows[key]) != who:
            return reply({"error": "not found"}, 404)
        before = set(self.rows)
        response = super().route(req, body)
        for made in set(self.rows) - before:
            self.rows[made]["house"] = who
        return response

    def house(self, row: dict[str, Any]) -> str:
        """Whose it is."""
        return str(row.get("house", "boss"))

    def listing(self, req: Request) -> Response:
        return reply([row for row in self.rows.values() if self.house(row) == self.caller(req)])

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body)


def test_what_the_entitled_cannot_see_is_removed_by_who_made_it(tmp_path: Path) -> None:
    api = Houses()
    before = sorted(api.rows)
    with served(api) as url:
        file = tmp_path / "target.yaml"
        file.write_text(TARGET.format(url=url))
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.id.startswith("privileged-field/by-low[POST /things")]
        results = Run(opened, plan, tmp_path / "out").execute(chosen)
    verdicts = {f"{one.verdict.outcome} {one.verdict.reason}" for one in results.judged.values()}
    assert "BYPASSED field-stored" in verdicts
    assert sorted(api.rows) == before
    assert results.leftovers == ()

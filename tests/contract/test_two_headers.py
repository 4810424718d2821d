"""Two headers with a credential each, on servers that make one decision of both."""

from pathlib import Path

import pytest
from werkzeug import Request

from harness.engine.course.run import Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from tests.bench.running import families
from tests.contract.adversary.kit import TARGET, Api, served

POST = "POST /things"
FIRST, LAST = "low-header-before-wrong", "wrong-header-before-low"
HELD, BYPASSED = ("HELD", "refused"), ("BYPASSED", "any-change")


class Once(Api):
    """Right: what it cannot read as one credential is none."""


class FirstLine(Api):
    """Right, too: the first is the one that counts, for all that it says."""

    def caller(self, req: Request) -> str:
        text = req.headers.get("Authorization", "").partition(",")[0]
        name, _, key = text.removeprefix("ApiKey ").partition(":")
        return "guest" if not text else name if key and self.keys.get(name) == key else "bad"


class Torn(Api):
    """What logs the requests in checks the first; what decides takes the name from the last."""

    checked, named_by = 0, -1

    def caller(self, req: Request) -> str:
        texts = [one.strip().removeprefix("ApiKey ") for one in req.headers.get("Authorization", "").split(",")]
        name, _, key = texts[self.checked].partition(":")
        if not texts[0]:
            return "guest"
        return texts[self.named_by].partition(":")[0] if key and self.keys.get(name) == key else "bad"


class TornBack(Torn):
    """The same, the other way round."""

    checked, named_by = -1, 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Once, {FIRST: HELD, LAST: HELD}),
        (FirstLine, {FIRST: HELD, LAST: HELD}),
        (Torn, {FIRST: BYPASSED, LAST: HELD}),
        (TornBack, {FIRST: HELD, LAST: BYPASSED}),
    ],
)
def test_two_credentials_are_not_made_into_one(
    kind: type[Api], expected: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    api = kind()
    file = tmp_path / "target.yaml"
    file.write_text(TARGET.format(more="").replace("1800ms", "20ms"))
    with served(api) as url:
        keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
        opened = open_target(file, keys, base_url=url)
        plan = make_plan(families(), opened)
        chosen = [one.id for one in plan.probes if one.mutation in expected and one.operation.name == POST]
        results = Run(opened, plan, tmp_path / "out").execute(chosen)
    judged = results.judged.values()
    assert {one.probe.mutation: (str(one.verdict.outcome), one.verdict.reason) for one in judged} == expected
    assert (results.leftovers, results.aborted) == ((), "")

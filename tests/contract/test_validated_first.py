"""Servers that look at a body before, or after, they ask who sent it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine import Run, make_plan, open_target
from harness.family import load_families
from tests.contract.adversary.kit import TARGET, Api, reply, served
from tests.contract.running import SUITES


class Strict(Api):
    """Right: asks who calls first."""

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.wrong(req, body) or super().write(req, key, body)

    def wrong(self, req: Request, body: dict[str, Any]) -> Response | None:
        sent = body.get("title", None if req.method == "POST" or not body else "")
        return reply(self.told(), 422) if req.method in ("POST", "PATCH") and not isinstance(sent, str) else None

    def told(self) -> Any:
        return {"detail": [{"loc": ["body", "title"], "msg": "Field required"}]}


class Early(Strict):
    """Validates every body, whoever sent it."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.wrong(req, body) or self.deny(req)


class ByField(Early):
    """The same, in the words of another framework."""

    def told(self) -> Any:
        return {"title": ["This field is required."]}


class Parsing(Early):
    """Says of a body that it cannot be read, and nothing of what is in it; the word `title` is the problem's own."""

    def told(self) -> Any:
        return {"title": "Bad Request", "status": 422}


def told(api: Api, folder: Path) -> Counter[str]:
    """Verdicts of the family, and whether the run fails for them."""
    with served(api) as url:
        file = folder / "target.yaml"
        file.write_text(TARGET.format(more="").replace("1800ms", "50ms"))
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}, base_url=url)
        plan = make_plan(load_families(SUITES), opened)
        chosen = [one.id for one in plan.probes if one.family == "validation-before-auth"]
        results = Run(opened, plan, folder / "out").execute(chosen)
    assert results.exit_code(strict=False) == 0
    assert results.leftovers == ()
    return Counter(f"{one.verdict.outcome} {one.verdict.reason}" for one in results.judged.values())


@pytest.mark.parametrize("kind", [Strict, Parsing])
def test_what_shows_nothing_of_the_fields_is_held(kind: type[Api], tmp_path: Path) -> None:
    assert told(kind(), tmp_path) == {"HELD refused": 4}


@pytest.mark.parametrize("kind", [Early, ByField])
def test_a_validator_that_comes_first_is_told_and_fails_nothing(kind: type[Api], tmp_path: Path) -> None:
    assert told(kind(), tmp_path) == {"WEAK advisory": 4}

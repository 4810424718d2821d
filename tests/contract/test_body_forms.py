"""Bodies in other forms, on servers that ask who calls wherever they come from, or only where they are JSON."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from werkzeug import Request, Response

from harness.engine import Results, Run, make_plan
from tests.contract.adversary.kit import reply, served
from tests.contract.correct.kit import Correct, families, opened_at

FORMS = ("form", "multipart", "plain-text", "no-type", "merge-patch", "json-api", "charset")
JSON = ("plain-text", "no-type", "merge-patch", "json-api", "charset")
HELD, NOBODY, GOT_IN = "HELD refused", "NOT-APPLICABLE not-served", "BYPASSED any-change"


class Reading(Correct):
    """Reads forms, too, and JSON whatever it calls itself."""

    def kind(self, req: Request) -> str:
        """How the body comes."""
        name = req.mimetype
        if name in ("application/x-www-form-urlencoded", "multipart/form-data"):
            return "form" if name.endswith("urlencoded") else "multipart"
        return "json" if name == "application/json" else "other"

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method in ("POST", "PATCH") and not body:
            body = dict(parse_qsl(req.get_data(as_text=True)))
            if req.mimetype == "multipart/form-data":
                parts = req.get_data(as_text=True).split("--" + req.mimetype_params["boundary"])
                named = [one.partition('name="')[2].partition('"\r\n\r\n') for one in parts if 'name="' in one]
                body = {name: value.removesuffix("\r\n") for name, _, value in named}
        return super().route(req, body)


class Choosy(Reading):
    """Takes JSON alone, before it asks who calls."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method in ("POST", "PATCH") and self.kind(req) != "json":
            return reply({"error": "media type"}, 415)
        return super().route(req, body)


class Late(Choosy):
    """Takes JSON alone, when it knows who calls."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        writes = req.method in ("POST", "PATCH") and self.caller(req) != "boss"
        return self.deny(req) if writes else super().route(req, body)


class Shy(Reading):
    """Wants a token of its page with every form from whoever is not known."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "page"}, 400) if self.kind(req) == "form" else self.deny(req)


class Trusting(Reading):
    """Asks only who sends JSON."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.deny(req) if self.kind(req) == "json" or req.method == "DELETE" else self.write(req, key, body)


class FormTrusting(Reading):
    """Takes the word of whoever sends a form with the right name, and refuses all the same."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.wrong_boss(req) and self.kind(req) == "form" and req.method != "DELETE":
            self.write(req, key, body)
        return self.deny(req)


class Falling(Reading):
    """Falls over a form, before it asks who calls."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "oops"}, 500) if self.kind(req) == "form" else self.deny(req)


class Heedless(Correct):
    """Makes something of whatever comes, and asks for a page first where nobody is known and it is no JSON."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.deny(req) if req.mimetype == "application/json" else reply({"error": "page"}, 400)


def ran(api: Correct, folder: Path) -> Results:
    with served(api) as url:
        opened = opened_at(api, url, folder)
        plan = make_plan(families(), opened)
        ids = [one.id for one in plan.probes if one.family == "content-type-switch"]
        results = Run(opened, plan, folder / "out").execute(ids)
    assert (results.leftovers, results.aborted, results.missing) == ((), "", ())
    assert len(api.rows) == api.seeded, "nothing stays"
    return results


def told(results: Results) -> dict[tuple[str, str], set[str]]:
    """What came of each mutation, by the case."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in results.judged.values():
        case = dict(one.probe.mutant.pairs)["case"]
        found.setdefault((one.probe.mutation, case), set()).add(f"{one.verdict.outcome} {one.verdict.reason}")
    return found


def every(verdict: str, **others: str) -> dict[tuple[str, str], set[str]]:
    """The same for both callers in each form, but for some."""
    names = dict.fromkeys(FORMS, verdict) | {name.replace("_", "-"): one for name, one in others.items()}
    return {(who, form): {one} for who in ("guest", "arbitrary-key") for form, one in names.items()}


@pytest.mark.parametrize(
    ("kind", "expected", "code"),
    [
        (Correct, every(HELD), 0),
        (Reading, every(HELD), 0),
        (Choosy, every(NOBODY, charset=HELD), 0),
        (Late, every(HELD), 0),
        (Shy, every(HELD, form="INCONCLUSIVE masked:400"), 3),
        (Trusting, every(GOT_IN, charset=HELD), 1),
        (FormTrusting, every(HELD) | {("arbitrary-key", "form"): {GOT_IN}}, 1),
        (Falling, every(HELD, form="CRASHED crash"), 1),
    ],
)
def test_a_form_of_the_body_decides_nothing(
    kind: type[Correct], expected: dict[tuple[str, str], set[str]], code: int, tmp_path: Path
) -> None:
    results = ran(kind(), tmp_path)
    assert told(results) == expected
    assert results.exit_code(strict=False) == code


def test_what_is_made_of_nothing_is_removed(tmp_path: Path) -> None:
    found = told(ran(Heedless(), tmp_path))
    assert found["guest", "form"] == {"INCONCLUSIVE control"}
    assert json.dumps(sorted(found["guest", "charset"])) == json.dumps([HELD])

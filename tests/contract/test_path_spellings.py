"""Spellings of a path, on servers that take them for the same path, send them on, or do not know them."""

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug import Request, Response

from harness.engine.course.run import Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.wire import SPELLINGS, readings
from tests.bench.running import families
from tests.contract.adversary.kit import TARGET, Api, reply, served

MENDED = "two-slashes"
"""What the server below these mends before anybody sees it."""
POST = "POST /api/v1/things"


def normal(path: str) -> str:
    """The path that a router sees which cleans up whatever it can."""
    path = re.sub(r"^https?://[^/]*", "", path)
    path = unquote(unquote(path)).replace("\\", "/").lower()
    path = re.sub(r";[^/]*", "", path).rstrip("\n ")
    path = path.removesuffix(".json") if "/things" in path else path
    cleaned = posixpath.normpath(re.sub(r"/+", "/", path))
    return cleaned.rstrip(".")


class Routed(Api):
    """Its router finds the operation behind any spelling; who calls is asked there."""

    base = "/api/v1/things"

    def raw(self, req: Request) -> str:
        return str(req.environ["REQUEST_URI"]).partition("?")[0]

    def found(self, req: Request) -> str:
        return normal(self.raw(req))

    def unknown(self, req: Request) -> Response:
        return reply({"error": "not found"}, 404)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        path = self.found(req)
        if path not in ("/", "/openapi.json") and not path.startswith(self.base):
            return self.unknown(req)
        return super().route(Request({**req.environ, "PATH_INFO": path}), body)


class Guarded(Routed):
    """A middleware asks whatever begins with /api/ who calls; the router behind it asks nobody."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.raw(req).startswith("/api/") and self.raw(req).rstrip("/") == normal(self.raw(req)):
            return self.deny(req)
        self.hits.append(self.raw(req))
        return self.write(req, key, body)


class Strict(Routed):
    """Knows its paths as they are written, but for a slash at the end."""

    def found(self, req: Request) -> str:
        return self.raw(req)


class Cleaning(Strict):
    """Sends every other spelling on to the usual one."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        usual = normal(self.raw(req))
        return super().route(req, body) if usual == self.raw(req) else reply({}, 301, Location=usual)


class Paged(Strict):
    """Answers whatever it does not know with a page, which takes no POST."""

    def unknown(self, req: Request) -> Response:
        page = Response("<html>", 200, mimetype="text/html")
        return page if req.method == "GET" else reply({"error": "method not allowed"}, 405)


class Doorkeeper(Strict):
    """Asks who calls before it looks for the path."""

    def unknown(self, req: Request) -> Response:
        return super().unknown(req) if self.caller(req) == "boss" else self.deny(req)


def told(api: Api, folder: Path) -> dict[str, tuple[str, str]]:
    """Outcome and reason of each spelling of a creation."""
    file = folder / "target.yaml"
    file.write_text(TARGET.format(more="").replace("1800ms", "20ms"))
    with served(api) as url:
        keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
        opened = open_target(file, keys, base_url=url)
        plan = make_plan(families(), opened)
        chosen = [one.id for one in plan.probes if (one.family, one.operation.name) == ("path-normalisation", POST)]
        results = Run(opened, plan, folder / "out").execute(chosen)
    assert (results.leftovers, results.aborted) == ((), "")
    return {
        dict(one.probe.mutant.pairs)["case"]: (str(one.verdict.outcome), one.verdict.reason)
        for one in results.judged.values()
    }


def test_a_guard_that_reads_the_raw_path_is_passed_by_every_other_spelling(tmp_path: Path) -> None:
    api = Guarded()
    found = told(api, tmp_path)
    assert found.keys() == SPELLINGS.keys()
    assert {name for name, one in found.items() if one != ("BYPASSED", "any-change")} == {"slash-behind", MENDED}
    assert len(api.hits) >= len(found) - 2


def test_what_is_served_and_refused_is_held(tmp_path: Path) -> None:
    assert set(told(Routed(), tmp_path).values()) == {("HELD", "refused")}


@pytest.mark.parametrize("kind", [Strict, Cleaning, Paged, Doorkeeper])
def test_what_is_served_to_nobody_is_not_held(kind: type[Api], tmp_path: Path) -> None:
    found = told(kind(), tmp_path)
    held = {name for name, one in found.items() if one == ("HELD", "refused")}
    assert held == {MENDED} | (set() if kind is Cleaning else {"slash-behind"})
    assert {one for name, one in found.items() if name not in held} == {("NOT-APPLICABLE", "not-served")}


SPELLED: list[tuple[str, Callable[[str], str]]] = list(SPELLINGS.items())


@pytest.mark.parametrize(("name", "spell"), SPELLED, ids=[name for name, _ in SPELLED])
def test_what_is_never_sent_is_known_in_every_spelling(name: str, spell: Callable[[str], str]) -> None:
    path = "/api/v1/things/7"
    known = {one.lower() for one in readings(spell(path))}
    cut_off = {f"{path}{end}" for end in (".", " ", "\n", ".json")}
    assert known & {path, *cut_off}

"""What does not wait for each other is under way at once, as a server sees it that answers some requests only together.

Where they came one after the other, the first would wait in vain, and the server would say so.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Condition
from typing import Any

import pytest
from werkzeug import Request

from harness.engine import Results, Run, make_plan, open_target
from harness.family import load_families
from harness.model import Exchange, Proof
from tests.contract.adversary import kit
from tests.contract.running import SUITES

PATIENCE = 8.0
"""Seconds that one waits for the others; a run that sends them at once never waits so long."""
Kind = Callable[[kit.Api, Request], str]
"""What a request counts as; empty for one that waits for nobody."""


class Meeting(kit.Api):
    """Answers the first requests of each kind when as many of each as are `awaited` are under way."""

    item_methods = ("get", "put", "patch", "delete")

    def __init__(self, kind: Kind, awaited: Mapping[str, int]) -> None:
        super().__init__()
        self.kind = kind
        self.awaited = Counter(awaited)
        self.met = Condition()
        self.there: Counter[str] = Counter()
        self.now = self.most = 0
        self.alone: list[str] = []
        """Requests that waited in vain."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        with self.met:
            self.now += 1
            self.most = max(self.most, self.now)
            kind = self.kind(self, request)
            if self.there[kind] < self.awaited[kind]:
                self.there[kind] += 1
                self.met.notify_all()
                if not self.met.wait_for(lambda: self.awaited <= self.there, 0 if self.alone else PATIENCE):
                    self.alone.append(f"{request.method} {request.path}")
        try:
            return super().__call__(environ, start_response)
        finally:
            with self.met:
                self.now -= 1


def ran(
    api: kit.Api, folder: Path, *families: str, operation: str = "", concurrency: int = 8, seed: int = 7
) -> Results:
    folder.mkdir(exist_ok=True)
    with kit.served(api) as url:
        file = folder / "target.yaml"
        text = kit.TARGET.replace("1800ms", f"50ms, concurrency: {concurrency}").format(more=api.more)
        file.write_text(text.replace("http://127.0.0.1:1", url))
        opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})
        plan = make_plan(load_families(SUITES), opened)
        asked = [one for one in plan.probes if one.family in families]
        chosen = [one.id for one in asked if operation in ("", one.operation.name)]
        return Run(opened, plan, folder / "out", seed=seed).execute(chosen)


def changes(api: kit.Api, request: Request) -> str:
    """A mutant's change, by its method."""
    return request.method if request.method in ("PUT", "PATCH") and api.caller(request) == "bad" else ""


def creates(api: kit.Api, request: Request) -> str:
    """A mutant's creation, or its change of what is there."""
    new = request.method == "POST" and request.path == api.base
    return request.method if (new or request.method == "PUT") and api.wrong_boss(request) else ""


def spelled(api: kit.Api, request: Request) -> str:
    """The entitled identity's read of a path that is spelled otherwise than it stands."""
    told = str(request.environ["REQUEST_URI"]).partition("?")[0]
    plain = told.removeprefix(api.base).strip("/")
    other = not told.startswith(api.base) or not (plain == "" or plain.isdigit())
    return "spelled" if other and request.method == "GET" and api.caller(request) == "boss" else ""


@pytest.mark.parametrize(("kind", "awaited"), [(changes, {"PUT": 1, "PATCH": 1}), (creates, {"POST": 1, "PUT": 1})])
def test_lanes_of_one_resource_run_beside_each_other(kind: Kind, awaited: dict[str, int], tmp_path: Path) -> None:
    api = Meeting(kind, awaited)
    results = ran(api, tmp_path, "fabricated-key")
    assert api.alone == []
    assert api.awaited <= api.there
    assert {one.verdict.outcome.value for one in results.judged.values()} <= {"HELD", "NOT-APPLICABLE"}


def test_places_are_asked_for_at_once(tmp_path: Path) -> None:
    api = Meeting(spelled, {"spelled": 8})
    ran(api, tmp_path, "path-normalisation")
    assert api.alone == []
    assert api.awaited <= api.there


def removes(api: kit.Api, request: Request) -> str:
    return request.method if request.method == "DELETE" else ""


def test_what_was_made_is_removed_at_once(tmp_path: Path) -> None:
    api = Meeting(removes, {"DELETE": 3})
    before = dict(api.rows)
    results = ran(api, tmp_path, "fabricated-key", operation="POST /things")
    assert api.alone == []
    assert api.awaited <= api.there
    assert (api.rows, results.leftovers) == (before, ())


def test_one_by_one_is_one_by_one(tmp_path: Path) -> None:
    api = Meeting(lambda *_: "", {})
    ran(api, tmp_path, "fabricated-key", "path-normalisation", concurrency=1)
    assert api.most == 1


class Counting(kit.Api):
    """Shows in each object how many there are."""

    item_methods = ("get", "put", "patch", "delete")

    def show(self, row: dict[str, Any]) -> Any:
        return {**row, "among": len(self.rows)}


@pytest.mark.parametrize("concurrency", [1, 16])
def test_what_moves_whenever_one_is_made_is_laid_to_nobody_s_charge(concurrency: int, tmp_path: Path) -> None:
    results = ran(Counting(), tmp_path, "fabricated-key", "guest-write", concurrency=concurrency)
    told = Counter(str(one.verdict.outcome) for one in results.judged.values())
    assert told.keys() <= {"HELD", "NOT-APPLICABLE"}
    assert told["HELD"] > 100


def markers(results: Results, run: Path) -> dict[str, list[frozenset[str]]]:
    """The run's markers in what was sent for each probe, its controls included."""
    given = {
        line["marker"] for line in map(json.loads, (run / "ledger.jsonl").read_text().splitlines()) if "marker" in line
    }

    def borne(exchange: Exchange | None) -> frozenset[str]:
        text = f"{exchange.request.target} {exchange.request.body!r}" if exchange else ""
        return frozenset(one for one in given if one in text)

    def proved(proof: Proof | None) -> Exchange | None:
        return proof.exchange if proof else None

    found = {}
    for name, one in results.judged.items():
        told = one.evidence
        exchanges = (*told.attempts, proved(told.before), proved(told.after), told.reference)
        found[name] = [borne(exchange) for exchange in exchanges]
    return found


def test_markers_are_the_same_whatever_goes_on_beside(tmp_path: Path) -> None:
    told = []
    for concurrency in (1, 8):
        folder = tmp_path / str(concurrency)
        results = ran(kit.Api(), folder, "fabricated-key", "guest-write", concurrency=concurrency)
        told.append(markers(results, folder / "out"))
    assert told[0] == told[1]
    assert sum(bool(one) for found in told[0].values() for one in found) > len(told[0])

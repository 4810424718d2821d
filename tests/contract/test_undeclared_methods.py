"""Methods that the document does not mention, on servers that serve nobody by them, or anybody."""

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from harness.engine import Results, Run, open_target
from harness.engine.planning.planner import make_plan
from harness.model import Confidence
from tests.contract.adversary.kit import reply, served
from tests.contract.correct.kit import Correct, families, opened_at
from tests.contract.correct.servers import PrivateReads

UNTOLD = ("PUT", "POST")


class Strict(Correct):
    """Knows its methods before anything else."""

    methods: ClassVar[frozenset[str]] = frozenset({"PATCH", "DELETE"})

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        key = req.path.removeprefix(self.base).strip("/")
        if req.path.startswith(self.base) and key in self.rows and req.method not in self.methods | {"GET"}:
            return self.unknown(req, key, body)
        return super().route(req, body)

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "no such method"}, 405, Allow="GET, PATCH, DELETE")


class Hiding(Strict):
    """Knows no such thing."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "not found"}, 404)


class Lacking(Strict):
    """Does it some day."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "not implemented"}, 501)


class Asking(Strict):
    """Asks who calls before it looks for the method."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return super().unknown(req, key, body) if self.caller(req) == "boss" else self.deny(req)


class Forbidding(Strict):
    """Knows no permission for it, not for the boss either."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "no"}, 403) if self.caller(req) == "boss" else self.deny(req)


class Gateway(Strict):
    """Has something before it that refuses what it does not route."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"message": "Missing Authentication Token"}, 403)


class Paged(Strict):
    """Answers whatever it does not know with its page."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return super().read(req, self.rows[key])


class Soft(Strict):
    """Says no with a success."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        known = self.caller(req) == "boss"
        return super().unknown(req, key, body) if known else reply({"status": "error", "error": "log in first"})


class Failing(Asking):
    """Fails at a method that it does not know, behind its guard."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "oops"}, 500) if self.caller(req) == "boss" else self.deny(req)


class Choosy(Asking):
    """Wants another body."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "no"}, 400) if self.caller(req) == "boss" else self.deny(req)


class Working(Asking):
    """Lets whoever may."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        self.change(self.rows[key], body)
        return self.changed(self.rows[key])


class Guarded(Working):
    """Lets nobody else."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return super().unknown(req, key, body) if self.caller(req) == "boss" else self.deny(req)


class Blank(Strict):
    """Wants something before it looks at anything."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return reply({"error": "no"}, 400)


class ByName(Asking):
    """Takes any key with the boss's name."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if not self.wrong_boss(req):
            return super().unknown(req, key, body)
        self.change(self.rows[key], body)
        return self.changed(self.rows[key])


class ByWorker(Asking):
    """Takes whoever has a key."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.caller(req) not in ("boss", "worker"):
            return self.deny(req)
        self.change(self.rows[key], body)
        return self.changed(self.rows[key])


class Silent(Asking):
    """Removes, and refuses then."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.caller(req) == "guest":
            self.remove(key)
        return super().unknown(req, key, body)


class Adding(Asking):
    """Makes another object."""

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.created(self.create(body)) if self.caller(req) == "guest" else super().unknown(req, key, body)


class Showing(PrivateReads):
    """Asks who calls where an object is read by a GET alone."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        row = self.rows.get(req.path.removeprefix(self.base).strip("/"))
        return self.read(req, row) if row and req.method in UNTOLD else super().route(req, body)


class Once(Guarded):
    """Lets a guest the first time."""

    met = False

    def unknown(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.caller(req) == "guest" and not self.met:
            self.met = True
            self.change(self.rows[key], body)
        return super().unknown(req, key, body)


def ran(api: Correct, folder: Path, more: str = "", may: str = "") -> tuple[Results, list[str]]:
    """A run of what the family asks of undeclared methods, and what the server was asked meanwhile."""
    seen: list[str] = []
    api.words = more if "public" in more else f"{api.words}\n{more}"
    route = api.route

    def noted(req: Request, body: dict[str, Any]) -> Response:
        seen.append(f"{req.method} {req.path}")
        return route(req, body)

    api.route = noted  # type: ignore[method-assign]
    with served(api) as url:
        opened_at(api, url, folder).wire.close()
        file = folder / "target.yaml"
        file.write_text(file.read_text().replace('_KEY}"}', f'_KEY}}"{may}}}'))
        keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
        opened = open_target(file, keys)
        plan = make_plan(families(), opened)
        ids = [one.id for one in plan.probes if one.family == "verb-tampering" and one.operation.undeclared]
        return Run(opened, plan, folder / "out").execute(ids), seen


def told(results: Results) -> dict[str, set[str]]:
    """What each mutation came to."""
    found: dict[str, set[str]] = {}
    for one in results.judged.values():
        found.setdefault(one.probe.mutation, set()).add(f"{one.verdict.outcome} {one.verdict.reason}")
    return found


def each(verdicts: set[str]) -> dict[str, set[str]]:
    """The same for every mutation."""
    return {name: set(verdicts) for name in ALL}


ALL = ("guest", "arbitrary-key", "low-privilege")
NOBODY, NOT_SERVED = {"NOT-APPLICABLE not-routed"}, {"NOT-APPLICABLE not-served"}
HELD, WEAK, GOT_IN = {"HELD refused"}, {"HELD weak-control"}, {"BYPASSED any-change"}


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (Strict, NOBODY),
        (Hiding, NOBODY),
        (Lacking, NOBODY),
        (Asking, NOBODY),
        (Forbidding, NOT_SERVED),
        (Gateway, NOT_SERVED),
        (Paged, NOT_SERVED),
        (Soft, NOBODY),
        (Failing, WEAK),
        (Choosy, WEAK),
        (Guarded, HELD),
        (Blank, {"INCONCLUSIVE control"}),
        (Working, GOT_IN),
    ],
)
def test_a_method_that_no_document_mentions(kind: type[Strict], verdict: set[str], tmp_path: Path) -> None:
    results, _ = ran(kind(), tmp_path)
    assert told(results) == each(verdict)
    assert len(results.judged) == len(ALL) * len(UNTOLD)
    assert (results.leftovers, results.aborted, results.missing) == ((), "", ())


@pytest.mark.parametrize(
    ("kind", "who", "others"),
    [
        (ByName, "arbitrary-key", NOBODY),
        (ByWorker, "low-privilege", HELD),
        (Silent, "guest", NOBODY),
        (Adding, "guest", NOBODY),
        (Once, "guest", HELD),
    ],
)
def test_who_gets_in_is_told(kind: type[Strict], who: str, others: set[str], tmp_path: Path) -> None:
    results, _ = ran(kind(), tmp_path)
    found = told(results)
    assert found[who] >= GOT_IN
    assert found == {**each(others), who: found[who]}
    assert (results.leftovers, results.aborted, results.exit_code(strict=False)) == ((), "", 1)
    assert {one.verdict.confidence for one in results.judged.values() if one.verdict.outcome == "BYPASSED"} == {
        Confidence.STATE
    }


def test_an_object_is_shown_by_another_method(tmp_path: Path) -> None:
    results, _ = ran(Showing(), tmp_path)
    found = told(results)
    assert found["guest"] == found["arbitrary-key"] == {"LEAKED marker-read"}


def test_it_takes_few_requests_where_nobody_is_served(tmp_path: Path) -> None:
    _, seen = ran(Strict(), tmp_path)
    sent = Counter(one.partition(" ")[0] for one in seen if not one.endswith("/things"))
    assert {name: sent[name] for name in UNTOLD} == dict.fromkeys(UNTOLD, len(ALL) + 1)


@pytest.mark.parametrize("word", ["never", "refuse_only"])
def test_what_the_owner_keeps_back_is_not_sent(word: str, tmp_path: Path) -> None:
    results, seen = ran(Working(), tmp_path, f'operations: {{{word}: ["PATCH /things/{{thing_id}}"]}}')
    assert told(results) == each({"NOT-APPLICABLE never"})
    assert not [one for one in seen if one.startswith(UNTOLD) and one != "POST /things"]


def test_a_method_may_be_kept_out_by_name(tmp_path: Path) -> None:
    results, seen = ran(Strict(), tmp_path, 'operations: {never: ["PUT /things/{thing_id}"]}')
    assert told(results) == each({"NOT-APPLICABLE never"} | NOBODY)
    assert not [one for one in seen if one.startswith("PUT")]


def test_what_may_be_done_in_another_way_is_no_finding(tmp_path: Path) -> None:
    results, _ = ran(ByWorker(), tmp_path, may=', may: ["PATCH /things/{thing_id}"]')
    assert told(results) == {**each(HELD), "low-privilege": {"NOT-APPLICABLE policy"}}
    (tmp_path / "public").mkdir()
    results, _ = ran(Working(), tmp_path / "public", 'public: ["GET /**", "PATCH /**"]')
    assert told(results) == each({"NOT-APPLICABLE public"})

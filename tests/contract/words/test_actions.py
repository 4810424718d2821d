"""Actions below an object: no body of theirs says what they do, and some take their time for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary import kit
from tests.contract.words.kit import Api, reply, run

PUBLISH = "POST /things/{thing_id}/publish"
MUTATIONS = tuple(
    f"{one}[{PUBLISH}"
    for one in ("fabricated-key/arbitrary-key", "guest-write/no-header", "low-privilege-write/own-credential")
)


class Actions(Api):
    """`POST …/publish` has no body, is answered 202, and shows `delay` seconds later."""

    target = kit.TARGET.replace("1800ms", "300ms")
    item_methods = ("get", "delete")
    acts = ("publish",)
    delay = 0.04

    def document(self) -> dict[str, Any]:
        told = super().document()
        item = told["paths"]["/things/{thing_id}"]
        for name in self.acts:
            answers = {"responses": {"202": {"description": "queued"}}}
            told["paths"]["/things/{thing_id}/" + name] = {"parameters": item["parameters"], "post": answers}
        return told

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        key, _, name = req.path.removeprefix("/things/").partition("/")
        if req.method != "POST" or name not in self.acts or key not in self.rows:
            return super().route(req, body)
        return self.asked(req, key, name)

    def asked(self, req: Request, key: str, name: str) -> Response:
        if not self.admin(req):
            return self.deny(req)
        return self.done(key, name)

    def done(self, key: str, name: str) -> Response:
        row = self.rows[key]
        self.later(self.delay, lambda: self.act(row, name))
        return reply({"status": "queued"}, 202)

    def act(self, row: dict[str, Any], name: str) -> None:
        row["published"] = True


class ForWorkers(Actions):
    """Takes it from an ordinary account."""

    def asked(self, req: Request, key: str, name: str) -> Response:
        return self.done(key, name) if self.caller(req) == "worker" else super().asked(req, key, name)


class ForAll(Actions):
    """Queues it before it asks who is calling, and refuses."""

    def asked(self, req: Request, key: str, name: str) -> Response:
        if self.caller(req) != "boss":
            self.done(key, name)
        return super().asked(req, key, name)


class Counting(Actions):
    """Counts, a while after each, how often it was refused."""

    def asked(self, req: Request, key: str, name: str) -> Response:
        row = self.rows[key]
        if self.caller(req) != "boss":
            self.later(self.delay, lambda: row.update(refused=row.get("refused", 0) + 1))
        return super().asked(req, key, name)


class Ripening(Actions):
    """Whatever is made is ready a while later, by itself."""

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = super().create(body)
        row["ready"] = False
        self.later(self.delay, lambda: row.update(ready=True))
        return row


@pytest.mark.parametrize("kind", [Actions, Counting])
def test_a_late_action_is_held_where_it_is_refused(kind: type[Actions], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, MUTATIONS)
    assert set(ran.of(PUBLISH).values()) == {"HELD refused"}, ran.explain()
    assert ran.clean


def test_what_ripens_by_itself_is_no_alarm(tmp_path: Path) -> None:
    ran = run(Ripening(), tmp_path, MUTATIONS)
    assert set(ran.of(PUBLISH).values()) == {"INCONCLUSIVE noise"}, ran.explain()


@pytest.mark.parametrize(
    ("make", "doors"),
    [
        (lambda: Actions(hole=True), {"fabricated-key"}),
        (ForWorkers, {"low-privilege-write"}),
        (ForAll, {"fabricated-key", "guest-write", "low-privilege-write"}),
    ],
)
def test_a_late_action_names_who_could(make: Callable[[], Actions], doors: set[str], tmp_path: Path) -> None:
    ran = run(make(), tmp_path, MUTATIONS)
    told = ran.of(PUBLISH)
    assert {name.partition("/")[0] for name, one in told.items() if one == "BYPASSED any-change"} == doors, (
        ran.explain()
    )
    assert {one for name, one in told.items() if name.partition("/")[0] not in doors} <= {"HELD refused"}, ran.explain()

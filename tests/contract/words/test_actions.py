"""Actions below an object: no body of theirs says what they do, and some take their time for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from harness.engine.planning.opening import open_target
from harness.engine.planning.plan import Plan
from harness.engine.planning.roles import roles_of
from harness.engine.rehearsing.checking import check_target
from tests.contract.adversary import kit
from tests.contract.words.kit import Api, reply, run

PUBLISH = "POST /things/{thing_id}/publish"
MUTATIONS = tuple(
    f"{one}[{PUBLISH}"
    for one in ("fabricated-key/arbitrary-key", "guest-write/no-header", "low-privilege-write/own-credential")
)


class Actions(Api):
    """`POST …/publish` has no body, is answered 202, and shows `delay` seconds later."""

    target = kit.TARGET.replace("1800ms", "900ms")
    item_methods = ("get", "delete")
    acts: tuple[str, ...] = ("publish",)
    delay = 0.2

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
    assert {one.partition(" ")[0] for one in ran.of(PUBLISH).values()} == {"HELD"}, ran.explain()


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


class Undone(Actions):
    """`unyank` undoes `yank`, `archive` marks an object as removed, and `restore` brings it back."""

    acts = ("archive", "restore", "unyank", "yank")
    defaults: ClassVar[dict[str, Any]] = {"yanked": False, "archived": False}

    def done(self, key: str, name: str) -> Response:
        row = self.rows[key]
        field, value = {
            "yank": ("yanked", True),
            "unyank": ("yanked", False),
            "archive": ("archived", True),
            "restore": ("archived", False),
        }[name]
        row[field] = value
        return reply(None, 204)


class Dated(Undone):
    """Tells, of every action, when it was done."""

    def done(self, key: str, name: str) -> Response:
        self.rows[key]["updated_at"] = f"2026-01-01T00:00:{next(self.ids) % 60:02}.{next(self.ids)}Z"
        return super().done(key, name)


class Idle(Actions):
    """`refresh` does nothing that shows."""

    acts = ("refresh",)

    def done(self, key: str, name: str) -> Response:
        return reply(None, 204)


def acting(*names: str) -> tuple[str, ...]:
    """Ids of a few probes of actions, as they begin."""
    kinds = ("fabricated-key/arbitrary-key", "guest-write/no-header")
    return tuple(f"{kind}[POST /things/{{thing_id}}/{name}]" for kind in kinds for name in names)


@pytest.mark.parametrize("kind", [Undone, Dated])
def test_what_undoes_an_action_is_tried_where_that_was_done(kind: type[Undone], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path / "shut", acting(*Undone.acts))
    assert set(ran.verdicts.values()) == {"HELD refused"}, ran.explain()
    assert ran.clean
    ran = run(kind(hole=True), tmp_path / "open", acting(*Undone.acts))
    assert {ran.verdicts[one] for one in acting(*Undone.acts)[:4]} == {"BYPASSED any-change"}, ran.explain()
    assert {ran.verdicts[one] for one in acting(*Undone.acts)[4:]} == {"HELD refused"}, ran.explain()
    assert ran.clean


def test_an_action_that_nothing_gives_an_effect_is_not_told(tmp_path: Path) -> None:
    api = Idle()
    ran = run(api, tmp_path, acting("refresh"))
    assert set(ran.verdicts.values()) == {"INCONCLUSIVE control"}, ran.explain()
    with kit.served(api) as url:
        names = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
        opened = open_target(tmp_path / "target.yaml", names, url)
        told = check_target(opened, Plan((), roles_of(opened.identities))).done
    (advice,) = [one.advice for one in told if one.name == "POST /things/{thing_id}/refresh"]
    assert "resources: {things: {body: {FIELD: VALUE}}} or {needs: [METHOD /PATH]}" in advice

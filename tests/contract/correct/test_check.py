"""What a rehearsal says where a correct server needs a word in the target file."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from harness.engine.planning.plan import Plan
from harness.engine.planning.roles import roles_of
from harness.engine.rehearsing.checking import check_target
from tests.contract.adversary.kit import reply, served
from tests.contract.correct.kit import Correct, alarms, opened_at, run
from tests.contract.correct.servers import (
    BadRequests,
    Header422,
    KeyAlone,
    PrivateReads,
    SoftErrors,
    Undeletable,
)


class Unnamed(KeyAlone):
    channel = "{channel: basic}"


class Unlisted(Header422):
    words = Correct.words


class Drafts(Correct):
    """Guests are shown no draft, and everything begins as one."""

    props: ClassVar[dict[str, Any]] = {**Correct.props, "draft": {"type": "boolean"}}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return super().create({"draft": True, **body})

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        hidden = row["draft"] and self.caller(req) in ("guest", "bad")
        return reply({"error": "not found"}, 404) if hidden else super().read(req, row)

    def listing(self, req: Request) -> Response:
        guest = self.caller(req) in ("guest", "bad")
        return reply([row for row in self.rows.values() if not (guest and row["draft"])])


class Staged(Drafts):
    """The same, by a switch whose name says nothing."""

    props: ClassVar[dict[str, Any]] = {**Correct.props, "stage": {"type": "boolean"}}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return Correct.create(self, {"stage": False, **body})

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        hidden = not row["stage"] and self.caller(req) in ("guest", "bad")
        return reply({"error": "not found"}, 404) if hidden else Correct.read(self, req, row)

    def listing(self, req: Request) -> Response:
        guest = self.caller(req) in ("guest", "bad")
        return reply([row for row in self.rows.values() if not (guest and not row["stage"])])


class StagedSaid(Staged):
    words = f"{Drafts.words}\nresources: {{things: {{body: {{stage: true}}, draft: {{stage: false}}}}}}"


class DraftsSaid(Drafts):
    words = f"{Drafts.words}\nresources: {{things: {{body: {{draft: false}}, draft: {{draft: true}}}}}}"


class Silent(Correct):
    """Guests may read, which neither the document nor the target file says."""

    words = ""


class Elsewhere(Correct):
    """A page is on one host."""

    props: ClassVar[dict[str, Any]] = {**Correct.props, "page": {"type": "string", "format": "uri"}}
    words = f'{Correct.words}\nurls: {{allow: ["https://www.example.org/"]}}'

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        page = body.get("page", "https://pages.example.org/")
        return super().write(req, key, body) if page.startswith("https://pages.") else reply({"error": "page"}, 422)


class ElsewhereSaid(Elsewhere):
    words = f'{Correct.words}\nurls: {{fields: {{page: {{allow: ["https://pages.example.org/"]}}}}}}'


class Hook(Correct):
    """A write on nothing that could be read back, which guests may send."""

    def document(self) -> dict[str, Any]:
        told = super().document()
        told["paths"]["/hooks"] = {"post": {"responses": {"200": {"description": "heard"}}}}
        return told


class HookPublic(Hook):
    words = 'public: ["GET /**", "POST /hooks"]'


class HookNever(Hook):
    words = f"{Hook.words}\noperations: {{never: [POST /hooks]}}"


def advised(api: Correct, folder: Path) -> tuple[int, list[tuple[str, str, bool, str]]]:
    """Exit code of `check`, and what it says besides that things work."""
    with served(api) as url:
        opened = opened_at(api, url, folder)
        checks = check_target(opened, Plan((), roles_of(opened.identities)))
    told = [one for one in checks.done if one.advice or not one.good]
    return checks.exit_code, [(one.part, one.name, one.good, one.advice) for one in told]


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        (Correct, 0, []),
        (KeyAlone, 0, []),
        (
            Unnamed,
            0,
            [("identity", "admin", True, "if names mean nothing there, say auth: {key: {…, named: false}}")],
        ),
        (Header422, 0, []),
        (
            Unlisted,
            3,
            [
                (
                    "control",
                    operation,
                    False,
                    "if that is how it refuses, say expect: {unauthenticated: [401, 403, 422]}",
                )
                for operation in ("POST /things", "PATCH /things/{thing_id}", "DELETE /things/{thing_id}")
            ],
        ),
        (
            Undeletable,
            0,
            [("cleanup", "things", True, 'keep it out with operations: {never: ["POST /things"]}')],
        ),
        (
            Drafts,
            3,
            [
                (
                    "control",
                    "GET /things/{thing_id}",
                    False,
                    "say how one is made that they see: resources: {things: {body: {draft: false}, draft: {draft: "
                    "true}}}; or, if none is ever theirs, leave GET /things/{thing_id} out of `public:`",
                )
            ],
        ),
        (DraftsSaid, 0, []),
        (Silent, 0, [("control", "GET /things", True, 'if they may, say `public: ["GET /things"]`')]),
        (PrivateReads, 0, []),
        (BadRequests, 0, []),
        (SoftErrors, 0, []),
        (
            Elsewhere,
            3,
            [
                (
                    "control",
                    f"{operation} with page",
                    False,
                    "say where it may point: urls: {fields: {page: {allow: [PREFIX]}}}, or that it has no rule: "
                    "{page: {rule: none}}",
                )
                for operation in ("POST /things", "PATCH /things/{thing_id}")
            ],
        ),
        (ElsewhereSaid, 0, []),
        (
            Hook,
            3,
            [
                (
                    "control",
                    "POST /hooks",
                    False,
                    "if it is one, say how under `resources:`; if guests may do it, say `public:`; else keep it out "
                    'with operations: {never: ["POST /hooks"]}',
                )
            ],
        ),
        (HookPublic, 0, []),
        (HookNever, 0, []),
    ],
)
def test_check_names_the_word(
    kind: type[Correct], code: int, said: list[tuple[str, str, bool, str]], tmp_path: Path
) -> None:
    assert advised(kind(), tmp_path) == (code, said)


def test_what_check_says_of_drafts_is_what_a_run_could_not_tell(tmp_path: Path) -> None:
    """And with the words that it names, the run can."""
    before = [one for one in alarms(run(Staged(), tmp_path)) if "masked:404" in one]
    assert {one.partition("/")[0] for one in before} == {"guest-view", "invalid-on-read"}
    assert alarms(run(StagedSaid(), tmp_path)) == []


def test_a_switch_that_is_called_so_a_run_finds_by_itself(tmp_path: Path) -> None:
    assert alarms(run(Drafts(), tmp_path)) == []
    assert alarms(run(DraftsSaid(), tmp_path)) == []

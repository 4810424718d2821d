"""Accounts that anybody makes: what a sign-up may not give itself."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug import Request, Response

from tests.contract.adversary import kit
from tests.contract.words.kit import Api, reply, run

POST = "POST /members"
MUTATIONS = ("privileged-field/by-guest", "guest-write/no-header")
FIELD = f"privileged-field/by-guest[{POST} field=role case=admin]"


class Members(Api):
    """Anybody signs up, as a member; the admin reads and removes members, and says what they are."""

    target = kit.TARGET.replace('public: ["GET /**"]', "public: [POST /members]")
    more = "resources: {members: {privileged_fields: [role]}}"
    base = "/members"
    props: ClassVar[dict[str, Any]] = {
        "title": {"type": "string"},
        "role": {"type": "string", "enum": ["member", "admin"], "default": "member"},
    }
    item_methods = ("get", "delete")
    seeded = 1

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = super().create(body)
        row["role"] = body.get("role") or "member"
        return row

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path.startswith(self.base) and req.method == "GET" and self.caller(req) != "boss":
            return self.deny(req)
        return super().route(req, body)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method != "POST" or key:
            return self.deny(req)
        return self.signed_up(req, body)

    def signed_up(self, req: Request, body: dict[str, Any]) -> Response:
        return self.write(req, "", {**body, "role": "member"})


class Believes(Members):
    """A role is what it is said to be."""

    def signed_up(self, req: Request, body: dict[str, Any]) -> Response:
        return self.write(req, "", body)


class Denies(Members):
    """Who names a role is refused."""

    def signed_up(self, req: Request, body: dict[str, Any]) -> Response:
        return reply({"error": "role"}, 422) if "role" in body else super().signed_up(req, body)


class Masks(Members):
    """A role is what it is said to be, behind a refusal."""

    def signed_up(self, req: Request, body: dict[str, Any]) -> Response:
        answer = self.write(req, "", body)
        return reply({"error": "role"}, 403) if "role" in body else answer


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (Members, "HELD ignored"),
        (Denies, "HELD refused"),
        (Believes, "BYPASSED field-stored"),
        (Masks, "BYPASSED field-stored"),
    ],
)
def test_a_sign_up_gives_itself_no_rights(kind: type[Members], verdict: str, tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, MUTATIONS)
    assert ran.of(POST, "privileged-field") == {FIELD: verdict}, ran.explain()
    assert ran.of(POST, "guest-write") == {f"guest-write/no-header[{POST}]": "NOT-APPLICABLE public"}, ran.explain()
    assert ran.of("DELETE", "guest-write") == {"guest-write/no-header[DELETE /members/{thing_id}]": "HELD refused"}, (
        ran.explain()
    )
    assert ran.clean, ran.explain()


def test_what_guests_may_make_is_no_finding_that_nobody_asked_for(tmp_path: Path) -> None:
    ran = run(Members(), tmp_path, MUTATIONS[:1])
    assert {name.partition("/")[0] for name in ran.results.judged} == {"privileged-field"}
    assert ran.clean, ran.explain()

"""A 2xx for others is not a refusal because guests get it, too."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, reply, run


class Moderated(Api):
    """Anybody's POST makes an object in the state `pending`, and is thanked for it. Lists and items show `published`
    alone, to everybody, unless asked with ?status=pending."""

    status, thanks = 200, {"message": "Thank you, we will have a look"}

    def __init__(self) -> None:
        self.pending: dict[str, Any] = {}
        super().__init__()

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method != "POST" or self.caller(req) == "worker":
            return self.deny(req)
        row = self.create(body)
        self.pending[row["id"]] = self.rows.pop(row["id"])
        self.hits.append(row["id"])
        return reply(self.thanks, self.status)

    def listing(self, req: Request) -> Response:
        rows = self.pending if req.args.get("status") == "pending" else self.rows
        return reply(list(rows.values()))


class Accepted(Moderated):
    """The same with 202."""

    status, thanks = 202, {"status": "queued"}


class AcceptedChanges(Api):
    """Anybody's PATCH is answered 202 {"status": "queued"}, and done when a nightly job runs (never, in this test)."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method != "PATCH":
            return self.deny(req)
        self.hits.append(key)
        return reply({"status": "queued", "job": len(self.hits)}, 202)


class Revisions(Moderated):
    """Anybody's PATCH is answered 200 {"revision": …} and stored as a revision, which the item does not show."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method != "PATCH":
            return self.deny(req)
        self.hits.append(key)
        return reply({"revision": len(self.hits)})


class Drafts(Api):
    """{"items": […], "drafts": […]}: anybody's POST lands among the drafts, and is thanked for with a 200."""

    def __init__(self) -> None:
        self.drafts: list[Any] = []
        super().__init__()

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method != "POST" or self.caller(req) == "worker":
            return self.deny(req)
        self.drafts.append({"id": self.new_id(), **body})
        self.hits.append("x")
        return reply({"saved": True})

    def listing(self, req: Request) -> Response:
        return reply({"items": list(self.rows.values()), "drafts": self.drafts})


class Drafts401(Drafts):
    """The same, said to be refused."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        super().others(req, key, body)
        return self.deny(req)


@pytest.mark.parametrize("kind", [Moderated, Accepted, AcceptedChanges, Revisions, Drafts, Drafts401])
def test_a_success_for_everybody_is_not_a_soft_refusal(kind: type[Api], tmp_path: Path) -> None:
    api = kind()
    ran = run(api, tmp_path)
    operation = "PATCH /things/{thing_id}" if kind in (AcceptedChanges, Revisions) else "POST /things"
    assert api.hits
    assert not held(ran, operation, "guest-write/no-header")
    assert ran.code != 0


class SaysNo(Api):
    """Correct: 200 {"error": …} for others."""

    def deny(self, req: Request) -> Response:
        return reply({"error": "denied"})


def test_a_refusal_in_a_200_may_be_held(tmp_path: Path) -> None:
    ran = run(SaysNo(), tmp_path)
    assert ran.code == 0

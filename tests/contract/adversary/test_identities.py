"""Identities that are not what the target file says, and controls that show less than they seem to."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, reply, run


class Disabled(Api):
    """Every living ordinary account may write. The one of the target file is disabled: 403; wrong keys get 401."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.caller(req) == "worker":
            return reply({"error": "account disabled"}, 403)
        return reply({"error": "no"}, 401)


class Throttled(Api):
    """Dead key of the ordinary account: 401, and the next wrong key of that name gets 429 with no end… once."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if self.named(req) == "worker":
            self.count += 1
            return (
                reply({"error": "locked"}, 423)
                if self.count > 1 and self.caller(req) == "bad"
                else reply({"error": "no"}, 401)
            )
        return reply({"error": "no"}, 401)


@pytest.mark.parametrize("kind", [Disabled, Throttled])
def test_a_dead_ordinary_account_is_not_proved(kind: type[Api], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, "--family", "low-privilege-write")
    told = {(one["verdict"], one["confidence"]) for one in ran.report["verdicts"]}
    assert ("HELD", "state") not in told


class Crashing(Api):
    """The comparison of keys falls over when they are equal and the method is PATCH (500 before anything is decided);
    what it does for others is 401. With `X-Guest: true` all is let in, if it does not fall over."""

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH":
            return reply({"error": "internal"}, 500)
        return super().write(req, key, body)


def test_a_control_that_crashes_shows_nothing(tmp_path: Path) -> None:
    ran = run(Crashing(), tmp_path, "--family", "fabricated-key")
    assert not held(ran, "PATCH /things/{thing_id}")
    assert ran.code != 0


class Unavailable(Crashing):
    """The same with 503."""

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return (
            reply({"error": "read-only for maintenance"}, 503)
            if req.method == "PATCH"
            else super().write(req, key, body)
        )


def test_a_control_that_is_unavailable_shows_nothing(tmp_path: Path) -> None:
    ran = run(Unavailable(), tmp_path, "--family", "fabricated-key")
    assert not held(ran, "PATCH /things/{thing_id}")
    assert ran.code != 0

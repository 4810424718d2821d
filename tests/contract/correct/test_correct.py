"""No false alarm: on a correct server everything is held, whatever its style."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.model import Outcome
from tests.contract.correct import servers
from tests.contract.correct.kit import Correct, alarms, run

KINDS = [one for one in vars(servers).values() if isinstance(one, type) and issubclass(one, Correct)]
LISTED_STILL = {"Archived", "Undeletable"}
"""Servers that show what was removed, or have no way to remove it."""


class AnyForm(servers.FormBodies):
    """Changes what anybody with the right name sends in a form."""

    def caller(self, req: Request) -> str:
        told = super().caller(req)
        return "boss" if req.method == "PATCH" and told == "bad" and self.named(req) == "boss" else told


def quiet(kind: type[Correct], folder: Path, whole: bool) -> None:
    results = run(kind(), folder, whole)
    assert alarms(results) == []
    assert len(results.judged) > len(kind.asks)
    assert results.exit_code(strict=False) == 0
    assert bool(results.leftovers) == (kind.__name__ in LISTED_STILL)


@pytest.mark.parametrize("kind", KINDS)
def test_a_correct_server_is_held(kind: type[Correct], tmp_path: Path) -> None:
    quiet(kind, tmp_path, whole=False)


class AnyEnvelope(servers.Enveloped):
    """Changes what anybody with the right name sends in an envelope, and refuses it afterwards."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and key in self.rows and self.wrong_boss(req):
            self.write(req, key, body)
        return super().others(req, key, body)


@pytest.mark.parametrize("kind", [AnyForm, AnyEnvelope])
def test_a_door_is_found_however_a_body_is_wrapped(kind: type[Correct], tmp_path: Path) -> None:
    results = run(kind(), tmp_path)
    telling = results.judged["fabricated-key/arbitrary-key[PATCH /things/{thing_id}]"].verdict
    assert (telling.outcome, telling.reason, telling.confidence) == (Outcome.BYPASSED, "any-change", "state")
    assert results.exit_code(strict=False) == 1


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_correct_server_is_held_by_every_family(kind: type[Correct], tmp_path: Path) -> None:
    quiet(kind, tmp_path, whole=True)

"""No false alarm: on a correct server everything is held, whatever its style."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.model import Outcome
from tests.contract.adversary.kit import reply
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


class AnyManifest(servers.Manifests):
    """Makes what anybody with the right name sends."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if self.wrong_boss(req) else super().others(req, key, body)


def test_what_got_in_is_removed_by_the_id_that_stands_deep_in_a_row(tmp_path: Path) -> None:
    api = AnyManifest()
    there = set(api.rows)
    results = run(api, tmp_path)
    verdict = results.judged["fabricated-key/arbitrary-key[POST /api/projects]"].verdict
    assert (verdict.outcome, verdict.reason, verdict.confidence) == (Outcome.BYPASSED, "any-change", "state")
    assert (set(api.rows), results.leftovers) == (there, ())


class Unnamed(AnyManifest):
    """Tells its maker what an object is called, and nobody else."""

    def listing(self, req: Request) -> Response:
        return reply({"items": [{"spec": {"title": row["title"], "of": row["id"]}} for row in self.rows.values()]})


def test_what_got_in_and_tells_no_id_is_said_to_be_left(tmp_path: Path) -> None:
    results = run(Unnamed(), tmp_path)
    left = results.leftovers
    assert len(left) == 1
    assert left[0].endswith("on its list that tell no id; say where it stands: resources.projects.id)")


@pytest.mark.parametrize("kind", [AnyForm, AnyEnvelope])
def test_a_door_is_found_however_a_body_is_wrapped(kind: type[Correct], tmp_path: Path) -> None:
    results = run(kind(), tmp_path)
    telling = results.judged["fabricated-key/arbitrary-key[PATCH /things/{thing_id}]"].verdict
    assert (telling.outcome, telling.reason, telling.confidence) == (Outcome.BYPASSED, "any-change", "state")
    assert results.exit_code(strict=False) == 1


class AnybodyReplaces(servers.Named):
    """Asks whose an object is only before it is made and removed."""

    def owned(self, req: Request, key: str) -> bool:
        return req.method == "PUT" or super().owned(req, key)


class GuestsReplace(servers.Named):
    """Asks who calls only where an object is made."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return (
            self.write(req, key, body) if req.method == "PUT" and key in self.rows else super().others(req, key, body)
        )


@pytest.mark.parametrize(
    ("kind", "family", "shut"),
    [(AnybodyReplaces, "foreign-object", "guest-write"), (GuestsReplace, "guest-write", "no-such-family")],
)
def test_what_makes_an_object_is_asked_to_replace_one(
    kind: type[Correct], family: str, shut: str, tmp_path: Path
) -> None:
    judged = run(kind(), tmp_path).judged
    replacing = {name: one.verdict for name, one in judged.items() if "[PUT /things/{thing_id}" in name}
    found = {name.partition("/")[0]: one for name, one in replacing.items() if one.reason == "any-change"}
    assert family in found
    assert shut not in found
    assert str(found[family]) == "BYPASSED(any-change, state)"
    making = [one for name, one in replacing.items() if name == "guest-write/no-header[PUT /things/{thing_id}]"]
    assert [one.reason for one in making] == ["refused"]


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_correct_server_is_held_by_every_family(kind: type[Correct], tmp_path: Path) -> None:
    quiet(kind, tmp_path, whole=True)

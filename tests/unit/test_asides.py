"""What is found out once of a path is found out from an object that is there."""

from types import SimpleNamespace
from typing import Any, cast

from harness.engine.lanes.asides import Asides
from harness.engine.lanes.stage import Stage, tells_of_path
from harness.engine.sending.once import Once
from harness.model import GUEST, Asked, Evidence, Exchange, Mutant, Operation, Probe, Request, Severity

GONE, THERE = "/things/1/", "/things/2/"
SPELLED = "upper-case"


def stage_of(asked: list[str]) -> Stage:
    """One where the first object is gone, and the second is served however its path is spelled."""

    def send(request: Request, line: str) -> Exchange:
        asked.append(f"{request.target}{' spelled' if request.spelling else ''}")
        return Exchange(request, 404 if request.target == GONE else 200)

    signer = SimpleNamespace(signed=lambda method, path, who: Request(method, path))
    served = Once[Any, Exchange](lambda found: found.ok)
    spelled = Once[Any, tuple[str, Exchange]](lambda found: tells_of_path(found[1]))
    return cast(Stage, SimpleNamespace(owner="boss", send=send, signer=signer, served=served, spelled=spelled))


def evidence_of(asides: Asides, path: str) -> Evidence:
    probe = Probe(
        "one", Asked("family", "one", "One", Severity.HIGH), Operation("PUT", "/x"), Mutant(GUEST, spelling=SPELLED)
    )
    refused = Exchange(Request("PUT", path), 401)
    return asides.supplied(probe, Evidence(attempts=(refused,)), path)


def test_an_object_that_is_gone_does_not_speak_for_the_others() -> None:
    asked: list[str] = []
    asides = Asides(stage_of(asked))
    lost, found = evidence_of(asides, GONE), evidence_of(asides, THERE)
    assert lost.own_path is not None
    assert (lost.own_path.status, lost.spelled_path) == (404, None)
    assert found.own_path is not None
    assert found.spelled_path is not None
    assert (found.own_path.status, found.spelled_path.status) == (200, 200)
    assert evidence_of(asides, THERE) == found
    assert asked == [GONE, THERE, f"{THERE} spelled"]

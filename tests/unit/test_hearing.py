"""What a ledger tells of creations that nothing shows."""

from pathlib import Path

from harness.canaries.hearing import CUT_OFF, NAMELESS, UNANSWERED, Hearing
from harness.ledger import Ledger, read_ledger
from harness.model import Exchange, Json, Operation, Request
from harness.resources import Graph, Resource

POST = Operation("POST", "/things")
SENT = Request("POST", "/things")


def graph(*more: Operation) -> Graph:
    operations = {"POST list": POST, **{f"{one.method} list": one for one in more}}
    resource = Resource("things", "/things", "/things/{id}", "id", operations)
    return Graph((resource,), {POST.name: (resource, "list")})


def answered(status: int | None, body: bytes = b"", failure: str | None = None) -> Exchange:
    return Exchange(SENT, status, (("content-type", "application/json"),), body, failure)


def test_each_creation_is_told_from_what_it_was_answered(tmp_path: Path) -> None:
    path, kept = tmp_path / "ledger.jsonl", list[str]()
    ledger = Ledger(path, b"secret", {"base_url": "http://127.0.0.1:1"})
    hearing = Hearing(graph(), ledger)
    slots: dict[str, Json] = {"parent.id": "1", "marker": "x"}
    answers = {
        "early": answered(201, b"{}"),
        "told": answered(201, b'{"id": 7}'),
        "soft": answered(200, b'{"error": "no"}'),
        "no": answered(401),
        "gateway": answered(504),
        "reset": answered(None, failure="reset"),
    }
    for marker, exchange in answers.items():
        ledger.write("marker", marker=marker, operation=POST.name)
        hearing.hear(POST, marker, slots, exchange, lambda _, told: kept.append(told))
    ledger.write("canary", resource="things", id="7", marker="told")
    ledger.write("marker", marker="under way", operation=POST.name)
    ledger.write("marker", marker="of a change", operation="PATCH /things/{id}")
    lost = [("early", NAMELESS), ("gateway", UNANSWERED), ("reset", UNANSWERED)]
    assert [(one.marker, one.why) for one in hearing.lost] == [(name, why.format(name)) for name, why in lost]
    assert {tuple(one.slots) for one in hearing.lost} == {("parent.id",)}
    assert kept == ["7"]
    ledger.close(())
    later = Hearing(graph(), None)
    later.adopt(read_ledger(path)[2])
    told = [(one.marker, one.why) for one in later.lost]
    assert told == [(name, why.format(name)) for name, why in (*lost, ("under way", CUT_OFF))]


def test_what_a_list_shows_is_looked_for_there(tmp_path: Path) -> None:
    hearing = Hearing(graph(Operation("GET", "/things")), None)
    hearing.hear(POST, "gateway", {}, answered(504))
    hearing.adopt([{"kind": "marker", "marker": "under way", "operation": POST.name}])
    assert hearing.lost == []

"""The last look at what was struck."""

from threading import Barrier
from types import SimpleNamespace
from typing import Any

from harness.engine.course.aftermath import Aftermath
from harness.engine.lanes.stage import Strike
from harness.engine.sending.crowd import Crowd
from harness.model import Evidence, Exchange
from harness.observe import Reading
from harness.resources import Resource

MANY = 4


class Sight:
    """Shows objects when all of them are asked for; one of them is gone. No list shows that it drops what is."""

    who = "boss"

    def __init__(self) -> None:
        self.together = Barrier(MANY)

    def listing(self, resource: Resource, slots: dict[str, Any]) -> Any:
        return SimpleNamespace(rows=())

    def item(self, resource: Resource, slots: dict[str, Any]) -> Reading:
        self.together.wait(10)
        return Reading("absent") if slots["self.id"] == 2 else Reading("present", {"id": slots["self.id"]})


def test_all_that_was_struck_is_looked_at_at_once_and_charged_in_order() -> None:
    sight: Any = Sight()
    thing = Resource("thing", "/things", "/things/{id}", "id", {})
    strikes = [
        Strike(thing, {"self.id": number}, {"id": number}, frozenset(), (f"{number} a", f"{number} b"), sight)
        for number in range(MANY)
    ]
    crowd = Crowd(lambda request, line: Exchange(request), MANY)
    keeper = SimpleNamespace(holdings=SimpleNamespace(made=[]))
    stage: Any = SimpleNamespace(strikes=strikes, crowd=crowd, enduring=SimpleNamespace(outages=0), keeper=keeper)
    evidence = {name: Evidence() for one in strikes for name in one.probes}
    results: Any = SimpleNamespace(selected=())
    Aftermath(stage, results, evidence).doubt()
    assert {name: one.suspects for name, one in evidence.items() if one.suspects} == {
        "2 a": ("2 a", "2 b"),
        "2 b": ("2 a", "2 b"),
    }
    assert strikes == []

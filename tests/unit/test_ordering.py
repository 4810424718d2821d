"""Which lanes run beside each other, and in which order they are told."""

from harness.engine.ordering import Turn, Turns, ordered
from harness.engine.plan import Lane
from harness.model import GUEST, Mutant, Operation, Probe, Severity
from harness.resources import Graph, Resource


def lane(name: str, count: int = 1, refuse_only: bool = False) -> Lane:
    method, _, path = name.partition(" ")
    operation = Operation(method, path)
    probes = [
        Probe(f"{number} {name}", "family", "mutation", "A title.", operation, Mutant(GUEST), Severity.HIGH)
        for number in range(count)
    ]
    return Lane(operation, tuple(probes), refuse_only=refuse_only)


def graph(*lanes: Lane, **singletons: bool) -> Graph:
    """Paths are `/resource/where`."""
    roles = {}
    for one in lanes:
        name, _, where = one.operation.path.strip("/").partition("/")
        if where:
            found = Resource(name, f"/{name}/list", f"/{name}/item", "id", {}, singleton=singletons.get(name, False))
            roles[one.operation.name] = found, where
    return Graph((), roles)


def names(turns: list[Turn]) -> list[str]:
    return [one.lane.operation.name for one in turns]


def test_what_may_reach_more_than_its_canary_runs_alone() -> None:
    lanes = [
        lane("GET /a/list"),
        lane("PATCH /a/item"),
        lane("POST /a/item"),
        lane("PUT /me/item"),
        lane("DELETE /a/item"),
        lane("DELETE /b/item"),
        lane("POST /a/list"),
        lane("DELETE /a/list"),
        lane("POST /b/list", refuse_only=True),
        lane("POST /b/create"),
        lane("POST /elsewhere"),
        lane("GET /status"),
    ]
    alone, removing, beside, last = ordered(lanes, graph(*lanes, me=True))
    assert names(alone) == ["POST /a/item", "PUT /me/item", "POST /elsewhere"]
    assert names(removing) == ["DELETE /a/item", "DELETE /b/item"]
    assert names(beside) == ["PATCH /a/item", "POST /a/list", "POST /b/create", "GET /a/list", "GET /status"]
    assert names(last) == ["DELETE /a/list", "POST /b/list"]
    assert {one.row for one in alone + last} == {""}
    assert [one.row for one in beside] == ["a", "a", "b", "a", "GET /status"]


def test_what_most_waits_for_comes_first_and_reads_come_last() -> None:
    lanes = [lane("GET /a/list", 40), lane("POST /a/list"), lane("PUT /b/item", 30), lane("PATCH /c/item", 2)]
    assert names(ordered(lanes, graph(*lanes))[2]) == ["POST /a/list", "GET /a/list", "PUT /b/item", "PATCH /c/item"]


def test_lanes_of_a_row_follow_each_other_and_are_told_in_their_order() -> None:
    first, second, third, fourth = lanes = [lane(f"POST /{name}") for name in "abcd"]
    turns = Turns([Turn(one, row) for one, row in zip(lanes, "xxyx", strict=True)])
    assert [turns.take(), turns.take(), turns.take()] == [0, 2, None]
    turns.free(2)
    assert turns.done(2) == []
    assert turns.take() is None
    turns.free(0)
    assert [turns.take(), turns.take()] == [1, None]
    assert turns.done(0) == [first]
    turns.free(1)
    assert turns.done(1) == [second, third]
    assert turns.take() == 3
    turns.free(3)
    assert turns.done(3) == [fourth]
    assert turns.take() is None


def test_nothing_more_is_handed_out_when_all_is_over() -> None:
    turns = Turns([Turn(lane("POST /a"), "a")])
    turns.end()
    assert turns.take() is None

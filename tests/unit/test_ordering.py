"""Which lanes run beside each other, and in which order they are told."""

from dataclasses import replace

from harness.engine.planning.ordering import Turn, Turns, meet, ordered
from harness.engine.planning.plan import Lane
from harness.model import GUEST, Asked, Mutant, Operation, Probe, Severity
from harness.resources import Graph, Resource


def lane(name: str, count: int = 1, refuse_only: bool = False) -> Lane:
    method, _, path = name.partition(" ")
    operation = Operation(method, path)
    probes = [
        Probe(f"{number} {name}", Asked("family", "mutation", "A title.", Severity.HIGH), operation, Mutant(GUEST))
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
    alone, unmentioned, removing, beside, last = ordered(lanes, graph(*lanes, me=True))
    assert unmentioned == []
    assert names(alone) == ["POST /a/item", "PUT /me/item", "POST /elsewhere"]
    assert names(removing) == ["DELETE /a/item", "DELETE /b/item"]
    assert names(beside) == ["PATCH /a/item", "POST /a/list", "POST /b/create", "GET /a/list", "GET /status"]
    assert names(last) == ["DELETE /a/list", "POST /b/list"]
    assert [(one.row, one.step) for one in alone + last] == [("", 0), ("", 1), ("", 2), ("", 0), ("", 1)]
    assert [(one.row, one.step) for one in beside] == [("a", 0), ("a", 0), ("b", 0), ("a", 1), ("GET /status", 1)]
    assert [meet(one) for one in (alone, removing, beside, last)] == [False, True, True, False]


def test_removals_of_one_kind_of_object_follow_each_other() -> None:
    lanes = [lane("DELETE /a/item"), replace(lane("DELETE /a/item"), by="low")]
    removing = ordered(lanes, graph(*lanes))[2]
    assert len({one.step for one in removing}) == 2
    assert not meet(removing)


def test_what_is_not_mentioned_is_asked_of_different_kinds_of_objects_at_once() -> None:
    plain = [lane("POST /a/item"), lane("POST /b/item"), lane("POST /b/action"), lane("POST /c/item")]
    lanes = [replace(one, operation=replace(one.operation, undeclared=True)) for one in plain[:3]] + plain[3:]
    alone, unmentioned, *_ = ordered(lanes, graph(*lanes))
    assert names(alone) == ["POST /b/action", "POST /c/item"]
    assert names(unmentioned) == ["POST /a/item", "POST /b/item"]
    assert (meet(alone), meet(unmentioned)) == (False, True)


def test_what_most_waits_for_comes_first_and_reads_come_last() -> None:
    lanes = [lane("GET /a/list", 40), lane("POST /a/list"), lane("PUT /b/item", 30), lane("PATCH /c/item", 2)]
    assert names(ordered(lanes, graph(*lanes))[3]) == ["POST /a/list", "GET /a/list", "PUT /b/item", "PATCH /c/item"]


def test_a_step_begins_when_those_before_are_over_and_lanes_are_told_in_their_order() -> None:
    first, second, third, fourth = lanes = [lane(f"POST /{name}") for name in "abcd"]
    steps = (("x", 0), ("x", 0), ("y", 1), ("x", 1))
    turns = Turns([Turn(one, *step) for one, step in zip(lanes, steps, strict=True)])
    assert [turns.take(), turns.take(), turns.take(), turns.take()] == [0, 1, 2, None]
    assert turns.waits
    turns.free(2)
    assert turns.done(2) == []
    turns.free(0)
    assert turns.take() is None
    assert turns.done(0) == [first]
    turns.free(1)
    assert turns.done(1) == [second, third]
    assert turns.take() == 3
    turns.free(3)
    assert turns.done(3) == [fourth]
    assert turns.take() is None
    assert not turns.waits


def test_nothing_more_is_handed_out_when_all_is_over() -> None:
    turns = Turns([Turn(lane("POST /a"), "a")])
    turns.end()
    assert turns.take() is None

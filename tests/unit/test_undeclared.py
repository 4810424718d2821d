"""Methods that a document does not mention: which are asked for, and with whose body."""

from collections.abc import Mapping
from pathlib import Path

from harness.config import Target, load
from harness.model import Json, Operation
from harness.resources import Graph, build_graph
from tests.unit.test_resources import TEXT

BODY: Mapping[str, Json] = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
FEW: Mapping[str, Json] = {"type": "object", "properties": {"title": {"type": "string"}}}
IDS: Mapping[str, Json] = {
    "type": "object",
    "required": ["ids"],
    "properties": {"ids": {"type": "array", "items": {"type": "string"}}},
}


def told(folder: Path, *operations: Operation) -> Graph:
    """What is made of these operations."""
    file = folder / "target.yaml"
    file.write_text(TEXT)
    target: Target = load(file, environment={"KEY": "k" * 20})
    return build_graph(operations, target)


def test_every_other_method_of_an_object_is_asked_for(tmp_path: Path) -> None:
    things = (Operation("GET", "/things"), Operation("POST", "/things", body_schema=BODY))
    graph = told(tmp_path, *things, Operation("GET", "/things/{id}", line=7))
    assert [one.name for one in graph.undeclared] == [
        f"{one} /things/{{id}}" for one in ("PUT", "PATCH", "DELETE", "POST")
    ]
    assert [one.body_schema for one in graph.undeclared] == [BODY, BODY, None, BODY]
    assert {one.line for one in graph.undeclared} == {7}
    assert {graph.place(one) for one in graph.undeclared} == {"item"}
    assert not {one.name for one in graph.undeclared} & {one.name for one in graph.resources[0].operations.values()}


def test_the_body_is_that_of_a_change_where_there_is_one(tmp_path: Path) -> None:
    things = (Operation("GET", "/things"), Operation("POST", "/things", body_schema=BODY))
    graph = told(tmp_path, *things, Operation("PATCH", "/things/{id}", body_schema=FEW))
    assert {one.method: one.body_schema for one in graph.undeclared} == {"PUT": FEW, "DELETE": None, "POST": FEW}


def test_nothing_is_asked_of_what_no_run_can_make(tmp_path: Path) -> None:
    graph = told(tmp_path, Operation("GET", "/things"), Operation("GET", "/things/{id}"))
    assert graph.undeclared == ()


def test_of_actions_the_other_of_post_and_put_is_asked_for(tmp_path: Path) -> None:
    things = (Operation("GET", "/things"), Operation("POST", "/things", body_schema=BODY))
    item = [Operation(one, "/things/{id}", body_schema=BODY) for one in ("GET", "PUT", "PATCH", "DELETE", "POST")]
    publish = Operation("POST", "/things/{id}/publish")
    graph = told(tmp_path, *things, *item, publish)
    assert [(one.name, graph.place(one)) for one in graph.undeclared] == [("PUT /things/{id}/publish", "below")]


def test_what_names_its_objects_in_a_body_is_left_alone(tmp_path: Path) -> None:
    things = (Operation("GET", "/things"), Operation("POST", "/things", body_schema=BODY))
    item = [Operation(one, "/things/{id}", body_schema=BODY) for one in ("GET", "PUT", "PATCH", "DELETE", "POST")]
    graph = told(tmp_path, *things, *item, Operation("POST", "/things/archive", body_schema=IDS))
    assert graph.undeclared == ()

"""Writes on a whole list: by which methods, and in what a body would be put."""

from harness.model import Operation
from harness.resources.graph import Graph
from harness.resources.schemas import field_schema, resolved, types_of

LIST_WRITES = ("PATCH", "PUT", "DELETE")
USUAL = ("objects", "")
"""Where a list may stand in a body that nobody describes: in a field of this name, or bare."""


def ways_to_write(graph: Graph, operation: Operation) -> tuple[Operation | None, tuple[str, ...]]:
    """What makes an object on the list that an operation is on, and the methods for whole lists to ask of it: its own,
    or, of what makes the object, those that the document does not mention. None is asked anywhere else."""
    resource, where = graph.roles.get(operation.name, (None, ""))
    if resource is None or where != "list":
        return None, ()
    base = resource.operation("POST", "list")
    if operation.method in LIST_WRITES:
        return base, (operation.method,)
    if base is None or operation.name != base.name:
        return None, ()
    return base, tuple(one for one in LIST_WRITES if resource.operation(one, "list") is None)


def envelopes(graph: Graph, operation: Operation) -> tuple[str, ...]:
    """The fields in which a body of several objects holds them, as far as it or the list that is read tells; empty
    for a bare list."""
    resource, _ = graph.roles[operation.name]
    read = resource.operation("GET", "list")
    for told in (operation.body_schema, read.answer_schema if read else None):
        schema = resolved(told)
        if types_of(schema) == {"array"}:
            return ("",)
        lists = [name for name in schema.get("properties", {}) if types_of(field_schema(schema, name)) == {"array"}]
        if lists:
            return (lists[0],)
    return USUAL

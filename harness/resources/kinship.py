"""Objects of other kinds that a write has to do with: those that its body names or holds, and those that hang on what
it removes."""

from collections.abc import Iterator

from harness.model import Operation
from harness.resources.graph import WHOSE, Graph, Resource
from harness.resources.links import spellings
from harness.resources.paths import prefixes, shape
from harness.resources.schemas import field_schema, has_field, types_of


def held_in(graph: Graph, operation: Operation) -> Iterator[tuple[str, Resource, bool]]:
    """Fields of a write's body that name or hold objects of another kind: field, resource, and whether it holds a list
    of them."""
    role, schema = graph.roles.get(operation.name), operation.body_schema
    if role is None or schema is None or role[0].singleton:
        return
    links = {link.field: link.resource for link in role[0].links}
    for name in schema.get("properties", {}):
        told = field_schema(schema, name)
        many = types_of(told) == {"array"}
        holds = many or types_of(told) == {"object"}
        linked = links.get(name) if not holds else _spelled(graph, role[0], name)
        items = told.get("items") if many else None
        plain = many and (not isinstance(items, dict) or not types_of(items) <= {"object"})
        if linked and not plain and not told.get("readOnly"):
            yield name, graph.resource(linked), many


def _spelled(graph: Graph, own: Resource, name: str) -> str | None:
    others = (one.name for one in graph.resources if one.name != own.name)
    return next((one for one in others if name.lower() in spellings(one)), None)


def hanging_on(graph: Graph, resource: Resource) -> Iterator[Resource]:
    """Kinds of objects that name one of the resource in their body, or may do so, and whose own path does not go
    through it: whether one is there still can be seen when that is gone."""
    for one in graph.resources:
        named = any(link.resource == resource.name for link in (*one.links, *one.loose))
        if named and resource.name not in one.parents.values() and one.creators and one.operation("GET", "item"):
            yield one


def above_in(graph: Graph, operation: Operation) -> tuple[str, ...]:
    """Resources that the path of an operation on an object, or below one, names before that object, and `WHOSE` for an
    account; of a list, those before the one that it belongs to, the first of the path first."""
    resource, where = graph.roles.get(operation.name, (None, ""))
    if resource is None or where == "create" or (where == "list" and operation.writes):
        return ()
    on_item = where != "list" and shape(operation.path).startswith(shape(resource.item_path))
    if where == "below" and not on_item:
        return ()
    path = resource.item_path if on_item else operation.path
    told = {**resource.parents, **dict.fromkeys(resource.owners, WHOSE)}
    named = {prefix: told[name] for name, prefix in prefixes(path) if name in told}
    found = [named[prefix] for _, prefix in prefixes(path) if prefix in named]
    return tuple(found if on_item else found[:-1])


def own_key(resource: Resource) -> str:
    """The field by which an object tells its id: `id`, or `pk` where answers have none and tell an address instead."""
    told = resource.operation("GET", "item")
    schema = told.answer_schema if told else None
    named = resource.address_field is None or (schema is not None and has_field(schema, "id"))
    return "id" if named else "pk"

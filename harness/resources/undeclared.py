"""Writes on objects that the document does not mention: other methods at the paths of objects, and of what is done to
them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from harness.model import Operation
from harness.resources.graph import Resource
from harness.resources.paths import shape

_ITEM = ("PUT", "PATCH", "DELETE", "POST")
_ACTION = ("POST", "PUT")
_WITH_BODY = ("PUT", "PATCH", "POST")


def undeclared(
    operations: Sequence[Operation],
    resources: Iterable[Resource],
    below: Mapping[str, Sequence[Operation]],
) -> Iterator[tuple[Operation, Resource, str]]:
    """Each of them with its resource and what its path is to that. None of objects that no run can make or read, nor of
    the caller's own."""
    known = {one.name for one in operations}
    for resource in resources:
        seen = resource.operation("GET", "item") or resource.operation("GET", "list")
        if resource.singleton or not resource.creators or not seen:
            continue
        there = {key.partition(" ")[0]: one for key, one in resource.operations.items() if key.endswith(" item")}
        for one in _others(_ITEM, list(there.values()), resource.creators):
            if one.name not in known:
                yield one, resource, "item"
        actions: dict[str, list[Operation]] = {}
        for one in below.get(resource.name, ()):
            # What names its objects in a body may reach more of them by another method.
            if shape(one.path).startswith(shape(resource.item_path) + "/"):
                actions.setdefault(one.path, []).append(one)
        for here in actions.values():
            # A removal there may be of more than the object.
            for one in _others(_ACTION, here, ()) if {"POST", "PUT"} & {it.method for it in here} else ():
                if one.name not in known:
                    yield one, resource, "below"


def _others(methods: Sequence[str], there: Sequence[Operation], creators: Sequence[Operation]) -> Iterator[Operation]:
    """The other methods at one path, with the body of what else changes such an object, or else makes it."""
    if not there:
        return
    writes = sorted((one for one in there if one.writes), key=lambda one: one.method != "PATCH")
    sibling = next(iter(writes), there[0])
    told = next((one for one in (*writes, *creators) if one.body_schema), None)
    for method in methods:
        if any(one.method == method for one in there):
            continue
        one = Operation(method, sibling.path, sibling.parameters, line=sibling.line, undeclared=True)
        if method not in _WITH_BODY:
            yield one
        elif told is not None:
            yield replace(one, body_schema=told.body_schema, media_type=told.media_type)
        elif not creators:
            yield one

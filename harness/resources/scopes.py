"""Writes that reach every object of what their query names, by the word of the target file."""

import re
from collections.abc import Iterable, Sequence

from harness.config import Target
from harness.errors import UsageError
from harness.model import Operation
from harness.resources.graph import Resource, Scope
from harness.resources.schemas import field_schema, resolved, types_of

_SLOT = re.compile(r"\{([A-Za-z0-9_-]+)\.(?:id|number|uri)\}")


def scopes_of(operations: Iterable[Operation], resources: Sequence[Resource], target: Target) -> dict[str, Scope]:
    """The scoped writes by operation. Raises UsageError where the document has nothing that fits the words."""
    known, kinds = {one.name: one for one in operations}, {one.name: one for one in resources}
    found = {}
    for number, words in enumerate(target.operations.scoped):
        where = f"{target.source}: operations.scoped[{number}]"
        parameter, value = next(iter(words.query.items()))
        operation, resource = known.get(words.operation), kinds.get(words.removes)
        if operation is None:
            raise UsageError(f"{where}.operation: the document has no {words.operation}; add it under operations.add")
        if resource is None or not resource.creators:
            made = ", ".join(one.name for one in resources if one.creators)
            raise UsageError(f"{where}.removes: the run makes no {words.removes}; it makes {made}")
        slot = _SLOT.search(value)
        owner = slot[1] if slot else ""
        if owner not in resource.needs:
            raise UsageError(f"{where}.query: no {resource.name} hangs on a {owner}; name what it hangs on")
        found[operation.name] = Scope(operation, resource, parameter, value, _filter(resource, parameter))
    return found


def _filter(resource: Resource, scope: str) -> str:
    """A query parameter of the list that is a text field with a value of its own on every object; empty for none."""
    read, create = resource.operation("GET", "list"), resource.creators[0]
    body = resolved(create.body_schema)
    parameters = {one.name for one in read.parameters if one.place == "query"} if read else set[str]()
    linked = {link.field for link in resource.links}
    own = [
        name
        for name in body.get("properties", {})
        if name in parameters - linked - {scope} and types_of(field_schema(body, name)) == {"string"}
    ]
    return next((name for name in own if field_schema(body, name).get("x-unique")), next(iter(own), ""))

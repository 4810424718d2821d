"""New objects that start from one that exists, by the target file's `body: {copy: fixture}`."""

import re
from collections.abc import Mapping

from harness.config import Target
from harness.model import Json
from harness.observe import Observer
from harness.openapi import Unsatisfiable
from harness.resources import ADDRESS_FIELDS, Resource
from harness.resources.schemas import field_schema, has_field, resolved

_BY_SERVER = re.compile(r"created|updated|modified|_at$|_on$|[a-z]At$|^etag$|^version$", re.IGNORECASE)
_IDS = frozenset({"id", "pk", "uuid", "_id", *ADDRESS_FIELDS})


class Copies:
    """What the objects that exist give new ones: each is read once, and never written to."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._read: dict[str, dict[str, Json]] = {}

    def of(self, resource: Resource, observer: Observer) -> dict[str, Json]:
        """What the fixture of a resource gives a new object. Raises Unsatisfiable where there is none to read."""
        if resource.name not in self._read:
            read = resource.operation("GET", "item")
            name = read.name if read else ""
            found = self._target.fixture(name, resource.parameter) or self._target.fixture(name, resource.name)
            if found is None:
                raise Unsatisfiable(f"copy: names no object to start from; say `fixtures: {{{resource.name}: ID}}`")
            reading = observer.item(resource, {"self.id": found})
            if reading.state != "present":
                raise Unsatisfiable(f"copy: the fixture {resource.name} {found} is {reading.state}")
            self._read[resource.name] = sendable(resource, reading.values)
        return self._read[resource.name]


def sendable(resource: Resource, values: Mapping[str, Json]) -> dict[str, Json]:
    """The fields of an object, as it was read, that one may send: by the creation's schema, or, where that names none,
    all but those that servers set."""
    create = next(iter(resource.creators), None)
    schema = resolved(create.body_schema if create else None)
    if schema.get("properties"):
        kept = {name: value for name, value in values.items() if has_field(schema, name)}
        kept = {name: value for name, value in kept.items() if not field_schema(schema, name).get("readOnly")}
    else:
        kept = {name: value for name, value in values.items() if not _BY_SERVER.search(name)}
    return {name: value for name, value in kept.items() if name not in _IDS | {resource.parameter}}

"""New objects that start from one that exists, by the target file's `body: {copy: fixture}`."""

import re
from collections.abc import Mapping

from harness.model import Json
from harness.resources import ADDRESS_FIELDS, Resource
from harness.resources.schemas import field_schema, has_field, resolved

_BY_SERVER = re.compile(r"created|updated|modified|_at$|_on$|[a-z]At$|^etag$|^version$", re.IGNORECASE)
_IDS = frozenset({"id", "pk", "uuid", "_id", *ADDRESS_FIELDS})


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

"""The switch of a body by which an object is shown to guests, or hidden from them, as far as its name tells."""

import re

from harness.resources.graph import Resource
from harness.resources.schemas import field_schema, resolved, types_of

_HIDES = re.compile(r"draft|hidden|private|unlisted", re.IGNORECASE)
_SHOWS = re.compile(r"publish|public|visible|listed", re.IGNORECASE)


def switch_of(resource: Resource) -> tuple[str, bool] | None:
    """The field, and the value with which guests see the object; None where no field is called so."""
    create = next(iter(resource.creators), None)
    body = resolved(create.body_schema if create else None)
    switches = [one for one in body.get("properties", {}) if types_of(field_schema(body, one)) == {"boolean"}]
    hides = next((one for one in switches if _HIDES.search(one)), None)
    shows = next((one for one in switches if _SHOWS.search(one)), None)
    if hides:
        return hides, False
    return (shows, True) if shows else None

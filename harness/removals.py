"""What an object looks like that was removed and is still shown: many APIs only mark it."""

import re
from collections.abc import Mapping

from harness.model import Json

_FLAGS = re.compile(r"(is_?)?(deleted|removed|trashed|archived|discarded)", re.IGNORECASE)
_DATES = re.compile(r"(deleted|removed|trashed|archived|discarded)_?(at|on|date|time)", re.IGNORECASE)
_STATES = re.compile(r"(\w+_)?(status|state)", re.IGNORECASE)
_LIVING = re.compile(r"(is_?)?(active|enabled)", re.IGNORECASE)
_GONE = frozenset({"deleted", "removed", "trashed", "archived", "discarded"})


def marked_removed(before: Mapping[str, Json], after: Mapping[str, Json]) -> bool:
    """Whether an object says of itself that it was removed, and did not when it was first read."""
    return any(_says_so(name, before, value) for name, value in after.items() if before.get(name) != value)


def _says_so(name: str, before: Mapping[str, Json], value: Json) -> bool:
    if _FLAGS.fullmatch(name):
        return value is True or value == 1
    if _DATES.fullmatch(name):
        return bool(value)
    if _STATES.fullmatch(name):
        return isinstance(value, str) and value.lower() in _GONE
    return bool(_LIVING.fullmatch(name)) and value is False and before.get(name) is True

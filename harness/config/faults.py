"""Something wrong in the data of a file, before there are models of it."""

from collections.abc import Mapping
from typing import NamedTuple

from harness.documents import Pointer
from harness.model import Json


class Fault(NamedTuple):
    """Something wrong at a place of the data."""

    pointer: Pointer
    what: str
    about: Pointer | None = None
    """The mapping that the message speaks of, where `pointer` is an unknown word in it."""


def entries(data: Mapping[str, Json], *words: str) -> dict[str, dict[str, Json]]:
    """Name -> mapping for the well-formed entries of a section."""
    section: Json = data
    for word in words:
        section = section.get(word) if isinstance(section, dict) else None
    if not isinstance(section, dict):
        return {}
    return {name: entry for name, entry in section.items() if isinstance(entry, dict)}

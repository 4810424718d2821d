"""Where things stand in a file, data with the places of its values, and what is wrong at one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.model import Json

Pointer = tuple[str | int, ...]
"""Keys and list indexes from the root to a value."""


class Place(NamedTuple):
    """Where something stands in a text; both count from 1, 0 means unknown."""

    line: int
    column: int


UNKNOWN = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Document:
    """Parsed data with the places of its values.

    The data must not be changed: places are found by the identity of containers.
    """

    name: str
    """What the user calls the file."""
    data: Json = field(repr=False)
    """What `json.loads` would give: keys are text, whatever the format."""
    start: Place = field(repr=False)
    marks: Mapping[int, Mapping[str | int, Place]] = field(repr=False)
    """Place of each key or list item, by the `id` of its container."""

    def line(self, pointer: Pointer) -> Place:
        """Line and column of the key (or list item) that `pointer` leads to; (0, 0) where there is none."""
        holder, place = self.data, self.start
        for part in pointer:
            place = self.marks.get(id(holder), {}).get(part, UNKNOWN)
            if place == UNKNOWN:
                return UNKNOWN
            holder = holder[part]
        return place

    def nearest(self, pointer: Pointer) -> Place:
        """The place of that value, or of the innermost thing around it that is in the file."""
        around = (self.line(pointer[:length]) for length in range(len(pointer), -1, -1))
        return next(place for place in around if place != UNKNOWN)

    def where(self, pointer: Pointer) -> str:
        """`name:line:column` of `nearest`."""
        return where(self.name, self.nearest(pointer))


class Fault(Exception):
    """One thing wrong with the file; `what` quotes no value."""

    def __init__(self, place: Place, what: str) -> None:
        super().__init__(what)
        self.place = place
        self.what = what


def where(name: str, place: Place) -> str:
    """`name:line:column`, or the name alone."""
    return f"{name}:{place.line}:{place.column}" if place != UNKNOWN else name

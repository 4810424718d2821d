"""What the readers of both formats tell the builder, and what an unquoted word means."""

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from harness.documents.places import Place
from harness.model import Json

_CONSTANTS: Mapping[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,999})")
FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?=[.eE])(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class Event(NamedTuple):
    """One step through a file, whatever its format."""

    kind: str
    """`{`, `[`, `end`, `value`, `alias` or `document`."""
    place: Place
    value: Json = None
    text: str = ""
    """A scalar as written; what counts where it is a key."""
    anchor: str | None = None
    """Name of the anchor that is set here or, for an alias, meant."""
    merges: bool = False


def scalar(text: str) -> Json:
    """What an unquoted scalar means: null, a boolean, a number, or else the text itself."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text

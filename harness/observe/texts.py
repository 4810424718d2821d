"""The text in a value."""

from collections.abc import Mapping

from harness.model import Json
from harness.trails import without_trails


def holds(value: Json, marker: str) -> bool:
    """Whether a marker stands anywhere in a value, in any letter case."""
    if isinstance(value, str):
        return marker in value.lower()
    if isinstance(value, Mapping):
        return any(holds(one, marker) for one in value.values())
    return isinstance(value, list) and any(holds(one, marker) for one in value)


def bears(value: Json, marker: str) -> bool:
    """Whether a marker stands in a value, outside its records of refused attempts."""
    return holds(without_trails(value), marker)


def text_of(value: Json) -> str:
    """Every text in a value in lower case, one a line: for looking up many markers in it, each as `holds` does."""
    if isinstance(value, str):
        return value.lower()
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return "\n".join(map(text_of, parts))


def scalar_text(value: Json) -> str | None:
    """A text, or a whole number as text; None for anything else."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None

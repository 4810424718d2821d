"""Text that a server may have written, made harmless for a terminal and bounded."""

import json
from collections.abc import Mapping

from harness.model import Json

LINE = 300
"""Characters of foreign text that a line for a person holds at most."""


def safe(text: str, most: int = LINE) -> str:
    """The text in one line, at most `most` characters and an ellipsis of it.

    Whatever does not print (escape sequences, line breaks, marks that turn the direction, halves of characters) is
    written as a backslash escape. Markup is not looked at: hand the result to `rich.text.Text`, never to a renderer of
    markup.
    """
    shown = text if len(text) <= most else text[:most] + "…"
    if shown.isprintable():
        return shown
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def json_lines(value: Mapping[str, Json]) -> str:
    """JSON with a line for each member, and for each element of a list in it: fit to be read and searched by line, and
    written in a fifth of the time that one with all its levels indented takes."""
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {_laid_out(one)}" for name, one in value.items()) + "\n}\n"


def _laid_out(value: Json) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(f" {json.dumps(one)}" for one in value) + "\n]"

"""Text that a server may have written, made harmless for a terminal and bounded."""

import json
from collections.abc import Iterable, Iterator, Mapping

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
    return "".join(json_pieces(value))


def json_pieces(value: Mapping[str, Json]) -> Iterator[str]:
    """The same piece by piece, so that what comes from an iterator in place of a list is never there as a whole."""
    yield "{"
    for number, (name, one) in enumerate(value.items()):
        yield f"{',' if number else ''}\n{json.dumps(name)}: "
        yield from _elements(one) if isinstance(one, list | Iterator) else (json.dumps(one),)
    yield "\n}\n"


def _elements(values: Iterable[Json]) -> Iterator[str]:
    before = "["
    for one in values:
        yield f"{before}\n {json.dumps(one)}"
        before = ","
    yield "[]" if before == "[" else "\n]"

"""Words of a target file as text. Some come from a document that is not to be trusted: nothing of it may end a line or
begin a word of its own."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping

from harness.model import Json

WIDTH = 116
MOST = 400
"""Characters of a comment that may be the document's."""
_PLAIN = re.compile(r"[A-Za-z_/$.][A-Za-z0-9_/$.-]*")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


def flow(value: Json) -> str:
    """YAML in one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(str(name))}: {flow(one)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value)


def line(text: str, most: int = MOST) -> str:
    """Text in one line, with nothing in it that does not print."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def comment(text: str, indent: int = 0) -> Iterator[str]:
    """Lines of a comment."""
    front = " " * indent + "# "
    yield from (front + one for one in textwrap.wrap(line(text), WIDTH - len(front), break_on_hyphens=False))

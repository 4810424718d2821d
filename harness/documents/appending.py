"""One more entry for a list in a file that a person wrote: text is put in where it belongs, and nothing else moves."""

from collections.abc import Mapping
from typing import Any

import yaml

from harness.documents.reading import parse
from harness.errors import ConfigError
from harness.model import Json


def append_entry(text: str, word: str, entry: Mapping[str, Json]) -> str | None:
    """The text with an entry more at the end of the list that stands under a word of its top; the list is made where
    there is none. None where that cannot be done without writing the file anew.

    Raises ConfigError where the text is no document.
    """
    before = parse(text.encode(), "").data
    if not isinstance(before, dict) or not isinstance(before.get(word, []), list):
        return None
    changed = _changed(text, word, _in_a_line(entry))
    wanted = {**before, word: [*before.get(word, []), dict(entry)]}
    try:
        # Whatever the file looks like: what it says now must be what it said, and the entry.
        return changed if parse(changed.encode(), "").data == wanted else None
    except ConfigError:
        return None


def _in_a_line(entry: Mapping[str, Json]) -> str:
    return f"{{{', '.join(f'{name}: {_flow(value)}' for name, value in entry.items())}}}"


def _flow(value: Json) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return yaml.dump(value, Dumper=yaml.SafeDumper, default_style='"', width=100_000, allow_unicode=True).strip()


def _changed(text: str, word: str, entry: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    node = _node_of(text, word)
    if node is None:
        gap = "" if not text or text.endswith("\n") else end
        return f"{text}{gap}{word}:{end}  - {entry}{end}"
    if node.flow_style:
        at = node.end_mark.index - 1
        return f"{text[:at].rstrip()}{', ' if node.value else ''}{entry}{text[at:]}"
    lines = text.splitlines(keepends=True)
    at = _last_line(node.value[-1]) + 1
    if lines[at - 1] == lines[at - 1].rstrip("\r\n"):
        lines[at - 1] += end
    return "".join((*lines[:at], f"{' ' * node.start_mark.column}- {entry}{end}", *lines[at:]))


def _node_of(text: str, word: str) -> Any:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == word), None)


def _last_line(node: Any) -> int:
    """The line, from 0, on which a value ends."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    line: int = node.end_mark.line
    return line - 1 if node.end_mark.column == 0 and line > node.start_mark.line else line

"""References inside one document, and how much lies behind them.

A document is not to be trusted: a reference may point at an internal host or a local file, and a few short schemas can
spell out millions. So nothing that leaves the document is followed, and a node is weighed before it is expanded.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

from harness.errors import DocumentError
from harness.model import Json

DEPTH = 200
"""Levels that a node may have once its references are followed. A bundler takes two stack frames for each."""
NODES = 100_000
"""Objects and lists that a node may hold once its references are followed."""
DOCUMENT_DEPTH = 100
DOCUMENT_NODES = 3_000_000

_REFUSED = "#/x-refused/"
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_IDENTITIES = ("$id", "$schema")


class Unreadable(Exception):
    """A node cannot be used; the text says why, in one short line."""


def cleaned(data: Mapping[str, Json]) -> dict[str, Json]:
    """A copy with text keys and JSON values alone, where a reference out of the document points at nothing and says so.

    Raises `DocumentError` for a document of more than `DOCUMENT_NODES` objects and lists.
    """
    copy: dict[str, Json] = _cleaned(data, DOCUMENT_DEPTH, [DOCUMENT_NODES])
    return copy


def _cleaned(node: Json, levels: int, left: list[int]) -> Json:
    if node is None or isinstance(node, str | int | float):
        return node
    if not isinstance(node, Mapping | list | tuple):
        return str(node)
    left[0] -= 1
    if left[0] < 0:
        raise DocumentError(f"the OpenAPI document holds more than {DOCUMENT_NODES:,} objects and lists; cut it down")
    if not levels:
        return _refused(f"nested deeper than {DOCUMENT_DEPTH} levels")
    if not isinstance(node, Mapping):
        return [_cleaned(item, levels - 1, left) for item in node]
    foreign = next((node[key] for key in _REFERENCES if _is_foreign(node.get(key))), None)
    if foreign is not None:
        return _refused(f"reference out of the document: {foreign}")
    return {
        str(key): _cleaned(value, levels - 1, left)
        for key, value in node.items()
        # A name of its own would be the base that every reference below it is resolved against.
        if not (key in _IDENTITIES and isinstance(value, str))
    }


def _is_foreign(reference: Json) -> bool:
    return isinstance(reference, str) and not reference.startswith("#")


def refused(why: str) -> str:
    """A reference that points at nothing and says why."""
    return _REFUSED + quote(why[:160], safe="")


def _refused(why: str) -> dict[str, Json]:
    return {"$ref": refused(why)}


class References:
    """Follows and weighs the references of one cleaned document."""

    def __init__(self, root: Mapping[str, Json]) -> None:
        self._root = root
        self._weights: dict[str, tuple[int, int]] = {}
        self._open: set[str] = set()

    def follow(self, node: Json) -> Json:
        """What a node stands for, through any chain of references. Raises `Unreadable`."""
        seen: set[str] = set()
        while isinstance(node, Mapping) and isinstance(reference := node.get("$ref"), str):
            if reference in seen:
                raise Unreadable(f"reference to itself: {reference}")
            seen.add(reference)
            node = self._target(reference)
        return node

    def weigh(self, node: Json) -> None:
        """Raise `Unreadable` where a reference leads nowhere or out of the document, or all is too deep or large."""
        self._weigh(node, DEPTH)

    def _target(self, reference: str) -> Json:
        if reference.startswith(_REFUSED):
            raise Unreadable(unquote(reference.removeprefix(_REFUSED)))
        node: Json = self._root
        for token in unquote(reference).split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and name in node:
                node = node[name]
            elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
                node = node[int(name)]
            else:
                raise Unreadable(f"reference to nothing: {reference}")
        return node

    def _weigh(self, node: Json, levels: int) -> tuple[int, int]:
        """(objects and lists, levels) under a node, references followed; a reference back to itself counts as one."""
        if not isinstance(node, dict | list):
            return 0, 0
        if not levels:
            raise Unreadable(f"nested deeper than {DEPTH} levels")
        size, height = 1, 0
        for weight in self._parts(node, levels - 1):
            size += weight[0]
            height = max(height, weight[1])
            if size > NODES:
                raise Unreadable(f"more than {NODES:,} nodes once its references are followed")
            if height >= levels:
                raise Unreadable(f"nested deeper than {DEPTH} levels")
        return size, height + 1

    def _parts(self, node: Json, levels: int) -> Iterator[tuple[int, int]]:
        if isinstance(node, list):
            yield from (self._weigh(item, levels) for item in node if isinstance(item, dict | list))
            return
        for key, value in node.items():
            if isinstance(value, dict | list):
                yield self._weigh(value, levels)
            elif key in _REFERENCES and isinstance(value, str):
                yield self._weigh_target(value, levels)

    def _weigh_target(self, reference: str, levels: int) -> tuple[int, int]:
        known = self._weights.get(reference)
        if known is not None or reference in self._open:
            return known or (1, 1)
        self._open.add(reference)
        try:
            weight = self._weigh(self._target(reference), levels)
        finally:
            self._open.discard(reference)
        self._weights[reference] = weight
        return weight

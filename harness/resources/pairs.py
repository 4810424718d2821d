"""Where the resources of a document are, and which operations make their objects.

A resource is a path that takes POST (`/x/`) with a path of one more parameter (`/x/{id}/`), or such a pair without a
POST whose items are made by PUT, under a name that the client chooses, and can be removed again; or, where objects are
made below another and read beside it, a POST of `/y/{id}/x/` with `/x/{id}/`.
"""

import re
from collections.abc import Iterable, Mapping

from harness.config import Target
from harness.model import Operation
from harness.openapi import accepts
from harness.resources.paths import PARAMETER, shape
from harness.resources.schemas import EXAMPLE_MARKER, is_free_text, resolved

_FORMS = ("{marker}", "1.0.0-{marker}", "v1.0.0-{marker}")
"""What a new object may be called: anything, or a version as semver.org has it."""
Paths = Mapping[str, Mapping[str, Operation]]
"""Path -> method -> operation."""


def pairs_of(by_path: Paths, target: Target) -> dict[str, tuple[str, str]]:
    """Resource name -> its list path and item path; those of the target file first."""
    pairs = {name: found for name in target.resources if (found := _told(name, by_path, target))}
    taken = {shape(item) for _, item in pairs.values()}
    for path, operations in by_path.items():
        stem = _stem(path)
        if stem is None or shape(path) in taken:
            continue
        list_path = _documented(stem, by_path)
        if list_path and "POST" in by_path[list_path]:
            pairs[_name_of(list_path, pairs)] = (list_path, path)
        elif "GET" in operations and (below := _made_below(stem, by_path)):
            pairs[_name_of(below, pairs)] = (below, path)
        elif {"PUT", "DELETE"} <= operations.keys() and takes_name(operations["PUT"]):
            pairs[_name_of(list_path or stem, pairs)] = (list_path or stem, path)
    return pairs


def creators_of(name: str, own: Mapping[str, Operation], by_path: Paths, target: Target) -> tuple[Operation, ...]:
    """The operations that make an object of a resource, as the target file orders them; `own` are those of its paths,
    by `METHOD list` and `METHOD item`."""
    words = target.resources.get(name)
    if words and words.creations:
        told = [(shape(path), method) for method, _, path in (one.partition(" ") for one in words.creations)]
        known = {(shape(path), method): one for path, some in by_path.items() for method, one in some.items()}
        return tuple(known[one] for one in told if one in known)
    if "POST list" in own:
        return (own["POST list"],)
    named = {"PUT item", "DELETE item"} <= own.keys() and takes_name(own["PUT item"])
    return (own["PUT item"],) if named else ()


def takes_name(operation: Operation) -> bool:
    """Whether the last parameter of its path may be a name of our choice."""
    return name_form(operation) is not None


def name_form(operation: Operation) -> str | None:
    """A name for the last parameter of its path, with a slot for the marker; None where none is allowed."""
    names = PARAMETER.findall(operation.path)
    schemas = {one.name: one.schema for one in operation.parameters if one.place == "path"}
    schema = resolved({"type": "string", **schemas.get(names[-1], {})}) if names else {}
    if not is_free_text({word: told for word, told in schema.items() if word != "pattern"}):
        return None
    return next((one for one in _FORMS if accepts(schema, one.replace("{marker}", EXAMPLE_MARKER))), None)


def _told(name: str, by_path: Paths, target: Target) -> tuple[str, str] | None:
    """The paths of a resource by the target file's words; None where they do not tell."""
    words = target.resources[name]
    ways = [one.partition(" ") for one in words.creations or ()]
    lists = [path for method, _, path in ways if method == "POST" and _stem(path) is None]
    named = [path for method, _, path in ways if method == "PUT"]
    below = [path for path in by_path if (stem := _stem(path)) and shape(stem) in {shape(one) for one in lists}]
    item = next(iter([*([words.item] if words.item else []), *named, *below]), None)
    if item is None or not ways:
        return None
    readable = [path for path in lists if "GET" in by_path.get(_documented(path, by_path) or "", {})]
    above = [path for path in _stems(item) if "GET" in by_path.get(_documented(path, by_path) or "", {})]
    found = next(iter([*readable, *above, *([_stem(item) or ""] if not lists else []), *lists]), "")
    return _documented(found, by_path) or found, _documented(item, by_path) or item


def _stem(path: str) -> str | None:
    """The path of an item's list, with a slash at its end where the item's has one; None where it is no item's."""
    head, slash = (path[:-1], "/") if path.endswith("/") else (path, "")
    cut = re.fullmatch(r"(.*)/\{[^{}]+\}", head)
    return cut[1] + slash if cut else None


def _made_below(stem: str, by_path: Paths) -> str:
    """The one path below some other object that takes POST, ends as the stem does, and whose own objects are told
    nowhere; empty where there is none, or several."""
    above, _, last = stem.rstrip("/").rpartition("/")
    ends = re.compile(rf"{re.escape(above)}/(?:.*/)?\{{[^{{}}/]+\}}/{re.escape(last)}/?")
    items = {shape(path) for path in by_path}
    found = [
        path
        for path, operations in by_path.items()
        if "POST" in operations and ends.fullmatch(path) and shape(path) + "/{}" not in items
    ]
    return found[0] if last and len(found) == 1 else ""


def _stems(item: str) -> list[str]:
    """The paths of an item's list: without its last parameter, then without those right before it."""
    found = list[str]()
    while (stem := _stem(found[-1] if found else item)) is not None:
        found.append(stem)
    return found


def _documented(path: str, by_path: Paths) -> str | None:
    """The path of the document that this one is, whatever its parameters are called and with or without the last
    slash."""
    shapes = {shape(one): one for one in by_path}
    return path if path in by_path else shapes.get(shape(path))


def _name_of(list_path: str, taken: Iterable[str]) -> str:
    words = [word for word in list_path.split("/") if word and "{" not in word] or ["root"]
    for length in range(1, len(words) + 1):
        name = "-".join(words[-length:])
        if name not in taken:
            return name
    return list_path

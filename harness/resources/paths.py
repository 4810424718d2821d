"""Paths of a document: what each of their parameters names, and how a resource's own are written with slots."""

import re

from harness.openapi import Unsatisfiable
from harness.resources.graph import Resource

PARAMETER = re.compile(r"\{([^{}]+)\}")


def shape(path: str) -> str:
    """A path without the names of its parameters, which may differ from one path of a document to another, and
    without its last slash."""
    return PARAMETER.sub("{}", path).rstrip("/")


def prefixes(path: str) -> list[tuple[str, str]]:
    """The parameters of a path, each with the shape of the path up to it."""
    return [(found[1], shape(path[: found.end()])) for found in PARAMETER.finditer(path)]


def read_path(resource: Resource, where: str) -> str:
    """The path, with slots, on which the resource's list or item is read. Raises Unsatisfiable where a parameter names
    nothing known."""
    return sub_path(resource, resource.list_path if where == "list" else resource.item_path)


def sub_path(resource: Resource, path: str) -> str:
    """A path below an item of the resource, with slots. Raises Unsatisfiable where a parameter names nothing known."""
    own = shape(resource.item_path)
    slots = {
        prefix: f"{{{resource.parents[name]}.id}}"
        for told in (resource.list_path, resource.item_path)
        for name, prefix in prefixes(told)
        if name in resource.parents
    } | {own: "{self.id}"}
    missing = next((name for name, prefix in prefixes(path) if prefix not in slots), None)
    if missing is not None:
        raise Unsatisfiable(f"no parent for {{{missing}}}: {path} hangs on objects that no POST of the document makes")
    return PARAMETER.sub(lambda found: slots[shape(path[: found.end()])], path)

"""Paths of a document: what each of their parameters names, and how a resource's own are written with slots."""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import quote

from harness.openapi import Unsatisfiable
from harness.resources.graph import ACCOUNT, Resource

PARAMETER = re.compile(r"\{([^{}]+)\}")
_SAME = re.compile(r"\{([^{}/]+)\}(?:/\{\1\})+")
"""One object named by several parameters in a row."""


@lru_cache(maxsize=8192)
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
    named = {
        prefix: f"{resource.parents[name]}.id"
        for told in (resource.list_path, resource.item_path)
        for name, prefix in prefixes(told)
        if name in resource.parents
    } | {shape(resource.item_path): "self.id"}
    named |= {prefix: ACCOUNT for name, prefix in prefixes(path) if name in resource.owners}
    named |= {prefix: "self.id" for name, prefix in prefixes(resource.item_path) if name in resource.id_parts}
    missing = next((name for name, prefix in prefixes(path) if prefix not in {*named, *resource.fixed}), None)
    if missing is not None:
        raise Unsatisfiable(f"no parent for {{{missing}}}: {path} hangs on objects that no POST of the document makes")

    def slot(found: re.Match[str]) -> str:
        prefix = shape(path[: found.end()])
        return f"{{{named[prefix]}}}" if prefix in named else quote(resource.fixed[prefix], safe="")

    slotted = PARAMETER.sub(slot, path)
    return _SAME.sub(r"{\1/}", slotted)


def id_parts(paths: tuple[str, str], parents: Collection[str]) -> tuple[str, ...]:
    """The parameters at the end of an item path, where several in a row name one object and nothing else is known of
    them; empty where the last one does so alone."""
    list_path, item_path = paths
    on_list = {prefix for _, prefix in prefixes(list_path)}
    row = re.search(r"(?:/\{[^{}]+\})+/?$", item_path)
    last = PARAMETER.findall(row[0]) if row else []
    own = [
        name for name, prefix in prefixes(item_path) if name in last and prefix not in on_list and name not in parents
    ]
    return tuple(own) if len(own) > 1 else ()

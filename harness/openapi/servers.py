"""The path that a document puts in front of its templates."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from harness.model import Json


def prefix(root: Mapping[str, Json], item: Mapping[str, Json], operation: Mapping[str, Json], base_path: str) -> str:
    """`/api/v1` or empty: the path of the nearest first server, or `basePath`, or else `base_path`; never a host."""
    servers = next((node["servers"] for node in (operation, item, root) if node.get("servers")), None)
    declared = _path(servers) if "swagger" not in root else str(root.get("basePath") or "")
    path = declared.strip("/") or base_path.strip("/")
    return f"/{path}" if path else ""


def _path(servers: Json) -> str:
    server = servers[0] if isinstance(servers, list) else None
    if not isinstance(server, Mapping):
        return ""
    variables = server.get("variables")
    variables = variables if isinstance(variables, Mapping) else {}

    def default(match: re.Match[str]) -> str:
        variable = variables.get(match[1])
        return str(variable.get("default", match[0])) if isinstance(variable, Mapping) else match[0]

    try:
        return urlsplit(re.sub(r"\{([^{}]*)\}", default, str(server.get("url", "")))).path
    except ValueError:
        return ""

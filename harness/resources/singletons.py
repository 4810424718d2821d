"""Objects of the caller: read and written at a path that names nobody, such as `/me`."""

import re
from collections.abc import Mapping

from harness.config import Target
from harness.model import Operation
from harness.resources.graph import Resource
from harness.resources.schemas import marker_of, resolved, types_of
from harness.resources.url_fields import deep_url_fields, rule_of, url_fields

_OWN = re.compile(r"me|my|self|myself|profile|account|whoami|current[-_]?user|preferences")
LOGIN_NAMES = frozenset({"username", "user_name", "userName", "login", "user", "email"})
"""Fields that somebody logs in with: changed, the account is lost."""
_METHODS = ("GET", "PUT", "PATCH")


def singletons(by_path: Mapping[str, Mapping[str, Operation]], taken: frozenset[str], target: Target) -> list[Resource]:
    """The caller's own objects: paths without a parameter, with a word for oneself in them, that are read as one object
    and changed. `taken` are names and list paths of other resources."""
    found = list[Resource]()
    for path, operations in by_path.items():
        words = [one for one in path.split("/") if one]
        if "{" in path or path in taken or "GET" not in operations or not operations.keys() & {"PUT", "PATCH"}:
            continue
        answer = resolved(operations["GET"].answer_schema)
        if any(_OWN.fullmatch(one) for one in words) and "array" not in types_of(answer) and "POST" not in operations:
            body = resolved((operations.get("PATCH") or operations["PUT"]).body_schema)
            own = {f"{method} item": one for method, one in operations.items() if method in _METHODS}
            name = next(one for one in (words[-1], "-".join(words), path) if one not in taken)
            deep, untried = deep_url_fields(operations.values(), target)
            rules = {one: rule_of(target, one) for one in (*url_fields(body, target), *deep)}
            free = [one for one in body.get("properties", {}) if one not in LOGIN_NAMES]
            marker = marker_of({**body, "properties": {one: body["properties"][one] for one in free}}, answer)
            found.append(
                Resource(
                    name,
                    path,
                    path,
                    "",
                    own,
                    marker=marker,
                    url_rules=rules,
                    deep_url_fields=untried,
                    singleton=True,
                )
            )
    return found

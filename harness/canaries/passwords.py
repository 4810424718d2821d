"""Passwords in the bodies of new accounts: never a guess, but what the run made for them."""

import re
from collections.abc import Mapping

from harness.model import Json
from harness.resources.schemas import field_schema, resolved, types_of

_PASSWORD = re.compile(r"pass(word|wd|phrase)?[-_]?(1|2|confirm(ation)?|repeat|again)?", re.IGNORECASE)


def with_password(body: Json, schema: Mapping[str, Json] | None) -> Json:
    """The body with `{password}` in every field of a password that nothing else was said for."""
    if not isinstance(body, dict):
        return body
    known = resolved(schema)
    return {name: "{password}" if _is_password(name, value, known) else value for name, value in body.items()}


def _is_password(name: str, value: Json, schema: Mapping[str, Json]) -> bool:
    found = field_schema(schema, name)
    named = _PASSWORD.fullmatch(name) or found.get("format") == "password"
    return bool(named) and isinstance(value, str) and types_of(found) == {"string"}

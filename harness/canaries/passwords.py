"""Passwords in the bodies of new accounts: never a guess, but what the run made for them."""

import re
from collections.abc import Mapping

from harness.config import Target
from harness.model import Json, Operation
from harness.resources import Resource
from harness.resources.schemas import field_schema, resolved, types_of

_PASSWORD = re.compile(r"pass(word|wd|phrase)?[-_]?(1|2|confirm(ation)?|repeat|again)?", re.IGNORECASE)


def with_password(body: Json, schema: Mapping[str, Json] | None) -> Json:
    """The body with `{password}` in every field of a password that nothing else was said for."""
    if not isinstance(body, dict):
        return body
    known = resolved(schema)
    return {name: "{password}" if _is_password(name, value, known) else value for name, value in body.items()}


def password_for(resource: Resource, operation: Operation, target: Target, password: str) -> str:
    """What stands for `{password}`: where somebody can log in as the object, a change gives it one that tells who did
    it."""
    words = target.resources.get(resource.name)
    creates = not operation.replaces and operation.name in {one.name for one in resource.creators}
    return password if creates or words is None or words.effect is None else password + "{marker}"


def _is_password(name: str, value: Json, schema: Mapping[str, Json]) -> bool:
    found = field_schema(schema, name)
    named = _PASSWORD.fullmatch(name) or found.get("format") == "password"
    return bool(named) and isinstance(value, str) and types_of(found) == {"string"}

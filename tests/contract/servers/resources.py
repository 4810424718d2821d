"""What the workshop keeps: two resources, their fields, and the rules that a correct server puts on them."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Row: TypeAlias = Mapping[str, object]
Tables: TypeAlias = Mapping[str, Mapping[int, Row]]
HomepageRule: TypeAlias = Callable[[str, Collection[str]], str]
"""Takes the offered address and the homepages of all other tools, gives what is to be stored, or raises `Invalid`."""

SITE = "https://tools.example/"
OFF_SITE = f"must be an address under {SITE}"

_SLUG = re.compile(r"[A-Za-z0-9_-]+")
# Escapes of control characters, dots, slashes, backslashes and percent signs would give one address several readings.
_HOMEPAGE = re.compile(
    r"https://tools\.example/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#-]|%(?![01]|7[Ff]|2[EeFf5]|5[Cc])[0-9A-Fa-f]{2})*"
)
_DETOUR = re.compile(r"//|/\.{1,2}(?:[/?#]|$)")


class Invalid(ValueError):
    """A value that the workshop does not take; the message is for the caller."""


class Conflict(ValueError):
    """A slug that another tool has."""


@dataclass(frozen=True, slots=True)
class Field:
    """One writable field of a resource."""

    kind: Literal["text", "slug", "url", "tool"]
    """What values look like; `tool` is the id of an existing tool."""
    required: bool = True
    """Whether POST and PUT must carry it; an optional field is empty text by default."""
    maximum: int = 100
    """Longest text taken, in characters."""


RESOURCES: Mapping[str, Mapping[str, Field]] = {
    "tools": {
        "name": Field("text"),
        "slug": Field("slug", maximum=60),
        "homepage": Field("url", maximum=200),
        "notes": Field("text", required=False, maximum=500),
    },
    "parts": {
        "label": Field("text"),
        "tool_id": Field("tool"),
        "notes": Field("text", required=False, maximum=500),
    },
}


def on_site(address: str, taken: Collection[str]) -> str:
    """The rule of a correct server: an address of the site, with one reading only."""
    if _HOMEPAGE.fullmatch(address) is None or _DETOUR.search(address, len(SITE) - 1):
        raise Invalid(OFF_SITE)
    return address


@dataclass(slots=True)
class Rules:
    """The rules that a mask may exchange."""

    homepage: HomepageRule = on_site
    """What is stored for an offered homepage."""


def validated(resource: str, body: Row, *, row_id: int | None, partial: bool, tables: Tables, rules: Rules) -> Row:
    """The fields to store. Raises `Invalid` (its second argument maps fields to messages) or `Conflict`."""
    values: dict[str, object] = {}
    errors: dict[str, str] = {}
    for name, field in RESOURCES[resource].items():
        if name in body:
            try:
                values[name] = _checked(field, body[name], row_id, tables, rules)
            except Invalid as error:
                errors[name] = str(error)
        elif field.required and not partial:
            errors[name] = "required"
        elif not partial:
            values[name] = ""
    if errors:
        raise Invalid("invalid", errors)
    if "slug" in values and values["slug"] in _others(tables, "slug", row_id):
        raise Conflict("slug already taken")
    return values


def _checked(field: Field, value: object, row_id: int | None, tables: Tables, rules: Rules) -> object:
    if field.kind == "tool":
        if type(value) is not int or value not in tables["tools"]:
            raise Invalid("must be the id of a tool")
        return value
    if not isinstance(value, str) or len(value) > field.maximum or (field.required and not value):
        raise Invalid(f"must be text of at most {field.maximum} characters")
    if field.kind == "url":
        return rules.homepage(value, _others(tables, "homepage", row_id))
    if not value.isprintable():
        raise Invalid("must be printable, on one line")
    if field.kind == "slug" and _SLUG.fullmatch(value) is None:
        raise Invalid("must hold letters, digits, hyphens and underscores only")
    return value


def _others(tables: Tables, field: str, row_id: int | None) -> set[str]:
    return {str(row[field]) for key, row in tables["tools"].items() if key != row_id}


def seed() -> Tables:
    """40 tools and 10 parts: the list of tools has two pages."""
    tools = {
        number: {
            "id": number,
            "name": f"Tool {number}",
            "slug": f"tool-{number}",
            "homepage": f"{SITE}tool-{number}",
            "notes": "",
            "updated_at": "2026-01-01T00:00:00.000000Z",
        }
        for number in range(1, 41)
    }
    parts = {
        number: {"id": number, "label": f"Part {number}", "tool_id": number, "notes": ""} for number in range(1, 11)
    }
    return {"tools": tools, "parts": parts}

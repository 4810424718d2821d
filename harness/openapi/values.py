"""One value for a schema without alternatives: short, plain, and the same in every process."""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache

import jsonschema_rs

from harness.model import Json
from harness.openapi.patterns import OPTIONS, matching

LONGEST = 100_000
"""Characters that a text may be asked to have."""

_FORMATS = {
    "byte": "eA==",
    "date": "2020-01-01",
    "date-time": "2020-01-01T00:00:00Z",
    "duration": "P1D",
    "email": "a@example.com",
    "hostname": "example.com",
    "idn-email": "a@example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "iri": "https://example.com/",
    "iri-reference": "/x",
    "json-pointer": "/x",
    "relative-json-pointer": "0",
    "time": "00:00:00Z",
    "uri": "https://example.com/",
    "uri-reference": "/x",
    "uri-template": "/x",
    "url": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_TYPES = (
    ("object", {"properties", "required", "additionalProperties", "minProperties"}),
    ("array", {"items", "prefixItems", "minItems"}),
    ("string", {"pattern", "format", "minLength", "maxLength"}),
    ("integer", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
)


class Unsatisfiable(Exception):
    """No valid value was found; the text is one line that begins with the field."""


def type_of(schema: Mapping[str, Json]) -> str:
    """The JSON type to build: the first that is not null, or what the other words are about."""
    declared = schema.get("type")
    if isinstance(declared, str):
        return declared
    if isinstance(declared, list) and declared:
        return next((str(name) for name in declared if name != "null"), "null")
    return next((name for name, words in _TYPES if words & schema.keys()), "string")


def scalar(schema: Mapping[str, Json], kind: str, where: str) -> Json:
    """A string, number, boolean or null. Raises `Unsatisfiable`."""
    match kind:
        case "string":
            return _text(schema, where)
        case "integer" | "number":
            return _number(schema, kind == "integer", where)
        case "boolean":
            return False
        case "null":
            return None
    raise Unsatisfiable(f"{where}: there is no JSON type {kind!r}")


def _text(schema: Mapping[str, Json], where: str) -> str:
    pattern, form = schema.get("pattern"), schema.get("format")
    low, high = int(schema.get("minLength", 0)), int(schema.get("maxLength", LONGEST))
    if low > LONGEST:
        raise Unsatisfiable(f"{where}: asks for a text of more than {LONGEST:,} characters")
    if pattern is None:
        text = _FORMATS.get(str(form), "x")
        padding = "x" * (low - len(text))
        text = padding + text if form in ("email", "idn-email", "hostname") else text + padding
        return text if form in _FORMATS else text[:high]
    found = _matching(pattern, form, low, high)
    if found is None:
        raise Unsatisfiable(
            f"{where}: found no text for the pattern {str(pattern)[:60]!r}; give the value in the target file"
        )
    return found


@lru_cache(maxsize=1024)
def _matching(pattern: str, form: str | None, low: int, high: int) -> str | None:
    schema = {"type": "string", "pattern": pattern, "minLength": low, "maxLength": high}
    fits = validator(schema if form is None else schema | {"format": form}).is_valid
    plain = _FORMATS.get(str(form), "")
    if plain and fits(plain):
        return plain
    # A pattern that is not anchored may be about the end of a longer text, such as the path of an address.
    return matching(pattern, fits, (plain.rstrip("/"),), low)


def _number(schema: Mapping[str, Json], whole: bool, where: str) -> int | float:
    fits = validator({key: schema[key] for key in schema if key.endswith("imum") or key == "multipleOf"}).is_valid
    try:
        for number in _numbers(schema, whole):
            value = int(number) if float(number).is_integer() else number
            if fits(value) and not (whole and isinstance(value, float)):
                return value
    except OverflowError:
        raise Unsatisfiable(f"{where}: its bounds are beyond what a number of JSON surely holds") from None
    raise Unsatisfiable(f"{where}: found no number within its bounds")


def _numbers(schema: Mapping[str, Json], whole: bool) -> Iterator[int | float]:
    """Numbers that may do, the best first. Raises `OverflowError` for bounds that no double holds."""
    step = schema.get("multipleOf") or (1 if whole else None)
    low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
    high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))
    yield from (1, 0)
    for bound in (low, high):
        if math.isfinite(bound):
            yield from (bound, math.ceil(bound), math.floor(bound), math.floor(bound) + 1, math.ceil(bound) - 1)
            if step:
                yield from (times * step for times in (math.ceil(bound / step), math.floor(bound / step) + 1))
    yield from (step or 1, (low + high) / 2 if math.isfinite(low + high) else 1)


def validator(schema: Json) -> jsonschema_rs.Draft202012Validator:
    """A validator that checks formats, fetches nothing, is not held up by a pattern, and quotes no value."""
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, pattern_options=OPTIONS, offline=True, mask="the value"
    )

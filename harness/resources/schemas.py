"""What a schema says of a body's fields."""

from collections.abc import Collection, Mapping

from harness.model import Json
from harness.openapi import Unsatisfiable, accepts, property_schema, whole

MARKER_FIELDS = ("description", "notes", "comment", "name", "title")
EXAMPLE_MARKER = "hf" + "a" * 22


def resolved(schema: Mapping[str, Json] | None) -> Mapping[str, Json]:
    """A schema with nothing left to look up; one that is too tangled says nothing."""
    try:
        return whole(schema or {})
    except Unsatisfiable:
        return {}


def field_schema(schema: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    return resolved(property_schema(schema, name))


def has_field(schema: Mapping[str, Json], name: str) -> bool:
    return property_schema(schema, name) is not None


def place_schema(schema: Mapping[str, Json], place: str) -> Mapping[str, Json] | None:
    """The schema of the field at a place such as `data.attributes.url`; None where there is none."""
    if has_field(schema, place):
        return field_schema(schema, place)
    first, _, rest = place.partition(".")
    return place_schema(field_schema(schema, first), rest) if rest and has_field(schema, first) else None


def with_room(schema: Mapping[str, Json], body: Mapping[str, Json], place: str) -> dict[str, Json]:
    """What a body is when nothing but the field at a place is to be in it: of what the field lies in, and of what must
    stand beside it there, the rest is kept."""
    first, _, rest = place.partition(".")
    inner = body.get(first)
    if not rest or place in body or not isinstance(inner, Mapping):
        return {}
    found = field_schema(schema, first)
    kept = {name: inner[name] for name in (*required_fields(found), "id", "type") if name in inner}
    return {first: {**kept, **with_room(found, inner, rest)}}


def types_of(schema: Mapping[str, Json]) -> set[str]:
    """The JSON types that a schema names, `null` left aside."""
    told = schema.get("type")
    types = {told} if isinstance(told, str) else set(told or ())
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        if isinstance(branch, Mapping):
            types |= types_of(branch)
    return types - {"null"}


def required_fields(schema: Mapping[str, Json]) -> list[str]:
    """The fields that a request must hold, in the schema's order: what is only ever read need not be sent."""
    names = [name for name in schema.get("required", ()) if isinstance(name, str)]
    return [name for name in names if not field_schema(schema, name).get("readOnly")]


def is_free_text(schema: Mapping[str, Json]) -> bool:
    """Whether a field takes any text of a marker's length."""
    if schema.get("readOnly") or types_of(schema) != {"string"}:
        return False
    if any(word in schema for word in ("format", "enum", "const", "x-refers-to")):
        return False
    return accepts(schema, EXAMPLE_MARKER)


def marker_of(body: Mapping[str, Json], answer: Mapping[str, Json], others: Collection[str] = ()) -> str | None:
    """The field of a body that may carry the marker, and is shown in answers where any such is; none of the `others`,
    which hold something else."""
    names = [one for one in (*MARKER_FIELDS, *required_fields(body), *body.get("properties", {})) if one not in others]
    readable = [name for name in names if not answer or has_field(answer, name)] or names
    return next((name for name in readable if is_free_text(field_schema(body, name))), None)


def envelope_of(schema: Mapping[str, Json], depth: int = 3) -> tuple[str, ...]:
    """The way to the nearest text that may carry the marker in an object that a body may hold, as `{"network": {"name":
    …}}`, whether or not it must; empty where there is none."""
    inner = {name: field_schema(schema, name) for name in schema.get("properties", {})}
    held = {name: one for name, one in inner.items() if types_of(one) == {"object"} and not one.get("readOnly")}
    for name, one in held.items():
        marker = marker_of(one, {})
        if marker not in (None, "type", "id"):
            return (name, str(marker))
    ways = ((name, *envelope_of(one, depth - 1)) for name, one in held.items() if depth)
    return next((way for way in ways if len(way) > 1), ())

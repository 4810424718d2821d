"""The template of every write: the smallest valid request, with slots."""

import re
from collections.abc import Mapping, Sequence

from harness.config import Target
from harness.model import Json, Operation, put
from harness.openapi import Unsatisfiable, smallest_body
from harness.resources.graph import Resource, Template
from harness.resources.links import own_ids, spellings
from harness.resources.pairs import name_form
from harness.resources.paths import prefixes, read_path, shape, sub_path
from harness.resources.proofs import with_proof
from harness.resources.schemas import (
    EXAMPLE_MARKER,
    envelope_of,
    field_schema,
    has_field,
    is_free_text,
    marker_of,
    required_fields,
    resolved,
    types_of,
)
from harness.resources.slots import fill, placed, steps_of
from harness.resources.turns import takes_marker, turn_of
from harness.resources.url_fields import is_url, rule_of
from harness.urls import UrlRule


def template(
    resource: Resource,
    operation: Operation,
    where: str,
    target: Target,
    variants: Sequence[str] = (),
    copied: Mapping[str, Json] | None = None,
) -> Template:
    """The smallest valid request of an item write, with the marker, and with a slot for the proof that lets in; with
    good values in the URL fields `variants`. `copied` are fields that an object which exists has.

    Raises Unsatisfiable where no body can be made, naming the field, or a parameter of its paths names nothing that a
    run could make.
    """
    return with_proof(operation, target, lambda one: _unproved(resource, one, where, target, variants, copied))


def _unproved(
    resource: Resource,
    operation: Operation,
    where: str,
    target: Target,
    variants: Sequence[str],
    copied: Mapping[str, Json] | None,
) -> Template:
    paths = {"list": read_path(resource, "list"), "item": read_path(resource, "item")}
    path = paths[where] if where in paths else sub_path(resource, operation.path)
    if where == "create":
        path = _named_by_us(resource, operation, path, target)
    bodiless = where == "below" or (where == "create" and "{marker}" in path)
    if operation.method == "DELETE" or (bodiless and not operation.body_schema):
        return Template(operation, resource, path, where=where)
    body = body_of(resource, operation, target, variants, copied or {})
    if where != "item" or takes_marker(body):
        return Template(operation, resource, path, body, where)
    words = target.resources.get(resource.name)
    turn = turn_of(resource, operation, body, (words.body if words else None) or {})
    if turn:
        body = {**body, turn.field: f"{{{turn.slot}}}"}
    return Template(operation, resource, path, body, where, turn)


def _named_by_us(resource: Resource, operation: Operation, path: str, target: Target) -> str:
    """The path that makes an object under a name that we choose, which holds the marker."""
    words = target.resources.get(resource.name)
    told = str(((words.body if words else None) or {}).get(resource.parameter, ""))
    form = told if "{marker}" in told else name_form(operation)
    if "{self.id/}" in path or ("{self.id}" in path and form is None):
        raise Unsatisfiable(f"{resource.parameter}: the new object's name, into which no marker fits")
    return path.replace("{self.id}", form or "")


def body_of(
    resource: Resource, operation: Operation, target: Target, variants: Sequence[str], copied: Mapping[str, Json]
) -> dict[str, Json]:
    schema = resolved(operation.body_schema)
    if not operation.body_schema and copied:
        # What is not described is known by example.
        schema = {"type": "object", "properties": {name: {"type": "string"} for name in _named(resource, target)}}
    elif not operation.body_schema:
        raise Unsatisfiable(
            "the document describes no JSON body for it, and no form; say one in the target's resources"
        )
    # A PUT that makes an object names it as a POST's body would.
    creates = not operation.replaces and operation.name in {one.name for one in resource.creators}
    method = "POST" if creates else operation.method
    slots = _slots_of_body(resource, schema, method, target, variants, copied)
    examples = {name: _example(value, resource) for name, value in slots.items()}
    below = shape(operation.path) not in (shape(resource.list_path), shape(resource.item_path)) and not creates
    if below:
        slots |= own_ids(resource, schema)
    body = smallest_body(schema, examples)
    if not isinstance(body, dict):
        raise Unsatisfiable("its body is no JSON object")
    body |= slots
    if below and method == "PATCH" and not body and (name := marker_of(schema, {})):
        # A PATCH of nothing says nothing.
        body = {name: "{marker}"}
    if not takes_marker(body):
        words = target.resources.get(resource.name)
        said = (words.body if words else None) or {}
        told = {*copied, *(one for one in said if not _in_path(resource, schema, one))}
        body |= {
            name: _inside(resource, field_schema(schema, name), value, method, target, name)
            for name, value in body.items()
            if name not in told
        }
        if not (told or below or takes_marker(body)):
            body = _in_envelope(resource, operation, schema, body, method, target)
    for place in _deep(resource, [one for one in variants if not has_field(schema, one)]):
        body = _holding(resource, schema, body, place.split("."), method, target)
        body = put(body, place, good_url(resource, place))
    return _told_by_what_is_sent(resource, body, target) if method == "POST" else body


def _deep(resource: Resource, variants: Sequence[str]) -> list[str]:
    """Those of the URL fields that lie below the top level, each behind the one that it continues."""
    rules = {one: resource.url_rules.get(one) for one in variants if "." in one}
    pairs = ((rule.suffix_of if rule else None, one) for one, rule in rules.items())
    return [one for pair in pairs for one in pair if one]


def _in_envelope(
    resource: Resource,
    operation: Operation,
    schema: Mapping[str, Json],
    body: dict[str, Json],
    method: str,
    target: Target,
) -> dict[str, Json]:
    """The body with the marker in an object that it may hold, if that can be filled: a change rather turns a field of
    its own, unless the object is called as the resource is."""
    way = envelope_of(schema)
    changes = method != "POST" and turn_of(resource, operation, body, {}) is not None
    if not way or (changes and way[0].lower() not in spellings(resource.name)):
        return body
    try:
        return put(_holding(resource, schema, body, way, method, target), ".".join(way), "{marker}")
    except Unsatisfiable:
        return body


def _holding(
    resource: Resource,
    schema: Mapping[str, Json],
    body: dict[str, Json],
    steps: Sequence[str],
    method: str,
    target: Target,
    at: str = "",
) -> dict[str, Json]:
    """The body with all that the field at the end of these steps lies in, each object with the fields that it needs."""
    first, rest = steps[0], steps[1:]
    if not rest:
        return body
    inner, place = field_schema(schema, first), f"{at}{first}"
    held = body.get(first)
    if not isinstance(held, dict):
        made = _inside(resource, inner, smallest_body(inner, {}), method, target, place)
        held = made if isinstance(made, dict) else {}
    return {**body, first: _holding(resource, inner, held, rest, method, target, f"{place}.")}


def _inside(resource: Resource, schema: Mapping[str, Json], value: Json, method: str, target: Target, at: str) -> Json:
    """What a body holds its fields in `at` a place, as `{data: {type: …, attributes: {…}}}`, with slots in them.

    Raises Unsatisfiable for an id that only a guess would fill.
    """
    if not isinstance(value, dict):
        return value
    filled: dict[str, Json] = {}
    for name, one in value.items():
        found = field_schema(schema, name)
        own = _own_id(resource, name, found, method)
        if own:
            filled[name] = own
        elif is_url(found):
            known = resource.url_rules.get(f"{at}.{name}")
            filled[name] = good_url(resource, f"{at}.{name}") if known else _good_url(rule_of(target, name))
        elif is_free_text(found) and name != "type":
            filled[name] = "{marker}"
        else:
            filled[name] = _inside(resource, found, one, method, target, f"{at}.{name}")
    marker = None if takes_marker(filled) else marker_of(schema, {})
    return {**filled, marker: "{marker}"} if marker not in (None, "type", "id") else filled


def _told_by_what_is_sent(resource: Resource, body: dict[str, Json], target: Target) -> dict[str, Json]:
    """The body with the marker where the target file says that the object's id is sent, and nothing of its own."""
    words = target.resources.get(resource.name)
    kind, _, place = resource.id_from.partition(":")
    name, *steps = steps_of(place) or [""]
    if kind != "sent" or name not in body or name in ((words.body if words else None) or {}):
        return body
    return {**body, name: placed(body[name], steps, "{marker}")}


def _named(resource: Resource, target: Target) -> list[str]:
    """The fields that the target file says carry the marker."""
    words = target.resources.get(resource.name)
    return [*([resource.marker] if resource.marker else []), *(words.unique if words else ())]


def _slots_of_body(
    resource: Resource,
    schema: Mapping[str, Json],
    method: str,
    target: Target,
    variants: Sequence[str],
    copied: Mapping[str, Json],
) -> dict[str, Json]:
    """What the body must hold besides what the schema alone would give, with slots."""
    required = required_fields(schema)
    slots: dict[str, Json] = dict(copied) | {
        link.field: f"{{{link.resource}.{link.form}}}" for link in resource.links if link.field in required
    }
    words = target.resources.get(resource.name)
    unique = set(words.unique if words else ())
    for name in schema.get("properties", {}):
        wanted = name in required or (name in unique and method != "PATCH")
        found = field_schema(schema, name)
        said = words is not None and words.body is not None and name in words.body
        alone = name in copied and (name in unique or found.get("x-unique"))
        if (name in slots and not alone) or said or not wanted:
            continue
        own = _own_id(resource, name, found, method)
        if own:
            slots[name] = own
        elif name in resource.url_rules:
            slots[name] = good_url(resource, name)
        elif is_free_text(found) or (types_of(found) == {"string"} and (found.get("x-unique") or name in unique)):
            slots[name] = "{marker}"
    if resource.marker and has_field(schema, resource.marker):
        slots[resource.marker] = "{marker}"
    for variant in (one for one in variants if "." not in one or has_field(schema, one)):
        rule = resource.url_rules.get(variant)
        if rule and rule.suffix_of:
            slots[rule.suffix_of] = good_url(resource, rule.suffix_of)
        slots[variant] = good_url(resource, variant)
    if words and words.body:
        told = {name: value for name, value in words.body.items() if not _in_path(resource, schema, name)}
        slots |= _said(told, schema, slots) if method == "PATCH" else told
    return slots


def _in_path(resource: Resource, schema: Mapping[str, Json], name: str) -> bool:
    """Whether what the target's body says under this name is for a path of the resource alone."""
    named = {one for path in (resource.list_path, resource.item_path) for one, _ in prefixes(path)}
    return name in named and (not has_field(schema, name) or bool(field_schema(schema, name).get("readOnly")))


def _said(body: Mapping[str, Json], schema: Mapping[str, Json], slots: Mapping[str, Json]) -> dict[str, Json]:
    """What the target's body says of a partial change: of the fields that it must hold or holds, and of all that it
    may hold where nothing else would be changed."""
    known = {*required_fields(schema), *slots} if slots else {name for name in body if has_field(schema, name)}
    return {name: value for name, value in body.items() if name in known}


def _own_id(resource: Resource, name: str, schema: Mapping[str, Json], method: str) -> str | None:
    """What stands for an object's id in its own body; None for any other field.

    An id is never made up: it could be that of somebody else's object. Raises Unsatisfiable for one that only a guess
    would fill.
    """
    numeric = bool(types_of(schema) & {"integer", "number"})
    if name in (resource.parameter, "id", "pk"):
        if method != "POST":
            return "{self.number}" if numeric else "{self.id}"
        if not numeric and is_free_text(schema):
            return "{marker}"
        raise Unsatisfiable(f"{name}: the new object's own id has to be sent; say one under `body:`")
    if (
        re.search(r"(_id|Id|_pk|_uuid)$", name)
        and not is_free_text(schema)
        and "enum" not in schema
        and "const" not in schema
    ):
        raise Unsatisfiable(f"{name}: it names an object that no canary stands for; say one under `body:`")
    return None


def good_url(resource: Resource, name: str) -> str:
    """A URL that follows the field's rule, with the marker in its path."""
    rule = resource.url_rules.get(name)
    if rule and rule.suffix_of:
        return good_url(resource, rule.suffix_of) + (rule.suffix or "")
    return _good_url(rule)


def _good_url(rule: UrlRule | None) -> str:
    prefix = next(
        (one for one in (rule.allow if rule else ()) if one not in ("https://", "http://")), "https://www.example.com/"
    )
    return f"{prefix}{'' if prefix.endswith('/') else '/'}holdfast/{{marker}}"


def _example(value: Json, resource: Resource) -> Json:
    """A value of the form that a slotted one will have, for the schema to check."""
    slots: dict[str, Json] = {"marker": EXAMPLE_MARKER, "unique": EXAMPLE_MARKER}
    for link in resource.links:
        slots[f"{link.resource}.{link.form}"] = link.example
    return fill(value, slots)

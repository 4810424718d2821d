"""Body fields that name an object of another resource."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from harness.config import Target
from harness.model import Json, Operation
from harness.resources.graph import Link, Resource
from harness.resources.paths import PARAMETER
from harness.resources.schemas import field_schema, required_fields, resolved, types_of


def links_of(
    name: str, body: Mapping[str, Json], pairs: Mapping[str, tuple[str, str]], worded: Collection[str] = ()
) -> tuple[Link, ...]:
    """The fields that a body must have and that name an object of another resource.

    Plain text called like a resource names one of those that are `worded`: whose objects go by a word in their path.
    """
    return tuple(_links(name, body, pairs, required_fields(body), worded))


def loose_links_of(
    name: str, body: Mapping[str, Json], pairs: Mapping[str, tuple[str, str]], others: Collection[str]
) -> tuple[Link, ...]:
    """The fields that it may have and that name one, but for these others."""
    needed = {*required_fields(body), *others}
    free = [one for one in body.get("properties", {}) if one not in needed]
    return tuple(_links(name, body, pairs, [one for one in free if not field_schema(body, one).get("readOnly")]))


def _links(
    name: str,
    body: Mapping[str, Json],
    pairs: Mapping[str, tuple[str, str]],
    fields: Iterable[str],
    worded: Collection[str] = (),
) -> Iterator[Link]:
    for field_name in fields:
        schema = field_schema(body, field_name)
        resource = _linked(field_name, schema, name, pairs, worded)
        if resource:
            form = _form(schema)
            yield Link(field_name, resource, form, _link_example(form, schema, pairs[resource][1]))


def _link_example(form: str, schema: Mapping[str, Json], item_path: str) -> Json:
    if form == "number":
        return 1
    if form == "id":
        return "00000000-0000-4000-8000-000000000000" if schema.get("format") == "uuid" else "1"
    path = PARAMETER.sub("1", item_path)
    return f"http://localhost{path}" if schema.get("format") in ("uri", "url") else path


def _linked(
    field_name: str,
    schema: Mapping[str, Json],
    own: str,
    pairs: Mapping[str, tuple[str, str]],
    worded: Collection[str],
) -> str | None:
    told = schema.get("x-refers-to")
    if isinstance(told, str) and told in pairs:
        return told
    pattern = str(schema.get("pattern", "")).replace("\\", "")
    by_pattern = next((one for one, (path, _) in pairs.items() if path.strip("/") and path in pattern), None)
    if by_pattern:
        return by_pattern
    if not types_of(schema) & {"integer", "string", "number"} or "enum" in schema:
        return None
    stem = re.sub(r"(_id|Id|_uuid|_pk|_uri|_url|_slug)$", "", field_name)
    plain = stem == field_name and types_of(schema) == {"string"} and "format" not in schema
    return next((one for one in (worded if plain else pairs) if one != own and stem.lower() in spellings(one)), None)


def worded_of(pairs: Mapping[str, tuple[str, str]], by_path: Mapping[str, Mapping[str, Operation]]) -> tuple[str, ...]:
    """The resources whose objects go by a word in their path, as a slug is."""
    return tuple(name for name, (_, item) in pairs.items() if any(_takes_word(one) for one in by_path[item].values()))


def _takes_word(operation: Operation) -> bool:
    """Whether the last parameter of the path is plain text."""
    last = PARAMETER.findall(operation.path)[-1:]
    found = [one.schema for one in operation.parameters if one.place == "path" and [one.name] == last]
    return any(types_of(one) == {"string"} and "format" not in one for one in found)


def spellings(resource: str) -> set[str]:
    """What a field that holds an object of a resource, or many, may be called."""
    word = resource.lower()
    singular = {word[:-3] + "y"} if word.endswith("ies") else {word[:-1], word[:-2]} if word.endswith("s") else set()
    return {word, word.replace("-", "_")} | singular


def hiding_fields(target: Target, holder: str, resource: Resource) -> Mapping[str, Json]:
    """Fields with which an object of `holder` hides those of a resource that hang on it; none where it hides none."""
    words = target.resources.get(holder)
    hides = words is not None and any(one.lower() in spellings(resource.name) for one in words.draft_hides)
    return (words.draft or {}) if words and hides else {}


def own_ids(resource: Resource, schema: Mapping[str, Json]) -> dict[str, Json]:
    """The field of a body that lists objects of the resource by their ids, as `ids` or `thing_ids`, with a slot for
    one in it; empty where there is none."""
    names = {"ids", _plain(resource.parameter) + "s", *(_plain(one) + "ids" for one in spellings(resource.name))}
    for name in schema.get("properties", {}):
        told = field_schema(schema, name)
        items = told.get("items")
        kinds = types_of(resolved({**items, "$defs": schema.get("$defs", {})})) if isinstance(items, Mapping) else set()
        if _plain(name) in names and types_of(told) == {"array"} and len(kinds) == 1 and kinds <= {"integer", "string"}:
            return {name: ["{self.number}" if kinds == {"integer"} else "{self.id}"]}
    return {}


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _form(schema: Mapping[str, Json]) -> str:
    if types_of(schema) & {"integer", "number"}:
        return "number"
    return (
        "uri"
        if str(schema.get("format", "")).startswith(("uri", "url", "iri")) or "/" in schema.get("pattern", "")
        else "id"
    )

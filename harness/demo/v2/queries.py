"""What the query of a list of the second API asks for, and which files a bulk delete means."""

from collections.abc import Iterator, Mapping
from functools import cache

from harness.demo.call import Refusal, last
from harness.demo.queries import TRUTH, Query
from harness.demo.resources import RELEASE_FILE, RESOURCES, Field, Resource, Value
from harness.demo.store import EVERY, Condition, Store
from harness.demo.v2.objects import MOST
from harness.demo.v2.replies import invalid, nothing
from harness.demo.v2.values import moment


@cache
def filters(resource: Resource) -> Mapping[str, Field]:
    """The fields that narrow a list, by query parameter; one that ends in `__contains` looks for a part of the text."""
    return dict(_filters(resource))


def condition(resource: Resource, query: Query, store: Store) -> Condition:
    """The rows that a query asks for; a blank value asks for nothing. 400 for a value that the field cannot have.

    An unknown parameter is a 400 on files and means nothing elsewhere.
    """
    known = filters(resource)
    meant = EVERY
    for name in query:
        if name in known:
            meant &= _condition(name, known[name], last(query, name).strip(), store)
        elif resource is RELEASE_FILE:
            raise invalid({"error": [f"'exact' is not an allowed filter on the '{name}' field."]})
    return meant


def bulk(query: Query, store: Store, *, numbered: bool) -> Condition:
    """The files that a bulk delete means. Where the release is not `numbered`, a blank one narrows nothing."""
    if numbered:
        try:
            return Condition("release_id = ?", (int(last(query, "release")),))
        except ValueError:
            raise Refusal(nothing(400)) from None
    if "release" not in query:
        raise Refusal(nothing(400))
    return condition(RELEASE_FILE, query, store)


def _filters(resource: Resource) -> Iterator[tuple[str, Field]]:
    for field in resource.fields:
        if "exact" in field.lookups or field.kind == "datetime":
            yield field.name, field
        if "contains" in field.lookups:
            yield f"{field.name}__contains", field


def _condition(name: str, field: Field, text: str, store: Store) -> Condition:
    if not text or (field.kind == "boolean" and text.lower() not in TRUTH):
        return EVERY
    if name != field.name:
        return Condition(f"instr({field.column}, ?) > 0", (text,))
    try:
        return Condition(f"{field.column} = ?", (_value(field, text, store),))
    except (ValueError, OverflowError):
        raise invalid({name: ["Select a valid choice. That choice is not one of the available choices."]}) from None


def _value(field: Field, text: str, store: Store) -> Value:
    match field.kind:
        case "boolean":
            return TRUTH[text.lower()]
        case "datetime":
            return moment(text)
        case "integer":
            if int(text) not in field.choices:
                raise ValueError(text)
            return int(text)
        case "link":
            if not 0 < int(text) < MOST or store.get(RESOURCES[field.to], int(text)) is None:
                raise ValueError(text)
            return int(text)
        case _:
            return text

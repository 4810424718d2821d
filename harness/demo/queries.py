"""What the query of a list asks for: filters and a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from harness.demo.call import Refusal, last
from harness.demo.replies import explained
from harness.demo.resources import RESOURCES, Field, Resource, Value
from harness.demo.store import EVERY, Condition

DEFAULT_LIMIT = 20
MOST = 1000
TRUTH = {"true": 1, "1": 1, "false": 0, "0": 0}

Query = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter that narrows a list."""

    parameter: str
    """Its name."""
    field: Field
    """The field that is compared, perhaps of a linked object."""
    lookup: str
    """exact, contains or startswith."""
    via: Field | None = None
    """The link that leads to the field."""

    def condition(self, text: str) -> Condition:
        """The rows that this value asks for; refuses with 400 a value that the field cannot hold."""
        column = self.field.column
        match self.lookup:
            case "contains":
                own = Condition(f"instr({column}, ?) > 0", (text,))
            case "startswith":
                own = Condition(f"instr(CAST({column} AS TEXT), ?) = 1", (text,))
            case _:
                own = Condition(f"{column} = ?", (self._value(text),))
        if self.via is None:
            return own
        return Condition(f"{self.via.column} IN (SELECT id FROM {self.via.to} WHERE {own.sql})", own.values)

    def _value(self, text: str) -> Value:
        try:
            match self.field.kind:
                case "boolean":
                    return TRUTH[text.lower()]
                case "integer" | "link":
                    return int(text)
                case _:
                    return text
        except (KeyError, ValueError):
            raise Refusal(explained(f"The '{self.parameter}' filter cannot have this value.")) from None


@cache
def filters(resource: Resource) -> Mapping[str, Filter]:
    """The filters of a resource by parameter; a link brings the filters of what it leads to."""
    own = {made.parameter: made for field in resource.fields for made in _filters_on(field)}
    linked = {
        f"{link.name}__{made.parameter}": Filter(f"{link.name}__{made.parameter}", made.field, made.lookup, via=link)
        for link in resource.links()
        for field in RESOURCES[link.to].fields
        for made in _filters_on(field)
    }
    return {**own, **linked}


def condition(resource: Resource, query: Query) -> Condition:
    """The rows that a query asks for. An unknown parameter means nothing; a field without a filter is a 400."""
    known = filters(resource)
    fields = {field.name for field in resource.fields}
    meant = EVERY
    for name in query:
        if name in known:
            meant &= known[name].condition(last(query, name))
        elif name.partition("__")[0] in fields or name == "order_by":
            raise Refusal(explained(f"The '{name}' field does not allow filtering."))
    return meant


def page(query: Query) -> tuple[int, int]:
    """Limit and offset of a query; refuses with 400 what is no number or negative."""
    limit, offset = (_whole(query, name, default) for name, default in (("limit", DEFAULT_LIMIT), ("offset", 0)))
    return min(limit or MOST, MOST), offset


def meta(resource: Resource, query: Query, total: int) -> dict[str, Value]:
    """The `meta` part of a list reply."""
    limit, offset = page(query)
    return {
        "limit": limit,
        "next": _link(resource, query, limit, offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": _link(resource, query, limit, offset - limit) if offset >= limit else None,
        "total_count": total,
    }


def _filters_on(field: Field) -> Iterator[Filter]:
    for lookup in field.lookups:
        yield Filter(field.name if lookup == "exact" else f"{field.name}__{lookup}", field, lookup)


def _whole(query: Query, name: str, default: int) -> int:
    text = last(query, name)
    try:
        number = int(text) if text else default
    except ValueError:
        number = -1
    if number < 0:
        raise Refusal(explained(f"'{name}' has to be a whole number, zero or more."))
    return number


def _link(resource: Resource, query: Query, limit: int, offset: int) -> str:
    return f"{resource.list_path}?{urlencode({**query, 'limit': [limit], 'offset': [offset]}, doseq=True)}"

"""Reading state back: one object, or a whole list.

A list counts as read only to its end. What cannot be read is said to be unreadable, never absent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from harness.credentials import Signer
from harness.model import Exchange, Json, Send
from harness.resources import ADDRESS_FIELDS, Resource, fill_path, read_path

PAGES = 200
_ENVELOPES = ("objects", "items", "results", "data", "rows", "records", "entries", "content", "values")
_TOTALS = ("total_count", "total", "count", "totalCount", "total_items", "totalElements")


@dataclass(frozen=True, slots=True)
class Reading:
    """One object as it was read."""

    state: str
    """`present`, `absent` or `unreadable`."""
    values: Mapping[str, Json] = field(default_factory=dict)
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was read."""

    rows: tuple[Mapping[str, Json], ...]
    whole: bool
    """Whether it was read to its end."""
    exchange: Exchange | None = None


class Observer:
    """Reads with one identity's credential, on connections of its own."""

    def __init__(self, send: Send, signer: Signer, reader: str | None) -> None:
        self._send = send
        self._signer = signer
        self._reader = reader

    def item(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        """The object that the slots name; through the list where objects cannot be read one by one."""
        if resource.operation("GET", "item") is None:
            return self._in_list(resource, slots)
        exchange = self._get(fill_path(read_path(resource, "item"), slots))
        if exchange.status in (404, 410) and not stale(exchange):
            return Reading("absent", exchange=exchange)
        values = unwrapped(exchange.json)
        if not exchange.ok or stale(exchange) or values is None:
            return Reading("unreadable", exchange=exchange)
        return Reading("present", values, exchange)

    def listing(self, resource: Resource, slots: Mapping[str, Json]) -> Listing:
        """Every object of the list, page by page to its end."""
        if resource.operation("GET", "list") is None:
            return Listing((), whole=False)
        path: str | None = fill_path(read_path(resource, "list"), slots)
        rows: list[Mapping[str, Json]] = []
        seen: set[str] = set()
        exchange = None
        while path is not None and path not in seen and len(seen) < PAGES:
            seen.add(path)
            exchange = self._get(path)
            page = rows_of(exchange.json)
            if not exchange.ok or stale(exchange) or page is None:
                return Listing(tuple(rows), whole=False, exchange=exchange)
            if len(seen) > 1 and all(row in rows for row in page):
                return Listing(tuple(rows), whole=False, exchange=exchange)
            rows += page
            path = next_page(exchange, path, len(rows), len(page))
        return Listing(tuple(rows), whole=path is None, exchange=exchange)

    def find(self, resource: Resource, marker: str, slots: Mapping[str, Json]) -> Reading:
        """The object that carries a marker, by the target's `find:` or in the list."""
        if resource.find:
            exchange = self._get(
                fill_path(resource.find.partition(" ")[2], {**slots, "marker": marker, "unique": marker})
            )
            rows = rows_of(exchange.json)
            if rows is None or not exchange.ok or stale(exchange):
                return Reading("unreadable", exchange=exchange)
        else:
            listing = self.listing(resource, slots)
            found = next((row for row in listing.rows if holds(row, marker)), None)
            if found is None and not listing.whole:
                return Reading("unreadable", exchange=listing.exchange)
            rows = [found] if found is not None else []
        row = next((one for one in rows if holds(one, marker)), None)
        return Reading("absent") if row is None else Reading("present", row)

    def _in_list(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        listing = self.listing(resource, slots)
        row = next((one for one in listing.rows if identify(resource, one) == str(slots.get("self.id"))), None)
        if row is not None:
            return Reading("present", row, listing.exchange)
        return Reading("absent" if listing.whole else "unreadable", exchange=listing.exchange)

    def _get(self, path: str) -> Exchange:
        return self._send(self._signer.signed("GET", path, self._reader), "reader")


def holds(value: Json, marker: str) -> bool:
    """Whether a marker stands anywhere in a value, in any letter case."""
    if isinstance(value, str):
        return marker in value.lower()
    if isinstance(value, Mapping):
        return any(holds(one, marker) for one in value.values())
    return isinstance(value, list) and any(holds(one, marker) for one in value)


def stale(exchange: Exchange) -> bool:
    """Whether a cache answered: what it says is no evidence."""
    age, cache = exchange.header("age") or "0", (exchange.header("x-cache") or "").lower()
    return (age.strip().isdigit() and int(age) > 0) or cache.startswith("hit")


def unwrapped(value: Json) -> Mapping[str, Json] | None:
    """The object in an answer; out of an envelope such as `{"data": {…}}`."""
    if not isinstance(value, dict):
        return None
    inner = [one for one in value.values() if isinstance(one, dict)]
    return inner[0] if len(value) == 1 and inner else value


def rows_of(value: Json) -> list[Mapping[str, Json]] | None:
    """The objects in a list's answer: an array, or the array in its envelope. None where it is no list."""
    if isinstance(value, list):
        return [one for one in value if isinstance(one, dict)]
    if not isinstance(value, dict):
        return None
    arrays = {key: one for key, one in value.items() if isinstance(one, list)}
    key = next((name for name in _ENVELOPES if name in arrays), None) or (
        next(iter(arrays)) if len(arrays) == 1 else None
    )
    if key is not None:
        return rows_of(arrays[key])
    inner = value.get("data")
    return rows_of(inner) if isinstance(inner, dict) else None


def next_page(exchange: Exchange, path: str, read: int, page: int) -> str | None:
    """Path of the next page, on the target itself whatever host the answer names; None at the end."""
    link = re.search(r'<([^>]*)>\s*;[^,]*\brel="?next"?', exchange.header("link") or "")
    told = link[1] if link else _told_next(exchange.json)
    if told:
        return _beside(path, told)
    total = _total(exchange.json)
    if total is not None and read < total and page:
        return _with_query(path, "offset", str(read))
    return None


def _told_next(value: Json) -> str | None:
    if not isinstance(value, dict):
        return None
    places = [value, *(value.get(name) for name in ("meta", "links", "_links", "pagination", "paging"))]
    for place in places:
        told = place.get("next") if isinstance(place, dict) else None
        told = told.get("href") if isinstance(told, dict) else told
        if isinstance(told, str) and told:
            return told
    return None


def _total(value: Json) -> int | None:
    if not isinstance(value, dict):
        return None
    places = [value, *(value.get(name) for name in ("meta", "pagination", "paging", "page"))]
    numbers = [place.get(name) for place in places if isinstance(place, dict) for name in _TOTALS]
    return next((one for one in numbers if isinstance(one, int) and not isinstance(one, bool)), None)


def _beside(path: str, told: str) -> str:
    parts = urlsplit(told)
    place = parts.path or path.partition("?")[0]
    return place + (f"?{parts.query}" if parts.query else "")


def _with_query(path: str, name: str, value: str) -> str:
    place, _, query = path.partition("?")
    kept = [(key, one) for key, one in parse_qsl(query, keep_blank_values=True) if key != name]
    return place + "?" + "&".join(f"{quote(key)}={quote(one)}" for key, one in [*kept, (name, value)])


def identify(resource: Resource, row: Mapping[str, Json]) -> str | None:
    """The id by which an object is named in the item path, as text."""
    for name in (resource.address_field, *ADDRESS_FIELDS):
        found = id_in_path(resource, row.get(name)) if name else None
        if found is not None:
            return found
    sent = resource.id_from.partition(":")[2].removeprefix("$.")
    for name in (sent, resource.parameter, "id", "pk", "uuid", "_id", "slug", "name"):
        value = row.get(name) if name else None
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return str(value)
    return None


def id_in_path(resource: Resource, address: Json) -> str | None:
    """The id in an address of an object of this resource; None where it is no such address."""
    if not isinstance(address, str):
        return None
    wanted = resource.item_path.strip("/").split("/")
    told = urlsplit(address).path.strip("/").split("/")[-len(wanted) :]
    if len(told) != len(wanted):
        return None
    found = None
    for pattern, text in zip(wanted, told, strict=True):
        if pattern == "{" + resource.parameter + "}":
            found = unquote(text)
        elif "{" not in pattern and pattern != text:
            return None
    return found

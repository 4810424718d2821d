"""Reading state back: one object, or a whole list.

A list counts as read only to its end. What cannot be read is said to be unreadable, never absent.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from enum import Enum
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from harness.credentials import Signer
from harness.model import GUEST, Exchange, Json, Mutant, Parameter, Send
from harness.openapi import Unsatisfiable
from harness.removals import marked_removed
from harness.resources import ADDRESS_FIELDS, Resource, fill_path, read_path, spellings

PAGES = 200
_ENVELOPES = ("objects", "items", "results", "data", "rows", "records", "entries", "content", "values")
_WRAPPERS = ("data", "result", "item", "object", "attributes")
_ABOUT = frozenset({"status", "code", "message", "type", "version", "links", "_links", "meta", "success", "ok"})
"""Keys of an envelope that speak of the answer, and not of the object in it."""
_IDS = ("id", "pk", "uuid", "_id", "slug")
_DEPTH = 4

_PLACES = ("meta", "links", "_links", "pagination", "paging", "page", "page_info", "pageInfo", "response_metadata")
_NEXT = ("next", "next_page", "nextPage", "next_page_url", "next_url", "nextLink", "@odata.nextLink")
_NUMBERS = ("page", "current_page", "currentPage", "page_number", "pageNumber")
_LAST = ("pages", "total_pages", "totalPages", "last_page", "lastPage", "page_count", "num_pages")
_MORE = ("has_more", "hasMore", "has_next", "hasNext", "has_next_page", "hasNextPage", "is_truncated", "truncated")
_TOTALS = ("total_count", "total", "count", "totalCount", "total_items", "totalElements", "@odata.count")
_TOTAL_HEADERS = ("x-total-count", "x-total", "total-count", "x-pagination-total-count")
_CURSORS = {
    "next_cursor": "cursor",
    "nextCursor": "cursor",
    "end_cursor": "after",
    "endCursor": "after",
    "next_page_token": "page_token",
    "nextPageToken": "pageToken",
    "next_token": "next_token",
    "nextToken": "nextToken",
    "continuation_token": "continuation_token",
}
"""Where a cursor is told -> the parameter that takes it, where the document names none."""
_TAKES_CURSOR = (*dict.fromkeys(_CURSORS.values()), "starting_after", "next_cursor", "next", "continuationToken")
_TAKES_PAGE = ("page", "page_number", "pageNumber")
_TAKES_OFFSET = ("offset", "skip", "start")
_TAKES_SIZE = ("limit", "per_page", "page_size", "pageSize", "size", "take")
_CACHES = ("x-cache", "x-cache-status", "cf-cache-status", "cache-status", "x-proxy-cache", "x-varnish-cache")


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


class Way(Enum):
    """How a list goes on behind a page."""

    END = "nothing says that it does"
    TOLD = "by a way that the answer names"
    GUESSED = "the answer says that it does, and not how"
    TRIED = "only the document says that there are pages"
    LOST = "it does, and there is no way to read on"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and how far the reading is."""

    exchange: Exchange
    path: str
    number: int = 1
    """How many pages were read, with this one."""
    rows: int = 0
    """On this page."""
    position: int = 0
    """Rows that were read, with this page's."""
    known: int = 0
    """Different objects among them."""


_FRESH = ("Cache-Control", "no-cache")


class Observer:
    """Reads with one identity's credential, on connections of its own."""

    def __init__(self, send: Send, signer: Signer, reader: str | None) -> None:
        self._send = send
        self._line = "reader"
        self._signer = signer
        self._mutant = Mutant(signer.own(reader) if reader else GUEST).with_header(*_FRESH)
        self._names: dict[str, frozenset[str]] = {}
        self._born: dict[tuple[str, str], Mapping[str, Json]] = {}

    def reading_as(self, reader: str) -> "Observer":
        """The same for another identity, on a connection of its own; what either learns of rows, both know."""
        other = copy(self)
        other._line, other._mutant = f"reader {reader}", Mutant(self._signer.own(reader)).with_header(*_FRESH)
        return other

    def item(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        """The object that the slots name; through the list where objects cannot be read one by one. A canary that is
        shown as removed is absent, with its values."""
        told = self._in_list if resource.operation("GET", "item") is None else self._by_path
        reading = told(resource, slots)
        if reading.state == "present" and self.removed(resource, str(slots.get("self.id")), reading.values):
            return replace(reading, state="absent")
        return reading

    def removed(self, resource: Resource, object_id: str, values: Mapping[str, Json]) -> bool:
        """Whether a canary says of itself that it was removed."""
        born = self._born.get((resource.name, object_id))
        return born is not None and marked_removed(born, values)

    def _by_path(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        try:
            exchange = self._get(fill_path(read_path(resource, "item"), slots))
        except Unsatisfiable:
            return Reading("unreadable")
        if exchange.status in (404, 410) and not stale(exchange):
            return Reading("absent", exchange=exchange)
        values = unwrapped(exchange.json, resource)
        if not exchange.ok or stale(exchange) or values is None:
            return Reading("unreadable", exchange=exchange)
        return Reading("present", values, exchange)

    def listing(self, resource: Resource, slots: Mapping[str, Json]) -> Listing:
        """Every object of the list, page by page to its end."""
        found = self._read_list(resource, slots)
        return replace(found, whole=False) if resource.filtered else found

    def _read_list(self, resource: Resource, slots: Mapping[str, Json]) -> Listing:
        operation = resource.operation("GET", "list")
        if operation is None:
            return Listing((), whole=False)
        try:
            path = fill_path(read_path(resource, "list"), slots)
        except Unsatisfiable:
            return Listing((), whole=False)
        rows: list[Mapping[str, Json]] = []
        known, seen, way = set[str](), set[str](), Way.TOLD
        while path not in seen and len(seen) < PAGES:
            seen.add(path)
            exchange = self._get(path)
            if way is Way.TRIED and exchange.status == 404:
                return Listing(tuple(rows), whole=True, exchange=exchange)
            page = rows_of(exchange.json, resource)
            rows += page or ()
            if not exchange.ok or stale(exchange) or page is None or not alone(exchange.json, resource):
                return Listing(tuple(rows), whole=False, exchange=exchange)
            new = {self._key(resource, row) for row in page} - known
            if len(seen) > 1 and not new and (page or way is not Way.TOLD):
                return Listing(tuple(rows), whole=not page and way is Way.TRIED, exchange=exchange)
            known |= new
            way, path = next_page(
                Page(exchange, path, len(seen), len(page), len(rows), len(known)), operation.parameters
            )
            if way in (Way.END, Way.LOST):
                return Listing(tuple(rows), whole=way is Way.END, exchange=exchange)
        return Listing(tuple(rows), whole=False, exchange=exchange)

    def find(self, resource: Resource, marker: str, slots: Mapping[str, Json]) -> Reading:
        """The object that carries a marker, by the target's `find:` or in the list."""
        if resource.find:
            exchange = self._get(
                fill_path(resource.find.partition(" ")[2], {**slots, "marker": marker, "unique": marker})
            )
            rows = rows_of(exchange.json, resource)
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

    def learn(self, resource: Resource, canary_id: str, row: Mapping[str, Json]) -> None:
        """Remembers a new canary as it was first read, and which field of it names it in its path.

        Where more than one could, later rows decide between them.
        """
        self._born[resource.name, canary_id] = row
        if identify(resource, row) == canary_id:
            self._names.pop(resource.name, None)
            return
        told = frozenset(name for name, value in row.items() if canary_id in _ids_in(resource, value))
        if told:
            self._names[resource.name] = self._names.get(resource.name, told) & told or told

    def identify(self, resource: Resource, row: Mapping[str, Json]) -> str | None:
        """The id by which an object is named in the item path, by what was learned, or in the usual places."""
        names = self._names.get(resource.name, frozenset())
        learned = (text for name in row if name in names for text in _ids_in(resource, row[name]))
        return next(learned, None) or identify(resource, row)

    def _key(self, resource: Resource, row: Mapping[str, Json]) -> str:
        return self.identify(resource, row) or json.dumps(row, sort_keys=True)

    def _in_list(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        listing = self.listing(resource, slots)
        row = next((one for one in listing.rows if self.identify(resource, one) == str(slots.get("self.id"))), None)
        if row is not None:
            return Reading("present", row, listing.exchange)
        return Reading("absent" if listing.whole else "unreadable", exchange=listing.exchange)

    def _get(self, path: str) -> Exchange:
        return self._send(self._signer.request("GET", path, mutant=self._mutant), self._line)


def holds(value: Json, marker: str) -> bool:
    """Whether a marker stands anywhere in a value, in any letter case."""
    if isinstance(value, str):
        return marker in value.lower()
    if isinstance(value, Mapping):
        return any(holds(one, marker) for one in value.values())
    return isinstance(value, list) and any(holds(one, marker) for one in value)


def text_of(value: Json) -> str:
    """Every text in a value in lower case, one a line: for looking up many markers in it, each as `holds` does."""
    if isinstance(value, str):
        return value.lower()
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return "\n".join(map(text_of, parts))


def stale(exchange: Exchange) -> bool:
    """Whether a cache answered: what it says is no evidence."""
    age = (exchange.header("age") or "0").strip()
    caches = (value.lower() for name, value in exchange.headers if name.lower() in _CACHES)
    return age.strip("0") != "" or any("hit" in one or one.strip() in ("stale", "updating") for one in caches)


def unwrapped(value: Json, resource: Resource | None = None) -> Mapping[str, Json] | None:
    """The object in an answer: out of an envelope such as `{"success": true, "data": {…}}`, and with the fields that
    it keeps under `attributes` among its own."""
    return _opened(value, resource, _DEPTH)


def _opened(value: Json, resource: Resource | None, left: int) -> Mapping[str, Json] | None:
    if not isinstance(value, dict):
        return None
    name = _wrapper(value, resource)
    inner = _opened(value[name], resource, left - 1) if name is not None and left else None
    if inner is None:
        return value
    beside = {key: one for key, one in value.items() if key != name}
    return {**beside, **inner} if beside.keys() & inner.keys() <= _ABOUT else {**inner, **value}


def _wrapper(value: Mapping[str, Json], resource: Resource | None) -> str | None:
    """The key below which the fields are. What has an id is itself the object."""
    if any(name in value for name in _IDS):
        return "attributes" if isinstance(value.get("attributes"), dict) else None
    names = (*_WRAPPERS, *(spellings(resource.name) if resource else ()), *(value if len(value) == 1 else ()))
    return next((name for name in names if isinstance(value.get(name), dict)), None)


def rows_of(value: Json, resource: Resource | None = None) -> list[Mapping[str, Json]] | None:
    """The objects in a list's answer: an array, or the array in its envelope. None where it is no list."""
    table = _main(_tables(value), resource)
    if table is None:
        return None
    return [row for one in table if (row := unwrapped(one, resource)) is not None]


def alone(value: Json, resource: Resource | None = None) -> bool:
    """Whether no other array of objects stands beside the one in a list's answer: objects might be there, too."""
    tables = _tables(value)
    main = _main(tables, resource)
    return not any(table for _, table in tables if table is not main)


def _main(tables: Sequence[tuple[str, list[Json]]], resource: Resource | None) -> list[Json] | None:
    names = {*_ENVELOPES, *(spellings(resource.name) if resource else ())}
    filled = [table for _, table in tables if table]
    named = next((table for name, table in tables if name in names), None)
    if named is not None or not tables:
        return named
    return filled[0] if len(filled) == 1 else tables[0][1] if len(tables) == 1 else None


def _tables(value: Json) -> list[tuple[str, list[Json]]]:
    """The arrays of objects in an answer, empty ones included, with the key of each, the outermost first."""
    if isinstance(value, list):
        return [("data", value)] if _is_table(value) else []
    level, found = [value], list[tuple[str, list[Json]]]()
    for _ in range(_DEPTH - 1):
        pairs = [pair for one in level if isinstance(one, dict) for pair in one.items()]
        found += [(name, one) for name, one in pairs if _is_table(one) and name != "errors"]
        level = [one for _, one in pairs]
    return found


def _is_table(value: Json) -> bool:
    """Whether it is an array of objects other than links."""
    if not isinstance(value, list):
        return False
    objects = [one for one in value if isinstance(one, dict)]
    return not value or any(not {"rel", "href"} <= one.keys() for one in objects)


def next_page(page: Page, parameters: Iterable[Parameter] = ()) -> tuple[Way, str]:
    """How a list goes on, and the path of its next page, on the target itself whatever host the answer names; empty
    where there is none.

    `parameters` are those that the document names for the list.
    """
    asked = {one.name: one for one in parameters if one.place == "query"}
    told = _told_way(page, asked)
    if told is not None:
        return (Way.TOLD, told) if told else (Way.LOST, "")
    total = _total(page.exchange)
    if _says_more(page.exchange) or (total is not None and page.known < total):
        guess = _by_count(page, asked, (*_TAKES_PAGE, *_TAKES_OFFSET))
        if not guess and total is not None and page.rows:
            guess = _with_query(page.path, "offset", str(page.position))
        return (Way.GUESSED, guess) if guess else (Way.LOST, "")
    size = next((asked[name].schema.get("default") for name in _TAKES_SIZE if name in asked), None)
    if total is not None or not page.rows or (isinstance(size, int) and page.rows < size) or _is_last(page.exchange):
        return Way.END, ""
    trial = _by_count(page, asked, ("offset", "skip", *_TAKES_PAGE))
    return (Way.TRIED, trial) if trial else (Way.END, "")


def _told_way(page: Page, asked: Mapping[str, Parameter]) -> str | None:
    """The next page's path as the answer tells it, in whatever way; empty where that cannot be followed."""
    link = re.search(r'<([^>]*)>\s*;[^,]*\brel="?next"?', page.exchange.header("link") or "")
    places = _places(page.exchange.json)
    told = link[1] if link else _first(places, _NEXT) or _link_to_next(page.exchange.json)
    if isinstance(told, str) and told:
        if link or "?" in told or told.startswith("/") or "://" in told:
            return _beside(page.path, told)
        return _with_query(page.path, _taker(asked, _TAKES_CURSOR, "cursor"), told)
    number = told if _is_number(told) else _next_number(places)
    if number is not None:
        return _with_query(page.path, _taker(asked, _TAKES_PAGE, "page"), str(number))
    if any(place.get(name) is False for place in places for name in _MORE):
        return None
    for name, usual in _CURSORS.items():
        cursor = _text(_first(places, (name,)))
        if cursor:
            return _with_query(page.path, _taker(asked, (usual, *_TAKES_CURSOR), usual), cursor)
    return None


def _places(value: Json) -> list[Mapping[str, Json]]:
    """Where an answer may speak of its pages. A `cursor` in a mapping of its own is told apart by its name."""
    if not isinstance(value, dict):
        return []
    inner = [one for one in (value.get("data"), value.get("meta")) if isinstance(one, dict)]
    places = [value, *inner, *(one[name] for one in (value, *inner) for name in _PLACES if name in one)]
    cursors = [one["cursor"] for one in places if isinstance(one, dict) and isinstance(one.get("cursor"), dict)]
    named = [{"next_cursor": one.get("next")} for one in cursors]
    return [one for one in (*places, *named) if isinstance(one, dict)]


def _first(places: Iterable[Mapping[str, Json]], names: Sequence[str]) -> Json:
    """The first thing said under one of the names, out of a `href` where it is in one."""
    said = (place[name] for place in places for name in names if place.get(name) is not None)
    found = (one.get("href") if isinstance(one, dict) else one for one in said)
    return next((one for one in found if one is not None), None)


def _link_to_next(value: Json) -> Json:
    links = value.get("links", value.get("link")) if isinstance(value, dict) else None
    named = (one for one in links if isinstance(one, dict)) if isinstance(links, list) else ()
    return next(
        (one.get("href", one.get("url")) for one in named if one.get("rel", one.get("relation")) == "next"), None
    )


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _next_number(places: Iterable[Mapping[str, Json]]) -> int | None:
    """The number of the next page where the answer counts its pages; from 0 where it calls its own just `number`."""
    for place in places:
        last = _first([place], _LAST)
        now, own = _first([place], _NUMBERS), place.get("number")
        if _is_number(last) and _is_number(now) and now < last:
            return int(now) + 1
        if _is_number(last) and isinstance(own, int) and not _is_number(now) and own + 1 < last:
            return own + 1
    return None


def _is_last(exchange: Exchange) -> bool:
    """Whether the answer itself says that it is the end."""
    places = _places(exchange.json)
    names = (*_NEXT, *_CURSORS)
    denied = any(name in place and not place[name] for place in places for name in (*names, *_MORE))
    return denied or _first(places, _LAST) is not None


def _says_more(exchange: Exchange) -> bool:
    partial = exchange.status == 206 and _total(exchange) is None
    places = _places(exchange.json)
    return partial or any(place.get(name) is True for place in places for name in _MORE)


def _total(exchange: Exchange) -> int | None:
    """How many objects the list says there are."""
    texts = [(exchange.header("content-range") or "").rpartition("/")[2]]
    texts += [exchange.header(name) or "" for name in _TOTAL_HEADERS]
    told = [int(text) for text in texts if re.fullmatch(r"\s*[0-9]{1,15}\s*", text)]
    told += [place[name] for place in _places(exchange.json) for name in _TOTALS if _is_number(place.get(name))]
    return max(told, default=None)


def _by_count(page: Page, asked: Mapping[str, Parameter], names: Sequence[str]) -> str:
    """The next page by a documented parameter that counts pages or rows; empty where there is none."""
    name = next((one for one in names if one in asked), None)
    if name is None:
        return ""
    if name in _TAKES_OFFSET:
        return _with_query(page.path, name, str(page.position))
    schema = asked[name].schema
    first = 0 if 0 in (schema.get("default"), schema.get("minimum")) else 1
    return _with_query(page.path, name, str(first + page.number))


def _taker(asked: Mapping[str, Parameter], names: Sequence[str], usual: str) -> str:
    return next((name for name in names if name in asked), usual)


def _beside(path: str, told: str) -> str:
    try:
        parts = urlsplit(urljoin(path, told))
    except ValueError:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _with_query(path: str, name: str, value: str) -> str:
    place, _, query = path.partition("?")
    kept = [(key, one) for key, one in parse_qsl(query, keep_blank_values=True) if key != name]
    return place + "?" + "&".join(f"{quote(key)}={quote(one, safe='')}" for key, one in [*kept, (name, value)])


def identify(resource: Resource, row: Mapping[str, Json]) -> str | None:
    """The id by which an object is named in the item path, as text, looked for in the usual places."""
    told = (row.get(name) for name in (resource.address_field, *ADDRESS_FIELDS) if name)
    for address in (*told, *_own_links(row)):
        found = id_in_path(resource, address)
        if found is not None:
            return found
    sent = resource.id_from.partition(":")[2].removeprefix("$.")
    parameter = _plain(resource.parameter)
    for name in (sent, *(one for one in row if _plain(one) == parameter), *_IDS, "name"):
        text = _text(row.get(name)) if name else None
        if text is not None:
            return text
    return None


def _own_links(row: Mapping[str, Json]) -> Iterator[Json]:
    """Addresses of the object among its links, as HAL and JSON:API have them."""
    for name in ("_links", "links"):
        links = row.get(name)
        own = links.get("self") if isinstance(links, Mapping) else None
        yield own.get("href") if isinstance(own, Mapping) else own


def _plain(name: str) -> str:
    """A name in one spelling, whether it was written in snake, kebab or camel case."""
    return name.replace("_", "").replace("-", "").lower()


def _text(value: Json) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _ids_in(resource: Resource, value: Json) -> Iterator[str]:
    """What a field may name an object by: an address's id, or the field itself."""
    yield from (one for one in (id_in_path(resource, value), _text(value)) if one)


def id_in_path(resource: Resource, address: Json) -> str | None:
    """The id in an address of an object of this resource; None where it is no such address."""
    if not isinstance(address, str):
        return None
    wanted = resource.item_path.strip("/").split("/")
    try:
        told = urlsplit(address).path.strip("/").split("/")[-len(wanted) :]
    except ValueError:
        return None
    if len(told) != len(wanted):
        return None
    found = None
    for pattern, text in zip(wanted, told, strict=True):
        if pattern == "{" + resource.parameter + "}":
            found = unquote(text)
        elif "{" not in pattern and pattern != text:
            return None
    return found

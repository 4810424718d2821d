"""Reads objects and lists with one identity's credential."""

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from threading import Lock

from harness.credentials import Signer
from harness.model import GUEST, REFUSALS, Exchange, Json, Mutant, Send
from harness.observe.caches import stale
from harness.observe.envelopes import alone, rows_of, unwrapped
from harness.observe.inside import Inside
from harness.observe.naming import identify, ids_in
from harness.observe.paging import Page, Way, large_page, next_page
from harness.observe.readings import Listing, Reading
from harness.observe.telling import total_of
from harness.observe.texts import holds
from harness.openapi import Unsatisfiable
from harness.removals import marked_removed
from harness.resources import Resource, fill_path, read_path

PAGES = 200
_FRESH = ("Cache-Control", "no-cache")
_OF_THE_READER = REFUSALS | {407, 408, 425, 429}
"""Refusals that say nothing of the object by themselves."""


class Observer:
    """Reads with one identity's credential, on connections of its own."""

    def __init__(self, send: Send, signer: Signer, reader: str | None, inside: Inside | None = None) -> None:
        """`inside` looks at what objects are told themselves, where they can be logged in as."""
        self._send = send
        self._inside = inside
        self._line = "reader"
        self.who = reader
        """Name of the identity that reads; None for a guest."""
        self._signer = signer
        self._mutant = Mutant(signer.own(reader) if reader else GUEST).with_header(*_FRESH)
        self._names: dict[str, frozenset[str]] = {}
        self._born: dict[tuple[str, str], Mapping[str, Json]] = {}
        self._learning = Lock()
        self._seen: set[tuple[str | None, str, str]] = set()
        """Readers, resources, and the ids of objects that they were shown at their paths; an empty one for any."""
        self._lesser = False
        self._lists: set[tuple[str | None, str]] = set()
        """Readers, and resources whose list showed them a canary."""
        self._marks: set[str] = set()
        """Resources that show as marked what was removed."""
        self._large: dict[str, bool] = {}
        """Whether lists come in large pages as they do in small ones, by resource, where it was tried."""

    def reading_as(self, reader: str) -> "Observer":
        """The same for another identity, on a connection of its own; what either learns of rows, both know."""
        other = copy(self)
        other.who, other._lesser = reader, True
        other._line, other._mutant = f"reader {reader}", Mutant(self._signer.own(reader)).with_header(*_FRESH)
        return other

    def from_outside(self) -> "Observer":
        """The same that never logs in as an object: for telling only whether it is there."""
        other = copy(self)
        other._inside = None
        return other

    def expects(self, resource: Resource, slots: Mapping[str, Json]) -> None:
        """A request with the marker in `slots` was aimed at the object in them."""
        if self._inside and "self.id" in slots:
            self._inside.sent(resource, str(slots["self.id"]), str(slots["marker"]))

    def item(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        """The object that the slots name; through the list where objects cannot be read one by one. A canary that is
        shown as removed is absent, with its values."""
        told = self._in_list if resource.operation("GET", "item") is None else self._by_path
        reading = told(resource, slots)
        object_id = str(slots.get("self.id"))
        if reading.state == "present" and self.removed(resource, object_id, reading.values):
            return replace(reading, state="absent")
        if reading.state == "present":
            self._seen |= {(self.who, resource.name, object_id), (self.who, resource.name, "")}
        elif self._refused_and_unlisted(resource, object_id, slots, reading):
            return replace(reading, state="absent")
        return self.seen_inside(resource, object_id, reading)

    def would_show(self, resource: Resource, object_id: str) -> None:
        """Says that this reader would be shown an object now, as it was shown those that were made in the same way."""
        self._seen.add((self.who, resource.name, object_id))

    def _refused_and_unlisted(
        self, resource: Resource, object_id: str, slots: Mapping[str, Json], reading: Reading
    ) -> bool:
        """Whether an object is refused to a reader who was shown such objects, and missing on a whole list that showed
        them, too: some APIs say of what is not there that one may not see it. Who is not entitled to all of them has
        to have been shown this very one."""
        refused = reading.exchange is not None and reading.exchange.status in REFUSALS
        known = (self.who, resource.name, object_id if self._lesser else "")
        if not refused or known not in self._seen:
            return False
        listing = self.listing(resource, slots)
        listed = {self.identify(resource, row) for row in listing.rows}
        return listing.whole and object_id not in listed and (self.who, resource.name) in self._lists

    def seen_inside(self, resource: Resource, object_id: str, reading: Reading) -> Reading:
        """The reading with what the object is told itself; unreadable where that cannot be known."""
        if self._inside is None or reading.state != "present":
            return reading
        values = self._inside.seen(resource, object_id, reading.values)
        return Reading("unreadable", exchange=reading.exchange) if values is None else replace(reading, values=values)

    def removed(self, resource: Resource, object_id: str, values: Mapping[str, Json]) -> bool:
        """Whether a canary says of itself that it was removed."""
        born = self._born.get((resource.name, object_id))
        marked = born is not None and marked_removed(born, values)
        if marked:
            self._marks.add(resource.name)
        return marked

    def marks(self, resource: Resource) -> bool:
        """Whether what was removed was seen to stay, with a mark, so that only who knows how it was made sees it."""
        return resource.name in self._marks

    def _by_path(self, resource: Resource, slots: Mapping[str, Json]) -> Reading:
        try:
            exchange = self._get(fill_path(read_path(resource, "item"), slots))
        except Unsatisfiable:
            return Reading("unreadable")
        if exchange.status in (404, 410) and not stale(exchange):
            return Reading("absent", exchange=exchange)
        values = unwrapped(exchange.json, resource)
        if values is None and exchange.ok and not exchange.body:
            # That it is there is all that some objects tell, as a tag does.
            values = {}
        if not exchange.ok or stale(exchange) or values is None:
            gone = self._refused(exchange) and self._is_gone(resource, slots)
            return Reading("absent" if gone else "unreadable", exchange=exchange)
        if len(self._names.get(resource.name, ())) > 1:
            self._narrow(resource, str(slots.get("self.id")), values)
        return Reading("present", values, exchange)

    @staticmethod
    def _refused(exchange: Exchange) -> bool:
        refused = exchange.status is not None and 400 <= exchange.status < 500
        return exchange.denied or (refused and exchange.status not in _OF_THE_READER)

    def _is_gone(self, resource: Resource, slots: Mapping[str, Json]) -> bool:
        """Whether an object that is refused in other words than 404 is not there: the list does not show it, and what
        it does show is read by its path."""
        listing = self.listing(resource, slots)
        ids = [self.identify(resource, row) for row in listing.rows]
        if not listing.whole or str(slots.get("self.id")) in ids or None in ids:
            return False
        paths = [fill_path(read_path(resource, "item"), {**slots, "self.id": one}) for one in ids[-1:]]
        return all(self._get(one).ok for one in paths)

    def listing(self, resource: Resource, slots: Mapping[str, Json]) -> Listing:
        """Every object of the list, page by page to its end."""
        found = self._in_large_pages(resource, slots) if self._large.get(resource.name) else None
        found = found or self._read_list(resource, slots)
        if found.pages > 1 and resource.name not in self._large:
            large = self._in_large_pages(resource, slots)
            ids = [{self._key(resource, row) for row in one.rows} for one in (found, large) if one]
            fewer = large is not None and large.pages < found.pages
            self._large[resource.name] = fewer and ids[0] <= ids[1]
        if any((resource.name, self.identify(resource, row)) in self._born for row in found.rows):
            self._lists.add((self.who, resource.name))
        return replace(found, whole=False) if resource.filtered else found

    def _in_large_pages(self, resource: Resource, slots: Mapping[str, Json]) -> Listing | None:
        """The same list in fewer requests; None, and not tried again, where that does not show how long it is."""
        found = self._read_list(resource, slots, large=True)
        told = found.whole and found.exchange is not None and total_of(found.exchange) is not None
        if not told:
            self._large[resource.name] = False
        return found if told else None

    def large_page_of(self, resource: Resource, slots: Mapping[str, Json]) -> str:
        """The path of the list in one large page; empty where it is not known to come in such."""
        operation = resource.operation("GET", "list")
        if operation is None or not self._large.get(resource.name):
            return ""
        return large_page(fill_path(read_path(resource, "list"), slots), operation.parameters)

    def page_of(self, resource: Resource, slots: Mapping[str, Json], marker: str) -> str | None:
        """The path of the page of the list on which a marker stands; None where it is seen on none."""
        last = self._read_list(resource, slots, until=marker, large=self._large.get(resource.name, False)).exchange
        return last.request.target if last is not None and _tells(last, marker) else None

    def _read_list(
        self, resource: Resource, slots: Mapping[str, Json], until: str = "", large: bool = False
    ) -> Listing:
        """The list to its end, or to the page that tells `until`; in `large` pages where there are such."""
        operation = resource.operation("GET", "list")
        if operation is None:
            return Listing((), whole=False)
        try:
            path = fill_path(read_path(resource, "list"), slots)
        except Unsatisfiable:
            return Listing((), whole=False)
        path = large_page(path, operation.parameters) if large else path
        if not path:
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
            if until and _tells(exchange, until):
                return Listing(tuple(rows), whole=False, exchange=exchange)
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
                return Listing(tuple(rows), whole=way is Way.END, exchange=exchange, pages=len(seen))
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
        object_id = self.identify(resource, row) if row is not None else None
        if row is None or object_id is None:
            return Reading("absent" if row is None else "present", row or {})
        return self.seen_inside(resource, object_id, Reading("present", row))

    def learn(self, resource: Resource, canary_id: str, row: Mapping[str, Json]) -> None:
        """Remembers a new canary as it was first read, and which field of it names it in its path.

        Where more than one could, later rows decide between them.
        """
        self._born[resource.name, canary_id] = row
        if identify(resource, row) == canary_id:
            self._names.pop(resource.name, None)
            return
        self._narrow(resource, canary_id, row)

    def _narrow(self, resource: Resource, object_id: str, row: Mapping[str, Json]) -> None:
        """Leaves of the fields that may name an object those that name this one: what was made under its marker holds
        that in its texts, too, until these are changed."""
        told = frozenset(name for name, value in row.items() if object_id in ids_in(resource, value))
        with self._learning:
            if told:
                self._names[resource.name] = self._names.get(resource.name, told) & told or told

    def identify(self, resource: Resource, row: Mapping[str, Json]) -> str | None:
        """The id by which an object is named in the item path, by what was learned, or in the usual places."""
        names = self._names.get(resource.name, frozenset())
        learned = (text for name in row if name in names for text in ids_in(resource, row[name]))
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


def _tells(exchange: Exchange, marker: str) -> bool:
    return marker in exchange.body.decode("utf-8", "replace").lower()

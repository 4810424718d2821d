"""What an answer says of its pages: how many there are, and what the next one is called."""

import re
from collections.abc import Iterable, Mapping, Sequence

from harness.model import Exchange, Json

_PLACES = ("meta", "links", "_links", "pagination", "paging", "page", "page_info", "pageInfo", "response_metadata")
NEXT = ("next", "next_page", "nextPage", "next_page_url", "next_url", "nextLink", "@odata.nextLink")
_NUMBERS = ("page", "current_page", "currentPage", "page_number", "pageNumber")
_LAST = ("pages", "total_pages", "totalPages", "last_page", "lastPage", "page_count", "num_pages")
MORE = ("has_more", "hasMore", "has_next", "hasNext", "has_next_page", "hasNextPage", "is_truncated", "truncated")
_TOTALS = ("total_count", "total", "count", "totalCount", "total_items", "totalElements", "@odata.count")
_TOTAL_HEADERS = ("x-total-count", "x-total", "total-count", "x-pagination-total-count")
CURSORS = {
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


def places_of(value: Json) -> list[Mapping[str, Json]]:
    """Where an answer may speak of its pages. A `cursor` in a mapping of its own is told apart by its name."""
    if not isinstance(value, dict):
        return []
    inner = [one for one in (value.get("data"), value.get("meta")) if isinstance(one, dict)]
    places = [value, *inner, *(one[name] for one in (value, *inner) for name in _PLACES if name in one)]
    cursors = [one["cursor"] for one in places if isinstance(one, dict) and isinstance(one.get("cursor"), dict)]
    named = [{"next_cursor": one.get("next")} for one in cursors]
    return [one for one in (*places, *named) if isinstance(one, dict)]


def first_said(places: Iterable[Mapping[str, Json]], names: Sequence[str]) -> Json:
    """The first thing said under one of the names, out of a `href` where it is in one."""
    said = (place[name] for place in places for name in names if place.get(name) is not None)
    found = (one.get("href") if isinstance(one, dict) else one for one in said)
    return next((one for one in found if one is not None), None)


def link_to_next(value: Json) -> Json:
    """The address of the next page in an array of links with relations."""
    links = value.get("links", value.get("link")) if isinstance(value, dict) else None
    named = (one for one in links if isinstance(one, dict)) if isinstance(links, list) else ()
    return next(
        (one.get("href", one.get("url")) for one in named if one.get("rel", one.get("relation")) == "next"), None
    )


def is_number(value: Json) -> bool:
    """Whether it is a whole number; `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def next_number(places: Iterable[Mapping[str, Json]]) -> int | None:
    """The number of the next page where the answer counts its pages; from 0 where it calls its own just `number`."""
    for place in places:
        last = first_said([place], _LAST)
        now, own = first_said([place], _NUMBERS), place.get("number")
        if is_number(last) and is_number(now) and now < last:
            return int(now) + 1
        if is_number(last) and isinstance(own, int) and not is_number(now) and own + 1 < last:
            return own + 1
    return None


def is_last(exchange: Exchange) -> bool:
    """Whether the answer itself says that it is the end."""
    places = places_of(exchange.json)
    names = (*NEXT, *CURSORS)
    denied = any(name in place and not place[name] for place in places for name in (*names, *MORE))
    return denied or first_said(places, _LAST) is not None


def says_more(exchange: Exchange) -> bool:
    """Whether the answer itself says that it is not the end."""
    partial = exchange.status == 206 and total_of(exchange) is None
    places = places_of(exchange.json)
    return partial or any(place.get(name) is True for place in places for name in MORE)


def total_of(exchange: Exchange) -> int | None:
    """How many objects the list says there are."""
    texts = [(exchange.header("content-range") or "").rpartition("/")[2]]
    texts += [exchange.header(name) or "" for name in _TOTAL_HEADERS]
    told = [int(text) for text in texts if re.fullmatch(r"\s*[0-9]{1,15}\s*", text)]
    told += [place[name] for place in places_of(exchange.json) for name in _TOTALS if is_number(place.get(name))]
    return max(told, default=None)

"""How a list goes on behind a page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from harness.model import Exchange, Parameter
from harness.observe.telling import (
    CURSORS,
    MORE,
    NEXT,
    first_said,
    is_last,
    is_number,
    link_to_next,
    next_number,
    places_of,
    says_more,
    total_of,
)
from harness.observe.texts import scalar_text

_TAKES_CURSOR = (*dict.fromkeys(CURSORS.values()), "starting_after", "next_cursor", "next", "continuationToken")
_TAKES_PAGE = ("page", "page_number", "pageNumber")
_TAKES_OFFSET = ("offset", "skip", "start")
_TAKES_SIZE = ("limit", "per_page", "page_size", "pageSize", "size", "take")
LARGE = 1000
"""Rows that are asked for at once, where the document does not say that fewer are to be."""


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


def next_page(page: Page, parameters: Iterable[Parameter] = ()) -> tuple[Way, str]:
    """How a list goes on, and the path of its next page, on the target itself whatever host the answer names; empty
    where there is none.

    `parameters` are those that the document names for the list.
    """
    asked = {one.name: one for one in parameters if one.place == "query"}
    told = _told_way(page, asked)
    if told is not None:
        return (Way.TOLD, told) if told else (Way.LOST, "")
    total = total_of(page.exchange)
    if says_more(page.exchange) or (total is not None and page.known < total):
        guess = _by_count(page, asked, (*_TAKES_PAGE, *_TAKES_OFFSET))
        if not guess and total is not None and page.rows:
            guess = _with_query(page.path, "offset", str(page.position))
        return (Way.GUESSED, guess) if guess else (Way.LOST, "")
    size = next((asked[name].schema.get("default") for name in _TAKES_SIZE if name in asked), None)
    if total is not None or not page.rows or (isinstance(size, int) and page.rows < size) or is_last(page.exchange):
        return Way.END, ""
    trial = _by_count(page, asked, ("offset", "skip", *_TAKES_PAGE))
    return (Way.TRIED, trial) if trial else (Way.END, "")


def large_page(path: str, parameters: Iterable[Parameter]) -> str:
    """The path of a list in large pages; empty where the document names no parameter for their size."""
    asked = {one.name: one for one in parameters if one.place == "query"}
    name = next((one for one in _TAKES_SIZE if one in asked), "")
    if not name:
        return ""
    most = asked[name].schema.get("maximum")
    return _with_query(path, name, str(min(most, LARGE) if isinstance(most, int) and is_number(most) else LARGE))


def _told_way(page: Page, asked: Mapping[str, Parameter]) -> str | None:
    """The next page's path as the answer tells it, in whatever way; empty where that cannot be followed."""
    link = re.search(r'<([^>]*)>\s*;[^,]*\brel="?next"?', page.exchange.header("link") or "")
    places = places_of(page.exchange.json)
    told = link[1] if link else first_said(places, NEXT) or link_to_next(page.exchange.json)
    if isinstance(told, str) and told:
        if link or "?" in told or told.startswith("/") or "://" in told:
            return _beside(page.path, told)
        return _with_query(page.path, _taker(asked, _TAKES_CURSOR, "cursor"), told)
    number = told if is_number(told) else next_number(places)
    if number is not None:
        return _with_query(page.path, _taker(asked, _TAKES_PAGE, "page"), str(number))
    if any(place.get(name) is False for place in places for name in MORE):
        return None
    for name, usual in CURSORS.items():
        cursor = scalar_text(first_said(places, (name,)))
        if cursor:
            return _with_query(page.path, _taker(asked, (usual, *_TAKES_CURSOR), usual), cursor)
    return None


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

"""Who may do what, what is shown to whom, and what may be stored: each decision a function that can be replaced."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from .accounts import Account, Directory
from .tokens import claims

FILES = "https://files.example.net/releases/"
SIGNATURE = ".sig"
LONGEST = 300
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LINKS = ("url", "changelog_url")

Row = Mapping[str, object]
Tables = dict[str, dict[str, dict[str, Any]]]


class Refused(Exception):
    """A credential that is not right."""


def caller(directory: Directory, request: Request) -> Account | None:
    """Whose credential a request bears; None for none. Raises Refused for one that is not right."""
    key, bearer = request.headers.get("X-Api-Key"), request.headers.get("Authorization")
    if key is not None:
        return _living(key_owner(directory, key))
    if bearer is not None:
        return _living(token_owner(directory, bearer))
    return None


def key_owner(directory: Directory, key: str) -> Account | None:
    """Who has exactly this key, and still has it."""
    return next((account for account, one in directory.issued() if one.fits(key) and one.state == "good"), None)


def token_owner(directory: Directory, header: str) -> Account | None:
    """Who was issued the genuine token that follows the word Bearer."""
    scheme, _, token = header.partition(" ")
    found = claims(directory.secret, token) if scheme.lower() == "bearer" else None
    return directory.named(found.get("sub")) if found else None


def _living(account: Account | None) -> Account:
    if account is None or not account.active:
        raise Refused
    return account


def for_maintainers(account: Account | None, request: Request) -> bool:
    """Whether a caller may write."""
    return account is not None and account.role == "maintainer"


def on_the_file_host(url: str) -> bool:
    """Whether a file may lie there."""
    return whole(url) and url.startswith(FILES)


def whole(url: str) -> bool:
    """Whether it is an address, of letters that one may have, and no more."""
    return len(url) <= LONGEST and re.fullmatch(r"[a-z]+://[A-Za-z0-9._~/%+@:-]+", url) is not None


def published(row: Row) -> bool:
    """Whether a guest may see a release."""
    return bool(row["published"])


def same_scope(row: Row, query: Mapping[str, str]) -> bool:
    """Whether a list with this filter holds the release: it narrows what may be seen."""
    wanted = query.get("published")
    return wanted is None or (wanted.lower() in ("true", "1")) is row["published"]


@dataclass(frozen=True, slots=True)
class Rules:
    """The decisions of one index."""

    identify: Callable[[Directory, Request], Account | None] = caller
    """Who a request speaks for."""
    unguarded: Callable[[str, str], bool] = lambda method, path: False
    """Which methods and paths nobody thought of guarding."""
    looks_at: Callable[[Request], bool] = lambda request: True
    """Which requests the guard looks at; the others pass."""
    may_write: Callable[[Account | None, Request], bool] = for_maintainers
    late: bool = False
    """Whether the guard speaks after the work is done."""
    overrides: tuple[str, ...] = ()
    """Headers that name another method, read behind the guard; `?` for the query's `_method`."""
    url_allowed: Callable[[str], bool] = on_the_file_host
    links: tuple[str, ...] = LINKS
    """Fields that have to lie on the file host."""
    urls_checked: frozenset[str] = WRITES
    """Methods whose body is held against the rules about URLs."""
    hidden_in_list: bool = True
    """Whether a list leaves out what a guest may not see."""
    hidden_alone: bool = True
    hidden_children: bool = True
    hidden_by_filter: bool = True
    """Whether what is hidden stays so when it is asked for by name."""
    after_write: Callable[[Account | None], None] = lambda account: None
    """What is done when something was written, before it is answered."""
    lookup_first: bool = False
    """Whether what is not there, or not to be seen, is 404 before anybody is asked who they are."""
    nested: Callable[[Tables, Row], None] = lambda tables, sent: None
    """What is done with a release that is sent inside a file."""
    unlisted: frozenset[str] = frozenset()
    """Methods and paths that are served and stand in no document."""
    members_whole: bool = False
    """Whether the list of accounts is that of their rows, keys and all."""
    members_open: bool = False
    """Whether everybody may read the list of accounts."""

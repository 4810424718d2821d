"""Mistakes that can be switched on, each as somebody might have made it, and other ways to be right."""

import base64
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.requests import Request

from . import tokens
from .accounts import Account, Directory, Key
from .rules import WRITES, Refused, Rules, Tables, caller

RIGHT = Rules()
SHOWN = 12
"""How much of a key is shown in lists."""


def _by_key(fits: Callable[[Key, str], bool]) -> Rules:
    """Another comparison with the keys that are good."""

    def identify(directory: Directory, request: Request) -> Account | None:
        given = request.headers.get("X-Api-Key")
        if given is None:
            return caller(directory, request)
        return _found(one for one, key in directory.issued() if one.active and key.state == "good" and fits(key, given))

    return replace(RIGHT, identify=identify)


def _still(state: str) -> Rules:
    """A lookup that does not ask for the column in which a key's end is written."""

    def identify(directory: Directory, request: Request) -> Account | None:
        given = request.headers.get("X-Api-Key")
        if given is None:
            return caller(directory, request)
        held = ((one, key) for one, key in directory.issued() if one.active and key.state in ("good", state))
        return _found(one for one, key in held if key.fits(given))

    return replace(RIGHT, identify=identify)


def _by_token(*, signed: bool = True, alive: bool = True) -> Rules:
    """A token that is decoded with one of its checks switched off."""

    def identify(directory: Directory, request: Request) -> Account | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or "X-Api-Key" in request.headers:
            return caller(directory, request)
        found = tokens.claims(directory.secret, token, signed=signed, alive=alive)
        return _found(one for one in directory.accounts if found and one.name == found.get("sub"))

    return replace(RIGHT, identify=identify)


def _otherwise(more: Callable[[Directory, Request], Account | None]) -> Rules:
    """Another way in, for whoever the right one does not know."""

    def identify(directory: Directory, request: Request) -> Account | None:
        try:
            account = caller(directory, request)
        except Refused:
            account = more(directory, request)
            if account is None:
                raise
        return account or more(directory, request)

    return replace(RIGHT, identify=identify)


def _found(accounts: Iterable[Account]) -> Account:
    account = next(iter(accounts), None)
    if account is None:
        raise Refused
    return account


def _like(key: Key, given: str) -> bool:
    """Asks the database with LIKE, as the search box does."""
    pattern = re.escape(given).replace("%", ".*").replace("_", ".")
    return bool(re.fullmatch(pattern, key.text, re.IGNORECASE))


def _none_is_none(directory: Directory, request: Request) -> Account | None:
    """Compares what was sent with what an account has, and both can be nothing."""
    given = request.headers.get("X-Api-Key")
    has: Mapping[str, str | None] = {one.name: one.keys[0].text if one.keys else None for one in directory.accounts}
    return next((one for one in directory.accounts if has[one.name] == given and one.active), None)


def _query(directory: Directory, request: Request) -> Account | None:
    """Takes a key from the address, for those who cannot set headers."""
    given = request.query_params.get("api_key") or request.query_params.get("token") or ""
    return next((one for one, key in directory.issued() if key.state == "good" and key.fits(given)), None)


def _cookie(directory: Directory, request: Request) -> Account | None:
    """Takes the browser's session where there is no key, for the pages that call the API."""
    same = request.cookies.get("session") == directory.session
    return directory.named("owner") if same else None


def _basic(directory: Directory, request: Request) -> Account | None:
    """Takes Basic, and compares the password with the nothing that an account without one has."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(rest).decode().partition(":")
    except ValueError:
        return None
    account = directory.named(name) if scheme.lower() == "basic" else None
    return account if account and not password else None


def _by_name(directory: Directory, request: Request) -> Account | None:
    """Takes for a token what a developer typed to see whether it works."""
    scheme, _, name = request.headers.get("Authorization", "").partition(" ")
    return directory.named(name) if scheme == "Bearer" else None


def _last_word(directory: Directory, request: Request) -> Account | None:
    """Splits the header, and takes its last word for the token."""
    words = request.headers.get("Authorization", "").split()
    found = tokens.claims(directory.secret, words[-1]) if words else None
    return directory.named(found["sub"]) if found else None


def _asked_for(directory: Directory, request: Request) -> Account | None:
    """Lets a support account speak for another, and never asks who it is that wants to."""
    account = caller(directory, request)
    wanted = directory.named(request.headers.get("X-User"))
    return wanted if account and wanted else account


def _by_proxy(directory: Directory, request: Request) -> Account | None:
    """Believes the proxy that was once in front, whoever speaks for it."""
    return directory.named(request.headers.get("X-Remote-User"))


def _asked_in_query(directory: Directory, request: Request) -> Account | None:
    """The same, by the query."""
    account = caller(directory, request)
    wanted = directory.named(request.query_params.get("username"))
    return wanted if account and wanted else account


def _remembered(directory: Directory, request: Request) -> Account | None:
    """Keeps decisions by method and path, and forgets that somebody else may ask next."""
    place = (request.method, request.url.path)
    if request.method in WRITES and place in directory.remembered:
        return directory.remembered[place]
    account = caller(directory, request)
    if account and account.role == "maintainer":
        directory.remembered[place] = account
    return account


def _and_for_or(account: Account | None, request: Request) -> bool:
    """Refuses who is unknown *and* no maintainer, where *or* was meant."""
    return not (account is None and getattr(account, "role", "") != "maintainer")


def _readers_delete(account: Account | None, request: Request) -> bool:
    """Asks for the role where there is a body to store."""
    return account is not None and (account.role == "maintainer" or request.method == "DELETE")


def _as_written(request: Request) -> bool:
    """Goes by the path as it was written, where the router goes by what that means."""
    return bool(request.scope["raw_path"].startswith((b"/releases", b"/members")))


def _patches(method: str, path: str) -> bool:
    """The guard stands at every route but the one that came last."""
    return method == "PATCH"


def _name_of(account: Account | None) -> None:
    """Writes down who it was, and expects somebody."""
    if account is None:
        raise AttributeError("'NoneType' object has no attribute 'name'")


def _lost(account: Account | None) -> None:
    """Looks for what was written among what the caller may see."""
    if account is None:
        raise HTTPException(404)


def _contains(url: str) -> bool:
    """Asks whether the host's name is somewhere in it."""
    return url.startswith("https://") and "files.example.net" in url


def _ends_with(url: str) -> bool:
    """Asks how the host's name ends, for the sake of mirrors."""
    return urlsplit(url).scheme == "https" and urlsplit(url).netloc.endswith("files.example.net")


def _pattern(url: str) -> bool:
    """A pattern whose dots are any letter, with nothing behind the host."""
    return re.match("https://files.example.net", url) is not None


def _dots(url: str) -> bool:
    """A pattern with everything but its dots in order."""
    return re.match(r"https://files.example.net/[\w./-]*$", url) is not None


def _any_scheme(url: str) -> bool:
    """Looks at the host, and not at how it is to be reached."""
    return urlsplit(url).hostname == "files.example.net"


def _uploads(account: Account | None, request: Request) -> bool:
    """Lets everybody whom it knows add files."""
    adds = request.method == "POST" and request.url.path.endswith("/files")
    return account is not None and (account.role == "maintainer" or adds)


def _merged(tables: Tables, sent: Mapping[str, object]) -> None:
    """Saves what comes with a file, as the ORM's merge does."""
    fields = {name: value for name, value in sent.items() if name in ("version", "notes", "published")}
    row = tables["releases"].get(str(sent.get("id")))
    if row is not None:
        row.update(fields)
    elif fields:
        new = {"version": "", "notes": "", "published": False, "changelog_url": "", "yanked": False, "owner": None}
        tables["releases"][str(uuid.uuid4())] = new | fields


DEFECTS: Mapping[str, Rules] = {
    "key-shown-part": _by_key(lambda key, given: key.text[:SHOWN] == given[:SHOWN]),
    "key-starts-with": _by_key(lambda key, given: key.text.startswith(given)),
    "key-lower-case": _by_key(lambda key, given: key.text.lower() == given.lower()),
    "key-digest": _by_key(lambda key, given: given == key.digest or key.fits(given)),
    "key-like": _by_key(_like),
    "key-revoked": _still("revoked"),
    "key-rotated": _still("rotated"),
    "key-expired": _still("expired"),
    "token-unsigned": _by_token(signed=False),
    "token-expired": _by_token(alive=False),
    "none-is-none": _otherwise(_none_is_none),
    "key-in-query": _otherwise(_query),
    "session-beside": _otherwise(_cookie),
    "basic-empty": _otherwise(_basic),
    "bearer-name": _otherwise(_by_name),
    "last-word": _otherwise(_last_word),
    "name-in-header": replace(RIGHT, identify=_asked_for),
    "name-by-proxy": _otherwise(_by_proxy),
    "name-in-query": replace(RIGHT, identify=_asked_in_query),
    "remembered": replace(RIGHT, identify=_remembered),
    "and-for-or": replace(RIGHT, may_write=_and_for_or),
    "readers-delete": replace(RIGHT, may_write=_readers_delete),
    "delete-forgotten": replace(RIGHT, unguarded=lambda method, path: method == "DELETE" and "/files/" not in path),
    "action-forgotten": replace(RIGHT, unguarded=lambda method, path: path.endswith("/yank")),
    "children-forgotten": replace(RIGHT, unguarded=lambda method, path: method == "POST" and path.endswith("/files")),
    "guard-by-raw-path": replace(RIGHT, looks_at=_as_written),
    "guard-too-late": replace(RIGHT, late=True),
    "fails-after-write": replace(RIGHT, unguarded=_patches, after_write=_name_of),
    "lost-after-write": replace(RIGHT, unguarded=_patches, after_write=_lost),
    "override-header": replace(RIGHT, overrides=("X-HTTP-Method-Override",)),
    "override-query": replace(RIGHT, overrides=("?",)),
    "put-unlisted": replace(
        RIGHT,
        unlisted=frozenset({"PUT release"}),
        unguarded=lambda method, path: method == "PUT" and "/files" not in path,
    ),
    "action-by-get": replace(RIGHT, unlisted=frozenset({"GET yank"})),
    "other-json-passes": replace(
        RIGHT, looks_at=lambda request: "+json" not in request.headers.get("Content-Type", "")
    ),
    "members-whole": replace(RIGHT, members_whole=True),
    "members-open": replace(RIGHT, members_open=True),
    "draft-in-list": replace(RIGHT, hidden_in_list=False),
    "draft-alone": replace(RIGHT, hidden_alone=False),
    "draft-children": replace(RIGHT, hidden_children=False),
    "draft-by-filter": replace(RIGHT, hidden_by_filter=False),
    "uploads-nest": replace(RIGHT, may_write=_uploads, nested=_merged),
    "url-contains": replace(RIGHT, url_allowed=_contains),
    "url-ends-with": replace(RIGHT, url_allowed=_ends_with),
    "url-pattern": replace(RIGHT, url_allowed=_pattern),
    "url-dots": replace(RIGHT, url_allowed=_dots),
    "url-any-scheme": replace(RIGHT, url_allowed=_any_scheme),
    "url-new-only": replace(RIGHT, urls_checked=frozenset({"POST"})),
    "url-one-field": replace(RIGHT, links=("url",)),
}
"""The rules of the index with each defect, by its name."""

VARIANTS: Mapping[str, Rules] = {
    "lookup-first": replace(RIGHT, lookup_first=True),
    "uploads": replace(RIGHT, may_write=_uploads),
    "keys-trimmed": _by_key(lambda key, given: key.fits(given.strip())),
}
"""The rules of indexes that are right in another way."""

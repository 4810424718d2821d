"""The words of `auth` and `identities` against each other."""

import json
import re
from collections.abc import Iterator, Mapping

from harness.config.faults import Fault, entries
from harness.config.shapes import KEY_SLOTS
from harness.documents import Pointer
from harness.model import Json

_IN_PARAMETERS = ("query", "form", "json", "cookie")
_PASSWORD_SLOTS = ("{key}", "{password}")
_SLOT = re.compile(r"\{[a-z_]+\}")


def faults(data: Mapping[str, Json]) -> Iterator[Fault]:
    """Everything in the two sections that contradicts itself."""
    for name, auth in entries(data, "auth").items():
        yield from _channel(("auth", name), auth)
        if isinstance(auth.get("login"), dict):
            yield from _login(("auth", name, "login"), auth["login"], auth)
    channels, accounts = entries(data, "auth"), entries(data, "identities")
    for name, account in accounts.items():
        place = ("identities", name)
        yield from _account(place, account)
        if "of" in account:
            yield from _session(place, name, account, accounts, channels)
        elif "cookie" not in account and "resource" not in account:
            yield from _channel_of(place, account, channels)
    yield from _twins(data)


def _channel(place: Pointer, auth: Mapping[str, Json]) -> Iterator[Fault]:
    channel, parameters = auth.get("channel"), auth.get("parameters")
    if channel in (*_IN_PARAMETERS, "basic", "bearer"):
        for word in auth.keys() & {"name", "template"}:
            yield Fault((*place, word), "belongs to 'channel: header' only; remove it, or use that channel")
    if channel in ("header", "basic", "bearer") and "parameters" in auth:
        known = "query, form, json and cookie"
        yield Fault((*place, "parameters"), f"belongs to the channels {known}; remove it, or use one of them")
    if channel in _IN_PARAMETERS:
        login = auth.get("login")
        session = channel == "cookie" and isinstance(login, dict) and "cookie" in login
        if parameters is None and not session:
            yield Fault(place, f"'parameters' is missing; add it, like 'parameters: {{api_key: \"{KEY_SLOTS[0]}\"}}'")
        elif isinstance(parameters, dict) and not _holds(parameters, KEY_SLOTS):
            yield Fault((*place, "parameters"), "must hold {key} in one of its values, or no secret is sent")


def _login(place: Pointer, login: Mapping[str, Json], auth: Mapping[str, Json]) -> Iterator[Fault]:
    if auth.get("channel") == "basic":
        yield Fault(place, "is of no use to 'channel: basic', which sends the password itself; remove it")
    if ("token" in login) == ("cookie" in login):
        yield Fault(place, "needs either 'token', the place of it in the answer, or 'cookie', the one that is set")
    if "cookie" in login and auth.get("channel") not in ("cookie", None):
        yield Fault((*place, "cookie"), "belongs to 'channel: cookie'; say 'token', or use that channel")
    yield from _fields(place, login, _PASSWORD_SLOTS, ("{username}", *_PASSWORD_SLOTS))
    refresh = login.get("refresh")
    if isinstance(refresh, dict):
        yield from _fields((*place, "refresh"), refresh, ("{refresh}", "{token}"), ("{refresh}", "{token}"))
        if "cookie" in login:
            yield Fault((*place, "refresh"), "renews a token, not a session; remove it")


def _fields(
    place: Pointer, words: Mapping[str, Json], needed: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Fault]:
    if ("form" in words) == ("json" in words):
        yield Fault(place, "needs its body's fields, either as 'form' or as 'json'")
        return
    word = "form" if "form" in words else "json"
    if not isinstance(words[word], dict):
        return
    told = f"{', '.join(known[:-1])} and {known[-1]}"
    if set(_SLOT.findall(json.dumps(words[word]))) - set(known):
        yield Fault((*place, word), f"only {told} can stand in braces; write the rest without braces")
    elif not _holds(words[word], needed):
        yield Fault(
            (*place, word), f"must hold {needed[0]} or {needed[1]}, or no secret is sent; put it where it belongs"
        )


def _holds(fields: Mapping[str, Json], slots: tuple[str, ...]) -> bool:
    text = json.dumps(list(fields.values()))
    return any(slot in text for slot in slots)


def _account(place: Pointer, account: Mapping[str, Json]) -> Iterator[Fault]:
    if not account.keys() & {"username", "key", "cookie", "of", "resource"}:
        yield Fault(place, "has neither 'username' nor 'key'; give it one, or remove it: a guest needs no entry")
    if account.get("privileged") is True and "may" in account:
        yield Fault((*place, "may"), "a privileged identity may do everything; remove 'may' or 'privileged'")
    for word in ("key", "auth") if "cookie" in account else ():
        if word in account:
            yield Fault((*place, word), "a session has its cookie alone; remove this, or 'cookie'")
    if account.get("cookie") == {}:
        yield Fault((*place, "cookie"), 'must name a cookie, like {sessionid: "${SESSION}"}')
    for word in ("username", "key", "cookie", "of", "state") if "resource" in account else ():
        if word in account:
            yield Fault((*place, word), "an account that the run makes gets its own; remove this, or 'resource'")


def _session(
    place: Pointer,
    name: str,
    account: Mapping[str, Json],
    accounts: Mapping[str, Mapping[str, Json]],
    channels: Mapping[str, Mapping[str, Json]],
) -> Iterator[Fault]:
    owner = account["of"]
    others = [one for one, words in accounts.items() if one != name and not words.keys() & {"of", "resource"}]
    if isinstance(owner, str) and owner not in others:
        known = f"there is {', '.join(others)}" if others else "add it"
        yield Fault((*place, "of"), f"must name an identity that has an account; {known}")
    for word in ("username", "privileged", *(() if "cookie" in account else ("key",))):
        if word in account:
            yield Fault((*place, word), "a session has those of its owner; remove this, or 'of'")
    way = account.get("auth")
    if "cookie" not in account and not (isinstance(way, str) and "login" in channels.get(way, {})):
        yield Fault(place, "is a session of nothing; say its 'cookie', or in 'auth' a way that has a 'login'")


def _channel_of(
    place: Pointer, account: Mapping[str, Json], channels: Mapping[str, Mapping[str, Json]]
) -> Iterator[Fault]:
    named = account.get("auth")
    if isinstance(named, str) and named not in channels:
        known = f"there is {', '.join(channels)}" if channels else "add that section, or remove this word"
        yield Fault((*place, "auth"), f"is no entry of 'auth'; {known}")
    elif "username" not in account and "key" in account:
        way = named if isinstance(named, str) else next(iter(channels), "")
        if _sends_username(channels.get(way, {})):
            yield Fault(place, f"'{way}' sends a user name, but this identity has no 'username'; add it")


def _sends_username(channel: Mapping[str, Json]) -> bool:
    sent = [channel.get("template"), channel.get("parameters"), channel.get("login")]
    return channel.get("channel") == "basic" or "{username}" in json.dumps(sent)


def _twins(data: Mapping[str, Json]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], str] = {}
    for name, account in entries(data, "identities").items():
        username, secret = account.get("username"), account.get("key", account.get("cookie"))
        if not isinstance(secret, str | dict) or not isinstance(username, str | None):
            continue
        first = seen.setdefault((json.dumps(username), json.dumps(secret)), name)
        if first != name:
            yield Fault(
                ("identities", name), f"is the same account as '{first}'; give it a credential of its own, or remove it"
            )

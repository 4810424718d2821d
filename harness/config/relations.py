"""Words against each other: what each of them alone may say, but not together.

These rules read plain data, not models, so that they speak up in the same run as the rules about single words.
What is ill-typed they pass over: that is said by the others.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from harness.config.base_url import BaseUrl
from harness.documents import Pointer
from harness.model import Json


class Fault(NamedTuple):
    """Something wrong at a place of the data."""

    pointer: Pointer
    what: str
    about: Pointer | None = None
    """The mapping that the message speaks of, where `pointer` is an unknown word in it."""


def faults(data: Mapping[str, Json]) -> Iterator[Fault]:
    """Everything in the file that contradicts itself, in no particular order."""
    yield from _loopback(data)
    yield from _channels(data)
    yield from _identities(data)
    yield from _twins(data)
    yield from _resources(data)
    yield from _url_rules(data)


def entries(data: Mapping[str, Json], *words: str) -> dict[str, dict[str, Json]]:
    """Name -> mapping for the well-formed entries of a section."""
    section: Json = data
    for word in words:
        section = section.get(word) if isinstance(section, dict) else None
    if not isinstance(section, dict):
        return {}
    return {name: entry for name, entry in section.items() if isinstance(entry, dict)}


def _loopback(data: Mapping[str, Json]) -> Iterator[Fault]:
    try:
        own = BaseUrl.parse(str(data.get("base_url"))).is_loopback
    except ValueError:
        return
    if not own:
        yield Fault(
            ("base_url",),
            "only loopback addresses can be tested until ownership can be proved; use 127.0.0.1, [::1] or localhost",
        )


def _channels(data: Mapping[str, Json]) -> Iterator[Fault]:
    for name, auth in entries(data, "auth").items():
        if auth.get("channel") in ("basic", "bearer"):
            for word in auth.keys() & {"name", "template"}:
                yield Fault(("auth", name, word), "belongs to 'channel: header' only; remove it, or use that channel")


def _identities(data: Mapping[str, Json]) -> Iterator[Fault]:
    channels = entries(data, "auth")
    for name, identity in entries(data, "identities").items():
        place = ("identities", name)
        if not identity.keys() & {"username", "key"}:
            yield Fault(place, "has neither 'username' nor 'key'; give it one, or remove it: a guest needs no entry")
        if identity.get("privileged") is True and "may" in identity:
            yield Fault((*place, "may"), "a privileged identity may do everything; remove 'may' or 'privileged'")
        yield from _channel_of(place, identity, channels)


def _channel_of(
    place: Pointer, identity: Mapping[str, Json], channels: Mapping[str, Mapping[str, Json]]
) -> Iterator[Fault]:
    named = identity.get("auth")
    if isinstance(named, str) and named not in channels:
        known = f"there is {', '.join(channels)}" if channels else "add that section, or remove this word"
        yield Fault((*place, "auth"), f"is no entry of 'auth'; {known}")
    elif "auth" not in identity and len(channels) > 1:
        yield Fault(place, f"several ways are under 'auth'; say which is its own: 'auth: {' | '.join(channels)}'")
    elif "username" not in identity and identity.keys() & {"key"}:
        way = named if isinstance(named, str) else next(iter(channels), "")
        if _sends_username(channels.get(way, {})):
            yield Fault(place, f"'{way}' sends a user name, but this identity has no 'username'; add it")


def _sends_username(channel: Mapping[str, Json]) -> bool:
    return channel.get("channel") == "basic" or "{username}" in str(channel.get("template"))


def _twins(data: Mapping[str, Json]) -> Iterator[Fault]:
    seen: dict[tuple[Json, str], str] = {}
    for name, identity in entries(data, "identities").items():
        username, key = identity.get("username"), identity.get("key")
        if not isinstance(key, str) or not isinstance(username, str | None):
            continue
        first = seen.setdefault((username, key), name)
        if first != name:
            yield Fault(
                ("identities", name), f"is the same account as '{first}'; give it a credential of its own, or remove it"
            )


def _resources(data: Mapping[str, Json]) -> Iterator[Fault]:
    for name, resource in entries(data, "resources").items():
        place, item = resource.get("id"), resource.get("item")
        if isinstance(place, str) and isinstance(item, str) and place.startswith("path:"):
            slot = f"{{{place.removeprefix('path:')}}}"
            if slot not in item:
                yield Fault(("resources", name, "id"), f"'item' has no {slot}; name a part of its path")


def _url_rules(data: Mapping[str, Json]) -> Iterator[Fault]:
    for name, rule in entries(data, "urls", "fields").items():
        place = ("urls", "fields", name)
        if not rule:
            yield Fault(place, "says nothing; give it 'allow', 'suffix_of' or 'rule: none'")
        if "rule" in rule and len(rule) > 1:
            yield Fault((*place, "rule"), "'none' stands alone; remove it, or the other words of this field")
        if "suffix" in rule and "suffix_of" not in rule:
            yield Fault((*place, "suffix"), "needs 'suffix_of', the field that it is added to")
        if "suffix_of" in rule and "suffix" not in rule:
            yield Fault((*place, "suffix_of"), "needs 'suffix', the text that is added")
        if rule.get("suffix_of") == name:
            yield Fault((*place, "suffix_of"), "is this field itself; name the one that it follows")

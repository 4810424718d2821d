"""Ways in that the document declares and the target file does not use: none of them is to be a door of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.config import Login, Target
from harness.credentials import Channel
from harness.model import Identity, Json, Operation
from harness.openapi import LogIn, channels, logins
from harness.resources.paths import shape


@dataclass(frozen=True, slots=True)
class Door:
    """A login of the document that the target file does not name, and who may be known there."""

    channel: Channel
    """Its name is that of the operation; nothing but the login itself is ever sent by it."""
    who: Identity
    """Somebody with a password, of whom it is not known whether this is the place for it."""
    login: Login


def declared_besides(told: Mapping[str, Channel], document: Mapping[str, Json]) -> dict[str, Channel]:
    """Channels of the document's security schemes, by name, that are like none of those that are told, nor like each
    other."""
    found = dict[str, Channel]()
    for scheme, one in channels(document).items():
        name = f"{scheme} of the document" if scheme in told else scheme
        channel = Channel.of(name, one["channel"], one["name"], one["template"])
        if not any(same_way(other, channel) for other in (*told.values(), *found.values())):
            found[name] = channel
    return found


def doors(
    target: Target, identities: Sequence[Identity], told: Mapping[str, Channel], document: Mapping[str, Json]
) -> tuple[dict[str, Door], list[str]]:
    """The document's logins that the target file does not name, by operation; and those for which nobody of it has a
    password that might be the right one."""
    known = {shape(one.login.operation) for one in target.auth.values() if one.login}
    more = [one for one in logins(document, target.base_url.prefix) if shape(one.operation) not in known]
    who = next(_with_passwords(identities, told), None)
    if who is None:
        return {}, [one.operation for one in more]
    return {one.operation: _door(one, who) for one in more}, []


def _with_passwords(identities: Sequence[Identity], told: Mapping[str, Channel]) -> Iterator[Identity]:
    for one in identities:
        channel = told[one.auth]
        if one.key and one.username and one.state is None and (channel.login or channel.encoded):
            yield one


def _door(login: LogIn, who: Identity) -> Door:
    fields = {login.username: "{username}", login.password: "{password}"}
    if login.body == "form" and not login.told:
        # RFC 6749, 4.3.2: a server may ask for it.
        fields = {"grant_type": "password", **fields}
    words = Login.model_validate({"operation": login.operation, login.body: fields, "token": login.token})
    channel = replace(Channel.of(login.operation, "bearer", login=True), name=login.operation)
    return Door(channel, replace(who, auth=login.operation), words)


def same_way(one: Channel, other: Channel) -> bool:
    """Whether two channels are one way in. A document that names a header may leave open what stands in it."""
    if one.place != other.place:
        return False
    if one.place == "header":
        words = {one.scheme.lower(), other.scheme.lower()}
        return one.header.lower() == other.header.lower() and (len(words) == 1 or "" in words)
    return not _names(one).isdisjoint(_names(other))


def other_ways(ways: Iterable[Channel], own: Channel, operation: Operation) -> tuple[Channel, ...]:
    """The ways that are not one's own, and whose names mean nothing else in the operation."""
    return tuple(one for one in ways if not same_way(one, own) and not _is_data(one, operation))


def _is_data(channel: Channel, operation: Operation) -> bool:
    known = {one.name.lower() for one in operation.parameters if one.place == channel.place}
    if channel.place in ("form", "json"):
        known = {one.lower() for one in (operation.body_schema or {}).get("properties", {})}
    return not _names(channel).isdisjoint(known)


def _names(channel: Channel) -> set[str]:
    return {name.lower() for name, _ in channel.parameters}

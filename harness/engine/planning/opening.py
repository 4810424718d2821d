"""From a target file to what a run starts from: the wire, the document, the resources."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from harness import documents
from harness.config import Target, load
from harness.credentials import Channel, Signer
from harness.engine.planning.ways_in import Door, declared_besides, doors
from harness.engine.sending.asking import forms
from harness.engine.sending.awaiting import Waiting, await_target
from harness.engine.sending.consent import ask_consent
from harness.engine.sending.patience import Insistent
from harness.errors import ConfigError, DocumentError, Problem, Unreachable, UsageError
from harness.identities import Logins
from harness.model import WRITES, Exchange, Identity, Operation, Parameter, Request, Send
from harness.openapi import Reading, Unsatisfiable, bundled, channels, read_operations, untried_schemes
from harness.oracle import denied_by
from harness.resources import Graph, asked, build_graph
from harness.resources.paths import PARAMETER, shape
from harness.wire import Pace, Redactor, Wire

_IN_HEADERS = ("header", "basic", "bearer")


@dataclass(frozen=True)
class Opened:
    """A target, ready to be planned for. Nothing but the document was asked of it, and what that needs."""

    target: Target
    identities: tuple[Identity, ...]
    sessions: tuple[Identity, ...]
    """Other ways in for some of the identities."""
    made: tuple[Identity, ...]
    """Accounts that a run makes for itself; they have no credential yet."""
    channels: Mapping[str, Channel]
    wire: Wire
    redactor: Redactor
    signer: Signer
    logins: Logins
    """Nobody is logged in yet."""
    document: bytes
    document_name: str
    reading: Reading
    graph: Graph
    declared: Mapping[str, Channel] = field(default_factory=dict)
    """Ways in of the document that the target file does not use."""
    untried: Mapping[str, str] = field(default_factory=dict)
    """Ways in of the document that nothing can be sent for, with why."""
    doors: Mapping[str, Door] = field(default_factory=dict)
    """Logins of the document that the target file does not name, by operation."""
    shut: tuple[str, ...] = ()
    """Those for which the target file has no password."""
    unlisted: tuple[str, ...] = ()
    """Logins that the document does not have among its operations."""

    @property
    def ways(self) -> Mapping[str, Channel]:
        """Every way in: those that identities use, and those that the document declares besides."""
        return {**self.channels, **self.declared}

    @property
    def document_digest(self) -> str:
        """SHA-256 of the document as it was read, in hexadecimal."""
        return sha256(self.document).hexdigest()


def open_target(
    path: Path,
    environment: Mapping[str, str],
    base_url: str | None = None,
    document: bytes | None = None,
    silent: bool = False,
    waiting: Waiting | None = None,
) -> Opened:
    """Reads the target file and its document, which is fetched where the target serves it and `document` does not
    give it. `silent` where nothing is to be sent, by anybody, so that no owner has to be asked. `waiting` is for a
    target that is still starting.

    Raises ConfigError, DocumentError, or Unreachable where the target does not serve it.
    """
    target = load(path, environment=environment, base_url=base_url)
    redactor = Redactor(target.secrets())
    pace = Pace(target.rate)
    wire = _wire(target, redactor, pace, reads_only=target.reads_only)
    if silent:
        wire.close()
    else:
        if waiting:
            await_target(target, lambda seconds: _once(target, seconds), waiting)
        ask_consent(target, Insistent(wire))
    name = target.openapi
    data = document if document is not None else _document(target, wire, redactor, pace)
    parsed = documents.parse(data, name)
    if not isinstance(parsed.data, dict):
        raise DocumentError(f"{name}: this is no OpenAPI document; its top is no mapping")
    whole = parsed.data
    if target.document_file is not None and document is None:
        whole = bundled(parsed.data, target.document_file, target.source.parent)
        # What is kept for cleaning up must do without the other files.
        data = data if whole == parsed.data else json.dumps(whole).encode()
    try:
        read = read_operations(whole, base_path=target.base_url.prefix, line=parsed.line)
    except DocumentError as error:
        raise DocumentError(f"{name}: {error}") from None
    reading = _added(target, read)
    found = _channels(target, whole)
    declared = declared_besides(found, whole)
    reading = replace(reading, operations=tuple(_askable(one, target, found) for one in reading.operations))
    identities = tuple(one if one.auth else replace(one, auth=next(iter(found))) for one in target.identities)
    made = tuple(one if one.auth else replace(one, auth=next(iter(found))) for one in target.made)
    _check_names(target, identities, found)
    more, shut = doors(target, identities, found, whole)
    listed = {one.name for one in reading.operations}
    reading = _with_logins(reading, [*_logins_of(target), *more, *shut])
    of_doors = {name: one.channel for name, one in more.items()}
    signer = Signer(found | declared | of_doors, (*identities, *target.sessions), target.variables)
    logins = Logins(Insistent(_wire(target, Redactor({}), pace)), signer, target, redactor)
    for door in more.values():
        logins.set_aside(door.who, door.login)
    try:
        graph = build_graph(reading.operations, target)
    except UsageError:
        wire.close()
        raise
    signer.takes_form = forms((*reading.operations, *graph.undeclared))
    return Opened(
        target,
        identities,
        target.sessions,
        made,
        found,
        wire,
        redactor,
        signer,
        logins,
        data,
        name,
        reading,
        graph,
        declared,
        untried_schemes(whole),
        more,
        tuple(shut),
        tuple(one.name for one in reading.operations if one.name not in listed),
    )


def carried(found: Mapping[str, Channel]) -> frozenset[tuple[str, str]]:
    """`header` or `query` and name of every place where a credential may ride."""
    headers = {("header", one.header.lower()) for one in found.values() if one.header}
    pairs = (name for one in found.values() if one.place == "query" for name, _ in one.parameters)
    return frozenset(headers | {("query", name.lower()) for name in pairs})


def _askable(operation: Operation, target: Target, found: Mapping[str, Channel]) -> Operation:
    """The operation, said to be broken where a parameter that it requires cannot be given."""
    try:
        asked(operation, target, carried(found))
    except Unsatisfiable as error:
        return replace(operation, broken=operation.broken or str(error))
    return operation


def _document(target: Target, wire: Wire, redactor: Redactor, pace: Pace) -> bytes:
    if target.document_path is None:
        file = target.document_file
        assert file is not None
        try:
            with file.open("rb") as opened:
                return opened.read(documents.MAX_BYTES + 1)
        except OSError as error:
            raise UsageError(
                f"{file}: the OpenAPI document cannot be read ({error.strerror}); check `openapi:`"
            ) from None
    exchange = _asked(target, target.document_path, wire, redactor, pace)
    if exchange.status is None:
        raise Unreachable(f"{target.base_url}: no answer ({exchange.failure}); is the target running there?")
    if not exchange.ok:
        raise Unreachable(f"{target.base_url}: {target.document_path} answers {exchange.status}; check `openapi:`")
    return exchange.body


def _asked(target: Target, path: str, wire: Wire, redactor: Redactor, pace: Pace) -> Exchange:
    """The document as it is served to a guest, or to the identity that the target file names for it."""
    name = target.document.as_
    if name is None:
        return Insistent(wire)(Request("GET", path), "document")
    signer = Signer(_told_channels(target), [target.identity(name)], target.variables)
    logins = Logins(Insistent(_wire(target, Redactor({}), pace)), signer, target, redactor)
    logins.open()
    if name in logins.failures:
        raise Unreachable(f"{target.source}: openapi.as: {name}: {logins.failures[name]}")
    return Insistent(wire)(signer.signed("GET", path, name), "document")


def _wire(target: Target, redactor: Redactor, pace: Pace, reads_only: bool = False) -> Wire:
    """A wire to the target. Logins have one whose redactor knows nothing, and keep nothing of an answer: on another a
    token that resembles a known one, or is one, would not arrive as it was sent."""
    limits = target.limits
    wire = Wire(
        str(target.base_url),
        redact=redactor,
        deadline=limits.deadline,
        budget=target.requests(),
        ca=target.ca,
        reads_only=reads_only,
        pace=pace,
        keeps=limits.concurrency != 1,
    )
    if target.denied_when:
        wire.denies = partial(denied_by, target.denied_when)
    return wire


def _once(target: Target, seconds: float) -> Send:
    """Sends one request, on a wire of its own that is closed behind it."""

    def sent(request: Request, line: str) -> Exchange:
        wire = Wire(str(target.base_url), redact=Redactor({}), deadline=seconds, budget=2, ca=target.ca)
        try:
            return wire(request, line)
        finally:
            wire.close()

    return sent


def _added(target: Target, reading: Reading) -> Reading:
    """The operations with those that the document leaves out."""
    known = {one.name for one in reading.operations}
    more = [_unreadable(target, name, why) for name, why in reading.broken if name.partition(" ")[0] in WRITES]
    for one in target.operations.add:
        method, _, path = one.operation.partition(" ")
        if one.operation not in known:
            more.append(Operation(method, path, _parameters_of(path), declared_open=one.public))
    return replace(reading, operations=(*reading.operations, *more))


def _with_logins(reading: Reading, names: Iterable[str]) -> Reading:
    """The operations with those of these logins that are not among them."""
    known = {shape(one.name) for one in reading.operations}
    more = [one.partition(" ") for one in names if shape(one) not in known]
    added = (Operation(method, path, declared_open=True) for method, _, path in more)
    return replace(reading, operations=(*reading.operations, *added))


def _logins_of(target: Target) -> list[str]:
    return [one.login.operation for one in target.auth.values() if one.login]


def _unreadable(target: Target, name: str, why: str) -> Operation:
    """A write that the document names and does not tell: it has to be in the plan, or nobody would miss it."""
    method, _, path = name.partition(" ")
    return Operation(method, target.base_url.prefix + path, _parameters_of(path), broken=why)


def _parameters_of(path: str) -> tuple[Parameter, ...]:
    """The parameters of a path of which nothing but their names is told."""
    return tuple(Parameter(name, "path", True, {"type": "string"}) for name in PARAMETER.findall(path))


def _channels(target: Target, document: Mapping[str, object]) -> dict[str, Channel]:
    """Channels by name: the target's, else those of the document, of which the ones in a header come first."""
    if target.auth:
        return _told_channels(target)
    told = sorted(channels(document).items(), key=lambda pair: pair[1]["channel"] not in _IN_HEADERS)
    if not told and target.identities and not all(one.auth for one in target.identities):
        where = f"{target.source}: the document does not say how a credential rides; say so under `auth:`"
        raise UsageError(where)
    found = {name: Channel.of(name, one["channel"], one["name"], one["template"]) for name, one in told}
    return found | _told_channels(target)


def _told_channels(target: Target) -> dict[str, Channel]:
    """The channels that the target file names, and one for the cookies of each session."""
    named = {
        name: replace(
            Channel.of(
                name, one.channel, one.name, one.template, one.pairs, login=one.login is not None, legacy=one.legacy
            ),
            key_alone=not one.named,
            subject=one.jwt.subject if one.jwt else "",
        )
        for name, one in target.auth.items()
    }
    sessions = (one for one in (*target.identities, *target.sessions) if one.cookies)
    return named | {one.auth: Channel.of(one.auth, "cookie", one.cookies[0][0]) for one in sessions}


def _check_names(target: Target, identities: tuple[Identity, ...], found: Mapping[str, Channel]) -> None:
    problems = [
        Problem(str(target.source), f"identities.{one.name}: its credential carries a name; add `username:`")
        for one in identities
        if found[one.auth].named and one.username is None
    ]
    problems += [
        Problem(str(target.source), f"identities.{one.name}: a header cannot carry its name or key; use ASCII")
        for one in identities
        if found[one.auth].place == "header" and not _fits_a_header(one, found[one.auth])
    ]
    if problems:
        raise ConfigError(problems)


def _fits_a_header(identity: Identity, channel: Channel) -> bool:
    key = identity.key.reveal() if identity.key else ""
    told = (identity.username or "") + ("" if channel.encoded else key)
    return told.isprintable() and all(ord(char) < 256 for char in told)

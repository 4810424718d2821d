"""From a target file to what a run starts from: the wire, the document, the resources."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from harness import documents
from harness.config import Target, load
from harness.credentials import Channel, Signer
from harness.errors import ConfigError, DocumentError, Problem, Unreachable, UsageError
from harness.model import Identity, Request
from harness.openapi import Reading, channels, read_operations
from harness.resources import Graph, build_graph
from harness.wire import Redactor, Wire


@dataclass(frozen=True)
class Opened:
    """A target, ready to be planned for. Nothing but the document was asked of it."""

    target: Target
    identities: tuple[Identity, ...]
    channels: Mapping[str, Channel]
    wire: Wire
    redactor: Redactor
    signer: Signer
    document: bytes
    document_name: str
    reading: Reading
    graph: Graph

    @property
    def document_digest(self) -> str:
        """SHA-256 of the document as it was read, in hexadecimal."""
        return sha256(self.document).hexdigest()


def open_target(
    path: Path, environment: Mapping[str, str], base_url: str | None = None, document: bytes | None = None
) -> Opened:
    """Reads the target file and its document, which is fetched where the target serves it and `document` does not
    give it.

    Raises ConfigError, DocumentError, or Unreachable where the target does not serve it.
    """
    target = load(path, environment=environment, base_url=base_url)
    redactor = Redactor(target.secrets())
    wire = Wire(str(target.base_url), redact=redactor, deadline=target.limits.deadline, budget=target.limits.requests)
    name = target.openapi
    data = document if document is not None else _document(target, wire)
    parsed = documents.parse(data, name)
    if not isinstance(parsed.data, dict):
        raise DocumentError(f"{name}: this is no OpenAPI document; its top is no mapping")
    reading = read_operations(parsed.data, base_path=target.base_url.prefix, line=parsed.line)
    found = _channels(target, parsed.data)
    identities = tuple(one if one.auth else replace(one, auth=next(iter(found))) for one in target.identities)
    _check_names(target, identities, found)
    signer = Signer(found, identities, target.variables)
    graph = build_graph(reading.operations, target)
    return Opened(target, identities, found, wire, redactor, signer, data, name, reading, graph)


def _document(target: Target, wire: Wire) -> bytes:
    if target.document_path is None:
        file = target.document_file
        assert file is not None
        try:
            return file.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{file}: the OpenAPI document cannot be read ({error.strerror}); check `openapi:`"
            ) from None
    exchange = wire(Request("GET", target.document_path), "document")
    if exchange.status is None:
        raise Unreachable(f"{target.base_url}: no answer ({exchange.failure}); is the target running there?")
    if not exchange.ok:
        raise Unreachable(f"{target.base_url}: {target.document_path} answers {exchange.status}; check `openapi:`")
    return exchange.body


def _channels(target: Target, document: Mapping[str, object]) -> dict[str, Channel]:
    """Channels by name: the target's, else those of the document that ride in a header."""
    if target.auth:
        return {name: Channel.of(name, one.channel, one.name, one.template) for name, one in target.auth.items()}
    told = {name: one for name, one in channels(document).items() if one["channel"] in ("header", "basic", "bearer")}
    if not told and target.identities:
        where = f"{target.source}: the document names no header that a credential rides in; say so under `auth:`"
        raise UsageError(where)
    return {name: Channel.of(name, one["channel"], one["name"], one["template"]) for name, one in told.items()}


def _check_names(target: Target, identities: tuple[Identity, ...], found: Mapping[str, Channel]) -> None:
    problems = [
        Problem(str(target.source), f"identities.{one.name}: its credential carries a name; add `username:`")
        for one in identities
        if found[one.auth].named and one.username is None
    ]
    if problems:
        raise ConfigError(problems)

"""Where the document is: in a file, at a URL, or at one of the usual places below a URL.

Everything is asked of one origin, once, and no redirect is followed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from harness import documents
from harness.config import BaseUrl
from harness.engine.sending.consent import ask_host
from harness.errors import ConfigError, Unreachable, UsageError
from harness.model import Json, Request
from harness.openapi import bundled
from harness.wire import Pace, Redactor, Wire

USUAL = (
    *("/openapi.json", "/openapi.yaml", "/swagger.json", "/swagger.yaml", "/api/openapi.json", "/api/schema/"),
    *("/api/swagger.json", "/api-docs", "/v3/api-docs", "/v2/api-docs", "/swagger/v1/swagger.json", "/apispec.json"),
    *("/openapi", "/schema/", "/docs/openapi.json", "/api/v1/openapi.json", "/swagger/?format=openapi"),
)
"""Where frameworks serve their documents."""
REMOTE_RATE = 10.0
PROOF = "HOLDFAST_PROOF"
_SILENT = frozenset({"refused", "deadline", "unresolved", "unreachable"})


@dataclass(frozen=True, slots=True)
class Found:
    """A document, and where it is."""

    data: Mapping[str, Json] = field(repr=False)
    openapi: str
    """What the target file calls it: a path under the base URL, or a file beside the target file."""
    base_url: BaseUrl | None
    """Where the API is; None where that is not known."""
    told: str
    """Where it was found, for people."""

    @property
    def raw(self) -> bytes:
        """The document as JSON."""
        return json.dumps(self.data).encode()


def from_file(path: Path, out: Path, base_url: str | None) -> Found:
    """The document in a file, for a target file at `out`. Raises UsageError for what cannot be read or named."""
    folder = out.resolve().parent
    try:
        with path.open("rb") as opened:
            data = opened.read(documents.MAX_BYTES + 1)
        place = path.resolve(strict=True)
    except OSError as error:
        reason = (error.strerror or "no such file").lower()
        raise UsageError(f"{path}: cannot be read ({reason}); name a URL of the API, or its OpenAPI document") from None
    parsed = documents.parse(data, str(path)).data
    if not _is_document(parsed):
        raise UsageError(f"{path}: is no OpenAPI document; it must say `openapi: 3.…` or `swagger: '2.0'`")
    if not place.is_relative_to(folder):
        raise UsageError(f"{path}: lies outside {folder}, where the target file would be; say --out {place.parent}/…")
    whole = bundled(parsed, place, folder)
    return Found(whole, place.relative_to(folder).as_posix(), _base_url(base_url) or _local_server(whole), str(path))


def from_url(url: str, base_url: str | None, proof: str | None) -> Found:
    """The document at a URL, or at a usual place below it. Raises UsageError, or Unreachable where nothing answers."""
    origin, path = _parts(url)
    base = _base_url(base_url)
    if base is not None and base.origin != origin.origin:
        raise UsageError(f"--base-url: is not the host of {origin.origin}; save the document to a file, and name that")
    if not origin.is_loopback and not proof:
        raise UsageError(
            f"{origin.origin}: is not this machine, and nothing shows that its owner wants it tested; run "
            f"`holdfast proof`, serve its token there, and set {PROOF}; or name the document as a file"
        )
    pace = Pace(None if origin.is_loopback else REMOTE_RATE)
    wire = Wire(origin.origin, redact=Redactor({}), budget=3 + 2 * len(USUAL), pace=pace)
    try:
        if proof and not origin.is_loopback:
            ask_host(origin, proof, PROOF, wire)
        place, data = _searched(wire, origin, path)
    finally:
        wire.close()
    chosen = base or _base_of(origin, path, place, data)
    prefix = chosen.prefix if place.startswith(f"{chosen.prefix}/") else ""
    if prefix != chosen.prefix:
        raise UsageError(f"--base-url: the document is at {place}, which is not below it; leave its path out")
    return Found(data, place.removeprefix(prefix), chosen, f"{origin.origin}{place}")


def _searched(wire: Wire, origin: BaseUrl, path: str) -> tuple[str, Mapping[str, Json]]:
    """Path and data of the first document that is served."""
    refused = ""
    for place in dict.fromkeys(_places(path)):
        answer = wire(Request("GET", place), "document")
        if answer.status is None and answer.failure in _SILENT:
            raise Unreachable(f"{origin.origin}: no answer ({answer.failure}); is the API running there?")
        refused = refused or (f"; {place} answers {answer.status}" if answer.status in (401, 403) else "")
        parsed = _parsed(answer.body, place) if answer.ok else None
        if isinstance(parsed, dict) and _is_document(parsed):
            return place, parsed
    places = f"{path or '/'} and the {len(USUAL)} usual places"
    raise UsageError(f"{origin.origin}: no OpenAPI document at {places}{refused}; name its URL, or save it to a file")


def _places(path: str) -> Iterator[str]:
    if path.strip("/"):
        yield path
        yield from (path.partition("?")[0].rstrip("/") + one for one in USUAL)
    yield from USUAL


def _base_of(origin: BaseUrl, path: str, place: str, data: Mapping[str, Json]) -> BaseUrl:
    """The origin; with the path that was named in front, where paths in the document do not hold it."""
    front = path.rstrip("/")
    paths = data.get("paths")
    known = [one for one in paths if isinstance(one, str)] if isinstance(paths, Mapping) else []
    told = bool(data.get("servers") or data.get("basePath"))
    if not front or place == path or not place.startswith(f"{front}/") or told:
        return origin
    return origin if known and all(one.startswith(f"{front}/") for one in known) else BaseUrl.parse(f"{origin}{front}")


def _local_server(data: Mapping[str, Json]) -> BaseUrl | None:
    """The document's own server, where it is this machine: any other is not touched for being named there."""
    servers = data.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, Mapping) else None
    host = data.get("host")
    text = url if isinstance(url, str) else f"http://{host}" if isinstance(host, str) else ""
    try:
        parts = urlsplit(text)
        found = BaseUrl.parse(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return None
    return found if found.is_loopback else None


def _base_url(text: str | None) -> BaseUrl | None:
    try:
        return BaseUrl.parse(text) if text is not None else None
    except ValueError as error:
        raise UsageError(f"--base-url: {error}") from None


def _parts(url: str) -> tuple[BaseUrl, str]:
    """The origin of a URL, and its path with the query."""
    try:
        parts = urlsplit(url)
        origin = BaseUrl.parse(f"{parts.scheme}://{parts.netloc}")
    except ValueError as error:
        raise UsageError(f"the URL {error}") from None
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if not all("!" <= char <= "~" for char in path):
        raise UsageError("the URL holds characters that have to be percent-encoded; write it as a browser sends it")
    return origin, path


def _parsed(data: bytes, name: str) -> Json:
    try:
        return documents.parse(data, name).data
    except ConfigError:
        return None


def _is_document(data: Json) -> bool:
    return isinstance(data, dict) and ("openapi" in data or "swagger" in data)

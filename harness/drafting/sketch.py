"""What a document says of an API, as the words of a target file, each with what it rests on. Nothing is asked."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.config import BaseUrl
from harness.drafting.finding import Found
from harness.drafting.text import flow
from harness.drafting.ways import Way
from harness.engine import Opened, open_target
from harness.model import Json, Operation
from harness.openapi import Unsatisfiable
from harness.resources import Resource, place_schema, spellings, switch_of, template
from harness.resources.schemas import field_schema, is_free_text, resolved

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NAMED = re.compile(r"[A-Z]+ /[\x21-\x7e]*")
"""Operations that a target file can name."""
_HOST = re.compile(r"\^?(https?)://((?:[A-Za-z0-9-]|\\?\.)+)/")
_SAMPLE = "sample-value-that-is-no-key-00000000"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that only the owner can say."""

    place: str
    """Word of the target file, as `identities.admin.username`."""
    what: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource, as `resources` may name it."""

    name: str
    words: Mapping[str, Json]
    notes: tuple[str, ...]
    """What was inferred of it, a line each."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """All that a document tells."""

    title: str
    version: str
    ways: tuple[Way, ...]
    public: tuple[str, ...] | None
    """What guests may do; None where the document does not say."""
    unsaid: bool
    """Whether it says so of some operations, and of some reads neither that they need a credential nor that they do
    not."""
    kinds: tuple[Kind, ...]
    never: tuple[tuple[str, str], ...]
    """Writes that no run can judge, each with why."""
    url_fields: Mapping[str, Mapping[str, Json]]
    """URL fields, each with what its rule says beside `urls.allow`; empty where it says nothing."""
    deep_fields: tuple[str, ...]
    """URL fields below the top of a body, by their paths."""
    hosts: tuple[str, ...]
    """Where patterns of the document let URL fields point."""
    patterned: tuple[str, ...]
    """The URL fields that have such a pattern."""
    needs: tuple[Need, ...]


def sketched(found: Found, ways: tuple[Way, ...]) -> Sketch:
    """Reads the document. Raises DocumentError where it is none."""
    opened = _opened(found, ways)
    data = found.data
    info = data.get("info")
    title = str(info.get("title") or "") if isinstance(info, Mapping) else ""
    version = f"OpenAPI {data['openapi']}" if "openapi" in data else f"Swagger {data.get('swagger')}"
    fields = dict(_url_fields(opened))
    return Sketch(
        title,
        version,
        ways,
        _public(opened.reading.operations),
        any(
            one.method == "GET" and not (one.declared_open or one.declared_guarded) for one in opened.reading.operations
        ),
        tuple(_kind(one, opened) for one in opened.graph.resources),
        tuple(_never(opened, ways)),
        {name: rule for name, (rule, _) in fields.items()},
        tuple(dict.fromkeys(name for one in opened.graph.resources for name in one.deep_url_fields)),
        tuple(dict.fromkeys(host for _, host in fields.values() if host)),
        tuple(name for name, (_, host) in fields.items() if host),
        tuple(_needs(opened)),
    )


def _opened(found: Found, ways: tuple[Way, ...]) -> Opened:
    """The document as a run would have it. The address is this machine's, and nothing is sent there."""
    prefix = found.base_url.prefix if found.base_url else ""
    way = ways[0] if ways else Way("none", {"channel": "bearer"}, "")
    words: dict[str, Json] = {
        "version": 1,
        "name": "sketch",
        "base_url": str(BaseUrl.parse(f"http://127.0.0.1{prefix}")),
        "openapi": found.openapi,
        "auth": {one.name: dict(one.words) for one in ways or (way,)},
        "identities": {"admin": {"username": "sketch", "key": "${SKETCH}", "auth": way.name, "privileged": True}},
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "target.yaml")
        file.write_text("".join(f"{name}: {flow(value)}\n" for name, value in words.items()))
        opened = open_target(file, {"SKETCH": _SAMPLE}, document=found.raw)
    opened.wire.close()
    return opened


def _public(operations: tuple[Operation, ...]) -> tuple[str, ...] | None:
    if not any(one.declared_open or one.declared_guarded for one in operations):
        return None
    reads = [one for one in operations if one.method == "GET"]
    writes = tuple(one.name for one in operations if one.writes and one.declared_open and _NAMED.fullmatch(one.name))
    if reads and all(one.declared_open for one in reads):
        return ("GET /**", *writes)
    return (*(one.name for one in reads if one.declared_open and _NAMED.fullmatch(one.name)), *writes)


def _kind(resource: Resource, opened: Opened) -> Kind:
    words: dict[str, Json] = {}
    create = next(iter(resource.creators), None)
    body = resolved(create.body_schema if create else None)
    if resource.marker and _FIELD.fullmatch(resource.marker):
        words["marker"] = resource.marker
    unique = [name for name in body.get("properties", {}) if _unique(body, name) and _FIELD.fullmatch(name)]
    if unique:
        words["unique"] = unique
    read, switch = resource.operation("GET", "item"), switch_of(resource)
    hidden = switch and read and read.declared_open and _FIELD.fullmatch(switch[0])
    if switch and hidden:
        words |= {"body": {switch[0]: switch[1]}, "draft": {switch[0]: not switch[1]}}
    notes = [f"{switch[0]}: taken for what shows it to guests, by its name"] if switch and hidden else []
    return Kind(resource.name, words, (*_notes(resource, unique), *notes))


def _unique(body: Mapping[str, Json], name: str) -> bool:
    """Whether no two objects may have the same value there, which a text has to be fresh for."""
    schema = field_schema(body, name)
    told = bool(schema.get("x-unique")) or re.search(r"\bunique\b", str(schema.get("description", "")), re.IGNORECASE)
    return bool(told) and (is_free_text(schema) or schema.get("format") in ("uri", "url"))


def _notes(resource: Resource, unique: list[str]) -> Iterator[str]:
    made = ", ".join(one.name for one in resource.creators) or "nothing"
    removed = resource.operation("DELETE", "item")
    yield f"made by {made}; read at {resource.item_path}; removed by {removed.name if removed else 'nothing'}"
    if removed is None and resource.creators:
        yield "what a run makes of it stays: nothing in the document removes it"
    for link in resource.links:
        yield f"{link.field} names one of {link.resource}, which a run makes first"
    if unique:
        yield f"{', '.join(unique)}: fresh for every object, as the document calls it unique"


def _url_fields(opened: Opened) -> Iterator[tuple[str, tuple[dict[str, Json], str]]]:
    """Name, rule beside the prefixes, and host that a pattern names, of every URL field of a body."""
    for resource in opened.graph.resources:
        for operation in (one for one in opened.reading.operations if one.writes and one.body_schema):
            role = opened.graph.roles.get(operation.name)
            if role is None or role[0] != resource:
                continue
            body = resolved(operation.body_schema)
            for name in resource.url_rules:
                schema = place_schema(body, name) or {}
                host = _HOST.match(str(schema.get("pattern", "")))
                told = f"{host[1]}://{host[2].replace(chr(92), '')}/" if host else ""
                last = name.rpartition(".")[2]
                if schema and _FIELD.fullmatch(last):
                    yield last, (_derived(schema), told)


def _derived(schema: Mapping[str, Json]) -> dict[str, Json]:
    told = schema.get("x-derived-from")
    if not isinstance(told, Mapping) or not all(isinstance(told.get(name), str) for name in ("field", "suffix")):
        return {}
    return {"suffix_of": told["field"], "suffix": told["suffix"]}


def _never(opened: Opened, ways: tuple[Way, ...]) -> Iterator[tuple[str, str]]:
    logins = {one.words["login"]["operation"] for one in ways if "login" in one.words}
    for operation in opened.reading.operations:
        named = _NAMED.fullmatch(operation.name)
        known = operation.name in opened.graph.roles or operation.name in logins
        if not operation.writes or known or not named:
            continue
        scoped = _scope(operation, opened)
        advice = f"; if it removes what its query names, say {scoped} instead" if scoped else ""
        yield operation.name, f"makes or changes nothing that could be read back, so nothing could be told{advice}"


def _scope(operation: Operation, opened: Opened) -> str:
    """The word for a DELETE of all that hangs on what its query names; empty where it seems to be none."""
    names = {word: one.name for one in opened.graph.resources for word in spellings(one.name)}
    wanted = [one.name for one in operation.parameters if one.place == "query" and one.name in names]
    removed = [one for one in opened.graph.resources if operation.path.startswith(one.list_path.rstrip("/") + "/")]
    if operation.method != "DELETE" or not wanted or not removed:
        return ""
    query = {wanted[0]: f"{{{names[wanted[0]]}.id}}"}
    words = {"operation": operation.name, "removes": removed[-1].name, "query": query}
    return f"operations: {{scoped: [{flow(words)}]}}"


def _needs(opened: Opened) -> Iterator[Need]:
    for name, why in opened.reading.broken:
        yield Need("openapi", f"{name}: {why}; mend the document, or it is not probed")
    for operation in opened.reading.operations:
        role = opened.graph.roles.get(operation.name)
        if not operation.writes or role is None or (role[1] == "list" and operation.method != "POST"):
            continue
        if operation.broken:
            yield Need("parameters", f"{operation.name}: {operation.broken}")
            continue
        try:
            template(role[0], operation, role[1], opened.target)
        except Unsatisfiable as error:
            yield Need(f"resources.{role[0].name}.body", f"{operation.name}: {error}")

"""Target and operations -> the graph of resources, and the template of every write. Pure: nothing is sent.

A resource is a path that takes POST (`/x/`) with a path of one more parameter (`/x/{id}/`). What cannot be seen in the
document is said by the target file's `resources:`.

A template holds slots, filled when a request is made: `{marker}` and `{unique}` (the unguessable value of that
request), `{self.id}` (the canary aimed at), `{other.uri}` (another canary of the resource), and `{NAME.id}`,
`{NAME.number}`, `{NAME.uri}` of a canary of another resource. No slot ever takes an id from an example.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from harness.config import Target
from harness.model import Json, Operation
from harness.openapi import Unsatisfiable, accepts, property_schema, smallest_body, whole
from harness.urls import UrlRule

MARKER_FIELDS = ("description", "notes", "comment", "name", "title")
ADDRESS_FIELDS = ("resource_uri", "self", "href", "uri", "@id", "url")
EXAMPLE_MARKER = "hf" + "a" * 22
_SLOT = re.compile(r"\{([\w.-]+)\}")
_SCHEMAS = 2000
_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Link:
    """A body field that names an object of another resource."""

    field: str
    resource: str
    form: str
    """`uri`, `id` (text) or `number`."""
    example: Json = "1"
    """A value of the form that a real one has, for schemas to check; never sent."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object that the API keeps, and how one is made, read and removed."""

    name: str
    list_path: str
    item_path: str
    parameter: str
    """The item path's last parameter."""
    operations: Mapping[str, Operation]
    """By `METHOD list` and `METHOD item`."""
    parents: Mapping[str, str] = field(default_factory=dict)
    """Resources that the other parameters of its paths name."""
    links: tuple[Link, ...] = ()
    marker: str | None = None
    """Field that carries the unguessable value."""
    address_field: str | None = None
    id_from: str = ""
    """Where a new object's id is told; empty to look in the usual places."""
    find: str | None = None
    """Path that reads back the object of a `{marker}` without listing all."""
    url_rules: Mapping[str, UrlRule | None] = field(default_factory=dict)
    """URL fields of the body with the rule each follows; None where it deliberately has none."""
    deep_url_fields: tuple[str, ...] = ()
    """URL fields below the top level of a body that is written, as `links.homepage` and `mirrors[].url`: no probe
    reaches them."""

    def operation(self, method: str, where: str) -> Operation | None:
        """The operation on the resource's `list` or `item` path."""
        return self.operations.get(f"{method} {where}")

    @property
    def needs(self) -> frozenset[str]:
        """Resources of which a canary must exist before one of this can be made."""
        return frozenset({link.resource for link in self.links} | set(self.parents.values()))


@dataclass(frozen=True, slots=True)
class Template:
    """A valid write with slots in it."""

    operation: Operation
    resource: Resource
    path: str
    body: Json = None
    where: str = "item"
    """`list`, `item` or `below` (a path below an item)."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The resources, parents before children, and what each write operation of the document is to them."""

    resources: tuple[Resource, ...]
    roles: Mapping[str, tuple[Resource, str]]
    """Operation name -> its resource and `list`, `item` or `below` (a path below an item)."""

    def resource(self, name: str) -> Resource:
        """The resource of that name."""
        return next(one for one in self.resources if one.name == name)


def fill(text_or_body: Json, slots: Mapping[str, Json]) -> Json:
    """A body or text with its slots filled. A string that is one slot alone takes the slot's value with its type.

    A slot that is not among `slots` stays as written: it is the target's own text.
    """
    if isinstance(text_or_body, str):
        whole = _SLOT.fullmatch(text_or_body)
        if whole and whole[1] in slots:
            return slots[whole[1]]
        return _SLOT.sub(lambda match: str(slots.get(match[1], match[0])), text_or_body)
    if isinstance(text_or_body, dict):
        return {key: fill(value, slots) for key, value in text_or_body.items()}
    if isinstance(text_or_body, list):
        return [fill(value, slots) for value in text_or_body]
    return text_or_body


def fill_path(path: str, slots: Mapping[str, Json]) -> str:
    """A path with its slots filled and percent-encoded."""
    return _SLOT.sub(lambda match: quote(str(slots[match[1]]), safe="") if match[1] in slots else match[0], path)


def build_graph(operations: Sequence[Operation], target: Target) -> Graph:
    """The resources of a document, as far as paths and the target file tell them."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    pairs = _pairs(by_path, target)
    resources = [_resource(name, paths, by_path, pairs, target) for name, paths in pairs.items()]
    ordered = _parents_first(resources)
    roles = {
        operation.name: (resource, key.partition(" ")[2])
        for resource in ordered
        for key, operation in resource.operations.items()
    }
    for operation in operations:
        owner = next((one for one in reversed(ordered) if shape(operation.path).startswith(_below(one))), None)
        if owner:
            roles.setdefault(operation.name, (owner, "below"))
    return Graph(tuple(ordered), roles)


def shape(path: str) -> str:
    """A path without the names of its parameters, which may differ from one path of a document to another, and
    without its last slash."""
    return _PARAMETER.sub("{}", path).rstrip("/")


def _below(resource: Resource) -> str:
    return shape(resource.item_path) + "/"


def _pairs(by_path: Mapping[str, Mapping[str, Operation]], target: Target) -> dict[str, tuple[str, str]]:
    """Resource name -> its list path and item path."""
    pairs: dict[str, tuple[str, str]] = {}
    for name, words in target.resources.items():
        if words.create and words.item:
            pairs[name] = (words.create.partition(" ")[2], words.item)
    taken = {paths[1] for paths in pairs.values()}
    shapes = {shape(path): path for path in by_path}
    for path in by_path:
        head, slash = (path[:-1], "/") if path.endswith("/") else (path, "")
        cut = re.fullmatch(r"(.*)/\{[^{}]+\}", head)
        if not cut or path in taken:
            continue
        candidates = (cut[1] + slash, cut[1], cut[1] + "/", shapes.get(shape(cut[1]), ""))
        list_path = next((found for found in candidates if found in by_path), None)
        if list_path and "POST" in by_path[list_path]:
            pairs[_name_of(list_path, pairs)] = (list_path, path)
    return pairs


def _name_of(list_path: str, taken: Iterable[str]) -> str:
    words = [word for word in list_path.split("/") if word and "{" not in word] or ["root"]
    for length in range(1, len(words) + 1):
        name = "-".join(words[-length:])
        if name not in taken:
            return name
    return list_path


def _resource(
    name: str,
    paths: tuple[str, str],
    by_path: Mapping[str, Mapping[str, Operation]],
    pairs: Mapping[str, tuple[str, str]],
    target: Target,
) -> Resource:
    list_path, item_path = paths
    words = target.resources.get(name)
    operations = {
        f"{method} {where}": operation
        for where, path in (("list", list_path), ("item", item_path))
        for method, operation in by_path.get(path, {}).items()
    }
    parameters = _PARAMETER.findall(item_path)
    create = operations.get("POST list")
    body = _whole(create.body_schema if create else None)
    read = operations.get("GET item") or operations.get("PATCH item") or operations.get("PUT item") or create
    answer = _whole(read.answer_schema if read else None)
    address = next((one for one in ADDRESS_FIELDS if _has(answer, one) and not _has(body, one)), None)
    return Resource(
        name,
        list_path,
        item_path,
        parameters[-1] if parameters else "",
        operations,
        _path_parents(paths, pairs),
        _links(name, body, pairs),
        (words.marker if words else None) or _marker(body, answer),
        address,
        (words.id if words else None) or "",
        words.find if words else None,
        {one: rule_of(target, one) for one in _url_fields(body, target)},
        _deep_url_fields(operations.values(), target),
    )


def rule_of(target: Target, name: str) -> UrlRule | None:
    """The rule that a URL field follows by the target file; None where it has none."""
    words = target.urls.fields.get(name)
    if words and words.rule == "none":
        return None
    allow = (words.allow if words and words.allow is not None else None) or target.urls.allow
    if not allow:
        return None
    return UrlRule(tuple(allow), words.suffix_of if words else None, words.suffix if words else None)


def _whole(schema: Mapping[str, Json] | None) -> Mapping[str, Json]:
    """A schema with nothing left to look up; one that is too tangled says nothing."""
    try:
        return whole(schema or {})
    except Unsatisfiable:
        return {}


def _property(schema: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    return _whole(property_schema(schema, name))


def _has(schema: Mapping[str, Json], name: str) -> bool:
    return property_schema(schema, name) is not None


def _path_parents(paths: tuple[str, str], pairs: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The resources that the parameters of a list path and an item path name, but for the item's own."""
    owners = {shape(item): name for name, (_, item) in pairs.items()}
    own = shape(paths[1])
    found = ((name, prefix) for path in paths for name, prefix in _prefixes(path) if prefix != own)
    return {name: owners[prefix] for name, prefix in found if prefix in owners}


def _prefixes(path: str) -> list[tuple[str, str]]:
    """The parameters of a path, each with the shape of the path up to it."""
    return [(found[1], shape(path[: found.end()])) for found in _PARAMETER.finditer(path)]


def _links(name: str, body: Mapping[str, Json], pairs: Mapping[str, tuple[str, str]]) -> tuple[Link, ...]:
    links = []
    for field_name in required_fields(body):
        schema = _property(body, field_name)
        resource = _linked(field_name, schema, name, pairs)
        if resource:
            form = _form(schema)
            links.append(Link(field_name, resource, form, _link_example(form, schema, pairs[resource][1])))
    return tuple(links)


def _link_example(form: str, schema: Mapping[str, Json], item_path: str) -> Json:
    if form == "number":
        return 1
    if form == "id":
        return "00000000-0000-4000-8000-000000000000" if schema.get("format") == "uuid" else "1"
    path = _PARAMETER.sub("1", item_path)
    return f"http://localhost{path}" if schema.get("format") in ("uri", "url") else path


def _linked(field_name: str, schema: Mapping[str, Json], own: str, pairs: Mapping[str, tuple[str, str]]) -> str | None:
    told = schema.get("x-refers-to")
    if isinstance(told, str) and told in pairs:
        return told
    pattern = str(schema.get("pattern", "")).replace("\\", "")
    by_pattern = next((one for one, (path, _) in pairs.items() if path.strip("/") and path in pattern), None)
    if by_pattern:
        return by_pattern
    if not _types(schema) & {"integer", "string", "number"} or "enum" in schema:
        return None
    stem = re.sub(r"(_id|Id|_uuid|_pk|_uri|_url|_slug)$", "", field_name)
    if stem == field_name and _types(schema) == {"string"} and "format" not in schema:
        return None
    return next((one for one in pairs if one != own and stem.lower() in spellings(one)), None)


def spellings(resource: str) -> set[str]:
    """What a field that holds an object of a resource, or many, may be called."""
    word = resource.lower()
    singular = {word[:-3] + "y"} if word.endswith("ies") else {word[:-1], word[:-2]} if word.endswith("s") else set()
    return {word, word.replace("-", "_")} | singular


def _form(schema: Mapping[str, Json]) -> str:
    if _types(schema) & {"integer", "number"}:
        return "number"
    return (
        "uri"
        if str(schema.get("format", "")).startswith(("uri", "url", "iri")) or "/" in schema.get("pattern", "")
        else "id"
    )


def _types(schema: Mapping[str, Json]) -> set[str]:
    """The JSON types that a schema names, `null` left aside."""
    told = schema.get("type")
    types = {told} if isinstance(told, str) else set(told or ())
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        if isinstance(branch, Mapping):
            types |= _types(branch)
    return types - {"null"}


def required_fields(schema: Mapping[str, Json]) -> list[str]:
    """The fields that an object must have, in the schema's order."""
    return [name for name in schema.get("required", ()) if isinstance(name, str)]


def _free_text(schema: Mapping[str, Json]) -> bool:
    """Whether a field takes any text of a marker's length."""
    if schema.get("readOnly") or _types(schema) != {"string"}:
        return False
    if any(word in schema for word in ("format", "enum", "const", "x-refers-to")):
        return False
    return accepts(schema, EXAMPLE_MARKER)


def _marker(body: Mapping[str, Json], answer: Mapping[str, Json]) -> str | None:
    names = [*MARKER_FIELDS, *required_fields(body), *body.get("properties", {})]
    readable = [name for name in names if not answer or _has(answer, name)] or names
    return next((name for name in readable if _free_text(_property(body, name))), None)


def _url_fields(body: Mapping[str, Json], target: Target) -> list[str]:
    names = list(body.get("properties", {}))
    declared = [name for name in names if _is_url(_property(body, name))]
    return [name for name in names if name in declared or name in target.urls.fields]


def _deep_url_fields(operations: Iterable[Operation], target: Target) -> tuple[str, ...]:
    """The URL fields below the top level, the outermost first, among so many as can be looked at: a schema may hold
    itself."""
    bodies = [_whole(one.body_schema) for one in operations if one.writes and one.body_schema]
    waiting = [child for body in bodies for top in _parts(body, "") for child in _parts(*top)]
    found = dict[str, None]()
    for place in range(_SCHEMAS):
        if place == len(waiting):
            break
        schema, path = waiting[place]
        if _is_url(schema) or path.rpartition(".")[2] in target.urls.fields:
            found[path] = None
        waiting += _parts(schema, path)
    return tuple(found)


def _parts(schema: Mapping[str, Json], path: str) -> list[tuple[Mapping[str, Json], str]]:
    """The schemas of an object's fields, or of an array's elements, with their paths, as `a.b` and `c[].d`."""
    if schema.get("readOnly"):
        return []
    branches = [one for one in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())) if isinstance(one, Mapping)]
    names = dict.fromkeys(name for one in branches for name in one.get("properties", {}))
    parts = [(_property(schema, name), f"{path}.{name}" if path else name) for name in names]
    items = schema.get("items")
    if isinstance(items, Mapping):
        parts.append((_whole({**items, "$defs": schema.get("$defs", {})}), f"{path}[]"))
    return parts


def _is_url(schema: Mapping[str, Json]) -> bool:
    if schema.get("readOnly") or "x-refers-to" in schema:
        return False
    branches = (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))
    return any(isinstance(one, Mapping) and one.get("format") in ("uri", "url", "iri") for one in branches)


def _parents_first(resources: Sequence[Resource]) -> list[Resource]:
    ordered: list[Resource] = []
    waiting = list(resources)
    while waiting:
        placed = {one.name for one in ordered}
        ready = [one for one in waiting if one.needs - {one.name} <= placed] or waiting[:1]
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered


def template(resource: Resource, operation: Operation, where: str, target: Target, variant: str = "") -> Template:
    """The smallest valid request of an item write, with the marker; with a good value in the URL field `variant`, if
    any.

    Raises Unsatisfiable where no body can be made, naming the field, or a parameter of its paths names nothing that a
    run could make.
    """
    paths = {"list": read_path(resource, "list"), "item": read_path(resource, "item")}
    path = paths[where] if where in paths else _slotted_path(resource, operation.path)
    if operation.method == "DELETE" or (where == "below" and not operation.body_schema):
        return Template(operation, resource, path, where=where)
    return Template(operation, resource, path, _body(resource, operation, target, variant), where)


def sub_path(resource: Resource, path: str) -> str:
    """A path below an item of the resource, with slots. Raises Unsatisfiable where a parameter names nothing known."""
    return _slotted_path(resource, path)


def read_path(resource: Resource, where: str) -> str:
    """The path, with slots, on which the resource's list or item is read. Raises Unsatisfiable where a parameter names
    nothing known."""
    return _slotted_path(resource, resource.list_path if where == "list" else resource.item_path)


def _slotted_path(resource: Resource, path: str) -> str:
    own = shape(resource.item_path)
    slots = {
        prefix: f"{{{resource.parents[name]}.id}}"
        for told in (resource.list_path, resource.item_path)
        for name, prefix in _prefixes(told)
        if name in resource.parents
    } | {own: "{self.id}"}
    missing = next((name for name, prefix in _prefixes(path) if prefix not in slots), None)
    if missing is not None:
        raise Unsatisfiable(f"no parent for {{{missing}}}: {path} hangs on objects that no POST of the document makes")
    return _PARAMETER.sub(lambda found: slots[shape(path[: found.end()])], path)


def _body(resource: Resource, operation: Operation, target: Target, variant: str) -> Json:
    schema = _whole(operation.body_schema)
    if not operation.body_schema:
        raise Unsatisfiable("the document describes no JSON body for it; say one in the target file's resources")
    slots = _slots_of_body(resource, schema, operation.method, target, variant)
    examples = {name: _example(value, resource) for name, value in slots.items()}
    body = smallest_body(schema, examples)
    if not isinstance(body, dict):
        raise Unsatisfiable("its body is no JSON object")
    return body | slots


def _slots_of_body(
    resource: Resource, schema: Mapping[str, Json], method: str, target: Target, variant: str
) -> dict[str, Json]:
    """What the body must hold besides what the schema alone would give, with slots."""
    required = required_fields(schema)
    slots: dict[str, Json] = {
        link.field: f"{{{link.resource}.{link.form}}}" for link in resource.links if link.field in required
    }
    words = target.resources.get(resource.name)
    unique = set(words.unique if words else ())
    for name in schema.get("properties", {}):
        wanted = name in required or (name in unique and method != "PATCH")
        found = _property(schema, name)
        said = words is not None and words.body is not None and name in words.body and method != "PATCH"
        if name in slots or said or not wanted:
            continue
        own = _own_id(resource, name, found, method)
        if own:
            slots[name] = own
        elif name in resource.url_rules:
            slots[name] = good_url(resource, name)
        elif _free_text(found) or (_types(found) == {"string"} and (found.get("x-unique") or name in unique)):
            slots[name] = "{marker}"
    if resource.marker and _has(schema, resource.marker):
        slots[resource.marker] = "{marker}"
    if variant:
        rule = resource.url_rules.get(variant)
        if rule and rule.suffix_of:
            slots[rule.suffix_of] = good_url(resource, rule.suffix_of)
        slots[variant] = good_url(resource, variant)
    if words and words.body and method != "PATCH":
        slots |= words.body
    return slots


def _own_id(resource: Resource, name: str, schema: Mapping[str, Json], method: str) -> str | None:
    """What stands for an object's id in its own body; None for any other field.

    An id is never made up: it could be that of somebody else's object. Raises Unsatisfiable for one that only a guess
    would fill.
    """
    numeric = bool(_types(schema) & {"integer", "number"})
    if name in (resource.parameter, "id", "pk"):
        if method != "POST":
            return "{self.number}" if numeric else "{self.id}"
        if not numeric and _free_text(schema):
            return "{marker}"
        raise Unsatisfiable(f"{name}: the new object's own id has to be sent; say one under `body:`")
    if (
        re.search(r"(_id|Id|_pk|_uuid)$", name)
        and not _free_text(schema)
        and "enum" not in schema
        and "const" not in schema
    ):
        raise Unsatisfiable(f"{name}: it names an object that no canary stands for; say one under `body:`")
    return None


def good_url(resource: Resource, name: str) -> str:
    """A URL that follows the field's rule, with the marker in its path."""
    rule = resource.url_rules.get(name)
    if rule and rule.suffix_of:
        return good_url(resource, rule.suffix_of) + (rule.suffix or "")
    prefix = next(
        (one for one in (rule.allow if rule else ()) if one not in ("https://", "http://")), "https://www.example.com/"
    )
    return f"{prefix}{'' if prefix.endswith('/') else '/'}holdfast/{{marker}}"


def _example(value: Json, resource: Resource) -> Json:
    """A value of the form that a slotted one will have, for the schema to check."""
    slots: dict[str, Json] = {"marker": EXAMPLE_MARKER, "unique": EXAMPLE_MARKER}
    for link in resource.links:
        slots[f"{link.resource}.{link.form}"] = link.example
    return fill(value, slots)

"""The OpenAPI description of a build's operations, in the parts that FastAPI cannot read off a signature."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.demo.builds import Build
from harness.demo.queries import DEFAULT_LIMIT, filters
from harness.demo.resources import INT32, RESOURCES, Resource
from harness.demo.schemas import Schema, reference

VERBS = {"GET": "get", "POST": "create", "PUT": "replace", "PATCH": "change", "DELETE": "delete"}
SUCCESS = {"GET": 200, "POST": 201, "PUT": 204, "PATCH": 202, "DELETE": 204}
REFUSALS = {
    400: "The query, the body or a link in it makes no sense. Says nothing about the caller's rights.",
    401: "No credential where one is needed, a wrong one, or a user who may not do this. The body is empty.",
    404: "There is no such object, or a link in the body is no address of this API.",
    415: "The body is not JSON.",
    500: "The database turned the row down.",
}
EXPLAINED = (400, 415, 500)
SECURITY_SCHEMES: Schema = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-value-format": "ApiKey {username}:{key}",
        "description": "The word ApiKey, one space, the user name, a colon, and the user's key.",
    }
}
NUMBER: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The last segment of the object's `resource_uri`.",
    "schema": {"type": "integer", "minimum": 1, "maximum": INT32 - 1},
}
JSON_TYPES: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "link": {"type": "integer", "minimum": 1, "maximum": INT32 - 1},
}


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as the document states it."""

    resource: Resource
    """What it is about."""
    method: str
    """In capitals."""
    item: bool
    """Whether its path is that of one object."""
    details: Schema = field(repr=False)
    """The members of the operation object beside id and responses."""
    responses: dict[int | str, Schema] = field(repr=False)
    """Responses by status."""

    @property
    def path(self) -> str:
        """Path template."""
        return self.resource.item_path("{id}") if self.item else self.resource.list_path

    @property
    def identifier(self) -> str:
        """The operation's id, one of a kind in the document."""
        whole_list = not self.item and self.method != "POST"
        verb = "list" if whole_list and self.method == "GET" else VERBS[self.method]
        return f"{verb}_{self.resource.name}{'_list' if whole_list and verb != 'list' else ''}"

    @property
    def summary(self) -> str:
        """A line for people."""
        return self.identifier.replace("_", " ").capitalize()

    @property
    def status(self) -> int:
        """The status of success."""
        return SUCCESS[self.method]


def operations(build: Build) -> Iterator[Described]:
    """What a build offers: every method of every path that does something."""
    for resource in RESOURCES.values():
        for item in (False, True):
            for method in build.methods(resource.name, item=item):
                # A POST to one object is routed and answers 501 to everybody: nothing that a client could use.
                if not (item and method == "POST"):
                    details = _details(build, resource, method, item)
                    yield Described(resource, method, item, details, _responses(resource, method, item))


def _details(build: Build, resource: Resource, method: str, item: bool) -> Schema:
    details: Schema = {"parameters": [NUMBER] if item else list(_query(build, resource, method))}
    details["security"] = [{"ApiKey": []}, {}] if method == "GET" else [{"ApiKey": []}]
    if method != "GET":
        details["x-required-role"] = "staff"
    if method in ("POST", "PUT", "PATCH"):
        schema = reference(f"{resource.title}{_body(method, item)}")
        details["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return details


def _body(method: str, item: bool) -> str:
    match method, item:
        case "PATCH", True:
            return "Changes"
        case "PATCH", False:
            return "Bulk"
        case "PUT", False:
            return "Replacement"
        case _:
            return "Input"


def _query(build: Build, resource: Resource, method: str) -> Iterator[Schema]:
    if method == "DELETE" and build.one_release:
        yield _parameter("release", JSON_TYPES["link"], required=True)
    elif method in ("GET", "DELETE"):
        for name, made in filters(resource).items():
            schema = JSON_TYPES.get(made.field.kind) if made.lookup == "exact" else None
            yield _parameter(name, schema or {"type": "string"})
    if method == "GET":
        yield _parameter("limit", {"type": "integer", "minimum": 0, "default": DEFAULT_LIMIT})
        yield _parameter("offset", {"type": "integer", "minimum": 0, "maximum": INT32 - 1, "default": 0})


def _parameter(name: str, schema: Schema, *, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _responses(resource: Resource, method: str, item: bool) -> dict[int | str, Schema]:
    success: Schema = {"description": "Done."}
    if method == "GET":
        schema = reference(resource.title if item else f"{resource.title}List")
        success["content"] = {"application/json": {"schema": schema}}
    if method == "POST":
        address = {"description": "Path of the new object.", "schema": {"type": "string", "format": "uri-reference"}}
        success["headers"] = {"Location": address}
    responses: dict[int | str, Schema] = {SUCCESS[method]: success}
    if method == "PUT" and item:
        responses[201] = {"description": "There was no such object; it has been created."}
    return responses | {status: _refusal(status) for status in _refusals(method, item)}


def _refusals(method: str, item: bool) -> Iterator[int]:
    sends = method in ("POST", "PUT", "PATCH")
    if sends or not item:
        yield 400
    yield 401
    if sends or item:
        yield 404
    if sends:
        yield from (415, 500)


def _refusal(status: int) -> Schema:
    refusal: Schema = {"description": REFUSALS[status]}
    if status in EXPLAINED:
        refusal["content"] = {"application/json": {"schema": reference("Complaint")}}
    return refusal

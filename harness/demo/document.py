"""The OpenAPI description of the first API of a build, in the parts that FastAPI cannot read off a signature."""

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
    """One operation as a document states it."""

    path: str
    """Path template."""
    method: str
    """In capitals."""
    identifier: str
    """The operation's id, one of a kind in the document."""
    status: int
    """The status of success."""
    details: Schema = field(repr=False)
    """The members of the operation object beside id and responses."""
    responses: dict[int | str, Schema] = field(repr=False)
    """Responses by status."""

    @property
    def summary(self) -> str:
        """A line for people."""
        return self.identifier.replace("_", " ").capitalize()


def operations(build: Build) -> Iterator[Described]:
    """What the first API of a build offers: every method of every path that does something."""
    for resource in RESOURCES.values():
        for item in (False, True):
            for method in build.methods(resource.name, item=item):
                # A POST to one object is routed and answers 501 to everybody: nothing that a client could use.
                if not (item and method == "POST"):
                    yield Described(
                        path=resource.item_path("{id}") if item else resource.list_path,
                        method=method,
                        identifier=identifier(resource, method, item=item),
                        status=SUCCESS[method],
                        details=_details(build, resource, method, item),
                        responses=_responses(resource, method, item),
                    )


def identifier(resource: Resource, method: str, *, item: bool) -> str:
    """The id of the operation that a method is on a list or on one object."""
    whole_list = not item and method != "POST"
    verb = "list" if whole_list and method == "GET" else VERBS[method]
    return f"{verb}_{resource.name}{'_list' if whole_list and verb != 'list' else ''}"


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
        yield parameter("release", JSON_TYPES["link"], required=True)
    elif method in ("GET", "DELETE"):
        for name, made in filters(resource).items():
            schema = JSON_TYPES.get(made.field.kind) if made.lookup == "exact" else None
            yield parameter(name, schema or {"type": "string"})
    if method == "GET":
        yield parameter("limit", {"type": "integer", "minimum": 0, "default": DEFAULT_LIMIT})
        yield parameter("offset", {"type": "integer", "minimum": 0, "maximum": INT32 - 1, "default": 0})


def parameter(name: str, schema: Schema, *, required: bool = False) -> Schema:
    """A query parameter."""
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

"""The OpenAPI description of the second API: the same operations at every build."""

from collections.abc import Iterator

from harness.demo.document import JSON_TYPES, NUMBER, Described, identifier, parameter
from harness.demo.resources import RELEASE_FILE, RESOURCES, Resource
from harness.demo.schemas import Schema, reference
from harness.demo.v2.objects import BULK_PATH, item_path, list_path
from harness.demo.v2.queries import filters

SUCCESS = {"GET": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}
REFUSALS = {
    400: "The query or the body makes no sense.",
    401: "No token where one is needed, or one that is not good.",
    403: "The user may not do this.",
    404: "There is no such object, or it is not shown to this user.",
    415: "The body is neither JSON nor a form.",
}
SECURITY_SCHEMES: Schema = {
    "Token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-value-format": "Token {key}",
        "description": "The word Token, a space, and the user's token.",
    }
}


def operations() -> Iterator[Described]:
    """What the second API offers: what is done in bulk, then every list and every object."""
    release = parameter("release", JSON_TYPES["link"], required=True)
    yield _described(RELEASE_FILE, "DELETE", BULK_PATH, "delete_release_file_by_release", [release])
    for resource in RESOURCES.values():
        for method in ("GET", "POST"):
            query = list(_query(resource)) if method == "GET" else []
            yield _described(resource, method, list_path(resource), identifier(resource, method, item=False), query)
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            name = identifier(resource, method, item=True)
            yield _described(resource, method, item_path(resource, "{id}"), name, [NUMBER])


def _query(resource: Resource) -> Iterator[Schema]:
    for name, field in filters(resource).items():
        exact = name == field.name
        match field.kind:
            case "integer":
                yield parameter(name, {"type": "integer", "enum": list(field.choices)})
            case "datetime":
                yield parameter(name, {"type": "string", "format": "date-time"})
            case kind if exact and kind in JSON_TYPES:
                yield parameter(name, JSON_TYPES[kind])
            case _:
                yield parameter(name, {"type": "string"})


def _described(resource: Resource, method: str, path: str, name: str, parameters: list[Schema]) -> Described:
    details: Schema = {"parameters": parameters}
    details["security"] = [{"Token": []}, {}] if method == "GET" else [{"Token": []}]
    if method != "GET":
        details["x-required-role"] = "staff"
    if method in ("POST", "PUT", "PATCH"):
        schema = reference(f"{resource.title}{'Changes' if method == 'PATCH' else 'Input'}")
        details["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    responses = _responses(resource, method, path, item=NUMBER in parameters)
    return Described(path, method, name, SUCCESS[method], details, responses)


def _responses(resource: Resource, method: str, path: str, *, item: bool) -> dict[int | str, Schema]:
    success: Schema = {"description": "Done."}
    if method != "DELETE":
        whole_list = method == "GET" and not item
        success["content"] = _json(f"{resource.title}{'List' if whole_list else ''}")
    if method == "POST":
        address = {"description": "Address of the new object.", "schema": {"type": "string", "format": "uri"}}
        success["headers"] = {"Location": address}
    responses: dict[int | str, Schema] = {SUCCESS[method]: success}
    for status in _refusals(method, item=item):
        responses[status] = {"description": REFUSALS[status]}
        if path != BULK_PATH or status != 400:
            responses[status]["content"] = _json("Faults" if status == 400 else "Detail")
    return responses


def _refusals(method: str, *, item: bool) -> Iterator[int]:
    sends = method in ("POST", "PUT", "PATCH")
    yield from (400, 401)
    if method != "GET":
        yield 403
    if item:
        yield 404
    if sends:
        yield 415


def _json(name: str) -> Schema:
    return {"application/json": {"schema": reference(name)}}

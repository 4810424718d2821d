"""What the first API tells beside lists and objects: where its resources are, their fields, several objects at once.

Source: the answers of python.org's API, of which no document of its own speaks.
"""

from collections.abc import Callable, Iterator

from starlette.responses import Response

from harness.demo.bodies import hidden
from harness.demo.builds import Build
from harness.demo.call import Call, Refusal
from harness.demo.plans import number_of
from harness.demo.queries import DEFAULT_LIMIT
from harness.demo.replies import apology, document, empty
from harness.demo.resources import RESOURCES, Field, Resource, Row
from harness.demo.store import Store

ROOT = "/api/v1/"
READING = ("GET", "HEAD", "OPTIONS")
TYPES = {"boolean": "boolean", "integer": "integer", "datetime": "datetime", "link": "related"}
"""What a schema calls the kinds of fields; all others are strings."""

Show = Callable[[Resource, Row], dict[str, object]]


def schema_path(resource: Resource) -> str:
    """Path at which a resource tells its fields."""
    return f"{resource.list_path}schema/"


def set_path(resource: Resource, numbers: str) -> str:
    """Path of several objects; their numbers have semicolons between them."""
    return f"{resource.list_path}set/{numbers}/"


def root(call: Call) -> Response:
    """List and schema of every resource. Nobody is asked who they are; what is no read is a matter of forms."""
    if call.method not in READING:
        return Response("<!doctype html>\n<title>403 Forbidden</title>\n", 403, media_type="text/html")
    return document(
        {
            f"downloads/{resource.name}": {"list_endpoint": resource.list_path, "schema": schema_path(resource)}
            for resource in RESOURCES.values()
        }
    )


def schema(call: Call, resource: Resource, build: Build) -> Response:
    """Methods, fields and filters of a resource; where objects are kept from guests, so are the fields."""
    if resource.hides_unpublished and not call.user.is_staff:
        raise Refusal(empty(401))
    own = Field("resource_uri")
    return document(
        {
            "allowed_detail_http_methods": [method.lower() for method in build.methods(resource.name, item=True)],
            "allowed_list_http_methods": [method.lower() for method in build.methods(resource.name, item=False)],
            "default_format": "application/json",
            "default_limit": DEFAULT_LIMIT,
            "fields": {field.name: _described(field, readonly=field is own) for field in (*resource.fields, own)},
            "filtering": {field.name: list(field.lookups) for field in resource.fields if field.lookups},
        }
    )


def several(call: Call, resource: Resource, store: Store, show: Show) -> Response:
    """The objects of these numbers; those that are not there for the caller are named. 500 for what is no number."""
    numbers = (call.item or "").split(";")
    if any(number_of(number) is None for number in numbers):
        raise Refusal(apology(500))
    found = dict(_visible(call, resource, store, numbers))
    missing = [number for number in numbers if number not in found]
    shown = {"objects": [show(resource, row) for row in found.values()]}
    return document({**shown, "not_found": missing} if missing else shown)


def _visible(call: Call, resource: Resource, store: Store, numbers: list[str]) -> Iterator[tuple[str, Row]]:
    for number in numbers:
        row = store.get(resource, int(number))
        if row is not None and not hidden(resource, row, call.user):
            yield number, row


def _described(field: Field, *, readonly: bool) -> dict[str, object]:
    return {
        "blank": not field.required,
        "nullable": False,
        "readonly": readonly,
        "type": TYPES.get(field.kind, "string"),
        "unique": field.unique,
    }

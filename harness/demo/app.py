"""The FastAPI application of one build: both APIs, and a document for each.

FastAPI parses a body before it runs a dependency, and the real service authenticates first. So every route hands the
raw request to a dispatcher, and what a signature would have told FastAPI is told by the modules named `document`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from starlette.requests import Request
from starlette.routing import BaseRoute

from harness.demo import dispatch, document, schemas
from harness.demo.accounts import Accounts
from harness.demo.asides import ROOT, root, schema_path, set_path
from harness.demo.builds import Build
from harness.demo.call import Call, call_from
from harness.demo.document import Described
from harness.demo.replies import empty
from harness.demo.resources import RELEASE_FILE, RESOURCES
from harness.demo.schemas import Schema
from harness.demo.store import Store
from harness.demo.v2 import dispatch as dispatch2
from harness.demo.v2 import document as document2
from harness.demo.v2 import schemas as schemas2
from harness.demo.v2.objects import BULK_PATH, item_path, list_path
from harness.demo.v2.objects import ROOT as ROOT2

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
DOCUMENT, DOCUMENT2 = "/openapi.json", "/openapi-v2.json"
Endpoint = Callable[[Request], Awaitable[Response]]


class Responder(Protocol):
    """A dispatcher, told what a path is about."""

    def __call__(self, call: Call, /) -> Response: ...


def application(build: Build, store: Store, accounts: Accounts) -> FastAPI:
    """Both APIs of a build over an open store that holds its tables."""
    store.restrict(build.database)
    app = FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        # Queries carry keys at some builds: an exporter set up in the environment must not take them away.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    routes = _serve(app, list(document.operations(build)), _endpoints(dispatch.Dispatcher(build, store, accounts)))
    parts: Schema = {"schemas": schemas.components(build), "securitySchemes": document.SECURITY_SCHEMES}
    _publish(app, DOCUMENT, build, routes, parts)
    routes = _serve(app, list(document2.operations()), _endpoints2(dispatch2.Dispatcher(build, store, accounts)))
    parts = {"schemas": schemas2.components(build), "securitySchemes": document2.SECURITY_SCHEMES}
    _publish(app, DOCUMENT2, build, routes, parts)
    return app


def _endpoints(dispatcher: dispatch.Dispatcher) -> Mapping[str, Endpoint]:
    # Routes are tried in this order, so what an `{id}` could stand for comes before it.
    found: dict[str, Endpoint] = {ROOT: _endpoint(root)}
    for resource in RESOURCES.values():
        endpoint = _endpoint(lambda call, resource=resource: dispatcher.respond(call, resource))
        told = _endpoint(lambda call, resource=resource: dispatcher.respond(call, resource, "schema"))
        several = _endpoint(lambda call, resource=resource: dispatcher.respond(call, resource, "set"))
        found |= {schema_path(resource): told, set_path(resource, "{id}"): several}
        found |= {resource.list_path: endpoint, resource.item_path("{id}"): endpoint}
    return found


def _endpoints2(dispatcher: dispatch2.Dispatcher) -> Mapping[str, Endpoint]:
    found = {ROOT2: _endpoint(dispatcher.root)}
    found |= {BULK_PATH: _endpoint(lambda call: dispatcher.respond(call, RELEASE_FILE, in_bulk=True))}
    for resource in RESOURCES.values():
        endpoint = _endpoint(lambda call, resource=resource: dispatcher.respond(call, resource))
        paths = list_path(resource), item_path(resource, "{id}")
        found |= {f"{path.removesuffix('/')}.json": endpoint for path in paths}
        found |= dict.fromkeys(paths, endpoint)
    return found


def _endpoint(respond: Responder) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return respond(await call_from(request))

    return endpoint


def _serve(app: FastAPI, operations: Iterable[Described], endpoints: Mapping[str, Endpoint]) -> list[BaseRoute]:
    """Routes every method of every path; returns the routes that the document describes."""
    before = len(app.routes)
    for path, endpoint in endpoints.items():
        for operation in operations:
            if operation.path == path:
                _describe(app, operation, endpoint)
        app.add_route(path, endpoint, methods=METHODS, include_in_schema=False)
        if path.endswith("/"):
            app.add_route(path.removesuffix("/"), _to_slash, methods=METHODS, include_in_schema=False)
    return app.routes[before:]


def _describe(app: FastAPI, operation: Described, endpoint: Endpoint) -> None:
    app.add_api_route(
        operation.path,
        endpoint,
        methods=[operation.method],
        operation_id=operation.identifier,
        summary=operation.summary,
        status_code=operation.status,
        responses={status: dict(response) for status, response in operation.responses.items()},
        response_class=Response,
        response_model=None,
        openapi_extra=operation.details,
    )


def _publish(app: FastAPI, path: str, build: Build, routes: list[BaseRoute], components: Schema) -> None:
    described = get_openapi(title="Release API", version=build.name, routes=routes) | {"components": components}

    async def show(request: Request) -> Response:
        return JSONResponse(described)

    app.add_route(path, show, include_in_schema=False)


async def _to_slash(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return empty(301, {"Location": f"{request.scope['raw_path'].decode('latin-1')}/{query}"})

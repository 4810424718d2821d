"""The FastAPI application of one build.

FastAPI parses a body before it runs a dependency, and the real service authenticates first. So every route hands the
raw request to the one dispatcher, and what a signature would have told FastAPI is told by `document.py`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from harness.demo.accounts import Accounts
from harness.demo.builds import Build
from harness.demo.dispatch import Dispatcher, call_from
from harness.demo.document import SECURITY_SCHEMES, operations
from harness.demo.replies import empty
from harness.demo.resources import RESOURCES, Resource
from harness.demo.schemas import components
from harness.demo.store import Store

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
Endpoint = Callable[[Request], Awaitable[Response]]


class ReleaseApi(FastAPI):
    """FastAPI, with the components of a build in its document."""

    def __init__(self, build: Build) -> None:
        super().__init__(
            title="Release API",
            version=build.name,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            # Queries carry keys at some builds: an exporter set up in the environment must not take them away.
            telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        )
        self._parts = {"schemas": components(build), "securitySchemes": SECURITY_SCHEMES}

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            super().openapi()["components"] = self._parts
        assert self.openapi_schema is not None
        return self.openapi_schema


def application(build: Build, store: Store, accounts: Accounts) -> ReleaseApi:
    """The API of a build over an open store."""
    app = ReleaseApi(build)
    dispatcher = Dispatcher(build, store, accounts)
    endpoints = {name: _endpoint(dispatcher, resource) for name, resource in RESOURCES.items()}
    for operation in operations(build):
        app.add_api_route(
            operation.path,
            endpoints[operation.resource.name],
            methods=[operation.method],
            operation_id=operation.identifier,
            summary=operation.summary,
            status_code=operation.status,
            responses={status: dict(response) for status, response in operation.responses.items()},
            response_class=Response,
            response_model=None,
            openapi_extra=operation.details,
        )
    for name, resource in RESOURCES.items():
        for path in (resource.list_path, resource.item_path("{id}")):
            app.add_route(path, endpoints[name], methods=METHODS, include_in_schema=False)
            app.add_route(path.removesuffix("/"), _to_slash, methods=METHODS, include_in_schema=False)
    return app


def _endpoint(dispatcher: Dispatcher, resource: Resource) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return dispatcher.respond(await call_from(request), resource)

    return endpoint


async def _to_slash(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return empty(301, {"Location": f"{request.scope['raw_path'].decode('latin-1')}/{query}"})

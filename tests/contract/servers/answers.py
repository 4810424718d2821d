"""The answers that the application and its masks give besides data."""

import json
from collections.abc import Mapping

from werkzeug import Response

_ERRORS = {
    400: "invalid",
    401: "authentication required",
    403: "not allowed",
    404: "not found",
    429: "too many requests",
    500: "internal error",
}


def problem(status: int, error: str | None = None, fields: Mapping[str, str] | None = None) -> Response:
    """A JSON error; a 401 names the scheme, as RFC 9110 (11.6.1) asks."""
    body: dict[str, object] = {"error": error or _ERRORS[status]}
    if fields:
        body["fields"] = dict(fields)
    response = Response(json.dumps(body), status, mimetype="application/json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "ApiKey"
    return response


def page(status: int, text: str) -> Response:
    """An HTML page, as a web server or a firewall before the application sends it."""
    return Response(f"<!doctype html><title>{text}</title><p>{text}</p>", status, mimetype="text/html")

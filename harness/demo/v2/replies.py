"""The answers of the second API: JSON that explains itself, except where the database has the last word."""

import json
from collections.abc import Mapping

from starlette.responses import Response

from harness.demo.call import Refusal

Faults = Mapping[str, list[str]]
"""Messages by field; what concerns no single field is under `non_field_errors`."""
WHOLE = "non_field_errors"
BROKEN = '<!doctype html>\n<html lang="en"><head><title>Server Error (500)</title></head><body></body></html>\n'


def document(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response."""
    return Response(json.dumps(data), status, headers, media_type="application/json")


def nothing(status: int) -> Response:
    """A response without a body: 204 for what is gone, 400 for a bulk delete without a scope."""
    return Response(status_code=status)


def broken() -> Response:
    """500, as the site shows it to a browser."""
    return Response(BROKEN, 500, media_type="text/html")


def refused(status: int, text: str) -> Refusal:
    """An early end with one sentence; a 401 names the scheme that would have helped."""
    return Refusal(document({"detail": text}, status, {"WWW-Authenticate": "Token"} if status == 401 else None))


def invalid(faults: Faults) -> Refusal:
    """400 for values that make no sense."""
    return Refusal(document(faults, 400))

"""The answers that python.org's first API gives: few shapes, most of them empty."""

import json
from collections.abc import Mapping

from starlette.responses import Response

HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept"}
APOLOGY = "Sorry, this request could not be processed. Please try again later."


def empty(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A response without a body, of the type that Django gives to nothing."""
    return Response(status_code=status, media_type="text/html", headers={**HEADERS, **(headers or {})})


def document(data: object, status: int = 200) -> Response:
    """A JSON response."""
    return Response(json.dumps(data), status, media_type="application/json", headers=HEADERS)


def explained(text: str) -> Response:
    """400 for a body, a link, a filter or a scope that makes no sense."""
    return document({"error": text}, 400)


def apology(status: int) -> Response:
    """An answer that explains nothing: 415, 500, or 404 for a link that is no address of the API."""
    return document({"error_message": APOLOGY}, status)

"""What never leaves: requests that the owner forbids, and such as no wire can carry."""

import re
from collections.abc import Sequence

from harness.config import matches
from harness.model import Exchange, Request, Send


class Guarded:
    """Sends, except what the target file says is never sent: a pattern's `{parameter}` stands for any segment."""

    def __init__(self, send: Send, never: Sequence[str]) -> None:
        self._send = send
        self._never = tuple(re.sub(r"\{[^{}]*\}", "*", one) for one in never)

    def __call__(self, request: Request, line: str) -> Exchange:
        path = request.target.partition("?")[0]
        if any(matches(one, request.method, path) for one in self._never):
            return Exchange(request.shown or request, failure="never")
        try:
            return self._send(request, line)
        except ValueError:
            return Exchange(request.shown or request, failure="unsendable")

"""What never leaves: requests that the owner forbids, and such as no wire can carry."""

import re
from collections.abc import Sequence

from harness.config import matches
from harness.model import Exchange, Request, Send
from harness.wire import readings


class Guarded:
    """Sends, except what the target file says is never sent: a pattern's `{parameter}` stands for any segment, and a
    target is looked at in every way that a server might read it."""

    def __init__(self, send: Send, never: Sequence[str]) -> None:
        self._send = send
        self._never = tuple(re.sub(r"\{[^{}]*\}", "*", one) for one in never)

    def __call__(self, request: Request, line: str) -> Exchange:
        method = request.method.upper()
        if any(matches(one, method, path) for one in self._never for path in readings(request.target)):
            return Exchange(request.shown or request, failure="never")
        try:
            return self._send(request, line)
        except ValueError:
            return Exchange(request.shown or request, failure="unsendable")

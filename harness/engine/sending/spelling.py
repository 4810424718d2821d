"""The last change to a request before it leaves: its path, where a mutant spells it in another way."""

from dataclasses import replace

from harness.model import Exchange, Request, Send
from harness.wire import spelled


class Spelling:
    """Sends; what is above it knows every request by its plain path, with the slash that the server wants."""

    def __init__(self, send: Send, origin: str) -> None:
        self._send = send
        self._origin = origin

    def __call__(self, request: Request, line: str) -> Exchange:
        return self._send(self._spelled(request), line)

    def _spelled(self, request: Request) -> Request:
        if not request.spelling:
            return request
        shown = self._spelled(request.shown) if request.shown else None
        target = spelled(request.target, request.spelling, self._origin)
        return replace(request, target=target, spelling="", shown=shown)

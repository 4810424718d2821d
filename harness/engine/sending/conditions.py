"""Writes on a condition: a server that asks for `If-Match` gets the ETag that it told last."""

import re
from dataclasses import replace

from harness.model import Exchange, Request, Send

_ASKS = frozenset({412, 428})


class Conditional:
    """Sends, and sends once more with `If-Match` where a write without it is answered 412 or 428 and the object's ETag
    was told. Later writes on paths of that form carry it at once.

    A mutant's is the ETag of its own canary: what refuses it then is not the condition.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._tags: dict[str, str] = {}
        self._asking: set[tuple[str, str]] = set()

    def __call__(self, request: Request, line: str) -> Exchange:
        path = request.target.partition("?")[0]
        tag = self._tags.get(path)
        if not request_writes(request) or tag is None or _conditional(request):
            return self._noted(path, self._send(request, line))
        form = request.method, re.sub(r"/[^/]+(/?)$", r"/*\1", path)
        if form not in self._asking:
            exchange = self._noted(path, self._send(request, line))
            if exchange.status not in _ASKS:
                return exchange
            self._asking.add(form)
        return self._noted(path, self._send(_on_condition(request, self._tags.get(path, tag)), line))

    def _noted(self, path: str, exchange: Exchange) -> Exchange:
        tag = exchange.header("etag")
        if exchange.ok and tag:
            self._tags[path] = tag
        return exchange


def request_writes(request: Request) -> bool:
    """Whether it may change something."""
    return request.method in ("PUT", "PATCH", "DELETE", "POST")


def _conditional(request: Request) -> bool:
    return any(name.lower() in ("if-match", "if-unmodified-since") for name, _ in request.headers)


def _on_condition(request: Request, tag: str) -> Request:
    shown = _on_condition(request.shown, tag) if request.shown else None
    return replace(request, headers=(*request.headers, ("If-Match", tag)), shown=shown)

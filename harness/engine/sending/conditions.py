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
        self._reads: dict[str, tuple[Request, str]] = {}
        """The last read that told an ETag, with its line, by the form of its path."""
        self._asking: set[tuple[str, str]] = set()

    def __call__(self, request: Request, line: str) -> Exchange:
        if not request_writes(request) or _conditional(request):
            return self._noted(request, line)
        path = _path(request)
        there = self._object(path)
        form = request.method, _form(there) + path.removeprefix(there)
        if form not in self._asking:
            exchange = self._noted(request, line)
            if exchange.status not in _ASKS or self._tag(there) is None:
                return exchange
            self._asking.add(form)
        tag = self._tag(there)
        exchange = self._noted(_on_condition(request, tag) if tag else request, line)
        now = self._tag(there, anew=True) if exchange.status == 412 else tag
        return exchange if now in (None, tag) else self._noted(_on_condition(request, now or ""), line)

    def _object(self, path: str) -> str:
        """The path of what a write is about: its own, or that of the object that an action is below."""
        above = re.sub(r"/[^/]+(/?)$", r"\1", path)
        known = (one for one in (path, above) if one in self._tags or _form(one) in self._reads)
        return next(known, path)

    def _tag(self, path: str, anew: bool = False) -> str | None:
        """The ETag of an object; it is read for it where nobody did so yet, or what was read is out of date."""
        if (anew or path not in self._tags) and _form(path) in self._reads:
            read, line = self._reads[_form(path)]
            shown = replace(read.shown, target=path) if read.shown else None
            self._noted(replace(read, target=path, shown=shown), line)
        return self._tags.get(path)

    def _noted(self, request: Request, line: str) -> Exchange:
        exchange, path = self._send(request, line), _path(request)
        tag = exchange.header("etag")
        if exchange.ok and tag:
            self._tags[path] = tag
            if request.method == "GET":
                self._reads[_form(path)] = request, line
        return exchange


def _path(request: Request) -> str:
    return request.target.partition("?")[0]


def _form(path: str) -> str:
    return re.sub(r"/[^/]+(/?)$", r"/*\1", path)


def request_writes(request: Request) -> bool:
    """Whether it may change something."""
    return request.method in ("PUT", "PATCH", "DELETE", "POST")


def _conditional(request: Request) -> bool:
    return any(name.lower() in ("if-match", "if-unmodified-since") for name, _ in request.headers)


def _on_condition(request: Request, tag: str) -> Request:
    shown = _on_condition(request.shown, tag) if request.shown else None
    return replace(request, headers=(*request.headers, ("If-Match", tag)), shown=shown)

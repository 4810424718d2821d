"""What an operation asks of every request: its required parameters, and what its body calls itself."""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from harness.config import Target
from harness.model import FORM, Exchange, Operation, Request, Send
from harness.openapi import Unsatisfiable
from harness.resources import Asked, asked, fill
from harness.resources.parameters import Carried

_JSON = "application/json"


def forms(operations: Iterable[Operation]) -> Callable[[str, str], bool]:
    """Whether the document has the body of a method on a path as a form."""
    known = sorted((one for one in operations if one.writes), key=lambda one: one.path.count("{"))
    patterns = [(one.method, re.compile(_pattern(one.path)), one.in_a_form) for one in known]

    def told(method: str, path: str) -> bool:
        return next((form for name, path_of, form in patterns if name == method and path_of.fullmatch(path)), False)

    return told if any(form for *_, form in patterns) else lambda method, path: False


class Asking:
    """Sends, with what the document asks for and the request does not say: controls, mutants and readers alike."""

    def __init__(
        self,
        send: Send,
        operations: Iterable[Operation],
        target: Target,
        carried: Carried,
        word: Callable[[str], str],
    ) -> None:
        """`word` gives 32 hexadecimal digits that are fresh at every call."""
        self._send = send
        self._word = word
        wants = [(one, _asked(one, target, carried)) for one in operations]
        needed = any(found != Asked() or one.media_type not in (_JSON, FORM) for one, found in wants)
        # The path with the fewest parameters is the one that a server takes.
        self._wants = sorted(wants, key=lambda pair: pair[0].path.count("{")) if needed else []
        self._patterns = [re.compile(_pattern(one.path)) for one, _ in self._wants]
        self._found = lru_cache(maxsize=4096)(self._look_up)

    def __call__(self, request: Request, line: str) -> Exchange:
        if not self._wants:
            return self._send(request, line)
        found = self._found(request.method, request.target.partition("?")[0])
        if found is None:
            return self._send(request, line)
        operation, wanted = found
        fresh = self._word(_told(request))
        values = {"unique": f"x{fresh[:16]}", "uuid": str(uuid.UUID(fresh, version=4))}
        filled = Asked(*(tuple((name, str(fill(text, values))) for name, text in pairs) for pairs in _parts(wanted)))
        media_type = _JSON if operation.in_a_form else operation.media_type
        return self._send(_completed(request, filled, media_type), line)

    def _look_up(self, method: str, path: str) -> tuple[Operation, Asked] | None:
        matching = [pair for pair, pattern in zip(self._wants, self._patterns, strict=True) if pattern.fullmatch(path)]
        return next((pair for pair in matching if pair[0].method == method), None)


def _told(request: Request) -> str:
    """All that is known of a request, without its secrets: what others send meanwhile changes no word of it."""
    shown = request.shown or request
    return f"{shown.method} {shown.target} {shown.headers} {shown.body!r}"


def _parts(wanted: Asked) -> tuple[tuple[tuple[str, str], ...], ...]:
    return wanted.query, wanted.headers


def _asked(operation: Operation, target: Target, carried: Carried) -> Asked:
    try:
        return asked(operation, target, carried)
    except Unsatisfiable:
        # Its lane says so, and sends nothing.
        return Asked()


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^{}]+\})", path))


def _completed(request: Request, wanted: Asked, media_type: str) -> Request:
    path, mark, query = request.target.partition("?")
    known = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    more = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in wanted.query if name not in known)
    joined = "&".join(filter(None, (more, query)))
    given = {name.lower() for name, _ in request.headers}
    headers = tuple(
        (name, media_type if name.lower() == "content-type" and value == _JSON else value)
        for name, value in request.headers
    ) + tuple(pair for pair in wanted.headers if pair[0].lower() not in given)
    shown = _completed(request.shown, wanted, media_type) if request.shown else None
    target = f"{path}?{joined}" if joined or mark else path
    return replace(request, target=target, headers=headers, shown=shown)

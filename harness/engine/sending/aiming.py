"""Aiming again: a server that redirects to the same path with a slash has not been asked yet."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from urllib.parse import urlsplit

from harness.model import Exchange, Request, Send


class Aimed:
    """Sends, and sends once more where the answer is that the path wants a slash at its end, or wants none.

    Such a redirect is remembered for paths of the same form, so that a control, its mutants and its readers hit one
    place.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._slashed: dict[tuple[str, ...], bool] = {}
        self._counting = Lock()
        self.by_line: Counter[str] = Counter()
        """Requests sent, by connection."""

    def __call__(self, request: Request, line: str) -> Exchange:
        aimed = self._aim(request)
        exchange = self._counted(aimed, line)
        if request.spelling or exchange.status not in (301, 302, 307, 308):
            # Of another spelling, a redirect to the usual one is an answer.
            return exchange
        path = aimed.target.partition("?")[0]
        moved = urlsplit(exchange.header("location") or "").path
        if not path or moved.rstrip("/") != path.rstrip("/") or moved == path:
            return exchange
        self._slashed[_form(path)] = moved.endswith("/")
        return self._counted(self._aim(request), line)

    def _counted(self, request: Request, line: str) -> Exchange:
        with self._counting:
            self.by_line[line] += 1
        return self._send(request, line)

    def _aim(self, request: Request) -> Request:
        path = request.target.partition("?")[0]
        slashed = self._slashed.get(_form(path))
        if slashed is None or path == "/":
            return request
        return _retargeted(
            request, (lambda text: text.rstrip("/") + "/") if slashed else (lambda text: text.rstrip("/"))
        )


def _retargeted(request: Request, change: Callable[[str], str]) -> Request:
    path, mark, query = request.target.partition("?")
    shown = _retargeted(request.shown, change) if request.shown else None
    return replace(request, target=change(path) + mark + query, shown=shown)


def _form(path: str) -> tuple[str, ...]:
    """The path's segments, those that hold a digit taken for ids."""
    return tuple("*" if any(char.isdigit() for char in word) else word for word in path.strip("/").split("/"))

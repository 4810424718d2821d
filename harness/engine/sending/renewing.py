"""Tokens that expire while a run is under way: a refused control is sent once more with a new one."""

from collections import Counter
from dataclasses import replace
from threading import Lock

from harness.identities import Logins
from harness.model import Exchange, Request, Secret, Send

MOST = 20
"""New tokens for one identity in one run."""


class Renewing:
    """Sends; where a control or a reader of an identity that logs in gets 401, it logs in anew and sends once more.

    A mutant's 401 is the answer that was asked for, so mutants are sent once.
    """

    def __init__(self, send: Send, logins: Logins, owner: str) -> None:
        """`owner` is who sends on connections that name nobody."""
        self._send = send
        self._logins = logins
        self._owner = owner
        self._vain: set[tuple[str, str, str]] = set()
        self._lock = Lock()
        self._tried: Counter[str] = Counter()
        self.times: Counter[str] = Counter()
        """New tokens that were taken where the old one was not, by identity."""

    def __call__(self, request: Request, line: str) -> Exchange:
        kind, _, name = line.partition(" ")
        name = name or self._owner
        exchange = self._send(request, line)
        if exchange.status != 401 or kind not in ("control", "reader") or self._tried[name] >= MOST:
            return exchange
        what = name, request.method, request.target.partition("?")[0]
        old = next((one for one in self._logins.told(name) if _bears(request, one)), None)
        if old is None or what in self._vain:
            return exchange
        new = self._renewed(name, old)
        if new is None:
            return exchange
        again = self._send(_with(request, old, new), line)
        if again.status == 401:
            self._vain.add(what)
        else:
            with self._lock:
                self.times[name] += 1
        return again

    def _renewed(self, name: str, old: Secret) -> Secret | None:
        """Another token than the old one: got now, or meanwhile for another request."""
        with self._lock:
            held = self._logins.held(name)
            if held is not None and held.reveal() != old.reveal():
                return held
            self._tried[name] += 1
            self._logins.refresh(name)
            return self._logins.held(name)


def _bears(request: Request, token: Secret) -> bool:
    text = token.reveal()
    places = (request.target, *(value for _, value in request.headers))
    return any(text in one for one in places) or text.encode() in (request.body or b"")


def _with(request: Request, old: Secret, new: Secret) -> Request:
    """The request with another token in the place of the first."""
    before, after = old.reveal(), new.reveal()
    headers = tuple((name, value.replace(before, after)) for name, value in request.headers)
    body = None if request.body is None else request.body.replace(before.encode(), after.encode())
    return replace(request, target=request.target.replace(before, after), headers=headers, body=body)

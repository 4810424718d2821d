"""The one way out: requests to one origin, counted and budgeted, answers without secrets."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock

from harness.model import READS, Exchange, Request
from harness.wire.answers import Answer
from harness.wire.failures import Failed, Unanswered
from harness.wire.http1 import Connection, leaves_clean, octets
from harness.wire.origin import Dialer, origin_of
from harness.wire.pace import Pace
from harness.wire.redaction import Redactor, octets_of

Fields = tuple[tuple[str, str], ...]
_APART = b"\n\n"
"""Between texts of which neither is to be read on in the other, in whatever encoding."""
MOST_IDLE = 64
"""Connections kept open for later; the longest unused goes first."""


class Wire:
    """Sends requests to the origin of `base_url`, as written, and to nothing else; implements `harness.model.Send`.

    No redirects, cookies, retries, proxies or credentials from the environment; TLS is always verified, against `ca`
    alone where it is given. `deadline` is seconds for a whole exchange, connecting included; `budget` is all requests;
    `pace` says when the next one may go. Each request has a connection of its own unless it `keeps` them: a server that
    serves one at a time would wait for the end of the first. With `reads_only` a write is not sent: its exchange fails
    with `reads-only`. Safe to call from threads. Raises `UsageError` for a base URL or `ca` that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        redact: Redactor,
        deadline: float = 10.0,
        budget: int = 20_000,
        ca: Path | None = None,
        reads_only: bool = False,
        pace: Pace | None = None,
        keeps: bool = True,
    ) -> None:
        origin = origin_of(base_url)
        self._authority = origin.authority
        self._dialer = Dialer(origin, ca)
        self._redact = redact
        self.listener: Callable[[Request, Answer, Exchange], None] | None = None
        """Gets each request and its answer as they are, and the exchange without secrets."""
        self.witness: Callable[[Request, Answer], None] | None = None
        """Gets each request and its answer before secrets are taken out: what it makes known as one is taken out,
        too."""
        self.denies: Callable[[Exchange], bool] | None = None
        """Whether an answer is a refusal, whatever its status."""
        self._deadline = deadline
        self._budget = budget
        self._reads_only = reads_only
        self._pace = pace or Pace()
        self._keeps = keeps
        self._lock = Lock()
        self._idle: list[tuple[str, Connection]] = []
        """With their lines, the longest unused first; several of one line where it was used at once."""
        self._sent: Counter[str] = Counter()
        self._shut = False

    @property
    def by_method(self) -> dict[str, int]:
        """Requests per method. One that found no server counts, and so does each sending of one that was sent twice."""
        with self._lock:
            return dict(self._sent)

    @property
    def requests(self) -> int:
        """Requests in all, counted as in `by_method`."""
        return sum(self.by_method.values())

    @property
    def writes(self) -> int:
        """Requests whose method is not a safe one."""
        return sum(count for method, count in self.by_method.items() if method not in READS)

    def __call__(self, request: Request, line: str) -> Exchange:
        """Sends `request` on the idle connection of `line`, or on a new one.

        A raw request goes out on a connection of its own. Raises `ValueError` only: for a request that cannot be
        written, with a line break, a NUL or a character above U+00FF in its head, and, as `framing.Refused`, for one
        that might be taken for two.
        """
        payload, shown = octets(request, self._authority), request.shown or request
        self._pace.wait()
        begun = time.monotonic()
        try:
            answer, until = self._answer(request, payload, line, begun + self._deadline)
        except Failed as failed:
            return _failed(self._shown(shown), failed.reason, begun)
        if self.witness:
            self.witness(request, answer)
        try:
            exchange = self._bare(shown, answer, begun, until)
        except TimeoutError:
            return _failed(self._shown(shown), "deadline-reading", begun)
        if self.denies and self.denies(exchange):
            exchange = replace(exchange, denied=True)
        if self.listener:
            self.listener(request, answer, exchange)
        return exchange

    def reserve(self, more: int = 5_000) -> None:
        """Adds to the budget: what a run has written must be removed, whatever it has cost so far. Less than none takes
        away what earlier parts of the run have spent."""
        with self._lock:
            self._budget += more

    def close(self) -> None:
        """Closes every idle connection; nothing is sent from now on."""
        with self._lock:
            self._shut = True
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def _answer(self, request: Request, payload: bytes, line: str, until: float) -> tuple[Answer, float]:
        """The answer, and until when it may be read."""
        self._count(request.method)
        if idle := None if request.lines else self._take(line):
            try:
                return self._over(idle, request, payload, line, until), until
            except Unanswered:
                # The server may have ended an idle connection while the request was under way, which says nothing about
                # the request. A write is not sent again, for it may have been obeyed: all that can be done for it is to
                # see before sending, as `_take` does, that the connection is still open.
                if request.method not in READS:
                    raise
            until += self._pace.wait()
            self._count(request.method)
        return self._over(Connection(self._dialer.dial(until)), request, payload, line, until), until

    def _over(self, connection: Connection, request: Request, payload: bytes, line: str, until: float) -> Answer:
        try:
            answer = connection.exchange(payload, request.method, until)
        except BaseException:
            connection.close()
            raise
        if self._keeps and answer.reusable and leaves_clean(request) and _was_read(request, answer):
            self._keep(line, connection)
        else:
            connection.close()
        return answer

    def _count(self, method: str) -> None:
        with self._lock:
            if self._shut:
                raise Failed("shut")
            if self._reads_only and method not in READS:
                raise Failed("reads-only")
            if self._sent.total() >= self._budget:
                raise Failed("budget")
            self._sent[method] += 1

    def _take(self, line: str) -> Connection | None:
        with self._lock:
            place = next((n for n in reversed(range(len(self._idle))) if self._idle[n][0] == line), None)
            connection = None if place is None else self._idle.pop(place)[1]
        if connection and not connection.quiet():
            connection.close()
            return None
        return connection

    def _keep(self, line: str, connection: Connection) -> None:
        surplus: Connection | None = connection
        with self._lock:
            if not self._shut:
                self._idle.append((line, connection))
                surplus = self._idle.pop(0)[1] if len(self._idle) > MOST_IDLE else None
        if surplus:
            surplus.close()

    def _bare(self, shown: Request, answer: Answer, begun: float, until: float) -> Exchange:
        """What leaves the wire: evidence is born here, so secrets end here. Raises TimeoutError."""
        head, body = answer.headers, answer.body
        # Mostly there is none in all of it, which one look tells.
        if self._redact.finds(_APART.join((_octets_of(shown), _lines(head), body)), until):
            body = self._redact.data(body, until)
            head = self._fields(head) if self._redact.finds(_lines(head)) else head
            shown = self._shown(shown)
        return Exchange(shown, answer.status, head, body, elapsed=time.monotonic() - begun)

    def _shown(self, request: Request) -> Request:
        if not self._redact.finds(_octets_of(request)):
            return request
        return replace(
            request,
            target=self._redact.text(request.target),
            headers=self._fields(request.headers),
            body=None if request.body is None else self._redact.data(request.body),
            lines=tuple(map(self._redact.data, request.lines)),
        )

    def _fields(self, headers: Fields) -> Fields:
        return tuple((self._redact.text(name), self._redact.text(value)) for name, value in headers)


def _was_read(request: Request, answer: Answer) -> bool:
    """Whether the server surely read the body: who refuses a request, or expects none with its method, may not have,
    and would take it for the beginning of the next."""
    return not request.body or (answer.status < 300 and request.method in ("POST", "PUT", "PATCH"))


def _failed(shown: Request, reason: str, begun: float) -> Exchange:
    return Exchange(shown, failure=reason, elapsed=time.monotonic() - begun)


def _octets_of(request: Request) -> bytes:
    """Everything in a request that may hold a secret."""
    return b"\n".join((_lines(request.headers, request.target), *request.lines, request.body or b""))


def _lines(headers: Fields, *more: str) -> bytes:
    """Everything in a head that may hold a secret, on lines that share nothing."""
    return b"\n".join(map(octets_of, (*more, *(text for field in headers for text in field))))

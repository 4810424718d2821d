"""Listening to all that a target answers in a run, for what no answer should hold: live keys, and passwords.

It costs no request. An answer is looked at before its secrets are taken out, and what is kept is the answer without.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from harness.model import Evidence, Exchange, Json, Operation, Probe, Request
from harness.wire import Answer, Redactor

MOST = 3
"""Answers kept with one finding."""
_PASSWORD = re.compile(r"(?i)(hashed|encrypted)?_?pass(word|wd)?_?(hash(ed)?|digest)?")
_HASH = re.compile(
    r"(?i)\$(2[abxy]?|5|6|argon2\w*|scrypt|pbkdf2\S*)\$|(pbkdf2|scrypt|argon2|bcrypt|sha1|sha256|md5)\w*[$:]"
)
_DIGEST = re.compile(r"(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer that holds what it should not."""

    kind: str
    """`own-key`: its own request had brought it; `other-key`: it had not; `password-hash`."""
    what: str
    """Name of the secret, or of the field."""
    exchange: Exchange
    """Without the secret."""


class Listener:
    """Hears every answer of one run."""

    def __init__(self, redactor: Redactor, operations: Sequence[Operation]) -> None:
        self._redactor = redactor
        plainest = sorted(operations, key=lambda one: one.path.count("{"))
        self._ways = [(one.method, _pattern(one.path), one.name) for one in plainest]
        self._count: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._lock = Lock()
        self._found: dict[tuple[str, str], list[Heard]] = {}

    def __call__(self, request: Request, answer: Answer, exchange: Exchange) -> None:
        name = self._name(request)
        if name is None:
            return
        found = [*self._keys(request, answer, exchange), *_hashes(exchange)]
        with self._lock:
            # A refusal shows nothing of what the operation answers when it works.
            self._count[name] += exchange.ok
            self._asked[name] += 1
            for heard in found:
                kept = self._found.setdefault((name, heard.kind), [])
                kept.append(heard)
                # Not the first ones: which those are, requests that are under way at once leave to chance.
                kept.sort(key=lambda one: (one.exchange.status or 0, one.what, one.exchange.request.target))
                del kept[MOST:]

    def evidence(self, probe: Probe, before: Evidence) -> Evidence:
        """What was heard of a probe's operation, and what had been heard `before` this process began."""
        found = self._found.get((probe.operation.name, probe.mutant.listens), [])
        lines = tuple(f"{one.what}, with status {one.exchange.status}" for one in found)
        attempts = tuple(one.exchange for one in found)
        return Evidence(
            attempts=(*before.attempts, *attempts)[:MOST],
            told=(*before.told, *lines)[:MOST],
            answers=before.answers + self._count[probe.operation.name],
            asked=before.asked + self._asked[probe.operation.name],
        )

    def _name(self, request: Request) -> str | None:
        path = request.target.partition("?")[0]
        found = (name for method, way, name in self._ways if method == request.method and way.fullmatch(path))
        return next(found, None)

    def _keys(self, request: Request, answer: Answer, exchange: Exchange) -> Iterator[Heard]:
        if exchange.body is answer.body and exchange.headers is answer.headers:
            return  # nothing had to be taken out
        lines = [f"{name}: {value}" for name, value in answer.headers if name.lower() != "set-cookie"]
        said = self._redactor.whole("\n".join(lines).encode("latin-1", "replace") + b"\n" + answer.body)
        if said:
            sent = [request.target, *(value for _, value in request.headers)]
            own = self._redactor.whole("\n".join(sent).encode("latin-1", "replace") + b"\n" + (request.body or b""))
            yield from (Heard("own-key" if one in own else "other-key", f"${one}", exchange) for one in sorted(said))


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^{}]*\\\}", "[^/]+", re.escape(template.rstrip("/"))) + "/?")


def _hashes(exchange: Exchange) -> Iterator[Heard]:
    """Fields that are called a password and hold a hash."""
    if not exchange.ok or b"pass" not in exchange.body.lower():
        return
    level = [exchange.json]
    for _ in range(_DEPTH):
        pairs = [pair for one in level for pair in _pairs(one)]
        yield from (Heard("password-hash", f"the field {name}", exchange) for name, one in pairs if _is_hash(name, one))
        level = [one for _, one in pairs if isinstance(one, dict | list)]


def _pairs(value: Json) -> list[tuple[str, Json]]:
    if isinstance(value, dict):
        return list(value.items())
    return [("", one) for one in value] if isinstance(value, list) else []


def _is_hash(name: str, value: Json) -> bool:
    told = isinstance(value, str) and _PASSWORD.fullmatch(name) is not None
    return told and bool(_HASH.match(value) or _DIGEST.fullmatch(value))

"""A request, what came back, and the one way to send."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol, Self

from harness.bodies import bounded_json
from harness.model.words import GATEWAY, Json

_SMALL = 64 * 1024
"""Bytes of a body of which many are kept at hand as values; of larger ones, as a hostile server may send one after the
other, the last two. Those of a whole run would take more room than all else that it knows."""
_LOST = frozenset({"refused", "reset", "closed"})


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out; `target` is in origin form and is sent as written."""

    method: str
    target: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    shown: Self | None = field(default=None, repr=False)
    """The same request as a shell would write it, credentials as `$VARIABLES`; what evidence keeps instead of this
    one."""
    lines: tuple[bytes, ...] = field(default=(), repr=False)
    """Of a raw request, its head byte for byte, each line without its end; it is sent instead of what stands above."""
    spelling: str = ""
    """How the path of `target` is spelled when it is sent, by name; empty for as it stands."""


def _parsed(body: bytes) -> Json:
    try:
        return bounded_json(body)
    except ValueError:
        return None


_of_small, _of_large = lru_cache(maxsize=64)(_parsed), lru_cache(maxsize=2)(_parsed)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back: an answer (`status` is set) or a typed failure (`failure` is set)."""

    request: Request
    """What was sent, as it may be shown: no secret in it."""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    failure: str | None = None
    """Short reason why there is no answer that counts: `refused`, `reset`, `deadline`, `framing-…`."""
    elapsed: float = 0.0
    """Seconds."""
    denied: bool = False
    """Whether it is a refusal by the target's word, whatever its status."""

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx that means it."""
        return self.status is not None and 200 <= self.status < 300 and not self.denied

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def lost(self) -> bool:
        """Whether it went wrong on the way, so that the same may go well when it is sent again."""
        return self.failure in _LOST or self.status in GATEWAY

    @property
    def unanswered(self) -> bool:
        """Whether it may have been obeyed although nobody said so."""
        cut = (self.failure or "").startswith(("reset", "closed", "deadline", "framing-", "too-large"))
        return cut or self.status in GATEWAY

    @property
    def media_type(self) -> str:
        """Media type without parameters, lower case; empty where there is none."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @property
    def json(self) -> Json:
        """The body as JSON, or None where it is none. (`null` reads as None, too: it says nothing.) Answers that say
        the same share it."""
        return _of_small(self.body) if len(self.body) <= _SMALL else _of_large(self.body)

    @property
    def json_keys(self) -> frozenset[str]:
        """The top-level keys of a JSON object; empty otherwise."""
        value = self.json
        return frozenset(value) if isinstance(value, dict) else frozenset()


class Send(Protocol):
    """Sends one request within the run's bounds. `line` names the connection: what shares a name may share a socket.

    Never raises for anything that a server does: that is a failure told in the exchange.
    """

    def __call__(self, request: Request, line: str) -> Exchange: ...

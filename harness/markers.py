"""Unguessable values that tell what this run has written.

A marker is `hf`, a number, and a keyed digest of that number, in lower-case base32 letters: whoever holds the run's
secret can tell its own markers from anybody else's, without a list of them. The number is a digest, too, of who the
marker is for and how many that one has had: so it does not matter who asks first.
"""

import base64
import hmac
import json
import re
import secrets
from collections import Counter
from collections.abc import Callable
from threading import Lock

from harness.model import Json

SEED_BITS = 53
"""Bits of a seed that is drawn: every reader of JSON keeps so many, and nobody guesses them in the time of a run."""
_NUMBER, _DIGEST = 8, 14
_PATTERN = re.compile(rf"hf[a-z2-7]{{{_NUMBER + _DIGEST}}}", re.IGNORECASE)


def draw_seed() -> int:
    """A seed for a run that was given none."""
    return secrets.randbits(SEED_BITS)


def run_secret(seed: int, part: int = 0, shard: str = "") -> bytes:
    """The secret of a run with this seed, 32 bytes; of each `part` of it, where it was taken up again, another, and of
    each `shard`, which may write to the same target at the same time."""
    named = f"{seed} {part} {shard}" if shard else f"{seed} {part}"
    return hmac.digest(b"holdfast", named.encode(), "sha256")


class Markers:
    """The markers of one run."""

    def __init__(self, secret: bytes, draw: Callable[[Callable[[], str]], str] = lambda make: make()) -> None:
        """`draw` calls its argument until the text holds no part of a known secret."""
        self._secret = secret
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._given: set[str] = set()
        self._draw = draw

    def new(self, who: str = "") -> str:
        """A marker never given before in this run: 24 characters of a-z and 2-7. The same calls for `who` give the same
        ones, whatever others ask for meanwhile. Safe to call from threads."""
        with self._lock:
            found = self._draw(lambda: self._of(_base32(self._next(who))[:_NUMBER]))
            while found in self._given:
                found = self._draw(lambda: self._of(_base32(self._next(who))[:_NUMBER]))
            self._given.add(found)
            return found

    def word(self, who: str) -> str:
        """32 hexadecimal digits that nobody guesses and no other call gets; as reproducible as `new`."""
        with self._lock:
            return self._next(f"word {who}").hex()[:32]

    def _next(self, who: str) -> bytes:
        self._counts[who] += 1
        return hmac.digest(self._secret, f"{who} {self._counts[who]}".encode(), "sha256")

    def find(self, value: Json) -> frozenset[str]:
        """The markers of this run that stand anywhere in a value, a text or bytes, whatever their case."""
        text = value if isinstance(value, str) else _text(value)
        return frozenset(one for one in map(str.lower, _PATTERN.findall(text)) if self._is_ours(one))

    def _is_ours(self, marker: str) -> bool:
        return marker in self._given or marker == self._of(marker[2 : 2 + _NUMBER])

    def _of(self, number: str) -> str:
        digest = hmac.digest(self._secret, number.encode(), "sha256")
        return f"hf{number}{_base32(digest)[:_DIGEST]}"


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _text(value: Json) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else json.dumps(value)

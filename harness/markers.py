"""Unguessable values that tell what this run has written.

A marker is `hf`, a number, and a keyed digest of that number, in lower-case base32 letters: whoever holds the run's
secret can tell its own markers from anybody else's, without a list of them.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Callable

from harness.model import Json

_NUMBER, _DIGEST = 8, 14
_PATTERN = re.compile(rf"hf[a-z2-7]{{{_NUMBER + _DIGEST}}}", re.IGNORECASE)


class Markers:
    """The markers of one run."""

    def __init__(self, secret: bytes, draw: Callable[[Callable[[], str]], str] = lambda make: make()) -> None:
        """`draw` calls its argument until the text holds no part of a known secret."""
        self._secret = secret
        self._count = itertools.count(1)
        self._draw = draw

    def new(self) -> str:
        """A marker never given before in this run: 24 characters of a-z and 2-7."""
        return self._draw(lambda: self._of(_base32(next(self._count).to_bytes(5, "big"))))

    def find(self, value: Json) -> frozenset[str]:
        """The markers of this run that stand anywhere in a value, a text or bytes, whatever their case."""
        text = value if isinstance(value, str) else _text(value)
        return frozenset(one for one in map(str.lower, _PATTERN.findall(text)) if one == self._of(one[2 : 2 + _NUMBER]))

    def _of(self, number: str) -> str:
        digest = hmac.new(self._secret, number.encode(), hashlib.sha256).digest()
        return f"hf{number}{_base32(digest)[:_DIGEST]}"


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _text(value: Json) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else json.dumps(value)

"""What never leaves: requests that the owner forbids, and such as no wire can carry."""

import re
from collections.abc import Sequence

from harness.config import matches
from harness.model import Exchange, Request, Send
from harness.wire import readings


class Guarded:
    """Sends, except what the target file says is never sent, and, but for mutants and guests, what is only to be
    refused: a pattern's `{parameter}` stands for any segment, and a target is looked at in every way that a server
    might read it."""

    def __init__(self, send: Send, never: Sequence[str], refuse_only: Sequence[str] = ()) -> None:
        self._send = send
        self._never, self._refuse_only = _any_segment(never), _any_segment(refuse_only)

    def __call__(self, request: Request, line: str) -> Exchange:
        method = request.method.upper()
        keyless = line.startswith(("mutant", "guest"))
        forbidden = self._never if keyless else (*self._never, *self._refuse_only)
        if any(matches(one, method, path) for one in forbidden for path in readings(request.target)):
            return Exchange(request.shown or request, failure="never")
        try:
            return self._send(request, line)
        except ValueError:
            return Exchange(request.shown or request, failure="unsendable")


def _any_segment(patterns: Sequence[str]) -> tuple[str, ...]:
    return tuple(re.sub(r"\{[^{}]*\}", "*", one) for one in patterns)

"""Waiting for a target that is still starting: nobody listens there yet, or its gateway says that nobody does.

What is asked meanwhile is what comes first in any case, without a credential: the owner's consent on a host that needs
it, else the document where it is served, else the root.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, repeat

from harness.config import Target
from harness.engine.sending.consent import PLACE
from harness.engine.sending.enduring import PAUSES
from harness.errors import Unreachable
from harness.model import GATEWAY, Exchange, Request, Send

STARTING = frozenset({"refused", "reset", "closed", "deadline", "unresolved", "unreachable"})
"""Failures that a target which is about to come may cause; a certificate that is not trusted is none."""
Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long to wait for a target, and whom to tell."""

    seconds: float
    told: Told = lambda why, since: None
    """Called after each look in vain with what was met and the seconds waited so far; at the end with no reason."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def await_target(target: Target, wire: Callable[[float], Send], waiting: Waiting) -> None:
    """Looks for the target until it is there. `wire` gives what sends one request within so many seconds.

    Raises Unreachable where it does not come in time.
    """
    began, request = waiting.clock(), Request("GET", _path(target))
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        left = waiting.seconds - (waiting.clock() - began)
        why = _absent(wire(min(target.limits.deadline, max(left, PAUSES[0])))(request, "waiting"))
        since = waiting.clock() - began
        waiting.told(why, since)
        if not why:
            return
        if since + pause >= waiting.seconds:
            raise Unreachable(
                f"{target.base_url}: not there after {waiting.seconds:g} s ({why}); look at its own log, or give it "
                "more time with --wait"
            )
        waiting.sleep(pause)


def _path(target: Target) -> str:
    if target.proof is not None:
        return PLACE
    return target.document_path or f"{target.base_url.prefix}/"


def _absent(exchange: Exchange) -> str:
    """Why the target seems not to be there yet; empty where it is."""
    if exchange.status is None:
        return exchange.failure or "" if exchange.failure in STARTING else ""
    return str(exchange.status) if exchange.status in GATEWAY else ""

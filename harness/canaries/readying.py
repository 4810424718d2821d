"""What must happen to a new object before it is usable, by the target file's `needs:`."""

from collections.abc import Callable, Sequence

from harness.canaries.telling import refused
from harness.canaries.waiting import until
from harness.config import Need
from harness.model import Exchange, Operation

Ask = Callable[[str, str], Exchange]
"""Sends a method and path, which still names its parameters, with the entitled credential."""


def not_ready(needs: Sequence[Need], ask: Ask, longest: float) -> str:
    """Does what is needed, each after the other, and waits for what is to come of it, `longest` seconds at most; why
    the object is not usable, or nothing where it is."""
    for need in needs:
        method, _, path = need.operation.partition(" ")
        exchange = ask(method, path)
        if not exchange.ok:
            return f"it needs {refused(Operation(method, path), exchange)}"
        wanted, _, status = (need.until or "").removeprefix("GET ").rpartition(" ")
        answered = _awaited(ask, wanted, status, longest) if wanted else status
        if answered != status:
            return f"it needs GET {wanted} to answer {status}, and that still answers {answered}"
    return ""


def _awaited(ask: Ask, path: str, status: str, longest: float) -> str:
    """The status that a path answers when it answers this one, or the time is over."""
    answer, _ = until(lambda: ask("GET", path), lambda one: str(one.status) == status, longest)
    return str(answer.status)

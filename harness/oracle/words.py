"""Whether the body of a 200 says no.

That guests get the same proves nothing: a success for everybody looks alike, too. So the body itself must speak of an
error or a refusal.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape

from harness.model import Exchange, Json

_ERRORS = frozenset({"error", "errors", "err", "error_code", "error_description", "detail", "fault", "problem"})
_SUCCESSES = frozenset({"success", "ok", "valid"})
_STATES = frozenset({"status", "result", "code"})
_FAILURES = frozenset({"error", "fail", "failed", "denied", "unauthorized", "forbidden"})
_SHORT = 300
"""Characters of a text that is a message, and no content."""
_REFUSAL = re.compile(
    r"unauthori[sz]ed|forbidden|denied|not allowed|not permitted|permission|\blog ?in\b|\bsign ?in\b|credential"
    r"|authenticat|\b(?:invalid|wrong|missing) (?:\w+ )?(?:key|token|password)",
    re.IGNORECASE,
)
_READ = 16384
"""Bytes of a page that are looked through."""
_ADDRESS = re.compile(r"\S*[/@]\S*")
_ASIDE = re.compile(r"<!--.*?-->|<(script|style|nav|header|footer|a)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
"""Parts of a page that say nothing of what was done: its links offer a login on any page."""


def says_no(exchange: Exchange) -> bool:
    """Whether an answer's body tells of an error or a refusal, in keys or in words."""
    if exchange.json is None:
        return _REFUSAL.search(unescape(_ASIDE.sub(" ", exchange.body[:_READ].decode("utf-8", "replace")))) is not None
    if isinstance(exchange.json, dict):
        verdict = _by_keys(exchange.json)
        if verdict is not None:
            return verdict
    return any(map(_refuses, _texts(exchange.json)))


def _by_keys(answer: Mapping[str, Json]) -> bool | None:
    """What an answer's keys say; None where they say nothing."""
    told = {key.lower(): value for key, value in answer.items()}
    if any(told.get(name) is False for name in _SUCCESSES):
        return True
    if any(told.get(name) is True for name in _SUCCESSES):
        return False
    states = (told.get(name) for name in _STATES)
    if any(told.get(name) for name in _ERRORS) or any(str(one).lower() in _FAILURES for one in states):
        return True
    return None


def _texts(value: Json) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, (dict, list)):
            waiting += one.values() if isinstance(one, dict) else one


def _refuses(text: str) -> bool:
    return len(text) <= _SHORT and not _ADDRESS.fullmatch(text) and _REFUSAL.search(text) is not None

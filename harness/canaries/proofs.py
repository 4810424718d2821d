"""Proofs: values that answers tell, each of which lets its holder do one thing with one object.

A proof is a secret of the run. It is made known as one before the answer that tells it becomes evidence, and is kept
here alone: no canary, ledger or report holds it.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from threading import get_ident
from typing import Final

from harness.bodies import bounded_json
from harness.canaries.values import Canary
from harness.config import Guarded
from harness.credentials import bend
from harness.model import Bend, Json, Operation, Request
from harness.resources import value_at
from harness.resources.paths import shape
from harness.wire import Answer, Redactor

LEAST = 6
"""Characters of a proof: what is shorter would be taken for one wherever it stands."""
Source = tuple[str, str]
"""`METHOD /path` of what tells a proof, and the place in its answer."""


class Missing(Enum):
    """What stands for a value that is not sent at all."""

    LEFT_OUT = "left out"


LEFT_OUT: Final = Missing.LEFT_OUT


class Proofs:
    """What was told, by the object that it was told of."""

    def __init__(self, guarded: Iterable[Guarded], redactor: Redactor) -> None:
        self._redactor = redactor
        sources = {(one.from_.operation, one.from_.value) for one in guarded if one.from_}
        self._ways = {source: _way(source[0]) for source in sorted(sources)}
        self._last: dict[tuple[Source, int], str] = {}
        """By the thread that was told it: another may create the like meanwhile."""
        self._held: dict[tuple[Source, str, str], str] = {}

    def hear(self, request: Request, answer: Answer) -> None:
        """Takes in what an answer tells, and makes it known as a secret."""
        path = request.target.partition("?")[0]
        for source, (method, way) in self._ways.items():
            if request.method == method and way.fullmatch(path):
                self._last.pop((source, get_ident()), None)
                told = _told(answer, source[1])
                if told is not None:
                    self._redactor.learn("PROOF", told, key=False)
                    self._last[source, get_ident()] = told

    def note(self, operation: Operation, canary: Canary) -> None:
        """Says that the last answer of an operation told the proofs of a canary."""
        for source in self._ways:
            method, _, path = source[0].partition(" ")
            told = self._last.pop((source, get_ident()), None) if _is_at(operation, method, path) else None
            if told is not None:
                self._held[source, canary.resource, canary.id] = told

    def held(self, source: Source, canary: Canary) -> str | None:
        """The proof of a canary; None where none was told."""
        return self._held.get((source, canary.resource, canary.id))


def stand_in(kind: str, slots: Mapping[str, Json]) -> Json:
    """What a mutant sends in the place of a proof, by its `Mutant.proof`."""
    real = slots.get("self.proof", LEFT_OUT)
    match kind:
        case "real":
            return real
        case "absent":
            return LEFT_OUT
        case "empty":
            return ""
        case "null":
            return None
        case "other":
            return slots.get("other.proof", LEFT_OUT)
        case "condition":
            return {"$eq": real} if isinstance(real, str) else LEFT_OUT
    return bend(Bend(kind), real if isinstance(real, str) else "holdfast-proof")


def _is_at(operation: Operation, method: str, path: str) -> bool:
    return method == operation.method and shape(path) == shape(operation.path)


def _way(operation: str) -> tuple[str, re.Pattern[str]]:
    method, _, path = operation.partition(" ")
    parts = re.split(r"\{[^{}]*\}", path.rstrip("/"))
    return method, re.compile("[^/]+".join(map(re.escape, parts)) + "/?")


def _told(answer: Answer, place: str) -> str | None:
    if not 200 <= answer.status < 300:
        return None
    try:
        value = value_at(bounded_json(answer.body), place)
    except ValueError:
        return None
    return value if isinstance(value, str) and len(value) >= LEAST and value.isprintable() else None

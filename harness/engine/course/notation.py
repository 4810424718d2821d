"""Evidence as JSON and back, so that another process can go on with it.

No secret is in it: it was redacted at birth.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from harness.model import Confidence, Effect, Evidence, Exchange, Json, Look, Outcome, Proof, Request, Verdict

_PLAIN = (
    *("suspects", "late", "identity", "not_sent", "same_as_control", "uncontrolled"),
    *("pointless", "told", "answers", "asked", "hidden", "usual"),
)
_EXCHANGES = ("reference", "public", "guest_item", "unknown_path", "own_path", "spelled_path")
_PROOFS = ("before", "after", "repeat_after", "likewise")
assert {*_PLAIN, *_EXCHANGES, *_PROOFS, "attempts", "effects", "look"} == {one.name for one in fields(Evidence)}


class Notes:
    """Writes evidence down. Exchanges that probes share are written once, and told by their number."""

    def __init__(self, known: Sequence[Exchange] = ()) -> None:
        """`known` are written already, in this order."""
        self._numbers = {id(one): place for place, one in enumerate(known)}
        self._kept = list(known)

    def lines(self, name: str, evidence: Evidence, verdict: Verdict) -> Iterator[dict[str, Json]]:
        """The exchanges not written yet, then the verdict with what it rests on."""
        proofs = [getattr(evidence, one) for one in _PROOFS]
        others = [getattr(evidence, one) for one in _EXCHANGES]
        for exchange in (*evidence.attempts, *(one.exchange for one in proofs if one), *others):
            if exchange is not None and id(exchange) not in self._numbers:
                self._numbers[id(exchange)] = len(self._kept)
                self._kept.append(exchange)
                yield {"kind": "exchange", **_exchange(exchange)}
        yield {
            "kind": "verdict",
            "id": name,
            "verdict": verdict.outcome,
            "reason": verdict.reason,
            "confidence": verdict.confidence,
            "detail": verdict.detail,
            "evidence": self._evidence(evidence),
        }

    def _evidence(self, evidence: Evidence) -> dict[str, Json]:
        """What there is of it: most of what may be seen around a probe mostly is not."""
        return {name: value for name, value in self.whole(evidence).items() if value != _BLANK[name]}

    def whole(self, evidence: Evidence) -> dict[str, Json]:
        """All of it, given that its exchanges have their numbers."""
        told: dict[str, Json] = {one: getattr(evidence, one) for one in _PLAIN}
        told |= {one: self._number(getattr(evidence, one)) for one in _EXCHANGES}
        told |= {one: self._proof(getattr(evidence, one)) for one in _PROOFS}
        told["attempts"] = [self._number(one) for one in evidence.attempts]
        told["effects"] = [
            {one.name: getattr(effect, one.name) for one in fields(effect)} for effect in evidence.effects
        ]
        return {**told, "look": evidence.look, "usual": dict(evidence.usual)}

    def _number(self, exchange: Exchange | None) -> int | None:
        return None if exchange is None else self._numbers[id(exchange)]

    def _proof(self, proof: Proof | None) -> Json:
        if proof is None:
            return None
        return [self._number(proof.exchange), proof.seen, proof.reason, proof.settle]


def _exchange(exchange: Exchange) -> dict[str, Json]:
    request = exchange.request
    return {
        "request": {
            "method": request.method,
            "target": request.target,
            "headers": request.headers,
            "body": None if request.body is None else _text(request.body),
            "lines": [_text(line) for line in request.lines],
        },
        "status": exchange.status,
        "headers": exchange.headers,
        "body": _text(exchange.body),
        "failure": exchange.failure,
        "elapsed": exchange.elapsed,
    }


def read_exchange(line: Mapping[str, Json]) -> Exchange:
    """An exchange as `Notes` wrote it."""
    told = line["request"]
    body = None if told["body"] is None else _octets(told["body"])
    lines = tuple(_octets(one) for one in told["lines"])
    request = Request(told["method"], told["target"], _pairs(told["headers"]), body, lines=lines)
    return Exchange(
        request, line["status"], _pairs(line["headers"]), _octets(line["body"]), line["failure"], line["elapsed"]
    )


def read_verdict(line: Mapping[str, Json], exchanges: Sequence[Exchange]) -> tuple[Evidence, Verdict]:
    """Evidence and verdict as `Notes` wrote them, given the exchanges above them."""

    def numbered(number: int | None) -> Exchange | None:
        return None if number is None else exchanges[number]

    told = {**_BLANK, **line["evidence"]}
    found: dict[str, Json] = {one: tuple(told[one]) if isinstance(told[one], list) else told[one] for one in _PLAIN}
    found |= {one: numbered(told[one]) for one in _EXCHANGES}
    found |= {one: told[one] and Proof(numbered(told[one][0]), *told[one][1:]) for one in _PROOFS}
    evidence = Evidence(
        attempts=tuple(exchanges[one] for one in told["attempts"]),
        effects=tuple(Effect(**one) for one in told["effects"]),
        look=Look(told["look"]),
        **found,
    )
    confidence = Confidence(line["confidence"]) if line["confidence"] else None
    return evidence, Verdict(Outcome(line["verdict"]), line["reason"], confidence, line["detail"])


def _pairs(told: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in told)


_BLANK = Notes().whole(Evidence())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _octets(text: str) -> bytes:
    return base64.b64decode(text)

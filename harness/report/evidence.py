"""The file that shows how one verdict came about."""

import json
import math

from harness.engine import Judged
from harness.model import Effect, Exchange, Json, Proof
from harness.report.facts import fingerprint
from harness.report.shell import curl

BODY = 4096
"""Bytes of a body, and characters of a value, that are kept."""
DEPTH = 6
"""Levels of a value that are kept."""


def evidence_of(judged: Judged) -> dict[str, Json]:
    """All that was seen around a probe, as JSON; bodies and values are cut."""
    probe, evidence, verdict = judged.probe, judged.evidence, judged.verdict
    return {
        "id": probe.id,
        "fingerprint": fingerprint(probe),
        "claim": probe.title,
        "verdict": verdict.outcome,
        "reason": verdict.reason,
        "confidence": verdict.confidence,
        "detail": verdict.detail,
        "not_sent": evidence.not_sent,
        "control": _proof(evidence.before),
        "attempts": [exchange_of(one) for one in evidence.attempts],
        "control_after": _proof(evidence.after),
        "reference": exchange_of(evidence.reference) if evidence.reference else None,
        "state": evidence.look,
        "effects": [_effect(one) for one in evidence.effects],
        "suspects": list(evidence.suspects),
        "reproduce": curl(evidence.attempts[-1].request) if evidence.attempts else None,
    }


def held_line(judged: Judged) -> dict[str, Json]:
    """A refusal in one line: its status, those of the controls around it, and what reading the state back showed."""
    evidence = judged.evidence
    last = evidence.attempts[-1] if evidence.attempts else None
    around = (evidence.before, evidence.after)
    return {
        "id": judged.probe.id,
        "status": last.status if last else None,
        "controls": [one.exchange.status if one and one.exchange else None for one in around],
        "reads": evidence.look,
        "seconds": round(sum(one.elapsed for one in evidence.attempts), 4),
    }


def _proof(proof: Proof | None) -> dict[str, Json] | None:
    if proof is None:
        return None
    exchange = exchange_of(proof.exchange) if proof.exchange else None
    return {"good": proof.good, "seen": proof.seen, "reason": proof.reason, "exchange": exchange}


def exchange_of(exchange: Exchange) -> dict[str, Json]:
    """One exchange as JSON; of a raw request the head as it was written, too, with backslash escapes."""
    request = exchange.request
    raw = {"raw": [line.decode("ascii", "backslashreplace") for line in request.lines]} if request.lines else {}
    return {
        "request": {
            "line": f"{request.method} {request.target}",
            "headers": [list(one) for one in request.headers],
            "body": None if request.body is None else _body(request.body),
            **raw,
        },
        "status": exchange.status,
        "headers": [list(one) for one in exchange.headers],
        "body": _body(exchange.body),
        "body_bytes": len(exchange.body),
        "failure": exchange.failure,
        "seconds": round(exchange.elapsed, 4),
    }


def _body(body: bytes) -> str:
    return body[:BODY].decode("utf-8", "replace")


def _effect(effect: Effect) -> dict[str, Json]:
    return {
        "kind": effect.kind,
        "resource": effect.resource,
        "object": effect.object_id,
        "inside": effect.inside,
        "values": _bounded(dict(effect.values)),
        "outside_rule": dict(effect.outside_rule),
    }


def _bounded(value: Json) -> Json:
    """A value as a server gave it, in a size that can be kept: where it is larger, the beginning of its text."""
    shallow = _shallow(value, DEPTH)
    text = json.dumps(shallow)
    return shallow if len(text) <= BODY else text[:BODY] + "…"


def _shallow(value: Json, levels: int) -> Json:
    """JSON with levels too deep, and numbers that JSON does not have, as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if not isinstance(value, dict | list):
        return value
    if not levels:
        return "…"
    if isinstance(value, dict):
        return {str(key): _shallow(one, levels - 1) for key, one in value.items()}
    return [_shallow(one, levels - 1) for one in value]

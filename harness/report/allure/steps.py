"""The steps of a probe: the control, the probe itself, the state read back, and the control once more."""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.model import Json, Look
from harness.report.text import safe

ATTEMPTS = 3
"""Attempts shown at most, the last ones."""
EFFECTS = 5
_LOOKS: Mapping[str, tuple[str, str]] = {
    Look.UNCHANGED: ("passed", "unchanged"),
    Look.NOISE: ("skipped", "others write there, so nothing can be told"),
    Look.UNREADABLE: ("skipped", "could not be read"),
    Look.NOT: ("skipped", "not looked at"),
}


def steps(evidence: Mapping[str, Any], status: str, started: int) -> list[dict[str, Json]]:
    """The steps as Allure has them, of an evidence file or of the line of what held; `status` is the probe's own."""
    told = _of_file(evidence, status) if "attempts" in evidence else _of_line(evidence, status)
    made: list[dict[str, Json]] = []
    for name, its, seconds in told:
        begun = made[-1]["stop"] if made else started
        stop = begun + round(seconds * 1000)
        made.append({"name": safe(name), "status": its, "stage": "finished", "start": begun, "stop": stop})
    return made


def milliseconds(evidence: Mapping[str, Any]) -> int:
    """How long the probe's own exchanges took."""
    if "attempts" not in evidence:
        return round(1000 * float(evidence.get("seconds", 0)))
    return round(1000 * sum(float(one["seconds"]) for one in evidence["attempts"]))


def _of_file(evidence: Mapping[str, Any], status: str) -> Iterator[tuple[str, str, float]]:
    yield from _control("control", evidence["control"])
    for one in evidence["attempts"][-ATTEMPTS:]:
        yield f"probe: {one['request']['line']} → {_answer(one)}", status, one["seconds"]
    if not evidence["attempts"]:
        yield f"probe: not sent: {evidence['not_sent'] or 'there was no need to'}", "skipped", 0
    for one in evidence["effects"][:EFFECTS]:
        yield f"read-back: {one['resource']} {one['object']} was {one['kind']}", status, 0
    if not evidence["effects"]:
        its, said = _LOOKS[evidence["state"]]
        yield f"read-back: {said}", its, 0
    yield from _control("control after it", evidence["control_after"])


def _control(name: str, proof: Mapping[str, Any] | None) -> Iterator[tuple[str, str, float]]:
    if proof is None:
        return
    exchange = proof["exchange"]
    answer = f"{exchange['request']['line']} → {_answer(exchange)}" if exchange else "not sent"
    said = "its effect was read back" if proof["good"] else proof["reason"] or "its effect was not seen"
    yield f"{name}: {answer}, {said}", "passed" if proof["good"] else "broken", exchange["seconds"] if exchange else 0


def _of_line(line: Mapping[str, Any], status: str) -> Iterator[tuple[str, str, float]]:
    if not line:
        return
    before, after = line["controls"]
    if before:
        yield f"control: {before}", "passed", 0
    yield f"probe: {line['status'] or 'nothing was sent'}", status, line.get("seconds", 0)
    its, said = _LOOKS[line["reads"]]
    yield f"read-back: {said}", its, 0
    if after:
        yield f"control after it: {after}", "passed", 0


def _answer(exchange: Mapping[str, Any]) -> str:
    return str(exchange["status"] or f"no answer ({exchange['failure']})")

"""The few lines that a failed or undecided test item shows."""

from pathlib import Path

from harness.engine import Judged
from harness.model import Exchange, Proof
from harness.report.facts import evidence_file
from harness.report.shell import curl
from harness.report.text import safe

COMMAND = 1500
"""Characters of a command that are still shown; a longer one stands in the evidence."""


def failure_text(judged: Judged, out: Path | None) -> str:
    """Verdict, control, mutant, effect, how to send it again, and where the evidence is, a line each."""
    evidence, file = judged.evidence, evidence_file(judged)
    lines = [headline(judged)]
    if evidence.before is not None:
        lines.append(f"  control    {_control(evidence.before)}")
    lines += [f"  mutant     {_answer(one)}" for one in evidence.attempts[-1:]]
    lines += [f"  effect     {safe(str(one))}" for one in evidence.effects[:3]]
    lines += [f"  reproduce  {line}" for line in reproduction(judged)]
    if out is not None and file:
        lines.append(f"  evidence   {safe(str(out / file))}")
    return "\n".join(lines)


def headline(judged: Judged) -> str:
    """The verdict, what was claimed, and what was seen."""
    verdict, title = judged.verdict, judged.probe.title.rstrip(".")
    return f"{safe(str(verdict))}: {safe(title)}" + (f"; {safe(verdict.detail)}" if verdict.detail else "")


def reproduction(judged: Judged) -> list[str]:
    """The command that sends the last attempt again; empty where there is none that fits."""
    if not judged.evidence.attempts:
        return []
    command = safe(curl(judged.evidence.attempts[-1].request), COMMAND)
    if len(command) > COMMAND:
        return []
    if "{" in judged.probe.operation.path:
        return [f"{command}  # its object was this run's and is gone: name one of yours"]
    return [command]


def _control(proof: Proof) -> str:
    told = _answer(proof.exchange) if proof.exchange else "not sent"
    seen = "its effect was read back" if proof.good else safe(proof.reason or "its effect was not seen")
    return f"{told}, {seen}"


def _answer(exchange: Exchange) -> str:
    return f"{exchange.status}" if exchange.status is not None else f"no answer ({safe(exchange.failure or '?')})"

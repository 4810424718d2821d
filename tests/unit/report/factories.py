"""Made-up runs against a target that exists on paper."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from harness import report
from harness.config import load
from harness.engine import Judged, Opened, Plan, Results, open_target
from harness.identities import Standing
from harness.model import (
    Asked,
    Confidence,
    Credential,
    Effect,
    Evidence,
    Exchange,
    Identity,
    Json,
    Look,
    Mutant,
    Operation,
    Outcome,
    Part,
    Probe,
    Proof,
    Request,
    Secret,
    Severity,
    Verdict,
)

KEY = "k3yOfTheReleaseManager"
ENVIRONMENT = {"ADMIN_KEY": KEY}
TARGET = """\
version: 1
name: paper
base_url: http://127.0.0.1:8000
openapi: openapi.json
environment: local
auth:
  key: {channel: header, name: Authorization, template: "ApiKey {username}:{key}"}
identities:
  admin: {username: manager, key: "${ADMIN_KEY}", privileged: true}
public: ["GET /**"]
"""
DOCUMENT = b"""\
{"openapi": "3.1.0", "info": {"title": "paper", "version": "1"}, "paths": {}}
"""

ADMIN = Identity("admin", "manager", Secret(KEY), True, auth="key")
FABRICATED = Credential("key", Part(of="admin", kind="username"), Part("anything_here"))
POST = Operation("POST", "/api/things/")
PUT = Operation("PUT", "/api/things/{id}/")
NO_IDENTITY = "no-identity: low; add an identity with a key and without `privileged`"


def opened(folder: Path) -> Opened:
    """The target; nothing is sent."""
    (folder / "target.yaml").write_text(TARGET)
    (folder / "openapi.json").write_bytes(DOCUMENT)
    assert load(folder / "target.yaml", environment=ENVIRONMENT).name == "paper"
    return open_target(folder / "target.yaml", ENVIRONMENT)


def probe(
    family: str = "fabricated-key",
    mutation: str = "arbitrary-key",
    operation: Operation = POST,
    mutant: Mutant | None = None,
    severity: Severity = Severity.CRITICAL,
    *,
    not_applicable: str | None = None,
    variant: str = "",
) -> Probe:
    """A probe, named as a plan names it."""
    mutant = mutant or Mutant(FABRICATED)
    pairs = "".join(f" {key}={value}" for key, value in mutant.pairs)
    name = f"{family}/{mutation}[{operation.name}{pairs}]"
    title = "The key is an arbitrary word."
    return Probe(name, Asked(family, mutation, title, severity), operation, mutant, variant, not_applicable)


def exchange(
    status: int | None = 201, body: bytes = b'{"id": 7}', method: str = "POST", value: str = "ApiKey manager:$ADMIN_KEY"
) -> Exchange:
    """A write of a thing, and its answer."""
    headers = (("Authorization", value), ("Content-Type", "application/json"))
    target = "/api/things/" if method == "POST" else "/api/things/7/"
    failure = None if status is not None else "reset"
    sent = Request(method, target, headers, b'{"name": "hfmarker"}')
    return Exchange(sent, status, (("Content-Type", "application/json"),), body, failure, 0.0125)


GOOD = Proof(exchange(), True)


def bypassed(one: Probe, values: dict[str, Json] | None = None, body: bytes = b'{"id": 7}') -> Judged:
    """It got in, and the state shows it."""
    method = one.operation.method
    effect = Effect("created" if method == "POST" else "changed", "thing", "7", True, values or {"id": 7})
    attempt = exchange(201 if method == "POST" else 200, body, method, "ApiKey manager:anything_here")
    found = Evidence((attempt,), (effect,), look=Look.UNCHANGED, before=GOOD, after=GOOD, reference=exchange(401, b""))
    return Judged(one, found, Verdict(Outcome.BYPASSED, "any-change", Confidence.STATE, str(effect)))


def held(one: Probe, confidence: Confidence = Confidence.STATE, reason: str = "refused") -> Judged:
    """It was refused."""
    found = Evidence((exchange(401, b""),), look=Look.UNCHANGED, before=GOOD, after=GOOD)
    return Judged(one, found, Verdict(Outcome.HELD, reason, confidence))


def unclear(one: Probe, reason: str, detail: str = "", before: Proof | None = None) -> Judged:
    """Nothing could be told."""
    found = Evidence(before=before, not_sent=None if before else f"{reason}: {detail}")
    return Judged(one, found, Verdict(Outcome.INCONCLUSIVE, reason, detail=detail))


def not_applicable(one: Probe) -> Judged:
    """There is nothing to test."""
    assert one.not_applicable
    reason, _, detail = one.not_applicable.partition(": ")
    return Judged(one, Evidence(), Verdict(Outcome.NOT_APPLICABLE, reason, detail=detail))


def results(
    judged: Sequence[Judged],
    deselected: Sequence[Probe] = (),
    standings: tuple[Standing, ...] = (),
    observer: bool = False,
) -> Results:
    """A finished run."""
    made = Results(
        "0123456789ab",
        datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC),
        Plan((*(one.probe for one in judged), *deselected), {} if observer else {"admin": ADMIN}),
        tuple(one.probe.id for one in judged),
        datetime(2026, 7, 1, 12, 0, 4, tzinfo=UTC),
        {one.probe.id: one for one in judged},
        standings,
    )
    made.cost.requests, made.cost.writes, made.cost.wall_s = 40, 12, 4.0456
    return made


def shown(run: Results, folder: Path, out: Path | None = None, width: int = 100, colour: bool = False) -> str:
    """The summary as a terminal, or a file, gets it."""
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=colour, color_system="standard" if colour else None)
    report.summary(run, opened(folder), console, out)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())

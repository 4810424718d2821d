"""The values that every part of Holdfast speaks in, and the one way to send.

A *probe* is one mutation of a *control*: a request that the entitled identity makes with success. An *exchange* is
one request with its answer; *evidence* is all that was seen around a probe; a *verdict* is what the oracle makes of
it.
"""

from harness.model.claims import ANY_CHANGE, OPENED, PREDICATES, Expect, Forbid
from harness.model.credentials import GUEST, Bend, Credential, Part
from harness.model.evidence import Effect, Evidence, Look, Proof
from harness.model.exchanges import Exchange, Request, Send
from harness.model.identities import Identity, Secret
from harness.model.mutants import Mutant
from harness.model.operations import FORM, Operation, Parameter
from harness.model.places import put, shown, shows, taken_out
from harness.model.probes import Asked, Probe
from harness.model.verdicts import FINDINGS, Confidence, Outcome, Severity, Verdict
from harness.model.words import GATEWAY, READS, REFUSALS, WRITES, Json

__all__ = [
    "ANY_CHANGE",
    "FINDINGS",
    "FORM",
    "GATEWAY",
    "GUEST",
    "OPENED",
    "PREDICATES",
    "READS",
    "REFUSALS",
    "WRITES",
    "Asked",
    "Bend",
    "Confidence",
    "Credential",
    "Effect",
    "Evidence",
    "Exchange",
    "Expect",
    "Forbid",
    "Identity",
    "Json",
    "Look",
    "Mutant",
    "Operation",
    "Outcome",
    "Parameter",
    "Part",
    "Probe",
    "Proof",
    "Request",
    "Secret",
    "Send",
    "Severity",
    "Verdict",
    "put",
    "shown",
    "shows",
    "taken_out",
]

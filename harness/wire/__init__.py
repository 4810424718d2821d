"""Requests out, answers in: one origin, bytes as written, everything bounded, nothing secret in what comes back."""

from harness.wire.answers import Answer
from harness.wire.framing import Refused
from harness.wire.pace import Pace
from harness.wire.raw import raw
from harness.wire.redaction import Redactor
from harness.wire.spelling import SPELLINGS, spelled
from harness.wire.targets import readings
from harness.wire.wire import Wire

__all__ = ["SPELLINGS", "Answer", "Pace", "Redactor", "Refused", "Wire", "raw", "readings", "spelled"]

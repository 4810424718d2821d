"""Requests out, answers in: one origin, bytes as written, everything bounded, nothing secret in what comes back."""

from harness.wire.redaction import Redactor
from harness.wire.wire import Wire

__all__ = ["Redactor", "Wire"]

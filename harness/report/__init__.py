"""What a run found, for a person and for a program."""

from harness.report.console import summary
from harness.report.facts import fingerprint
from harness.report.failure import failure_text
from harness.report.files import write
from harness.report.shell import curl

__all__ = ["curl", "failure_text", "fingerprint", "summary", "write"]

"""A process of its own that meets hostile servers, and what each meeting cost it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_CHILD = r"""
import re, sys, time
from pathlib import Path
from harness.model import Request
from harness.wire import Redactor, Wire
for line in sys.stdin:
    url, deadline = line.split()
    wire = Wire(url, redact=Redactor({"KEY": "0f83be29d7714a6c"}), deadline=float(deadline))
    begun = time.monotonic()
    exchange = wire(Request("GET", "/"), "line")
    seconds = time.monotonic() - begun
    exchange.json
    wire.close()
    # What getrusage tells of a child begins with its parent's peak.
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s*([0-9]+)", status.read_text())[1] if status.exists() else 0
    print(exchange.failure or exchange.status, seconds, peak, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Met:
    """One exchange."""

    ended: str
    """Failure or status."""
    seconds: float
    """Until the exchange was there, secrets taken out."""
    kilobytes: int
    """The most that the process has held until now; 0 where the system does not tell."""


class Meeting:
    """The process, one exchange after the other."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child

    def meet(self, url: str, deadline: float) -> Met:
        """One GET at a server."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{url} {deadline}\n")
        self._child.stdin.flush()
        ended, seconds, kilobytes = self._child.stdout.readline().split()
        return Met(ended, float(seconds), int(kilobytes))

    @classmethod
    @contextmanager
    def begin(cls) -> Iterator["Meeting"]:
        """Starts the process, and ends it with the block."""
        pipe = subprocess.PIPE
        with subprocess.Popen([sys.executable, "-c", _CHILD], stdin=pipe, stdout=pipe, text=True) as child:
            try:
                yield cls(child)
            finally:
                child.kill()

"""What a process of its own takes, from its start to its exit.

Linux counts the peak of whoever starts a process as the process's own, so that one is started from here by way of a
small process, which starts it and tells what it took.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.many import KEY

ROOT = Path(__file__).parents[1]
HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
_TAIL = 2000
"""Characters that are kept of what a process prints, from its end."""
_BETWEEN = """
import json, os, sys, time
begun = time.monotonic()
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
took = [time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]
print(json.dumps([os.waitstatus_to_exitcode(status), *took]), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of one process."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor time, in the process and in the kernel."""
    megabytes: float
    """Peak of its memory."""
    lines: int
    """How many it printed."""
    output: str
    """The end of them."""


def spent(command: Sequence[str], exits: int = 0) -> Spent:
    """Runs a command, given by its path. RuntimeError where it ends otherwise than expected."""
    with tempfile.TemporaryFile("w+") as printed:
        between = subprocess.run(
            (sys.executable, "-ISc", _BETWEEN, *command),
            cwd=ROOT,
            stdout=printed,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, "MANY_KEY": KEY},
        )
        lines, output = 0, ""
        printed.seek(0)
        for line in printed:
            lines, output = lines + 1, (output + line)[-_TAIL:]
    code, wall, cpu, megabytes = json.loads(between.stderr.splitlines()[-1])
    if code != exits:
        raise RuntimeError(f"{' '.join(command)} ended with {code}: {output}{between.stderr[-_TAIL:]}")
    return Spent(wall, cpu, megabytes, lines, output)


def pace() -> float:
    """Seconds of processor time that ten million additions take: how fast this machine is at the moment."""
    begun, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - begun

"""What a process of its own takes, from its start to its exit."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.many import KEY

ROOT = Path(__file__).parents[1]
HOLDFAST = str(Path(sys.executable).with_name("holdfast"))


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of one process."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor time, in the process and in the kernel."""
    megabytes: float
    """Peak of its memory."""
    output: str


def spent(command: Sequence[str], exits: int = 0) -> Spent:
    """Runs a command. RuntimeError where it ends otherwise than expected."""
    begun = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "MANY_KEY": KEY}
    )
    assert process.stdout is not None
    with process.stdout as stream:
        output = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != exits:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output[-2000:]}")
    return Spent(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)

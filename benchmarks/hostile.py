"""How long a hostile server can hold an exchange, and how much memory it can make the process take."""

import base64
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from harness.wire import Redactor
from tests.contract.wire.behaviours import BROKEN, ENDLESS, ODD, SLOW
from tests.contract.wire.meeting import Meeting
from tests.contract.wire.sockets import Handler, Server

DEADLINE = 1.0
"""Seconds for each exchange."""
GROUPS: Mapping[str, Mapping[str, Handler]] = {
    "end at the deadline alone": SLOW,
    "end at the bounds alone": {name: handle for name, (handle, _) in ENDLESS.items()},
    "are no answer": {name: handle for name, (handle, _) in BROKEN.items()},
    "are odd answers": {name: handle for name, (handle, _) in ODD.items()},
}


@dataclass(frozen=True, slots=True)
class Row:
    """The worst of one group."""

    group: str
    behaviours: int
    slowest: str
    seconds: float
    megabytes: float
    """Peak of the process, all groups until then included."""


def measure() -> list[Row]:
    """Meets every behaviour, one after the other, in one process."""
    rows = []
    with Meeting.begin() as meeting:
        for group, behaviours in GROUPS.items():
            times: dict[str, float] = {}
            for name, handle in behaviours.items():
                server = Server(handle)
                try:
                    met = meeting.meet(server.url, DEADLINE)
                finally:
                    server.stop()
                times[name] = met.seconds
            slowest = max(times, key=lambda name: times[name])
            rows.append(Row(group, len(times), slowest, times[slowest], met.kilobytes / 1024))
    return rows


def redaction() -> dict[str, float]:
    """Seconds of CPU that looking for eight secrets takes, by what an answer of 8 MiB consists of."""
    size, drawn = 8 * 1024 * 1024, random.Random(1)
    redactor = Redactor({f"KEY_{number}": base64.b64encode(drawn.randbytes(24)).decode() for number in range(8)})
    row = b'{"id": 1234, "name": "A thing", "url": "https://www.example.com/a/%20b", "open": true}, '
    bodies = {
        "objects": row * (size // len(row)),
        "a flat array": b"0," * (size // 2),
        "random bytes": drawn.randbytes(size),
        "base64": base64.b64encode(drawn.randbytes(size * 3 // 4)),
        "hexadecimal": drawn.randbytes(size // 2).hex().encode(),
        "percent signs": b"%41%42" * (size // 6),
    }
    times = {}
    for name, body in bodies.items():
        begun = time.process_time()
        redactor.finds(body)
        times[name] = time.process_time() - begun
    return times


def report() -> str:
    """The figures as a section of RESULTS.md."""
    lines = [
        "## Hostile servers",
        "",
        f"Each behaviour met once with a deadline of {DEADLINE:.1f} s, all by one process. The time is that until the",
        "exchange was there: of an answer as large as the bounds allow, taking secrets out of it comes on top.",
        "",
        "| behaviours that | how many | longest exchange | which | peak memory |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.group} | {row.behaviours} | {row.seconds:.2f} s | {row.slowest} | {row.megabytes:.0f} MB |"
        for row in measure()
    ]
    lines += ["", "Looking for eight secrets in an answer of 8 MiB:", "", "| that consists of | CPU |", "|---|---|"]
    lines += [f"| {name} | {seconds:.2f} s |" for name, seconds in redaction().items()]
    return "\n".join(lines)

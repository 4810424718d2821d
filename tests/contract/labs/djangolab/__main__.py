"""`python -m tests.contract.labs.djangolab --fixes auth,bulk`: serve on a free port of 127.0.0.1 until told to stop.

Keys are taken from the variables named in `accounts.py`, all of which must be set.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..serving import announce
from .accounts import VARIABLES
from .fixes import DEFECTS, FIXES, VARIANTS, chosen
from .settings import configure


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.labs.djangolab", description=__doc__)
    parser.add_argument(
        "--fixes", type=chosen, default="none", help=f"none, all, or a comma list of {', '.join(FIXES)}"
    )
    parser.add_argument(
        "--defect", choices=sorted({**DEFECTS, **VARIANTS}), help="one more mistake to make (default: none)"
    )
    parser.add_argument("--database", type=Path, help="SQLite file, to be made (default: a temporary one)")
    options = parser.parse_args(arguments)
    missing = [name for name in VARIABLES if not os.environ.get(name)]
    if missing:
        parser.error(f"not set: {', '.join(missing)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="holdfast-lab-") as folder:
        _serve(options.database or Path(folder, "lab.sqlite3"), options.fixes, options.defect)
    return 0


def _serve(database: Path, fixes: frozenset[str], defect: str | None) -> None:
    configure(database, fixes)
    # Django's models cannot be imported before it is configured.
    from .mistakes import make
    from .seed import fill
    from .server import listen

    fill(os.environ)
    server = listen()
    if defect:
        make(defect)
    announce(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())

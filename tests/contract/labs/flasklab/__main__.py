"""`python -m tests.contract.labs.flasklab --defect any-bearer`: serve on a free port of 127.0.0.1 until told to stop.

Tokens are taken from the variables named in `accounts.py`, all of which must be set.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from ..serving import announce
from .accounts import TOKEN_VARIABLES, users
from .app import application
from .defects import DEFECTS, RIGHT
from .store import Store, fill


class Handler(WSGIRequestHandler):
    """One connection."""

    # Head and body are written apart, and else the body waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:
        """Queries may hold tokens: nothing is logged."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.labs.flasklab", description=__doc__)
    parser.add_argument("--defect", choices=sorted(DEFECTS), help="the mistake to make (default: none)")
    parser.add_argument("--database", type=Path, help="SQLite file, to be made (default: a temporary one)")
    options = parser.parse_args(arguments)
    missing = [name for name in TOKEN_VARIABLES.values() if not os.environ.get(name)]
    if missing:
        parser.error(f"not set: {', '.join(missing)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="holdfast-lab-") as folder:
        store = Store(options.database or Path(folder, "lab.sqlite3"))
        fill(store)
        app = application(store, users(os.environ), DEFECTS.get(options.defect, RIGHT))
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
        announce(server.server_port)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())

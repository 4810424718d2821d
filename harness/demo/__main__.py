"""`python -m harness.demo --build 2014`: serve one build on the loopback interface until told to stop.

When it is ready it prints one line of JSON: `base_url`, `build` and `pid`. Keys, tokens and the session are taken from
the variables named in `accounts.py`; those that are not set are random, and go into the file named by `--keys-file` and
nowhere else.
"""

import argparse
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import uvicorn

from harness.demo.accounts import Accounts, fresh_keys
from harness.demo.app import application
from harness.demo.builds import BUILDS
from harness.demo.seed import fill
from harness.demo.store import Store

HOST = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; returns the exit status."""
    options = _parser().parse_args(arguments)
    keys = {name: os.environ.get(name) or key for name, key in fresh_keys().items()}
    if options.keys_file is not None:
        _write_keys(options.keys_file, keys)
    with tempfile.TemporaryDirectory(prefix="holdfast-demo-") as folder:
        store = Store(options.database or Path(folder, "demo.sqlite3"))
        try:
            if store.empty:
                fill(store)
            _serve(options.build, options.port, store, Accounts(keys))
        finally:
            store.close()
    return 0


def _serve(build: str, port: int, store: Store, accounts: Accounts) -> None:
    app = application(BUILDS[build], store, accounts)
    # One parser and one loop on every machine: what a malformed request does must not depend on what is installed.
    config = uvicorn.Config(app, http="h11", loop="asyncio", ws="none", access_log=False, log_level="warning")
    server = uvicorn.Server(config)
    _stop_on_signals(server)
    with socket.create_server((HOST, port), backlog=256) as listener:
        # asyncio only does this where a socket names its protocol, and else a reply waits 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ready = {"base_url": f"http://{HOST}:{listener.getsockname()[1]}", "build": build, "pid": os.getpid()}
        print(json.dumps(ready), flush=True)
        server.run(sockets=[listener])


def _write_keys(path: Path, keys: Mapping[str, str]) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={key}\n" for name, key in keys.items())


def _stop_on_signals(server: uvicorn.Server) -> None:
    # uvicorn raises its signals again when it is done, which by default would end the process before it tidies up. And
    # a handler that raised could do so inside a weak reference's callback, where exceptions are dropped.
    def ask(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m harness.demo", description="Serve the embedded release API.")
    parser.add_argument("--build", choices=sorted(BUILDS), required=True, help="the state of the service to serve")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--database", type=Path, help="SQLite file, made when absent (default: a temporary one)")
    parser.add_argument(
        "--keys-file", type=Path, help="where to write keys, tokens and session, for the owner's eyes only"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

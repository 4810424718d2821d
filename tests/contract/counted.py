"""The embedded API inside the test's own process, with a note of every request that reached it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from harness.demo.accounts import Accounts, fresh_keys
from harness.demo.app import application
from harness.demo.builds import BUILDS
from harness.demo.seed import fill
from harness.demo.store import Store

PATIENCE = 30
TARGET = """\
version: 1
name: counted
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  key: {{channel: header, name: Authorization, template: "ApiKey {{username}}:{{key}}"}}
identities:
  admin: {{username: release-manager, key: "${{HOLDFAST_DEMO_ADMIN_KEY}}", privileged: true}}
  second: {{username: second-manager, key: "${{HOLDFAST_DEMO_SECOND_KEY}}", privileged: true}}
  keyless: {{username: keyless-manager, privileged: true}}
  plain: {{username: plain-user, key: "${{HOLDFAST_DEMO_PLAIN_KEY}}"}}
  gone: {{username: gone-manager, key: "${{HOLDFAST_DEMO_GONE_KEY}}", privileged: true, state: inactive}}
  site: {{of: admin, cookie: {{sessionid: "${{HOLDFAST_DEMO_SESSION}}"}}}}
public: ["GET /**"]
urls:
  allow: ["https://www.python.org/"]
  fields:
    gpg_signature_file: {{suffix_of: url, suffix: .asc}}
    sigstore_signature_file: {{suffix_of: url, suffix: .sig}}
    sigstore_cert_file: {{suffix_of: url, suffix: .crt}}
    sigstore_bundle_file: {{suffix_of: url, suffix: .sigstore}}
    sbom_spdx2_file: {{suffix_of: url, suffix: .spdx.json}}
    release_notes_url: {{rule: none}}
"""
"""Every kind of identity that the embedded API knows."""
SECOND_API = {
    "/openapi.json": "/openapi-v2.json",
    "ApiKey {username}:{key}": "Token {key}",
    "_KEY}": "_TOKEN}",
    "  keyless: {username: keyless-manager, privileged: true}\n": "",
    '  site: {of: admin, cookie: {sessionid: "${HOLDFAST_DEMO_SESSION}"}}\n': "",
}
"""What a target file for the second API says instead."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it."""

    method: str
    path: str
    status: int
    names: frozenset[str]
    """User names anywhere in its head."""


@dataclass
class Counted:
    """A running server and its notes."""

    base_url: str
    environment: dict[str, str] = field(repr=False)
    seen: list[Seen] = field(default_factory=list)

    def refused(self, username: str) -> int:
        """Requests with this name in them that were refused."""
        return sum(1 for one in self.seen if username in one.names and one.status in (401, 403))

    def target(self, folder: Path, more: str = "limits: {settle: 200ms}\n", version: str = "v1") -> Path:
        """A target file for it, which writes at once; of the first API or the second."""
        file = folder / "target.yaml"
        text = TARGET.format(url=self.base_url) + more
        if version == "v2":
            for old, new in SECOND_API.items():
                text = text.replace(old, new)
        file.write_text(text)
        return file


@contextmanager
def counted(build: str) -> Iterator[Counted]:
    """Serves a build, on a new database, for the length of the block."""
    keys = fresh_keys()
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        store = Store(Path(folder, "demo.sqlite3"))
        fill(store)
        server = Counted(f"http://127.0.0.1:{listener.getsockname()[1]}", keys)
        app = _noting(application(BUILDS[build], store, Accounts(keys)), server.seen)
        config = uvicorn.Config(app, http="h11", loop="asyncio", ws="none", access_log=False, log_level="warning")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[listener])))
        thread.start()
        try:
            yield server
        finally:
            running.should_exit = True
            thread.join(PATIENCE)
            store.close()


def _noting(app: Any, seen: list[Seen]) -> Any:
    names = ("release-manager", "second-manager", "keyless-manager", "plain-user", "gone-manager")

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        head = b"\n".join(value for _, value in scope["headers"]).decode("latin-1")
        text = "\n".join((head, *(value for _, value in parse_qsl(query))))
        found = frozenset(one for one in names if one in text)

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                seen.append(Seen(scope["method"], scope["path"], message["status"], found))
            await send(message)

        await app(scope, receive, told)

    return noting

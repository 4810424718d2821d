"""A target that is still starting is waited for, and asked for nothing but what comes first in any case."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.engine import Waiting, open_target
from harness.engine.sending.consent import PLACE
from harness.errors import Unreachable

DOCUMENT = json.dumps({"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {}}).encode()
TARGET = """version: 1
name: late
base_url: {url}
openapi: {openapi}
environment: {environment}
auth: {{key: {{channel: header, name: Authorization, template: "ApiKey {{username}}:{{key}}"}}}}
identities: {{admin: {{username: boss, key: "${{KEY}}", privileged: true}}}}
"""
KEYS = {"KEY": "k" * 24, "PROOF": "p" * 32}


@dataclass
class Late:
    """A host that begins to listen when it is told to, answers 503 a few times, and then serves a document."""

    unready: int = 0
    page: bytes = b""
    """What `PLACE` shows; nothing for 404."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path, and all that the head says of credentials."""
    slept: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What was shown meanwhile."""
    port: int = 0
    _server: http.server.ThreadingHTTPServer | None = None

    def __post_init__(self) -> None:
        with closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it is going to be."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listens from now on."""
        late = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                head = "".join(self.headers.get_all(name, [""])[0] for name in ("Authorization", "Cookie"))
                late.asked.append((self.path, head))
                pages = {"/openapi.json": DOCUMENT, PLACE: late.page}
                body = pages.get(self.path, b"")
                self.send_response(503 if len(late.asked) <= late.unready else 200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the terminal."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()

    def stop(self) -> None:
        """Ends it, if it was started."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def sleeping(self, at: int) -> "Waiting":
        """A minute, as a clock counts it that only sleep moves; it starts to listen during that sleep."""

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            if len(self.slept) == at:
                self.start()

        return Waiting(60.0, lambda why, since: self.told.append(why), lambda: sum(self.slept), sleep)


@pytest.fixture
def late() -> Iterator[Late]:
    """One that nobody has started yet."""
    host = Late()
    yield host
    host.stop()


def target_of(late: Late, folder: Path, openapi: str = "/openapi.json", environment: str = "local") -> Path:
    """Its target file."""
    file = folder / "target.yaml"
    file.write_text(TARGET.format(url=late.url, openapi=openapi, environment=environment))
    return file


def test_who_does_not_listen_yet_and_who_is_not_ready_is_waited_for(late: Late, tmp_path: Path) -> None:
    late.unready = 2
    opened = open_target(target_of(late, tmp_path), KEYS, waiting=late.sleeping(at=3))
    opened.wire.close()
    assert opened.document == DOCUMENT
    assert late.told == ["refused", "refused", "refused", "503", "503", ""]
    assert late.asked == [("/openapi.json", "")] * 4, "three looks, and then the document"
    assert opened.wire.requests == 1, "looks do not count against the budget of a run"


def test_where_the_document_is_a_file_the_root_is_asked_for(late: Late, tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_bytes(DOCUMENT)
    late.start()
    open_target(target_of(late, tmp_path, "openapi.json"), KEYS, waiting=late.sleeping(at=0)).wire.close()
    assert late.asked == [("/", "")], "404 is an answer"
    assert late.told == [""]


def test_a_host_of_others_is_asked_for_its_owners_word_alone(late: Late, tmp_path: Path) -> None:
    file = target_of(late, tmp_path)
    file.write_text(file.read_text() + 'proof: "${PROOF}"\n')
    late.unready, late.page = 1, KEYS["PROOF"].encode()
    late.start()
    open_target(file, KEYS, waiting=late.sleeping(at=0)).wire.close()
    assert [path for path, _ in late.asked] == [PLACE, PLACE, PLACE, "/openapi.json"]
    assert not any(head for _, head in late.asked)


def test_who_does_not_come_is_given_up_in_one_line(late: Late, tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as caught:
        open_target(target_of(late, tmp_path), KEYS, waiting=late.sleeping(at=0))
    assert str(caught.value) == (
        f"{late.url}: not there after 60 s (refused); look at its own log, or give it more time with --wait"
    )
    assert caught.value.exit_code == 3
    assert sum(late.slept) < 60
    assert max(late.slept) <= 2


def test_nobody_is_waited_for_without_being_told_to(late: Late, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="is the target running there"):
        open_target(target_of(late, tmp_path), KEYS)
    assert late.slept == []

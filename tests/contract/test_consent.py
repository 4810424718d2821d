"""Nothing but this machine is touched without its owner's word: a token that the host itself serves."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.engine import open_target
from harness.engine.sending.consent import HEADER, PLACE, new_proof
from harness.errors import ConfigError, UsageError

DOCUMENT = b'{"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {}}'


class Host:
    """A host that serves a document, and perhaps a token; it keeps the paths that were asked for."""

    def __init__(self) -> None:
        self.page: bytes | None = None
        self.header: str | None = None
        self.location = ""
        self.asked: list[str] = []
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                body = DOCUMENT if self.path == "/openapi.json" else host.page if self.path == PLACE else None
                self.send_response(302 if host.location and body is None else 200 if body is not None else 404)
                if host.location and body is None:
                    self.send_header("Location", host.location)
                if host.header and self.path == PLACE:
                    self.send_header(HEADER, host.header)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the terminal."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.stop()


def target(folder: Path, base_url: str, more: str = "") -> Path:
    file = folder / "target.yaml"
    file.write_text(f"version: 1\nname: t\nbase_url: {base_url}\nopenapi: /openapi.json\n{more}")
    return file


def test_another_host_is_not_touched_without_a_proof(tmp_path: Path) -> None:
    """The name is not even looked up: `.invalid` would make the message another one."""
    with pytest.raises(ConfigError) as told:
        open_target(target(tmp_path, "https://staging.invalid/api"), {})
    assert str(told.value) == (
        f"{tmp_path}/target.yaml:3:1: base_url: is not this machine, and nothing shows that its owner wants it tested; "
        "run `holdfast proof`, serve its token there, and write it under 'proof'"
    )


def test_base_url_on_the_command_line_needs_a_proof_as_well(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--base-url: is not this machine"):
        open_target(target(tmp_path, "http://127.0.0.1:9"), {}, "http://other.invalid")


def test_the_token_is_asked_for_before_anything_else(tmp_path: Path, host: Host) -> None:
    proof = new_proof()
    host.page = f"# our staging host\n{proof}\r\n".encode()
    open_target(target(tmp_path, host.url, "proof: ${PROOF}\n"), {"PROOF": proof}).wire.close()
    assert host.asked == [PLACE, "/openapi.json"]


def test_a_header_shows_it_too(tmp_path: Path, host: Host) -> None:
    host.header = new_proof()
    open_target(target(tmp_path, host.url, f"proof: {host.header}\n"), {}).wire.close()
    assert host.asked == [PLACE, "/openapi.json"]


@pytest.mark.parametrize("page", [None, b"", b"another-token-0123456789abcdef", b"PROOF-and-more", b"x PROOF"])
def test_without_the_token_nothing_else_is_touched(tmp_path: Path, host: Host, page: bytes | None) -> None:
    proof = new_proof()
    host.page = page.replace(b"PROOF", proof.encode()) if page is not None else None
    with pytest.raises(UsageError) as told:
        open_target(target(tmp_path, host.url, f"proof: {proof}\n"), {})
    status = 404 if page is None else 200
    assert f"answers {status} without the token; serve it there, alone on a line" in str(told.value)
    assert proof not in str(told.value)
    assert host.asked == [PLACE]


def test_a_redirect_to_the_token_is_not_followed(tmp_path: Path, host: Host) -> None:
    other = Host()
    try:
        other.page = new_proof().encode()
        host.location = f"{other.url}{PLACE}"
        with pytest.raises(UsageError, match="answers 302 without the token"):
            open_target(target(tmp_path, host.url, f"proof: {other.page.decode()}\n"), {})
        assert other.asked == []
    finally:
        other.stop()


def test_a_guessable_token_is_none(tmp_path: Path, host: Host) -> None:
    with pytest.raises(ConfigError, match=r"proof: must be a token of 128 bits or more"):
        open_target(target(tmp_path, host.url, "proof: staging\n"), {})
    assert host.asked == []


def test_tokens_differ_and_are_long_enough() -> None:
    made = {new_proof() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) * 6 >= 128 for one in made)

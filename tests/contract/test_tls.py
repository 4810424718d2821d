"""A target with an authority of its own: `tls.ca` reaches every connection of a run, and nothing goes unverified."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from harness.engine.planning.opening import open_target
from harness.errors import ConfigError, Unreachable, UsageError
from tests.contract.wire.sockets import Server, answer, request_of

KEY = "v4Ks8pQ2xLm9Zt3W"
TARGET = """version: 1
name: own
base_url: {url}
openapi: {document}
environment: local
auth:
  key: {{channel: bearer{login}}}
identities:
  admin: {{username: boss, key: "${{KEY}}", privileged: true}}
{tls}
"""
DOCUMENT = json.dumps({"openapi": "3.1.0", "info": {}, "paths": {"/things": {"get": {"responses": {}}}}}).encode()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., tuple[str, list[bytes]]]]:
    """Serves the document and a login over TLS, and keeps what it was sent."""
    servers: list[Server] = []

    def start(authority: trustme.CA, name: str = "127.0.0.1") -> tuple[str, list[bytes]]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        seen: list[bytes] = []

        def handle(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as secured:
                while data := request_of(secured):
                    seen.append(data)
                    secured.sendall(answer(b'{"token": "t0k3n-of-the-day"}' if data[:4] == b"POST" else DOCUMENT))

        servers.append(Server(handle))
        return servers[-1].url.replace("http:", "https:"), seen

    yield start
    for server in servers:
        server.stop()


def target(folder: Path, url: str, tls: str, document: str = "/openapi.json", login: str = "") -> Path:
    file = folder / "target.yaml"
    file.write_text(TARGET.format(url=url, tls=tls, document=document, login=login))
    return file


def test_the_authority_beside_the_target_file_is_trusted(
    served: Callable[..., tuple[str, list[bytes]]], tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    url, seen = served(authority)
    login = ', login: {operation: POST /login, json: {password: "{password}"}, token: $.token}'
    opened = open_target(target(tmp_path, url, "tls: {ca: ca.pem}", login=login), {"KEY": KEY})
    assert [one.name for one in opened.reading.operations] == ["GET /things", "POST /login"]
    opened.logins.open()
    opened.wire.close()
    assert opened.logins.failures == {}
    assert [one.partition(b" ")[0] for one in seen] == [b"GET", b"POST"]


def test_what_is_kept_of_the_target_file_finds_its_authority_from_another_folder(
    served: Callable[..., tuple[str, list[bytes]]], tmp_path: Path
) -> None:
    authority = trustme.CA()
    (tmp_path / "certificates").mkdir()
    authority.cert_pem.write_to_path(str(tmp_path / "certificates" / "ca.pem"))
    url, _ = served(authority)
    opened = open_target(target(tmp_path, url, "tls: {ca: certificates/ca.pem}"), {"KEY": KEY})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "target.yaml").write_text(opened.target.text)
    again = open_target(tmp_path / "out" / "target.yaml", {"KEY": KEY})
    for one in (opened, again):
        one.wire.close()
    assert again.reading == opened.reading


@pytest.mark.parametrize(
    ("certified", "trusted", "failure"),
    [
        ("127.0.0.2", "own", "tls-wrong-host"),
        ("127.0.0.1", "other", "tls-untrusted"),
        ("127.0.0.1", "none", "tls-untrusted"),
    ],
)
def test_a_certificate_that_does_not_vouch_is_told_and_sees_no_request(
    served: Callable[..., tuple[str, list[bytes]]], tmp_path: Path, certified: str, trusted: str, failure: str
) -> None:
    authority = trustme.CA()
    (authority if trusted == "own" else trustme.CA()).cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    url, seen = served(authority, certified)
    file = target(tmp_path, url, "" if trusted == "none" else "tls: {ca: ca.pem}")
    with pytest.raises(Unreachable, match=rf"no answer \({failure}\)"):
        open_target(file, {"KEY": KEY})
    assert not seen


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_cannot_be_read_is_told_by_its_file(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(UsageError, match=r"ca\.pem: cannot be read as PEM"):
        open_target(target(tmp_path, "https://127.0.0.1:1", "tls: {ca: ca.pem}"), {"KEY": KEY})


@pytest.mark.parametrize("word", ["verify: false", "insecure: true", "ca: ca.pem, check_hostname: false"])
def test_there_is_no_switch_for_less(tmp_path: Path, word: str) -> None:
    with pytest.raises(ConfigError, match="tls"):
        open_target(target(tmp_path, "https://127.0.0.1:1", f"tls: {{{word}}}"), {"KEY": KEY})

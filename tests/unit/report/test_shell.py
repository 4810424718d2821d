"""The command that sends a request again, tried in a real shell."""

import http.server
import os
import shlex
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from harness import report
from harness.credentials import Channel, Signer
from harness.model import Bend, Credential, Mutant, Part, Request
from harness.wire import raw
from tests.contract.wire.sockets import Server, answer, request_of
from tests.unit.report.factories import ADMIN, KEY

HEADER = Channel("key", "Authorization", "ApiKey", "{username}:{key}")
BASIC = Channel("key", "Authorization", "Basic", "{username}:{key}", encoded=True)
STUB = """\
#!/bin/sh
printf '%s\\0' "$#" "$@"
cat
"""


def ran(command: str, folder: Path) -> tuple[list[str], bytes]:
    """What a shell hands to curl: its words, and its input."""
    (folder / "curl").write_text(STUB)
    (folder / "curl").chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "BASE_URL": "http://host:80", "ADMIN_KEY": KEY}
    done = subprocess.run(
        ["sh", "-c", command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=30
    )
    assert done.stderr == b""
    count, _, told = done.stdout.partition(b"\0")
    *words, rest = told.split(b"\0", int(count))
    return [word.decode("utf-8", "surrogateescape") for word in words], rest


@pytest.mark.parametrize("bend", [one for one in Bend if one is not Bend.RANDOM_ALIKE])
@pytest.mark.parametrize("channel", [HEADER, BASIC], ids=["header", "basic"])
def test_a_shell_makes_the_bent_key_out_of_the_variable(bend: Bend, channel: Channel, tmp_path: Path) -> None:
    signer = Signer({"key": channel}, [ADMIN], {"admin": "ADMIN_KEY"})
    credential = Credential("key", Part(of="admin", kind="username"), Part(of="admin", bend=bend))
    request = signer.request("POST", "/api/", {"name": "x"}, Mutant(credential))
    assert request.shown is not None
    command = report.curl(request.shown)
    assert KEY not in command
    words, _ = ran(command, tmp_path)
    assert f"Authorization: {dict(request.headers)['Authorization']}" in words


@pytest.mark.parametrize(
    "body", [b"{}", b'{"a": "it\'s $HOME `id` \\" !x"}', b"@/etc/passwd", b"", b"\x00\xff\n%d'\x1b[31m", "é".encode()]
)
def test_a_body_arrives_as_it_is(body: bytes, tmp_path: Path) -> None:
    words, rest = ran(report.curl(Request("PUT", "/api/1/", (("Content-Type", "a/b"),), body)), tmp_path)
    told = words[words.index("--data-raw") + 1].encode() if "--data-raw" in words else rest
    assert told == body
    assert ("--data-binary" in words) == (not body.isascii() or b"\0" in body)


@pytest.mark.parametrize("target", ["/api/things/7/?guest=1&x=%20", "/api/$(id)/'x'/!!", "/api/{id}[1]", "//other/x"])
def test_a_target_is_taken_literally(target: str, tmp_path: Path) -> None:
    words, _ = ran(report.curl(Request("DELETE", target)), tmp_path)
    assert f"http://host:80{target}" in words
    assert words[:1] == ["-sSi"]
    assert ("-g" in words) == ("[" in target)


@pytest.mark.parametrize(
    "target", ["/a b", "/a#b", "*", "http://other/x", "/a\\b", '/`id`"$(id)"', "/caf\xe9\xff/\x1b[2J"]
)
def test_a_target_that_curl_would_mend_is_given_to_it_as_it_is(target: str, tmp_path: Path) -> None:
    command = report.curl(Request("DELETE", target))
    assert command.isprintable()
    words, _ = ran(command, tmp_path)
    assert words[words.index("--request-target") + 1].encode("utf-8", "surrogateescape") == target.encode("latin-1")
    assert "http://host:80/" in words


def test_one_plain_command() -> None:
    request = Request("POST", "/api/", (("Authorization", "ApiKey a:$K"), ("Content-Type", "application/json")), b"{}")
    command = report.curl(request)
    assert command == (
        'curl -sSi -X POST "$BASE_URL/api/" -H "Authorization: ApiKey a:$K" '
        "-H \"Content-Type: application/json\" --data-raw '{}'"
    )
    assert shlex.split(command)[0] == "curl"


def test_what_curl_would_do_on_its_own_is_kept_from_it() -> None:
    assert report.curl(Request("GET", "/a")) == 'curl -sSi "$BASE_URL/a"'
    assert " -I " in report.curl(Request("HEAD", "/a"))
    assert " --path-as-is " in report.curl(Request("GET", "/a/../b"))
    assert report.curl(Request("GET", "/a", (("Authorization", ""),))).endswith(" -H 'Authorization;'")
    assert "-X GET" in report.curl(Request("GET", "/a", (), b"x"))
    assert "-H 'Content-Type:'" in report.curl(Request("POST", "/a", (), b"x"))


def test_characters_that_do_not_print_are_printed_by_the_shell(tmp_path: Path) -> None:
    command = report.curl(Request("GET", "/a", (("X-A", "one\ttwo\x1b[31m\u202e"),)))
    assert command.isprintable()
    words, _ = ran(command, tmp_path)
    assert "X-A: one\ttwo\x1b[31m\u202e" in words


@pytest.mark.parametrize("value", ["caf\xe9", "\x80\xa0\xff", "a\xe9 b\xc3\xa9\x01c", '\xe9"$'])
def test_a_header_beyond_ascii_is_the_octets_that_were_sent(value: str, tmp_path: Path) -> None:
    shown = "".join("\\" + one if one in '"$' else one for one in value)
    words, _ = ran(report.curl(Request("GET", "/a", (("X-A", shown),))), tmp_path)
    assert f"X-A: {value}".encode("latin-1") in [one.encode("utf-8", "surrogateescape") for one in words]


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://[::1]:8000/api", "https://127.0.0.1:8000"])
@pytest.mark.parametrize("body", [None, b"\0\r\n\xff%s\\n'-\xe2\x9f\xa6"])
def test_a_raw_request_is_piped_byte_for_byte(base: str, body: bytes | None, tmp_path: Path) -> None:
    lines = [b"-GET /caf\xe9\0 HTTP/1.1", b"X : '%n\\x\"`id`$HOME!", b" folded \xff\xc3\xa9", b"Authorization: a:"]
    lines[3] += "⟦$ADMIN_KEY⟧".encode()
    command = report.curl(raw(lines, body))
    assert command.isprintable()
    assert KEY not in command
    for name in ("nc", "openssl"):
        (tmp_path / name).write_text("#!/bin/sh\nprintf '%s ' \"$@\" >words\ncat\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "BASE_URL": base, "ADMIN_KEY": KEY}
    done = subprocess.run(["sh", "-c", command], env=environment, cwd=tmp_path, capture_output=True, timeout=30)
    lines[3] = f"Authorization: a:{KEY}".encode()
    assert (done.stderr, done.stdout) == (b"", b"".join(line + b"\r\n" for line in lines) + b"\r\n" + (body or b""))
    host = "::1" if "[" in base else "127.0.0.1"
    expected = f"-connect {host}:8000 " if base.startswith("https") else f"-w 10 {host} 8000 "
    assert (tmp_path / "words").read_text().endswith(expected)


if shutil.which("curl"):

    def test_curl_sends_it() -> None:
        seen: list[tuple[str, str, list[tuple[str, str]], bytes]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PATCH(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                seen.append((self.command, self.path, self.headers.items(), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Silence."""

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            headers = (("Authorization", "ApiKey a:$ADMIN_KEY"), ("X-Empty", ""), ("Content-Type", "application/json"))
            command = report.curl(Request("PATCH", "/a/../b/{x}/?y=1", headers, b'{"a": "it\'s"}'))
            environment = {
                "PATH": os.environ["PATH"],
                "NO_PROXY": "*",
                "BASE_URL": f"http://127.0.0.1:{server.server_port}",
                "ADMIN_KEY": KEY,
            }
            subprocess.run(["sh", "-c", command], env=environment, capture_output=True, check=True, timeout=30)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        ((method, path, arrived, body),) = seen
        assert (method, path, body) == ("PATCH", "/a/../b/{x}/?y=1", b'{"a": "it\'s"}')
        assert ("Authorization", f"ApiKey a:{KEY}") in arrived
        assert ("X-Empty", "") in arrived
        assert ("Content-Type", "application/json") in arrived

    def test_curl_sends_octets_beyond_ascii_and_odd_targets_as_they_were() -> None:
        seen: list[bytes] = []

        def handle(connection: socket.socket) -> None:
            seen.append(request_of(connection))
            connection.sendall(answer(b""))

        server = Server(handle)
        try:
            for target in ("/caf\xe9/../a b#c", "http://other/x", "//x/%2e%2e/;a=\\", "/{a}[1]"):
                command = report.curl(Request("GET", target, (("X-A", "caf\xe9\x80\x01 \xff"),)))
                environment = {"PATH": os.environ["PATH"], "NO_PROXY": "*", "BASE_URL": server.url}
                subprocess.run(["sh", "-c", command], env=environment, capture_output=True, check=True, timeout=30)
                head = seen.pop().split(b"\r\n")
                assert head[0] == b"GET " + target.encode("latin-1") + b" HTTP/1.1"
                assert b"X-A: caf\xe9\x80\x01 \xff" in head
        finally:
            server.stop()

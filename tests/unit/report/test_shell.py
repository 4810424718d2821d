"""The command that sends a request again, tried in a real shell."""

import http.server
import os
import shlex
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from harness import report
from harness.credentials import Channel, Signer
from harness.model import Bend, Credential, Mutant, Part, Request
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
    return [word.decode() for word in words], rest


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


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("/api/things/7/?guest=1&x=%20", "/api/things/7/?guest=1&x=%20"),
        ("/api/$(id)/`id`/'x'\"/!!", "/api/$(id)/`id`/'x'\"/!!"),
        ("/api/a b\x1b[2J\n/é", "/api/a%20b%1B[2J%0A/%E9"),
    ],
)
def test_a_target_is_taken_literally(target: str, address: str, tmp_path: Path) -> None:
    words, _ = ran(report.curl(Request("DELETE", target)), tmp_path)
    assert f"http://host:80{address}" in words
    assert words[:1] == ["-sSi"]
    assert ("-g" in words) == ("[" in target)


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

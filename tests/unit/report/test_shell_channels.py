"""A credential in a query or body, tried in a real shell."""

from pathlib import Path

import pytest

from harness import report
from harness.credentials import Channel, Signer
from harness.model import Identity, Secret
from tests.unit.report.factories import KEY
from tests.unit.report.test_shell import ran


@pytest.mark.parametrize("kind", ["query", "form", "json", "cookie"])
def test_a_shell_puts_the_key_where_it_belongs(kind: str, tmp_path: Path) -> None:
    channel = Channel.of("way", kind, parameters={"api_key": "{key}"})
    admin = Identity("admin", "root", Secret(KEY), True, auth="way")
    request = Signer({"way": channel}, [admin], {"admin": "ADMIN_KEY"}).signed("POST", "/x/", "admin", {"a": "it's $b"})
    assert request.shown is not None
    command = report.curl(request.shown)
    assert KEY not in command
    words, _ = ran(command, tmp_path)
    assert f"http://host:80{request.target}" in words
    assert words[words.index("--data-raw") + 1].encode() == request.body
    assert [f"{name}: {value}" in words for name, value in request.headers] == [True] * len(request.headers)

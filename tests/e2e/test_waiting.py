"""`--wait`, as a pipeline uses it that has just started its target."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.command import NAMES, TARGET, holdfast

KEYS = {name: name * 2 for name in NAMES}


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_target_that_does_not_come_is_told_in_one_line(tmp_path: Path, command: str) -> None:
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ran = holdfast(command, str(TARGET), "--base-url", url, "--wait", "0.2", keys=KEYS, folder=tmp_path)
    assert ran.code == 3
    assert ran.text.splitlines() == [
        "waiting for the target, 0.2 s at most: refused",
        f"holdfast: {url}: not there after 0.2 s (refused); look at its own log, or give it more time with --wait",
    ]
    assert not any(one.name != ".cache" for one in tmp_path.iterdir())


def test_only_seconds_are_waited(tmp_path: Path) -> None:
    ran = holdfast("run", str(TARGET), "--wait", "soon", keys={}, folder=tmp_path)
    assert ran.code == 2
    assert "--wait" in ran.text

"""Keys that a command prints: run from the command line, and by leave alone."""

import json
import sys
from pathlib import Path

import pytest

from harness.demo.process import DemoServer
from tests.e2e.command import NAMES, TARGET, holdfast

NAME = "HOLDFAST_DEMO_ADMIN_KEY"


def written(folder: Path) -> Path:
    """A target file whose first key is printed by a command that notes how often it was run."""
    (folder / "key.py").write_text(
        f"import os\nopen({str(folder / 'ran')!r}, 'a').write('x')\nprint(os.environ['PRINTED'])\n"
    )
    file = folder / "mine.yaml"
    file.write_text(TARGET.read_text().replace(f"${{{NAME}}}", f"${{cmd:{sys.executable} {folder / 'key.py'}}}"))
    return file


@pytest.mark.parametrize("command", ["run", "check", "plan"])
def test_no_command_is_run_without_leave(command: str, tmp_path: Path) -> None:
    file = written(tmp_path)
    keys = {name: name * 2 for name in NAMES - {NAME}}
    told = holdfast(command, str(file), keys=keys, folder=tmp_path)
    assert told.code == 2
    (line,) = told.text.splitlines()
    assert line.startswith(f"holdfast: {file}:")
    assert "commands are run only where --allow-commands is given; nothing was run" in line
    assert not (tmp_path / "ran").exists()


def test_a_run_and_its_retest_get_their_key_from_a_command(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    narrow = ("--family", "foreign-key", "--operation", "PATCH /api/v1/downloads/os/{id}/")
    with DemoServer.start("2014") as demo:
        keys = {name: key for name, key in demo.environment.items() if name != NAME}
        keys["PRINTED"] = demo.environment[NAME]
        where = ("--base-url", demo.base_url, "--out", "out")
        ran = holdfast("run", str(file), "--allow-commands", *where, *narrow, keys=keys, folder=tmp_path)
        assert ran.code == 1, ran.text
        assert (tmp_path / "ran").read_text() == "x"
        assert demo.environment[NAME] not in (out / "target.yaml").read_text()
        refused = holdfast("retest", "out", keys=keys, folder=tmp_path)
        assert (refused.code, "--allow-commands" in refused.text) == (2, True)
        again = holdfast("retest", "out", "--allow-commands", keys=keys, folder=tmp_path)
        assert again.code == 1, again.text
    found = json.loads((tmp_path / "holdfast-retest" / "retest.json").read_text())
    assert {one["now"] for one in found["findings"]} == {"STILL OPEN"}

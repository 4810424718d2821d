"""Commands that print keys: run by leave alone, without a shell, and told of in one line where they fail."""

import os
import sys
from pathlib import Path

import pytest

from harness.config import WithCommands, commands, load
from harness.errors import ConfigError

HEAD = "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi: openapi.yaml\n"
KEY = "0f83be29d7714a6c"


def target(folder: Path, value: str, more: str = "") -> Path:
    file = folder / "t.yaml"
    quoted = value.replace("'", "''")
    file.write_text(f"{HEAD}identities:\n  admin: {{username: boss, privileged: true, key: '{quoted}'}}\n{more}")
    return file


def program(folder: Path, text: str) -> str:
    """A command that runs some Python."""
    (folder / "key.py").write_text(text)
    return f"${{cmd:{sys.executable} {folder / 'key.py'}}}"


def problem(file: Path, allowed: bool = True) -> str:
    with pytest.raises(ConfigError) as caught:
        load(file, environment=WithCommands(os.environ) if allowed else os.environ)
    assert KEY not in str(caught.value)
    (only,) = caught.value.problems
    return str(only)


def test_a_command_prints_the_key(tmp_path: Path) -> None:
    value = program(tmp_path, f"print('  {KEY} ')")
    read = load(target(tmp_path, value), environment=WithCommands({}))
    assert read.secrets() == {"ADMIN_KEY": KEY}
    assert KEY not in read.text
    assert KEY not in repr(read)
    assert value in read.text, "what is kept names the command"
    again = tmp_path / "again.yaml"
    again.write_text(read.text)
    assert load(again, environment=WithCommands({})).secrets() == {"ADMIN_KEY": KEY}


def test_without_leave_nothing_is_run(tmp_path: Path) -> None:
    value = program(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')")
    file = target(tmp_path, value)
    said = "identities.admin.key: names a command, and commands are run only where --allow-commands is given"
    assert problem(file, allowed=False) == f"{file}:6:45: {said}; nothing was run"
    wrong = target(tmp_path, value, "limits: {requests: many}\nproof: ${NOT_SET}\n")
    with pytest.raises(ConfigError):
        load(wrong, environment=WithCommands({}))
    assert not (tmp_path / "ran").exists()


def test_there_is_no_shell(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text("import sys; print('.'.join(sys.argv[1:]))")
    value = f"${{cmd:{sys.executable} {tmp_path / 'told.py'} $HOME `id` 'a b';touch|x}}"
    read = load(target(tmp_path, value), environment=WithCommands({}))
    assert read.secrets() == {"ADMIN_KEY": "$HOME.`id`.a b;touch|x"}


FAILING = {
    "nothing": ("pass", "its command printed nothing; it must print the key alone"),
    "two lines": (
        f"print('{KEY}\\nuser: me')",
        "its command printed more than one line of text; it must print the key alone",
    ),
    "no text": (
        "import os; os.write(1, b'\\xff\\xfe')",
        "its command printed more than one line of text; it must print the key alone",
    ),
    "a code": (
        f"import sys; print('{KEY}', file=sys.stderr); sys.exit(3)",
        "its command ended with exit code 3; run it by hand to see why",
    ),
    "a signal": (
        "import os; os.kill(os.getpid(), 9)",
        "its command ended with signal 9; run it by hand to see why",
    ),
    "a flood": (
        "while True: print('x' * 9999)",
        "its command printed more than 16384 bytes; it must print the key alone",
    ),
}


@pytest.mark.parametrize("case", FAILING)
def test_a_command_that_fails_is_one_line(case: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text, said = FAILING[case]
    file = target(tmp_path, program(tmp_path, text))
    assert problem(file) == f"{file}:6:45: identities.admin.key: {said}"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["import time; time.sleep(60)", "import os, time; os.close(1); time.sleep(60)"])
def test_a_command_that_waits_is_ended(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "SECONDS", 0.3)
    said = problem(target(tmp_path, program(tmp_path, text)))
    assert said.endswith("its command took longer than 0.3 s; it must not wait for anybody")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("${cmd:}", "names no command; write it behind 'cmd:'"),
        ("${cmd:pass 'x}", "is no command: a quote is left open"),
        ("${cmd:a} ${cmd:b}", "holds more than one command; write '${cmd:COMMAND}' and nothing beside it"),
        ("${cmd:a}b", "holds more than one command; write '${cmd:COMMAND}' and nothing beside it"),
        ("${cmd:/no/such/program x}", "its command cannot be run (no such file or directory); check the name of the"),
        ("b${cmd:a}", "holds a '${' that begins no variable; write ${NAME}, or put the whole key into a variable"),
    ],
)
def test_what_is_no_command_is_told(value: str, said: str, tmp_path: Path) -> None:
    assert said in problem(target(tmp_path, value))


def test_elsewhere_a_command_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(HEAD.replace("staging", '"${cmd:id}"'))
    assert "${VAR} is allowed in identities.*.key" in problem(file)

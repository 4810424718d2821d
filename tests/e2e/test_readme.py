"""What the README and the documents tell people to type does what they say."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from harness.cli import main
from tests.e2e.command import PATIENCE, ROOT, command, environment

README = ROOT / "README.md"
PAGES = sorted([README, *ROOT.glob("docs/*.md"), *ROOT.glob("targets/*.md")])
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    """The shell blocks of a page."""
    return SHELL.findall(page.read_text())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the README's commands find what they name, and may leave what they like."""
    folder = tmp_path / "checkout"
    program = folder / ".venv/bin/holdfast"
    program.parent.mkdir(parents=True)
    words = " ".join(f"'{word}'" for word in command())
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {words} "$@"\n')
    program.chmod(0o755)
    (folder / "targets").symlink_to(ROOT / "targets")
    return folder


def shell(text: str, folder: Path) -> tuple[list[int], str]:
    """The exit code of every line, typed into one shell, and what they said."""
    typed = "".join(f'{line}\necho "@ $?"\n' for line in text.splitlines())
    done = subprocess.run(
        ["sh"],
        input=typed.encode(),
        cwd=folder,
        env=environment({}, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    said = done.stdout.decode()
    return [int(code) for code in re.findall(r"^@ (\d+)$", said, re.MULTILINE)], said


@contextmanager
def typed(line: str, folder: Path) -> Iterator[str]:
    """The first line that a command says which goes on; it is ended as by Ctrl-C."""
    process = subprocess.Popen(
        ["sh", "-c", f"exec {line}"], cwd=folder, env=environment({}, folder), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().decode()
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def test_the_readme_works_as_it_is_written(checkout: Path) -> None:
    _, server, client = blocks(README)
    setup, serve = server.splitlines()
    assert setup == "make setup"
    with typed(serve, checkout) as said:
        assert "listens" in said
        codes, told = shell(client, checkout)
    assert codes == [0, 0, 1], told
    assert "everything that a run rests on works" in told
    assert re.search(r"^BYPASSED: \d+ doors are open", told, re.MULTILINE)
    for name in ("report.html", "report.json", "report.sarif", "report.md", "evidence"):
        assert (checkout / "report" / name).exists(), name


def test_make_knows_every_target_that_a_page_names() -> None:
    named = {word for page in PAGES for word in re.findall(r"\bmake ([a-z]+)\b", page.read_text())}
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "setup", "test", "clean", "docs"} <= named & rules
    dry = subprocess.run(
        ["make", "-n", "demo"], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    assert dry.stdout.strip().splitlines()[-1] == ".venv/bin/holdfast demo"


def words_of(line: str) -> Sequence[str]:
    return re.sub(r"\$\{?\w+\}?", "X", line.replace('"', "")).split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_and_option_exists(page: Path) -> None:
    lines = [line for block in blocks(page) for line in block.splitlines()]
    lines += re.findall(r"`(holdfast [^`]+)`", page.read_text())
    for line in lines:
        words = words_of(line)
        if not words or not words[0].endswith("holdfast") or len(words) == 1:
            continue
        subcommand = main.commands.get(words[1])
        assert subcommand is not None, line
        known = {name for option in subcommand.params if isinstance(option, click.Option) for name in option.opts}
        assert {word for word in words[2:] if word.startswith("-")} <= known, line


def test_the_table_of_commands_is_whole() -> None:
    rows = re.findall(r"^\| `holdfast ([a-z-]+)[^|]*\| (.*) \|$", README.read_text(), re.MULTILINE)
    assert {name for name, _ in rows} == set(main.commands)
    for name, told in rows:
        known = {word for option in main.commands[name].params for word in option.opts}
        assert set(re.findall(r"`(-[\w-]+)", told)) <= known, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$|^    .*$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for place in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
        if "://" not in place:
            assert (page.parent / place).exists(), f"{page.name}: {place}"


def test_the_readme_asks_for_the_python_that_runs_it() -> None:
    wanted = re.search(r"Python (3\.\d+) or newer", README.read_text())
    assert wanted
    assert sys.version_info >= tuple(map(int, wanted[1].split(".")))
    assert f'requires-python = ">={wanted[1]}"' in (ROOT / "pyproject.toml").read_text()

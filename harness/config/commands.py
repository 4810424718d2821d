"""Commands that print a secret, run only by the word of whoever calls: never through a shell, and briefly."""

import os
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import Protocol, runtime_checkable

SECONDS = 10.0
"""How long a command may take."""
MOST = 16 * 1024
"""Bytes that it may print."""


class NoSecret(Exception):
    """A command printed nothing that could be a secret; the message says why, and holds nothing that it printed."""


@runtime_checkable
class Printing(Protocol):
    """What a target file's variables come from, where its commands are run, too."""

    def printed(self, command: str) -> str:
        """The one line that a command prints, without space around it. Raises NoSecret."""
        ...


class WithCommands(Mapping[str, str]):
    """Variables, and leave to run the commands that a target file names."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._printed: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def printed(self, command: str) -> str:
        """The one line that a command prints, without space around it; run once. Raises NoSecret."""
        if command not in self._printed:
            self._printed[command] = _line(_run(_words(command)))
        return self._printed[command]


def _words(command: str) -> list[str]:
    why = "names no command; write it behind 'cmd:'"
    try:
        if words := shlex.split(command):
            return words
    except ValueError:
        why = "is no command: a quote is left open"
    raise NoSecret(why)


def _run(words: list[str]) -> bytes:
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds a NUL"
    else:
        with process:
            try:
                return _output(process)
            finally:
                # Whatever it has started must not go on holding the pipe.
                _kill(process)
    raise NoSecret(f"its command cannot be run ({(why or 'unknown').lower()}); check the name of the program")


def _output(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    pipe, until, data = process.stdout.fileno(), time.monotonic() + SECONDS, b""
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        piece = os.read(pipe, MOST)
        data += piece
        if len(data) > MOST:
            raise NoSecret(f"its command printed more than {MOST} bytes; it must print the key alone")
        if not piece:
            break
    try:
        code = process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        code = None
    if code is None:
        raise NoSecret(f"its command took longer than {SECONDS:g} s; it must not wait for anybody")
    if code:
        ended = f"exit code {code}" if code > 0 else f"signal {-code}"
        raise NoSecret(f"its command ended with {ended}; run it by hand to see why")
    return data


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _line(output: bytes) -> str:
    try:
        told = output.decode().strip()
    except UnicodeDecodeError:
        told = "\0"
    if not told:
        raise NoSecret("its command printed nothing; it must print the key alone")
    if not told.isprintable():
        raise NoSecret("its command printed more than one line of text; it must print the key alone")
    return told

"""Running the command as a user does: a process of its own, an empty home, keys in the environment alone."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.demo.process import DemoServer

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "targets" / "demo.yaml"
NAMES = frozenset(re.findall(r"\$\{(\w+)\}", TARGET.read_text()))
"""The keys that the target file wants."""
PATIENCE = 300
"""Seconds after which a command hangs; ten times what the longest takes."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    text: str = field(repr=False)
    """Standard output and error, together."""
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        """Its report.json."""
        read: dict[str, Any] = json.loads((self.out / "report.json").read_text())
        return read

    def verdicts(self) -> dict[str, tuple[str, str]]:
        """Verdict and reason by probe id."""
        return {one["id"]: (one["verdict"], one["reason"]) for one in self.report["verdicts"]}


def environment(keys: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment of a user who has set the keys and nothing else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOLDFAST", "PYTEST"))}
    return {**kept, "HOME": str(home), "NO_COLOR": "1", "COLUMNS": "120", **keys}


def command(*arguments: str) -> list[str]:
    """The command line of `holdfast`."""
    return [sys.executable, "-c", "from harness.cli import main; main()", *arguments]


def holdfast(*arguments: str, keys: Mapping[str, str], folder: Path, out: Path | None = None) -> Ran:
    """Runs `holdfast` in `folder` and waits for it."""
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env={**environment(keys, folder), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), out or folder / "out")


def run_on(demo: DemoServer, folder: Path, *more: str, keys: Mapping[str, str] | None = None) -> Ran:
    """`holdfast run` on a build of the demo, reports in `folder/out`."""
    arguments = ["run", str(TARGET), "--base-url", demo.base_url, "--out", str(folder / "out"), *more]
    return holdfast(*arguments, keys=demo.environment if keys is None else keys, folder=folder)


def parts_of(secrets: Iterable[str], length: int = 8) -> set[str]:
    """Every run of `length` characters of the secrets."""
    return {one[start : start + length] for one in secrets for start in range(len(one) - length + 1)}

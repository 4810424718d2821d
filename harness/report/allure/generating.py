"""The Allure report, made by Allure's own command where that is there. Nothing is decided by what it shows."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import HoldfastError, UsageError
from harness.family import Family
from harness.report.allure.surroundings import VIEWS, settings
from harness.report.allure.writing import write
from harness.report.files import replace_file
from harness.report.recorded import Recorded
from harness.report.text import safe

SETTINGS = "allurerc.json"
PATIENCE = 900
"""Seconds that Allure is given; 5,000 results take it half a minute."""


class Unshown(HoldfastError):
    """The report is not there, or does not show what the run told."""

    exit_code = 3


def generate(report: Recorded, families: Sequence[Family], out: Path, variables: Mapping[str, str]) -> Path:
    """Writes results, settings and the report into `out`, where the history of earlier ones is; gives the page.

    Raises UsageError where that is another folder, or Allure is not there, and Unshown where the report does not show
    every verdict.
    """
    if out.exists() and not (out / SETTINGS).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"--allure {out}: holds something else; name a new folder, or one of an earlier report")
    try:
        for name in ("results", "report"):
            # Allure would leave in its place what an earlier run told.
            shutil.rmtree(out / name, ignore_errors=True)
        out.mkdir(parents=True, exist_ok=True)
        replace_file(out / SETTINGS, json.dumps(settings(str(report.target.get("name"))), indent=2) + "\n")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; name another folder") from None
    count = write(report, families, out / "results", variables)
    _call(out)
    for name in VIEWS:
        shown = _total(out / "report" / name)
        if shown != count:
            raise Unshown(f"{out}: Allure shows {shown} results {VIEWS[name][0].lower()}, and the run has {count}")
    return out / "report" / "index.html"


def _call(out: Path) -> None:
    command = shutil.which("allure")
    if command is None:
        raise UsageError(f"Allure's command is not on PATH: install Allure 3; the results are in {out / 'results'}")
    words = [command, "generate", "--config", SETTINGS, "--cwd", ".", "results"]
    environment = {**os.environ, "ALLURE_NO_ANALYTICS": "true", "NO_COLOR": "1"}
    try:
        done = subprocess.run(words, cwd=out, env=environment, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unshown(f"{command}: failed: {type(error).__name__}; the results are in {out / 'results'}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()[-1:]
        raise Unshown(f"{command}: ended with {done.returncode}: {safe(' '.join(said))}; Allure 3 is needed")


def _total(folder: Path) -> int:
    """How many results a view counts; 0 where it says nothing. Allure succeeds on results that it cannot read."""
    try:
        told = json.loads((folder / "widgets" / "statistic.json").read_bytes())
        return int(told["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0

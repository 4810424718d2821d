"""Serving one build, to try things on."""

import json
import os
import subprocess
import sys
from pathlib import Path

from harness.errors import UsageError
from harness.showing.steps import BUILDS


def serve(build: str, port: int, keys: Path | None) -> int:
    """Serves one build until it is stopped; its keys and address are in a file to be sourced. Raises UsageError."""
    if build not in BUILDS:
        raise UsageError(f"there is no build {build!r}; there are {', '.join(BUILDS)}")
    file = keys or Path("holdfast-demo.env")
    if not os.access(file.absolute().parent, os.W_OK):
        raise UsageError(f"--keys {file}: cannot be written; name a file in a folder that is there")
    command = [sys.executable, "-m", "harness.demo", "--build", build, "--port", str(port), "--keys-file", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline() or "{}")
            if not ready:
                return process.wait() or 2
            with file.open("a") as lines:
                lines.write(f"BASE_URL={ready['base_url']}\n")
            print(f"build {build} listens at {ready['base_url']}; keys and BASE_URL are in {file}", flush=True)
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            return 0

"""Bytes that are made by what they reach in the code: `python -m tests.unit.fuzz.guided TARGET`, with libFuzzer's
options behind.

Run as a process of its own, for it ends with the process; where it finds something, that shows in the exit status.
"""

import contextlib
import sys
from collections.abc import Callable, Mapping

import atheris

with atheris.instrument_imports(include=["harness"]):
    from tests.unit.fuzz import checks

METHODS = ("GET", "HEAD", "POST")


def _answers(data: bytes) -> None:
    checks.answer(data[2:], 1 + data[0] % 40 if data else 1, METHODS[data[1] % 3] if len(data) > 1 else "GET")


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "answers": _answers,
    "requests": checks.request,
    "files": checks.file,
    "documents": checks.document,
}


def main() -> None:
    """Fuzzes one target until an option of libFuzzer says that it is enough."""
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()

"""What `check` prints is whole however narrow the terminal is."""

import io

import pytest
from rich.console import Console

from harness.engine.rehearsing.checking import Check, Checks
from harness.report.checks import show

NAME = "PATCH /api/v1/projects/{project}/releases/{release}/assets/{asset}"
ADVICE = "say a body: resources: {assets: {body: {FIELD: VALUE}}}"


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_long_path_leaves_room_for_what_is_wrong(width: int) -> None:
    out = io.StringIO()
    show(Checks((Check("control", NAME, False, "422 it is refused", ADVICE),)), Console(file=out, width=width))
    said = out.getvalue().splitlines()
    assert said[0] == f"✗ control {NAME}"
    assert " ".join(" ".join(said[1:-1]).split()) == f"422 it is refused; {ADVICE}"
    assert said[-1].startswith("1 of 1 failed")

"""No false alarm: on a correct server everything is held, whatever its style."""

from pathlib import Path

import pytest

from tests.contract.correct import servers
from tests.contract.correct.kit import Correct, alarms, run

KINDS = [one for one in vars(servers).values() if isinstance(one, type) and issubclass(one, Correct)]
LISTED_STILL = {"Archived", "Undeletable"}
"""Servers that show what was removed, or have no way to remove it."""


def quiet(kind: type[Correct], folder: Path, whole: bool) -> None:
    results = run(kind(), folder, whole)
    assert alarms(results) == []
    assert len(results.judged) > len(kind.asks)
    assert results.exit_code(strict=False) == 0
    assert bool(results.leftovers) == (kind.__name__ in LISTED_STILL)


@pytest.mark.parametrize("kind", KINDS)
def test_a_correct_server_is_held(kind: type[Correct], tmp_path: Path) -> None:
    quiet(kind, tmp_path, whole=False)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_correct_server_is_held_by_every_family(kind: type[Correct], tmp_path: Path) -> None:
    quiet(kind, tmp_path, whole=True)

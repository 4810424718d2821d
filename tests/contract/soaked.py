"""Folders of servers that a full run is made on: seconds for each, so they are part of the soak."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest


def soak(items: Iterable[pytest.Item], folder: Path, known: Mapping[str, str]) -> None:
    """Marks the tests below a folder; those in whose name a word of `known` stands are expected to fail, for its
    reason."""
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.soak)
            why = next((why for name, why in known.items() if name in item.name), None)
            if why:
                item.add_marker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=True))

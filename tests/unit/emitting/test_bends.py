"""Bent keys of emitted tests have the shape of those that the harness sends, or a server that looks at it is passed."""

import importlib
import re
from typing import Any

import pytest

from harness.credentials import bend
from harness.emitting.bends import EXPRESSIONS, HELPERS, IMPORTS
from harness.model import Bend

KEYS = {
    "idx_" + "0123456789abcdef" * 2: r"idx_[0-9a-f]{32}",
    "a1" * 20: r"[0-9a-f]{40}",
    "ghp_" + "aB3" * 12: r"ghp_[A-Za-z0-9]{36}",
    "lower" * 5: r"[a-z]{25}",
    "12345678" * 4 + "1": r"[0-9]{33}",
    "6fa459ea-ee8a-3ca4-894e-db77e160355e": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}


@pytest.mark.parametrize("way", [Bend.RANDOM_ALIKE, Bend.LAST_CHANGED])
@pytest.mark.parametrize("key", KEYS)
def test_a_bent_key_is_another_of_the_same_shape(way: Bend, key: str) -> None:
    scope: dict[str, Any] = {name: importlib.import_module(name) for name in IMPORTS[way]}
    exec(HELPERS[way], scope)
    bent = eval(EXPRESSIONS[way].format("key"), {**scope, "key": key})
    alike = re.fullmatch(KEYS[key], bend(way, key))
    assert bent != key
    assert bool(re.fullmatch(KEYS[key], bent)) or not alike

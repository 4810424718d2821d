"""Masks by name."""

from collections.abc import Callable
from typing import TypeAlias

from ..shop import Shop

Mask: TypeAlias = Callable[[Shop], None]
"""Changes an application before it serves."""

MASKS: dict[str, Mask] = {}


def mask(function: Mask) -> Mask:
    """Register a mask under its function's name."""
    MASKS[function.__name__] = function
    return function

"""A small API that can wear masks: real servers that try to make the harness give a false verdict."""

from .calls import Standing
from .masks import MASKS
from .record import Entry, Record
from .shop import Settings
from .workshop import Workshop

__all__ = ["MASKS", "Entry", "Record", "Settings", "Standing", "Workshop"]

"""Canaries: the objects that a run makes, aims at and reads back."""

from harness.canaries.keeper import FRESH, HIDDEN, TRIES, Keeper
from harness.canaries.telling import refused, told_id
from harness.canaries.values import Canary, Made, NoCanary
from harness.canaries.waiting import until

__all__ = ["FRESH", "HIDDEN", "TRIES", "Canary", "Keeper", "Made", "NoCanary", "refused", "told_id", "until"]

"""Canaries: the objects that a run makes, aims at and reads back."""

from harness.canaries.keeper import FRESH, HIDDEN, TRIES, Keeper
from harness.canaries.proofs import LEFT_OUT, Proofs, stand_in
from harness.canaries.telling import refused, told_id
from harness.canaries.values import Canary, Made, NoCanary, unmade, why_unmade
from harness.canaries.waiting import until

__all__ = [
    "FRESH",
    "HIDDEN",
    "LEFT_OUT",
    "TRIES",
    "Canary",
    "Keeper",
    "Made",
    "NoCanary",
    "Proofs",
    "refused",
    "stand_in",
    "told_id",
    "unmade",
    "until",
    "why_unmade",
]

"""What a family file imports: a claim about an API, and the mutations that put it to the test.

A family file holds a docstring (its published page), one `FAMILY`, and generator functions: one yield is one mutant,
one verdict, one test item. Mutations are named after their functions, and those names are for ever.
"""

from harness.family.claims import Family, Mutation
from harness.family.control import Control, Guard, Kin
from harness.family.loading import load_families, load_family, no_family
from harness.model import (
    ANY_CHANGE,
    OPENED,
    WRITES,
    Bend,
    Expect,
    Forbid,
    Identity,
    Mutant,
    Outcome,
    Part,
    Severity,
)

__all__ = [
    "ANY_CHANGE",
    "OPENED",
    "READS",
    "WRITES",
    "WRITES_WITH_BODY",
    "Bend",
    "Control",
    "Expect",
    "Family",
    "Forbid",
    "Guard",
    "Identity",
    "Kin",
    "Mutant",
    "Mutation",
    "Outcome",
    "Part",
    "Severity",
    "load_families",
    "load_family",
    "no_family",
]

WRITES_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
READS = frozenset({"GET"})

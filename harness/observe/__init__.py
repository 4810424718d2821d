"""Reading state back: one object, or a whole list.

A list counts as read only to its end. What cannot be read is said to be unreadable, never absent.
"""

from harness.observe.caches import stale
from harness.observe.envelopes import alone, rows_of, unwrapped
from harness.observe.inside import Inside
from harness.observe.naming import id_in_path, identify
from harness.observe.observer import Observer
from harness.observe.readings import Listing, Reading
from harness.observe.texts import bears, holds, text_of

__all__ = [
    "Inside",
    "Listing",
    "Observer",
    "Reading",
    "alone",
    "bears",
    "holds",
    "id_in_path",
    "identify",
    "rows_of",
    "stale",
    "text_of",
    "unwrapped",
]

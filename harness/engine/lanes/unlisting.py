"""Objects that are taken off their list, and can still be read by their id: to whoever looks for them there, they are
gone."""

from collections.abc import Callable

from harness.canaries import Canary
from harness.engine.lanes.watching import Collection
from harness.observe import Listing


def listed(collection: Collection, now: Listing) -> frozenset[str] | None:
    """Ids of all objects of a list; None where it was not read to its end."""
    told = (collection.stage.observer.identify(collection.resource, row) for row in now.rows)
    return frozenset(one for one in told if one is not None) if now.whole else None


def takes_off(
    ids: Callable[[], frozenset[str] | None], fresh: Callable[[], Canary | None], strike: Callable[[Canary], None]
) -> bool:
    """Whether a strike takes its canary off the list.

    A list that shows a part only may drop any object for the next: so both the canary and another one that nobody
    strikes must stand there first, nothing is made meanwhile, and the other one must stay.
    """
    struck, witness = fresh(), fresh()
    before = ids()
    if struck is None or witness is None or before is None or not {struck.id, witness.id} <= before:
        return False
    strike(struck)
    after = ids()
    return after is not None and witness.id in after and struck.id not in after

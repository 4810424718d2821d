"""Every way in which a workshop can differ from a correct server, by name.

"Others" are all callers but the holders of a valid key of `admin` or `second`. What a docstring does not name is as in
the correct server.
"""

from . import bypasses, crowding, members, owners, refusals, routes, rules, state
from .registry import MASKS, Mask

__all__ = ["MASKS", "Mask", "bypasses", "crowding", "members", "owners", "refusals", "routes", "rules", "state"]

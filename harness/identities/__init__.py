"""Who is who: logging in, and showing that each identity is what the target file says."""

from harness.identities.liveness import Standing, bent, prove
from harness.identities.logins import Logins

__all__ = ["Logins", "Standing", "bent", "prove"]

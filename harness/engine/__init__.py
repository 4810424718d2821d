"""Plan, execute, judge: what turns a target and families into verdicts."""

from harness.engine.estimate import Estimate, Share, Span, estimate
from harness.engine.opening import Opened, open_target
from harness.engine.plan import Plan, make_plan
from harness.engine.profiles import PROFILES, Profile
from harness.engine.results import Judged, Results
from harness.engine.run import Run

__all__ = [
    "PROFILES",
    "Estimate",
    "Judged",
    "Opened",
    "Plan",
    "Profile",
    "Results",
    "Run",
    "Share",
    "Span",
    "estimate",
    "make_plan",
    "open_target",
]

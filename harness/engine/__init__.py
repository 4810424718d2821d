"""Plan, execute, judge: what turns a target and families into verdicts."""

from harness.engine.accepting import closed, effects_of
from harness.engine.awaiting import Waiting
from harness.engine.cleaning import reopened
from harness.engine.estimate import Estimate, Share, Span, estimate
from harness.engine.journal import Past, read_journal
from harness.engine.opening import Opened, open_target
from harness.engine.permission import NO_LEAVE, Permission
from harness.engine.plan import Plan
from harness.engine.planner import make_plan
from harness.engine.profiles import PROFILES, Profile, sample
from harness.engine.results import Accepted, Judged, Results, State
from harness.engine.run import Run
from harness.engine.sharding import Portion, Shard, split
from harness.engine.staging import see_room

__all__ = [
    "NO_LEAVE",
    "PROFILES",
    "Accepted",
    "Estimate",
    "Judged",
    "Opened",
    "Past",
    "Permission",
    "Plan",
    "Portion",
    "Profile",
    "Results",
    "Run",
    "Shard",
    "Share",
    "Span",
    "State",
    "Waiting",
    "closed",
    "effects_of",
    "estimate",
    "make_plan",
    "open_target",
    "read_journal",
    "reopened",
    "sample",
    "see_room",
    "split",
]

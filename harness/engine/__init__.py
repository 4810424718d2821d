"""Plan, execute, judge: what turns a target and families into verdicts."""

from harness.engine.course.accepting import closed, effects_of
from harness.engine.course.cleaning import reopened
from harness.engine.course.journal import Past, read_journal
from harness.engine.course.results import Accepted, Judged, Results, State
from harness.engine.course.run import Run
from harness.engine.lanes.staging import see_room
from harness.engine.planning.opening import Opened, open_target
from harness.engine.planning.permission import NO_LEAVE, Permission
from harness.engine.planning.plan import Plan
from harness.engine.planning.planner import make_plan
from harness.engine.planning.profiles import PROFILES, Profile, sample
from harness.engine.planning.sharding import Portion, Shard, split
from harness.engine.rehearsing.estimate import Estimate, Share, Span, estimate
from harness.engine.sending.awaiting import Waiting

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

"""(Probe, Evidence) -> Verdict, and what evidence it still wants. Pure and total.

A verdict rests on four things seen: the control, the mutant, the state before and the state after. An effect counts
whatever the status said; silence counts only between two good controls, under a reader that was shown to see.
"""

from harness.oracle.decision import Want, judge, wants
from harness.oracle.effects import forbidden
from harness.oracle.rules import Rules, denied_by, denies

__all__ = ["Rules", "Want", "denied_by", "denies", "forbidden", "judge", "wants"]

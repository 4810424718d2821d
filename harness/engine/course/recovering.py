"""Taking over from a run that ended before it could clean up."""

from collections.abc import Mapping
from pathlib import Path

from harness.engine.course.aftermath import Aftermath
from harness.engine.course.course import Course
from harness.engine.course.journal import Past
from harness.engine.lanes.stage import Stage, Strike
from harness.engine.lanes.staging import make_stage
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Plan
from harness.errors import Unreachable, Unsafe
from harness.ledger import LEDGER, closed, end_ledger, read_ledger
from harness.markers import Markers
from harness.model import Evidence, Json
from harness.sweeping import Left, apart


def taken_over(opened: Opened, plan: Plan, folder: Path) -> Stage:
    """The stage of the run that wrote `folder`, which knows what that run wrote. Raises Unreachable where the target
    does not answer."""
    _, secret, entries = read_ledger(folder / LEDGER)
    stage = make_stage(opened, plan, None, Markers(secret))
    stage.public = stage.guest_get(stage.public_path)
    if stage.public.status is None:
        raise Unreachable(
            f"{opened.target.base_url}: no answer ({stage.public.failure}); start the target, and clean up again"
        )
    opened.logins.open()
    stage.keeper.adopt(entries)
    stage.sweeper.adopt(entries)
    probes = {one.id: one for one in plan.probes}
    told = {str(one.get("marker")): str(one.get("by")) for one in entries if one.get("kind") == "marker"}
    stage.wrote.update({marker: probes[by] for marker, by in told.items() if by in probes})
    return stage


def recover(opened: Opened, plan: Plan, folder: Path, past: Past, course: Course) -> list[Left]:
    """Looks for late effects of what was sent before, and removes what was left; gives what no API removes.

    Raises Unreachable, or Unsafe where something else stays.
    """
    if closed(folder / LEDGER):
        return []
    stage = taken_over(opened, plan, folder)
    stage.sparing.adopt(past.refusals)
    stage.strikes += [one for line in past.strikes if (one := _strike(stage, line, course.evidence))]
    Aftermath(stage, course.results, course.evidence).look()
    course.looked(stage)
    left = stage.sweeper.sweep()
    still, stays = apart(left)
    end_ledger(folder / LEDGER, still, stays)
    if still:
        raise Unsafe(f"what the run had written could not be removed: {', '.join(still)}; remove it, and resume again")
    return left


def _strike(stage: Stage, line: Mapping[str, Json], evidence: Mapping[str, Evidence]) -> Strike | None:
    """A canary that was struck, where all that struck it are judged."""
    resource = next((one for one in stage.graph.resources if one.name == line["resource"]), None)
    if resource is None or not evidence.keys() >= set(line["probes"]):
        return None
    known = line["by"] in stage.signer.identities
    observer = stage.observer.reading_as(line["by"]) if known else stage.observer
    return Strike(resource, line["slots"], line["values"], frozenset(line["volatile"]), tuple(line["probes"]), observer)

"""Who is entitled to an operation that the first privileged identity may not do itself: the next one for whom the
control works. Fabricated credentials then bear that one's name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from harness.config import any_of
from harness.engine.lanes.stage import Stage
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Lane, Plan
from harness.engine.planning.planner import plan_operation
from harness.model import REFUSALS, Evidence, Identity, Operation


def refused(found: Mapping[str, Evidence]) -> int | None:
    """The status by which the control of a lane was refused, so that nothing was sent; None where it was not."""
    proofs = [one.before for one in found.values() if one.before and not one.attempts and not one.effects]
    statuses = {one.exchange.status for one in proofs if one.exchange and not one.good}
    alone = len(proofs) == len(found) and len(statuses) == 1 and statuses <= REFUSALS
    return statuses.pop() if alone else None


def candidates(
    identities: Iterable[Identity], stage: Stage, operation: Operation, status: int | None
) -> Iterator[Identity]:
    """Who else may be entitled: the other privileged identities, those that by the target's word may do it, and then
    anybody. Where the refused one was not even known (401), its key may be dead, which a run must not pass over: only
    those are tried of whom the target says that they may do this very thing."""
    living = [one for one in identities if one.state is None and one.key and one.name != stage.owner]
    taken = [one for one in living if not stage.standing.get(one.name, "").startswith("disproved")]
    if status != 401:
        yield from (one for one in taken if one.privileged)
    yield from (one for one in taken if not one.privileged and _may(one, operation))
    if status != 401:
        yield from (one for one in taken if not one.privileged and not _may(one, operation))


def lane_of(plan: Plan, opened: Opened, lane: Lane, identity: Identity) -> tuple[Lane, dict[str, Evidence]]:
    """The lane with another identity as the entitled one, and the evidence of probes that it leaves nothing to test
    for."""
    roles = _roles(plan.roles, opened, lane.operation, identity)
    planned = {one.id: one for one in plan_operation(plan, opened, roles, lane.operation)}
    now = [planned[one.id] for one in lane.probes if one.id in planned]
    pointless = {one.id: Evidence(pointless=one.not_applicable) for one in now if one.not_applicable}
    probes = tuple(one for one in now if not one.not_applicable)
    return replace(lane, probes=probes, by=identity.name), pointless


def _roles(
    roles: Mapping[str, Identity], opened: Opened, operation: Operation, identity: Identity
) -> dict[str, Identity]:
    """The roles of a plan with this identity as the entitled one. Where that is one of many, its like may do the same;
    and the session of somebody who may not shows nothing."""
    found = {**roles, "admin": identity}
    if identity.name == getattr(roles.get("admin2"), "name", ""):
        found["admin2"] = roles["admin"]
    session = next((one for one in opened.sessions if one.of == identity.name), None)
    found = {role: one for role, one in found.items() if role != "session"} | ({"session": session} if session else {})
    if "low" in roles:
        ordinary = [one for one in opened.identities if one.state is None and one.key and not one.privileged]
        told = identity.privileged or _may(identity, operation)
        below = [one for one in ordinary if told and one.name != identity.name and not _may(one, operation)]
        low = roles["low"]
        found["low"] = below[0] if below else replace(low, may=(*low.may, operation.name))
    return found


def _may(identity: Identity, operation: Operation) -> bool:
    return any_of(identity.may, operation)


def entitled(found: Mapping[str, Evidence]) -> bool:
    """Whether a control of a lane worked."""
    return any(one.before is not None and one.before.good for one in found.values())

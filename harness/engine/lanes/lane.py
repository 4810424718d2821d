"""What lanes of every kind do alike: give up on a control, keep an eye on bystanders, and tell effects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from harness.config import any_of
from harness.engine.lanes.stage import Stage
from harness.engine.planning.plan import Lane
from harness.model import REFUSALS, Evidence, Exchange, Json, Probe, Proof, shown, shows
from harness.resources import Resource, Template, fill_path
from harness.urls import judge

GROUP = 19
"""Odd, so that a switch which every member throws does not end where it began."""
AGAIN = ((GROUP, False), (5, False), (5, True))
"""Where somebody else was writing meanwhile: in groups of so many once more, so that a quiet moment is enough for each,
and whether it is the last time."""
_Item = TypeVar("_Item")


def groups(items: Sequence[_Item], size: int = GROUP) -> Iterator[Sequence[_Item]]:
    """Runs of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def kind_of(exchange: Exchange) -> tuple[object, ...]:
    """What successes have in common of which one was seen to do nothing: then the others are taken to do as little,
    until the group is looked at."""
    return exchange.request.method, exchange.status, exchange.media_type, exchange.json_keys


def larger(size: int) -> int:
    """The size of the next group, where one of this size came to nothing and the control after it was good."""
    return 4 * size + 3


def past_authentication(proof: Proof) -> bool:
    """Whether a failed control at least shows that its credential is taken: then refusals of mutants may still say
    something."""
    status = proof.exchange.status if proof.exchange else None
    return status in (400, 409, 412, 415, 422, 428)


def unsent(
    stage: Stage,
    lane: Lane,
    template: Template | None,
    slots: Mapping[str, Json],
    before: Proof,
    list_path: str = "",
) -> dict[str, Evidence]:
    """Evidence of probes that are not worth sending, their control having failed.

    `list_path` is the resource's own, where what failed is a creation on it.
    """
    base = Evidence(before=before, identity=stage.standing.get(stage.owner, "proved"))
    status = before.exchange.status if before.exchange else None
    if status in REFUSALS and _may_not(stage, lane):
        base = replace(base, pointless=f"policy: {stage.owner} may not do this itself, to what is its own")
    if not before.good:
        base = replace(base, public=stage.guest_get(stage.public_path))
    path = fill_path(template.path, slots) if template is not None else list_path
    if path and status in (404, 405):
        reference = stage.reference(lane, template, slots, 0) if template is not None else None
        own = stage.send(stage.signer.signed("GET", path, stage.owner), f"reader {stage.owner}")
        base = replace(base, reference=reference, unknown_path=stage.unknown_path(path), own_path=own)
    return {probe.id: base for probe in lane.probes}


def _may_not(stage: Stage, lane: Lane) -> bool:
    """Whether a refused control only tells that another identity than the entitled one has no business here."""
    words = stage.signer.identities.get(stage.owner)
    if stage.base is None or words is None or not stage.standing.get(stage.owner, "").startswith("proved"):
        return False
    return not any_of(words.may, lane.operation)


def standing(stage: Stage, probe: Probe) -> str:
    """What is known of the identities that a probe rests on: the worst of its actor's and of those its credential
    borrows from."""
    credential = probe.mutant.credential
    parts = [credential.username, credential.key, *probe.mutant.parts()]
    entitled = (stage.base or stage).owner
    names = {stage.owner, probe.mutant.actor, *(part.of for part in parts)} - {"", None, entitled}
    known = [stage.standing.get(str(name), "proved") for name in names]
    order = sorted(known, key=lambda one: (not one.startswith("disproved"), not one.startswith("attested")))
    return order[0] if order else "proved"


def breaches(resource: Resource, values: Mapping[str, Json]) -> dict[str, str]:
    """Fields of an object, as read back, whose URL breaks its rule, with why."""
    found = {}
    for name, rule in resource.url_rules.items():
        if rule is None or not shows(values, name):
            continue
        sibling = shown(values, rule.suffix_of) if rule.suffix_of else None
        verdict = judge(shown(values, name), rule, sibling if isinstance(sibling, str) else None)
        if verdict.outside:
            found[name] = verdict.why
    return found

"""Actions that undo another one, such as `unyank` or `restore`: they have an effect only on an object to which that was
done, and a new one is not like that. What has to be done before is found out by trying."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from harness.canaries import Canary
from harness.config import any_of
from harness.engine.lanes.leaves import changed, counts_or_dates
from harness.engine.lanes.stage import Stage
from harness.model import Json, Operation, Proof
from harness.openapi import Unsatisfiable
from harness.resources import Resource, Template

MOST = 6
"""Other actions that are tried before one."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What makes an object that an action has an effect on."""

    fields: Mapping[str, Json] = field(default_factory=dict)
    """Fields that it is made with."""
    first: Template | None = None
    """The action that is done to it before."""

    def fresh(self, stage: Stage, resource: Resource) -> tuple[Canary | None, Proof]:
        """A new one."""
        canary, proof = stage.keeper.make(resource, fields=self.fields or None)
        if canary is None or self.first is None:
            return canary, proof
        parents = stage.keeper.parents(resource)
        done, slots = stage.controls.write(self.first, canary, parents), {**parents, **canary.slots("self")}
        reading = stage.observer.item(resource, slots)
        if done.good and reading.state != "present" and reading.values:
            # It is only marked as removed, and what undoes that is to be seen.
            stage.observer.learn(resource, canary.id, reading.values)
            reading = stage.observer.item(resource, slots)
        if not done.good or reading.state != "present":
            return None, replace(done, seen=False, reason=done.reason or f"{self.first.operation.name} leaves none")
        return replace(canary, values=reading.values), done


def leads(stage: Stage, template: Template) -> Iterator[Lead]:
    """What may have to be done before an action: to make a draft, where the target file says how, or another action on
    the same kind of object; first the one that it is called after."""
    resource = template.resource
    words = stage.target.resources.get(resource.name)
    if words and words.draft:
        yield Lead(fields=words.draft)
    actions = [made for one in _siblings(stage, template) if (made := _template(stage, resource, one))]
    own = _called(template.operation)
    for made in sorted(actions, key=lambda one: not _kindred(own, _called(one.operation)))[:MOST]:
        yield Lead(first=made)


def led(stage: Stage, template: Template, canary: Canary, proof: Proof) -> tuple[Lead, Proof]:
    """What is to be done before an action whose control on a new object went as `proof` says, and the control then;
    nothing where it has an effect as it is, or where nothing helps."""
    resource = template.resource
    accepted = proof.exchange is not None and proof.exchange.ok
    if not accepted or (proof.seen and _tells(stage, resource, canary)):
        return Lead(), proof
    for lead in leads(stage, template):
        other, _ = lead.fresh(stage, resource)
        if other is None:
            continue
        again = stage.controls.write(template, other, stage.keeper.parents(resource))
        if again.good and _tells(stage, resource, other):
            return lead, again
    return Lead(), proof


def _tells(stage: Stage, resource: Resource, canary: Canary) -> bool:
    """Whether an object is otherwise than it was, in more than counts and dates."""
    slots = {**stage.keeper.parents(resource), **canary.slots("self")}
    reading = stage.observer.item(resource, slots)
    moved = changed(canary.values, reading.values)
    return reading.state == "absent" or moved != counts_or_dates(moved, canary.values, reading.values)


def _siblings(stage: Stage, template: Template) -> Iterator[Operation]:
    words = stage.target.operations
    barred = (*words.never, *words.refuse_only)
    for one in stage.graph.below.get(template.resource.name, ()):
        kept_out = one.broken or any_of(barred, one)
        if one.name != template.operation.name and not kept_out:
            yield one


def _template(stage: Stage, resource: Resource, operation: Operation) -> Template | None:
    try:
        made = stage.keeper.template(resource, operation)
    except Unsatisfiable:
        return None
    return made if made.acts and not made.proof else None


def _called(operation: Operation) -> str:
    return operation.path.rstrip("/").rpartition("/")[2].lower()


def _kindred(one: str, other: str) -> bool:
    """Whether one is called after the other, as `unyank` after `yank`."""
    return one.endswith(other) or other.endswith(one)

"""Hidden objects where the target file sets none out: a switch of the body may be what keeps guests away, which is
believed only where a guest is shown the one and not the other."""

from harness.canaries import HIDDEN, Canary, NoCanary
from harness.engine.lanes.stage import Stage
from harness.engine.planning.situations import is_public
from harness.openapi import Unsatisfiable
from harness.resources import Resource, fill_path, read_path, switch_of

_UNSEEN = frozenset({401, 403, 404, 410})


def guessed_draft(stage: Stage, resource: Resource) -> Canary | None:
    """An object that guests were seen not to be shown, where one like it, with its switch thrown, is shown to them;
    None where nothing of the kind was seen. Made when first asked for."""
    base = stage.base or stage
    with base.once:
        if resource.name not in base.guessed:
            base.guessed[resource.name] = _tried(base, resource)
    return base.guessed[resource.name]


def _tried(stage: Stage, resource: Resource) -> Canary | None:
    read, switch = resource.operation("GET", "item"), switch_of(resource)
    if read is None or switch is None or not is_public(read, stage.target):
        return None
    name, shown = switch
    try:
        hidden, path = _made(stage, resource, name, not shown)
        if hidden is None or stage.guest_get(path).status not in _UNSEEN:
            return None
        seen, path = _made(stage, resource, name, shown)
    except (NoCanary, Unsatisfiable):
        return None
    answer = stage.guest_get(path)
    return hidden if seen and answer.ok and seen.marker in answer.body.decode("utf-8", "replace").lower() else None


def _made(stage: Stage, resource: Resource, name: str, value: bool) -> tuple[Canary | None, str]:
    canary, _ = stage.keeper.make(resource, group=HIDDEN, fields={name: value})
    slots = stage.keeper.parents(resource, HIDDEN)
    path = fill_path(read_path(resource, "item"), {**slots, **canary.slots("self")}) if canary else ""
    return canary, path

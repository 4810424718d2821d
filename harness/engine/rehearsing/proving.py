"""Whether the identities are what the target file says."""

from collections.abc import Callable, Sequence

from harness.config import any_of
from harness.controls import materialise
from harness.engine.lanes.stage import Stage
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Plan
from harness.identities import Standing, prove
from harness.model import Credential, Exchange, Identity, Json, Mutant, Operation
from harness.openapi import Unsatisfiable


def prove_identities(stage: Stage, opened: Opened, plan: Plan) -> list[Standing]:
    """The standing of every identity with a key, but for the owner: that one's controls tell. Nobody can show that a
    dead one was alive."""
    roles = {identity.name: role for role, identity in plan.roles.items()}
    known = [operation for one in opened.graph.resources if (operation := one.operation("GET", "list"))]
    write = _try_write(stage, opened)
    found = []
    for one in (*opened.identities, *opened.sessions):
        role = roles.get(one.name, "-")
        if one.state is not None:
            found.append(Standing(one.name, role, "attested", f"{one.state} by the target's word"))
        elif one.key and one.name != stage.owner:
            reads = _reads_for(one, known, opened.reading.operations)
            found.append(prove(stage.send, stage.signer, one, role, reads, write, opened.logins))
    return found


def _reads_for(identity: Identity, lists: Sequence[Operation], operations: Sequence[Operation]) -> list[str]:
    """Paths of three reads at most that may tell the identity's key from another: of those that its `may` names, where
    it names any, for every other may refuse it as it refuses a key that nobody has."""
    plain = [one for one in (*lists, *operations) if one.method == "GET" and "{" not in one.path]
    if any(one.startswith("GET ") for one in identity.may):
        asked = [one for one in plain if any_of(identity.may, one) and not any(it.required for it in one.parameters)]
    else:
        asked = [one for one in plain if one in lists]
    return list(dict.fromkeys(one.path for one in asked))[:3]


def _try_write(stage: Stage, opened: Opened) -> Callable[[Credential, str], Exchange | None]:
    """The first creation that needs no parent, as a write to try a credential with."""

    def write(credential: Credential, line: str) -> Exchange | None:
        for resource in opened.graph.resources:
            operation = next(iter(resource.creators), None)
            if operation is None or resource.needs:
                continue
            try:
                made = stage.keeper.template(resource, operation)
            except Unsatisfiable:
                continue
            marker = stage.keeper.new_marker(operation, "liveness")
            slots: dict[str, Json] = {"marker": marker, "unique": marker}
            exchange = stage.send(materialise(made, Mutant(credential), slots, stage.signer), line)
            stage.keeper.hear(operation, marker, slots, exchange)
            return exchange
        return None

    return write

"""What a rehearsal learns by calling as somebody who may not: how this API refuses, and whether names count in it."""

from collections.abc import Mapping

from harness.config import Auth
from harness.controls import materialise
from harness.engine.plan import Lane
from harness.engine.stage import STRANGER, Stage
from harness.model import Credential, Json, Mutant, Part
from harness.resources import Template


def unlisted_refusal(stage: Stage, made: Template, slots: Mapping[str, Json]) -> tuple[str, str]:
    """How a guest is refused with a status that the target file does not call a refusal, and the word for it; both
    empty where it does, or where the answer is none of a refusal's."""
    status = stage.reference(Lane(made.operation, ()), made, slots, 0).status
    known = stage.rules.unauthenticated
    if status is None or not 400 <= status < 500 or status in known | {429}:
        return "", ""
    listed = ", ".join(map(str, sorted(known | {status})))
    return (
        f"a guest is answered {status}, which may mean anything",
        f"if that is how it refuses, say expect: {{unauthenticated: [{listed}]}}",
    )


def names_mean_nothing(stage: Stage, auth: Mapping[str, Auth], made: Template, slots: Mapping[str, Json]) -> str:
    """Why the name beside a key seems not to count, and the word for it; empty where it does, or where there is none.

    The object that this makes carries a marker like any other.
    """
    owner = stage.signer.identities[stage.owner]
    if not stage.signer.channels[owner.auth].named:
        return ""
    marker = stage.keeper.new_marker(made.operation, "another name")
    stranger = Credential(owner.auth, Part(STRANGER), Part(of=owner.name))
    request = materialise(made, Mutant(stranger), {**slots, "marker": marker, "unique": marker}, stage.signer)
    exchange = stage.send(request, "as another name")
    stage.keeper.hear(made.operation, marker, slots, exchange)
    if not exchange.ok:
        return ""
    where = f"auth: {{{owner.auth}: {{…, named: false}}}}" if owner.auth in auth else "`named: false` under `auth:`"
    return f"its key is taken under any name; if names mean nothing there, say {where}"

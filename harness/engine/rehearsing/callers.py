"""What a rehearsal learns by calling as somebody who may not: how this API refuses, and whether names count in it."""

from collections.abc import Mapping

from harness.config import Auth
from harness.controls import materialise
from harness.engine.lanes.stage import STRANGER, Stage
from harness.engine.planning.plan import Lane
from harness.engine.planning.situations import is_public
from harness.model import Credential, Json, Mutant, Operation, Part
from harness.oracle import denies
from harness.resources import Resource, Template, fill_path, read_path, switch_of


def kept_from_guests(stage: Stage, resource: Resource, slots: Mapping[str, Json]) -> tuple[str, str]:
    """How a guest, who may read such an object by the target's word or the document's, is shown none of a new one, and
    what to write; both empty where that is shown, or refused, which tells."""
    read = resource.operation("GET", "item")
    if read is None or not is_public(read, stage.target):
        return "", ""
    if stage.guest_get(fill_path(read_path(resource, "item"), slots)).status != 404:
        return "", ""
    return (
        "guests may read it, and are answered 404 for what a run makes",
        f"say how one is made that they see: {_shown(resource)}; or, if none is ever theirs, leave {read.name} out of "
        "`public:`",
    )


def _shown(resource: Resource) -> str:
    """The words for an object that guests see."""
    switch = switch_of(resource)
    if switch is None:
        return f"resources: {{{resource.name}: {{body: {{FIELD: VALUE}}}}}}"
    (name, value), word = switch, ("false", "true")
    seen, hidden = word[value], word[not value]
    return f"resources: {{{resource.name}: {{body: {{{name}: {seen}}}, draft: {{{name}: {hidden}}}}}}}"


def served_in_silence(stage: Stage, operation: Operation) -> tuple[str, str]:
    """What a run will say of a list that guests are shown although neither the document nor the target file says that
    they may be, and the word for it; both empty where it is no such list."""
    told = stage.target.public is not None or operation.declared_guarded or is_public(operation, stage.target)
    if told or operation.method != "GET" or operation.name not in stage.graph.roles or "{" in operation.path:
        return "", ""
    if not stage.guest_get(operation.path).ok:
        return "", ""
    why = "guests are served it, and nothing says that they may: a run will call it LEAKED"
    return why, f'if they may, say `public: ["{operation.name}"]`'


def unlisted_refusal(stage: Stage, made: Template, slots: Mapping[str, Json]) -> tuple[str, str]:
    """How a guest is refused with a status that the target file does not call a refusal, and the word for it; both
    empty where it does, or where the answer is none of a refusal's."""
    answer = stage.reference(Lane(made.operation, ()), made, slots, 0)
    status = answer.status
    known = stage.rules.unauthenticated
    if status is None or not 400 <= status < 500 or status in known | {429}:
        return "", ""
    if any(denies(one, made.operation, answer) for one in stage.rules.denials):
        return "", ""
    if status == 404 and kept_from_guests(stage, made.resource, slots)[0]:
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

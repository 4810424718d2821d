"""A rehearsal: identities and controls tried for real, with canaries that are removed again."""

import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.canaries import Canary, NoCanary, unmade
from harness.config import any_of, matches
from harness.engine.lanes.leading import led
from harness.engine.lanes.stage import Stage
from harness.engine.lanes.staging import make_stage, start_ledger
from harness.engine.planning.aimless import needless
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Plan
from harness.engine.planning.situations import is_public
from harness.engine.rehearsing import advising
from harness.engine.rehearsing.accounts import open_accounts
from harness.engine.rehearsing.callers import kept_from_guests, names_mean_nothing, served_in_silence, unlisted_refusal
from harness.engine.rehearsing.entitling import candidates
from harness.engine.rehearsing.estimate import estimate
from harness.engine.rehearsing.proving import prove_identities
from harness.errors import Unreachable
from harness.markers import Markers
from harness.model import REFUSALS, Json, Operation, Proof
from harness.openapi import Unsatisfiable
from harness.resources import Resource, Template, place_schema, proof_alone
from harness.resources.paths import PARAMETER
from harness.sweeping import Left, apart

_ANSWERED = re.compile(r"[A-Z]+ /\S*: ")
"""How the reason of a control that failed by the answer to some request begins."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing tried."""

    part: str
    """`document`, `identity`, `control` or `cleanup`."""
    name: str
    good: bool
    detail: str = ""
    advice: str = ""
    """What to write in the target file; empty where nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Checks:
    """A rehearsal's result."""

    done: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0 where a run can tell everything, 3 where it cannot."""
        return 0 if all(one.good for one in self.done) else 3


def check_target(opened: Opened, plan: Plan) -> Checks:
    """Tries everything that a run rests on. Raises Unreachable where the target does not answer."""
    done = [*_document(opened), *_budget(opened, plan), *_lasting(opened)]
    if "admin" not in plan.roles:
        advice = "add an identity with `privileged: true` and a key"
        return Checks((*done, Check("identity", "admin", False, "there is no privileged credential", advice)))
    with tempfile.TemporaryDirectory() as folder:
        secret = secrets.token_bytes(32)
        ledger = start_ledger(opened, Path(folder), "check", secret)
        stage = make_stage(opened, plan, ledger, Markers(secret, opened.redactor.fresh))
        stage.public = stage.guest_get(stage.public_path)
        if stage.public.status is None:
            raise Unreachable(
                f"{opened.target.base_url}: no answer ({stage.public.failure}); is the target running there?"
            )
        try:
            opened.logins.open()
            stage.sweeper.note(ledger)
            done += [*_identities(stage, opened, plan), *_accounts(stage, opened)]
            done += _briefly([] if stage.owner in opened.logins.failures else _controls(stage, opened))
        finally:
            left = stage.sweeper.sweep()
            ledger.close(*apart(left))
            opened.wire.close()
    done += [_of_left(one) for one in left]
    return Checks(tuple(done))


def _of_left(one: Left) -> Check:
    if one.expected:
        return Check("cleanup", one.what, True, "stays: the API has no way to remove it")
    return Check("cleanup", one.what, False, "could not be removed", "remove it by hand")


def _lasting(opened: Opened) -> Iterator[Check]:
    """What a run would leave behind for want of a way to remove it, before it is made."""
    for resource in opened.graph.resources:
        if resource.creators and resource.operation("DELETE", "item") is None:
            why = "nothing removes it: whatever a run makes of it stays"
            yield Check(
                "cleanup",
                resource.name,
                True,
                why,
                f'keep it out with operations: {{never: ["{resource.creators[0].name}"]}}',
            )


def _document(opened: Opened) -> Iterator[Check]:
    writes = [one for one in opened.reading.operations if one.writes]
    yield Check("document", opened.document_name, bool(writes), f"{len(writes)} operations that write")
    reached = {place.rpartition(".")[2] for one in opened.graph.resources for place in one.url_rules}
    for name in opened.target.urls.fields:
        if name not in reached:
            why = "no value is tried in it: no write of an object has such a field, but in a list or in another object"
            yield Check("document", f"urls.fields.{name}", True, why, "look at its spelling, or leave it out")
    for said in needless(opened):
        yield Check("document", said, True, "the document has no such operation", "look at its spelling, or remove it")
    for name in opened.unlisted:
        yield Check("document", name, True, "the document does not have this login; it is tried all the same")
    for name in opened.shut:
        advice = "name it in a `login` under `auth`, with an identity that logs in there"
        yield Check("document", name, True, "it logs in, and nothing tells with what: it is not tried", advice)
    for scheme, why in opened.untried.items():
        yield Check("document", scheme, True, why)
    for name, why in opened.reading.broken:
        yield Check("document", name, False, why, "mend the document; this operation cannot be probed")


def _budget(opened: Opened, plan: Plan) -> Iterator[Check]:
    cost = estimate(opened, plan, [one.id for one in plan.probes])
    for name, told in cost.above(opened.target.failures).items():
        advice = (
            "raise limits.failures_per_identity where accounts are not locked, or run less: --profile smoke, --family"
        )
        yield Check("budget", name, False, told, advice)


def _identities(stage: Stage, opened: Opened, plan: Plan) -> Iterator[Check]:
    failures = opened.logins.failures
    if stage.owner in failures:
        yield Check("identity", stage.owner, False, f"{failures[stage.owner]}; until then no control can be tried")
    for one in prove_identities(stage, opened, plan):
        good = one.proved != "disproved"
        kept = good or one.name in failures
        yield Check("identity", one.name, good, str(one), "" if kept else advising.on_identity(one.name))
    for role, advice in (("low", "add an identity with a key and without `privileged`"), ("admin2", "")):
        if role not in plan.roles and advice:
            yield Check("identity", role, True, "there is none, so its families have nothing to try", advice)


def _accounts(stage: Stage, opened: Opened) -> Iterator[Check]:
    failed = open_accounts(stage, opened)
    for one in opened.made:
        why, advice = failed.get(one.name, ""), "make one by hand once, and say under its resource what was missing"
        yield Check("identity", one.name, not why, why or "made, and logged in", advice if why else "")


def _controls(stage: Stage, opened: Opened) -> Iterator[Check]:
    hidden = set[str]()
    for operation in opened.reading.operations:
        why, advice = served_in_silence(stage, operation)
        if why:
            yield Check("control", operation.name, True, why, advice)
    for operation in opened.reading.operations:
        role = opened.graph.roles.get(operation.name)
        if not operation.writes or (role and role[1] == "list" and operation.method != "POST"):
            continue
        words = stage.target.operations
        if any_of((*words.never, *words.refuse_only, *opened.target.logins), operation):
            continue
        if operation.broken or role is None:
            if is_public(operation, stage.target):
                continue
            why = operation.broken or "it is no write on an object that could be read back"
            advice = (
                "if it is one, say how under `resources:`; if guests may do it, say `public:`; else keep it out with "
                f'operations: {{never: ["{operation.name}"]}}'
            )
            yield Check("control", operation.name, False, why, advice)
            continue
        acting = stage.acting(opened.made[0].name) if role[0].singleton and stage.keeper.accounts else stage
        if proof_alone(operation, stage.target):
            acting = stage.acting("guest", lends=role[1] not in ("list", "create"))
        yield from _tried(opened, acting, role[0], operation, role[1], hidden)


def _asked_of(opened: Opened, proof: Proof) -> Resource | None:
    """The resource whose making a control's exchange is: one that it needs may be what could not be made."""
    if proof.exchange is None or proof.good:
        return None
    request, path = proof.exchange.request, proof.exchange.request.target.partition("?")[0]
    ways = ((one, PARAMETER.sub("*", way.name)) for one in opened.graph.resources for way in one.creators)
    return next((one for one, way in ways if matches(way, request.method, path)), None)


def _briefly(controls: Iterable[Check]) -> Iterator[Check]:
    """The checks, where several failed by what one request was answered with a word of the first of them."""
    told = dict[str, str]()
    for one in controls:
        first = next((name for why, name in told.items() if one.detail.endswith(why)), None)
        if not one.good and first:
            yield replace(one, detail=f"for the same reason as {first}", advice="")
            continue
        if not one.good and _ANSWERED.match(one.detail):
            told[one.detail] = one.name
        yield one


def _control(
    stage: Stage, resource: Resource, operation: Operation, creates: bool
) -> tuple[Canary | None, Template | None, dict[str, Json], Proof]:
    """A write as whoever the stage is for makes it: on what, by which template, with which slots, and how it went."""
    canary, proof = stage.keeper.make(resource, by=operation if creates else None)
    try:
        made, slots = stage.keeper.template(resource, operation), stage.keeper.parents(resource)
        if canary is not None and not creates:
            proof = stage.controls.write(made, canary, slots)
        if canary is not None and made.acts:
            _, proof = led(stage, made, canary, proof)
    except (Unsatisfiable, NoCanary) as error:
        return canary, None, {}, unmade(error)
    return canary, made, slots, proof


def _with_urls(stage: Stage, made: Template, canary: Canary, slots: dict[str, Json], creates: bool) -> Iterator[Check]:
    """A write with a right value in every URL field that has a rule, or, where that does not work, in each."""
    resource, operation = made.resource, made.operation

    def proof_with(fields: Sequence[str]) -> Proof:
        if creates:
            return stage.keeper.make(resource, fields, by=operation)[1]
        return stage.controls.write(stage.keeper.template(resource, operation, fields), canary, slots, fields)

    body = operation.body_schema
    ruled = [name for name, rule in resource.url_rules.items() if rule and body and place_schema(body, name)]
    if not ruled or proof_with(ruled).good:
        return
    for name in ruled:
        proof = proof_with([name])
        if not proof.good:
            yield Check("control", f"{operation.name} with {name}", False, proof.reason, advising.on_url(name))


def _tried(
    opened: Opened, stage: Stage, resource: Resource, operation: Operation, where: str, hidden: set[str]
) -> Iterator[Check]:
    """A write by the entitled identity, and by those who may not. `hidden` are resources that guests are shown to be
    kept from, and with them from what hangs on these."""
    creates = where in ("list", "create")
    canary, made, slots, proof = _control(stage, resource, operation, creates)
    status = proof.exchange.status if proof.exchange and stage.base is None else None
    others = candidates(opened.identities, stage, operation, status) if status in REFUSALS else ()
    for identity in others:
        acting = stage.acting(identity.name, lends=not creates)
        other = _control(acting, resource, operation, creates)
        if other[3].good:
            stage, (canary, made, slots, proof) = acting, other
            break
    advice = advising.on_control(
        stage.owner, _asked_of(opened, proof) or resource, proof, made is not None and made.acts
    )
    yield Check("control", operation.name, proof.good, proof.reason, advice)
    if proof.good and operation.method == "DELETE":
        canary, _ = stage.keeper.make(resource)
    if canary is None or made is None or not proof.good or stage.owner == "guest":
        return
    filled = {**slots, **canary.slots("self"), **canary.slots("other")}
    if operation.method != "DELETE":
        yield from _with_urls(stage, made, canary, slots, creates)
    why, advice = unlisted_refusal(stage, made, filled)
    if why:
        yield Check("control", operation.name, False, why, advice)
    if creates and not {resource.name, *resource.needs} & hidden:
        why, advice = kept_from_guests(stage, resource, filled)
        if why:
            hidden.add(resource.name)
            yield Check("control", resource.operations["GET item"].name, False, why, advice)
    if creates:
        told = names_mean_nothing(stage, stage.target.auth, made, filled)
        if told:
            why, _, advice = told.partition("; ")
            yield Check("identity", stage.owner, True, why, advice)

"""Controls: the entitled identity's own request, sent for real, and its effect read back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.canaries import LEFT_OUT, TRIES, Canary, Keeper, refused, stand_in, until
from harness.config import Target
from harness.credentials import Signer
from harness.model import Json, Mutant, Proof, Request, Send, put, shown, taken_out
from harness.observe import Observer, Reading, holds
from harness.resources import Template, fill, fill_path, with_room


def materialise(template: Template, mutant: Mutant, slots: Mapping[str, Json], signer: Signer) -> Request:
    """The request that a mutant of a template is, with its slots filled."""
    known = {} if template.proof_known is None else {"self.proof": template.proof_known}
    proof = stand_in(mutant.proof, {**known, **slots})
    place, _, name = template.proof.partition(".")
    slots = {**slots, "self.proof": "-" if proof is LEFT_OUT else proof}
    body = fill(template.body, slots)
    if mutant.alone:
        schema = template.operation.body_schema or {}
        body = with_room(schema, body, mutant.fields[0][0]) if body and mutant.fields else None
    fields = {name: fill(value, slots) for name, value in mutant.fields}
    if place == "body" and not mutant.alone:
        fields = {name: proof, **fields}
    elif place in ("query", "header") and proof is not LEFT_OUT:
        mutant = (mutant.with_query if place == "query" else mutant.with_header)(name, str(proof))
    for name, value in fields.items():
        body = put(body or {}, name, value)
    left_out = {name for name, value in fields.items() if value is LEFT_OUT} | {*mutant.without}
    if left_out and body is not None:
        for name in left_out:
            body = taken_out(body, name)
    if mutant.envelope is not None:
        rows = [body] if mutant.listed else []
        body = {mutant.envelope: rows} if mutant.envelope else rows
    if mutant.bodiless:
        body = None
    path = template.path
    if mutant.raw_query is not None:
        path = path.partition("?")[0] + (f"?{mutant.raw_query}" if mutant.raw_query else "")
    request = signer.request(template.operation.method, fill_path(path, slots), body, mutant)
    return replace(request, spelling=mutant.spelling) if mutant.spelling else request


class Controls:
    """Proves item writes with the entitled identity's credential."""

    def __init__(
        self, send: Send, signer: Signer, observer: Observer, keeper: Keeper, target: Target, owner: str
    ) -> None:
        self._send = send
        self._signer = signer
        self._observer = observer
        self._keeper = keeper
        self._settle = target.limits.settle
        self._line = keeper.line
        self._own = Mutant(signer.own(owner), actor=owner)

    def likewise(self, mutant: Mutant) -> Mutant:
        """What the entitled identity itself sends, changed as a mutant is in all but its credential."""
        return replace(mutant, credential=self._own.credential, actor=self._own.actor)

    def write(
        self,
        template: Template,
        canary: Canary,
        slots: Mapping[str, Json],
        variants: Sequence[str] = (),
        changed: Mutant | None = None,
    ) -> Proof:
        """The control of a write on a canary, `changed` as a mutant is. A change shows as its fresh marker, in each of
        the fields `variants` too, or as the value that the field had not before; a removal as absence; an action as any
        change."""
        own = self.likewise(changed) if changed else self._own
        for _ in range(TRIES):
            marker = self._keeper.new_marker(template.operation, self._keeper.use)
            filled = {**slots, **canary.slots("self"), "marker": marker, "unique": marker}
            if template.turn:
                filled |= template.turned(self._observer.item(template.resource, filled).values)
            if template.proof_from:
                proof = self._keeper.proof_of(template, canary, filled)
                if proof is None:
                    why = " told no proof of it at ".join(template.proof_from)
                    return Proof(None, False, f"{template.proof}: {why}")
                filled["self.proof"] = proof
            self._observer.expects(template.resource, filled)
            exchange = self._send(materialise(template, own, filled, self._signer), self._line)
            if not exchange.lost or template.operation.method in ("DELETE", "POST"):
                # A removal or an action that was obeyed is refused when it is sent again.
                break
        if not exchange.ok:
            return Proof(exchange, False, refused(template.operation, exchange))

        def seen(reading: Reading) -> bool:
            if template.operation.method == "DELETE" or reading.state == "absent":
                return reading.state == "absent" and template.operation.method in ("DELETE", "POST")
            if template.acts:
                return dict(reading.values) != dict(canary.values)
            if template.turn:
                return bool(reading.values.get(template.turn.field) == filled[template.turn.slot])
            fields = [dict(reading.values), *(shown(reading.values, name) for name in variants)]
            return all(holds(one, marker) for one in fields)

        reading, waited = until(lambda: self._observer.item(template.resource, filled), seen, self._settle)
        if seen(reading):
            if template.operation.method == "DELETE":
                self._keeper.holdings.forget(template.resource, filled)
            return Proof(exchange, True, settle=waited)
        return Proof(exchange, False, f"{template.operation.name}: {exchange.status}, but its effect was not seen")

"""Making canaries."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial

from harness.canaries.copying import Copies
from harness.canaries.holdings import Holdings
from harness.canaries.parents import Parents
from harness.canaries.passwords import password_for, with_password
from harness.canaries.proofs import Proofs
from harness.canaries.readying import not_ready
from harness.canaries.telling import refused, sent_id, tells_our_own, told_id
from harness.canaries.values import Canary, Made, NoCanary, unmade
from harness.canaries.waiting import until
from harness.config import Target
from harness.credentials import Signer
from harness.ledger import Ledger
from harness.markers import Markers
from harness.model import REFUSALS, Exchange, Json, Operation, Proof, Send, shown
from harness.observe import Observer, Reading, holds
from harness.openapi import Unsatisfiable
from harness.resources import (
    ACCOUNT,
    Graph,
    Resource,
    Template,
    fill,
    fill_path,
    hiding_fields,
    read_path,
    sub_path,
    takes_marker,
    template,
)
from harness.resources.paths import shape
from harness.resources.singletons import LOGIN_NAMES

FRESH = (
    "it is the caller's own object, and only an account that the run makes may be written to; "
    "add one: `identities: {fresh: {resource: NAME}}`"
)

HIDDEN = "hidden"
"""The group of what guests may not see, and of what it hangs on."""
TRIES = 3
"""How often a creation is sent that gets lost on the way."""


class Keeper:
    """Makes canaries, and knows what they hang on."""

    def __init__(
        self,
        send: Send,
        signer: Signer,
        observer: Observer,
        graph: Graph,
        target: Target,
        ledger: Ledger | None,
        markers: Markers,
        owner: str,
        password: str = "",
        proofs: Proofs | None = None,
    ) -> None:
        """`password` is what accounts that the run makes are made with; a secret. `proofs` hears all answers."""
        self._send = send
        self._signer = signer
        self._observer = observer
        self._graph = graph
        self._target = target
        self._ledger = ledger
        self.markers = markers
        self._owner = owner
        self.password = password
        self._proofs = proofs
        self.accounts: dict[str, Canary] = {}
        """The identities that the run made, with what each is to the API."""
        self._lender: Keeper | None = None
        self._lends = False
        self._refused: set[str] = set()
        self.line = "control"
        """Connection of the identity that makes them."""
        self.use = "control"
        """What is made here is for, unless it is said."""
        self._parents = Parents(graph)
        self._ways: dict[str, tuple[Operation, ...]] = {}
        """The way in that works, by resource, when it is known."""
        self._shown: set[tuple[str, str]] = set()
        """Resources, with the operation by which one was made and read back at once."""
        self._telling: dict[str, bool] = {}
        self._copies = Copies(target)
        self.holdings = Holdings(send, signer, graph, ledger, owner)
        """What the run has written, all identities together."""

    def acting(self, name: str, observer: Observer, lends: bool) -> "Keeper":
        """The same for another identity. It hangs its objects on its own, or on those of the entitled one where it may
        make none; where `lends`, the like goes for the objects themselves, unless each belongs to its creator."""
        other = copy(self)
        other._owner, other._observer, other.line = name, observer, f"control {name}"
        other._lender, other._lends, other._refused = self, lends, set()
        return other

    def used_for(self, use: str) -> "Keeper":
        """The same, for something else: markers go by it, so that they are the same whatever goes on beside."""
        other = copy(self)
        other.use = use
        return other

    def hear(
        self, operation: Operation, marker: str, slots: Mapping[str, Json], exchange: Exchange, plain: bool = True
    ) -> None:
        """Notes what came of a creation that was none of a control's; `plain` is whether it was asked for as one."""

        def keep(resource: Resource, told: str) -> None:
            self.holdings.keep(resource, told, slots, marker, self._owner)

        self.holdings.hearing.hear(operation, marker, slots, exchange, keep, plain)

    def new_marker(self, operation: Operation, who: str) -> str:
        """A fresh marker, in the ledger before it is sent."""
        marker = self.markers.new(f"{operation.name} {who}")
        self.holdings.wrote[marker] = operation.name
        if self._ledger:
            self._ledger.write("marker", marker=marker, operation=operation.name, by=who)
        return marker

    def parents(self, resource: Resource, group: str = "") -> dict[str, Json]:
        """Slots of one canary of every resource that this one hangs on, made when first asked for.

        Canaries of different `group`s hang on different ones. Where the path names an account, it is this identity's.
        Raises NoCanary, and Unsatisfiable where that has no name.
        """
        slots = self._account(resource)
        for name in sorted(resource.needs - {resource.name}):
            # What hides nothing is the same for drafts as for everything else.
            fields = hiding_fields(self._target, name, resource) if group == HIDDEN else {}
            among = "" if group == HIDDEN and not fields else group
            whose = among if self._lender is None else f"{among} of {self._owner}"
            make = partial(self._parent, name, among, fields, f"parent {whose}")
            slots |= self._parents.of(name, whose, make).slots(name)
        return slots

    def _parent(self, name: str, group: str, fields: Mapping[str, Json], use: str) -> Canary:
        canary, proof = self._made_or_lent(self._graph.resource(name), group, fields, use)
        if canary is None:
            raise NoCanary(name, proof)
        return canary

    @property
    def names(self) -> list[str]:
        """By what the API calls the living identities."""
        living = [one for one in self._signer.identities.values() if one.state is None and one.key and not one.of]
        return [one.username for one in living if one.username]

    def _account(self, resource: Resource) -> dict[str, Json]:
        """This identity, where the paths of a resource name an account. Raises Unsatisfiable."""
        if not resource.owners:
            return {}
        who = self._signer.identities.get(self._owner)
        if who is None or not who.username:
            raise Unsatisfiable(f"identities.{self._owner}: its path names an account; say this one's `username`")
        return {ACCOUNT: who.username}

    def own_parents(self, resource: Resource) -> dict[str, Json]:
        """Slots of one object of every resource that this one hangs on, each of this identity's own making, on which
        nothing hangs but one another. Raises NoCanary."""
        alone = copy(self)
        alone._lender = None
        return alone.parents(resource, f"{self._owner}'s own")

    def draft(self, resource: Resource) -> Canary | None:
        """An object that guests may not see, for itself or for what it hangs on; None where the target says neither how
        such a one is made, nor what hides it. Raises NoCanary where it says so, and none can be made."""
        words = self._target.resources.get(resource.name)
        fields = (words.draft or {}) if words else {}
        above = any(hiding_fields(self._target, name, resource) for name in resource.needs)
        if not fields and not above:
            return None
        canary, proof = self._make(resource, group=HIDDEN, fields=fields)
        if canary is None:
            raise NoCanary(resource.name, proof)
        return canary

    def rests_on(self, resource: Resource, object_id: str) -> bool:
        """Whether other objects may hang on an object, or an account of the run is it."""
        accounts = {(one.resource, one.id) for one in self.accounts.values()}
        return (resource.name, object_id) in accounts or self._parents.hold(resource.name, object_id)

    def mend_parents(self) -> None:
        """Sets aside the parents that are gone, so that others are made when they are needed."""
        self._parents.mend(self._observer, self._account)

    def _made_or_lent(
        self, resource: Resource, group: str, fields: Mapping[str, Json] | None, use: str
    ) -> tuple[Canary | None, Proof]:
        """A new object of one's own, or of the entitled identity's where one may not make any."""
        if resource.name not in self._refused or self._lender is None:
            canary, proof = self._make(resource, group=group, fields=fields, use=use)
            if canary or self._lender is None or not proof.exchange or proof.exchange.status not in REFUSALS:
                return canary, proof
            self._refused.add(resource.name)
        return self._lender.make(resource, group=group, use=use)

    def make(
        self,
        resource: Resource,
        variants: Sequence[str] = (),
        group: str = "",
        fields: Mapping[str, Json] | None = None,
        by: Operation | None = None,
        use: str = "",
        read: bool = True,
    ) -> tuple[Canary | None, Proof]:
        """A new object, as `_make` says; lent where it may be."""
        use = use or self.use
        words = self._target.resources.get(resource.name)
        if self._lender is None or not self._lends or variants or fields or by or (words and words.owner):
            return self._make(resource, variants, group, fields, by, use, read)
        return self._made_or_lent(resource, group, None, use)

    def _make(
        self,
        resource: Resource,
        variants: Sequence[str] = (),
        group: str = "",
        fields: Mapping[str, Json] | None = None,
        by: Operation | None = None,
        use: str = "",
        read: bool = True,
    ) -> tuple[Canary | None, Proof]:
        """A new object, made by this identity and read back; None with the reason where that fails.

        This is at once the control of the operation `by`, with `variants` for URL fields that it is to carry, and that
        are to be read back as well. `fields` are set besides. Without `by` it is made by the first way in that works.
        Markers go by their `use`, so that it does not matter in which lane something is made that lanes share.
        Where it need not be `read`, for whoever asks sees in another way that it is there, and this way of making it
        was shown to work, its values stay unknown.
        """
        if resource.singleton or (by is None and self.is_itself(resource)):
            return self._own_object(resource)
        failed = Proof(None, False, f"nothing creates a {resource.name}")
        for way in [by] if by else self._ways.get(resource.name, resource.creators):
            canary, proof = self._made(resource, way, variants, group, fields, use or self.use, read)
            if canary:
                if by is None:
                    self._ways[resource.name] = (way,)
                return canary, proof
            failed = proof if failed.exchange is None else failed
        return None, failed

    def is_itself(self, resource: Resource) -> bool:
        """Whether whoever makes objects here is one of these itself, and stands for all of them."""
        account = self.accounts.get(self._owner)
        return account is not None and account.resource == resource.name

    def _own_object(self, resource: Resource) -> tuple[Canary | None, Proof]:
        """The caller's own object, where the caller is an account of the run: nobody else's is ever written to."""
        if self._owner not in self.accounts:
            return None, Proof(None, False, FRESH)
        account = None if resource.singleton else self.accounts[self._owner]
        slots = {**self.parents(resource), **account.slots("self")} if account else {}
        reading = self._observer.item(resource, slots)
        if reading.state != "present":
            return None, Proof(reading.exchange, False, f"{self._owner}: its own {resource.name} cannot be read")
        proof = Proof(reading.exchange, True)
        if account:
            return replace(account, values=reading.values), proof
        return Canary(resource.name, resource.name, resource.item_path, "", reading.values), proof

    def _made(
        self,
        resource: Resource,
        operation: Operation,
        variants: Sequence[str],
        group: str,
        fields: Mapping[str, Json] | None,
        use: str,
        read: bool,
    ) -> tuple[Canary | None, Proof]:
        try:
            made = self.template(resource, operation, variants)
            slots = self.parents(resource, group)
        except (Unsatisfiable, NoCanary) as error:
            return None, unmade(error)
        if not takes_marker(made.body, made.path):
            return None, Proof(
                None, False, f"no field of it takes a marker; say `resources: {{{resource.name}: {{marker: FIELD}}}}`"
            )
        fields = {**(made.body or {}), **(fields or {})}
        for _ in range(TRIES):
            # Whether a creation that got lost was obeyed is not known: the next one carries a marker of its own.
            marker = self.new_marker(operation, use)
            slots |= {"marker": marker, "unique": marker}
            body = fill(fields, slots) if fields or made.body is not None else None
            request = self._signer.signed(operation.method, fill_path(made.path, slots), self._owner, body)
            exchange = self._send(request, self.line)
            named = made.name.replace("{marker}", marker) or sent_id(resource, body)
            if named is None:
                self.holdings.heard(resource, operation, marker, slots, exchange)
            elif exchange.unanswered:
                self.holdings.keep(resource, named, slots, marker, self._owner)
            elif not exchange.ok:
                self.holdings.hearing.settle(operation, marker)
            if not exchange.lost:
                break
        if not exchange.ok:
            return None, Proof(exchange, False, refused(operation, exchange))
        told = named if named is not None else told_id(resource, exchange)
        if not read and told is not None and self._is_plain(resource, operation):
            self.holdings.keep(resource, told, slots, marker, self._owner, _is_sure(resource, exchange, told, marker))
            self._observer.would_show(resource, told)
            path = fill_path(read_path(resource, "item"), {**slots, "self.id": told})
            return Canary(resource.name, told, path, marker), Proof(exchange, True)
        canary, proof = self._read_back(resource, marker, slots, exchange, variants, named)
        if canary and not proof.settle:
            self._shown.add((resource.name, operation.name))
        if canary and self._proofs:
            self._proofs.note(operation, canary)
        return self._usable(resource, canary, slots, proof) if canary else (None, proof)

    def _is_plain(self, resource: Resource, operation: Operation) -> bool:
        """Whether an object made in this way is all that it has to be when its creation is answered."""
        words = self._target.resources.get(resource.name)
        told = words is None or not (words.needs or words.effect)
        return told and (resource.name, operation.name) in self._shown and not self._observer.marks(resource)

    def _usable(
        self, resource: Resource, canary: Canary, slots: Mapping[str, Json], proof: Proof
    ) -> tuple[Canary | None, Proof]:
        """The canary when all has happened that it needs; None with the reason where that fails."""
        words = self._target.resources.get(resource.name)
        if words is None or not words.needs:
            return canary, proof
        filled = {**slots, **canary.slots("self")}

        def ask(method: str, path: str) -> Exchange:
            request = self._signer.signed(method, fill_path(sub_path(resource, path), filled), self._owner)
            return self._send(request, self.line)

        try:
            why = not_ready(words.needs, ask, self._target.limits.settle)
        except Unsatisfiable as error:
            why = str(error)
        if why:
            return None, replace(proof, seen=False, reason=why)
        return replace(canary, values=self._observer.item(resource, filled).values), proof

    def proof_of(self, template: Template, canary: Canary, slots: Mapping[str, Json]) -> str | None:
        """What lets its holder do a write to a canary, a secret: what its creation told, or what is asked for it; None
        where nothing tells one. `slots` are those of the canary."""
        source, proofs = template.proof_from, self._proofs
        if proofs is None or source is None:
            return None
        method, _, path = source[0].partition(" ")
        if proofs.held(source, canary) is None and shape(path).startswith(shape(template.resource.item_path)):
            asked = Operation(method, path)
            try:
                where = fill_path(sub_path(template.resource, path), slots)
            except Unsatisfiable:
                return None
            who = self.holdings.maker(template.resource, slots) or self._owner
            self._send(self._signer.signed(method, where, who), self.line if who == self._owner else f"control {who}")
            proofs.note(asked, canary)
        return proofs.held(source, canary)

    def template(self, resource: Resource, operation: Operation, variants: Sequence[str] = ()) -> Template:
        """The template of a write, which starts from a fixture where the target file says so. Raises Unsatisfiable."""
        words, copied = self._target.resources.get(resource.name), dict[str, Json]()
        if words and words.copies_fixture and operation.method in ("POST", "PUT"):
            copied = self._copies.of(resource, self._observer)
        if resource.singleton:
            present = self._observer.item(resource, {}).values
            copied = {name: value for name, value in present.items() if name in LOGIN_NAMES}
        made = template(resource, operation, self._graph.place(operation), self._target, variants, copied)
        body = with_password(made.body, operation.body_schema)
        return replace(
            made, body=fill(body, {"password": password_for(resource, operation, self._target, self.password)})
        )

    def _read_back(
        self,
        resource: Resource,
        marker: str,
        slots: dict[str, Json],
        exchange: Exchange,
        variants: Sequence[str],
        named: str | None,
    ) -> tuple[Canary | None, Proof]:
        """`named` is the id that we chose, where we did."""
        told = named if named is not None else told_id(resource, exchange)

        def look() -> Reading:
            if told is None:
                return self._observer.find(resource, marker, slots)
            return self._observer.item(resource, {**slots, "self.id": told})

        def unseen(one: Reading) -> list[str]:
            return [name for name in variants if not holds(shown(one.values, name), marker)]

        def seen(one: Reading) -> bool:
            known = holds(dict(one.values), marker) or (one.state == "present" and marker in (named or ""))
            return known and not unseen(one)

        sure = told is not None and _is_sure(resource, exchange, told, marker)
        place = self.holdings.keep(resource, told, slots, marker, self._owner, sure) if told is not None else None
        reading, waited = until(look, seen, self._target.limits.settle)
        silent = not holds(dict(reading.values), marker) and not self.names_tell(resource, slots)
        if not seen(reading) or silent:
            lost = ", ".join(unseen(reading))
            what = f"its {lost}" if lost and holds(dict(reading.values), marker) else "what it made"
            reason = f"{exchange.status}, but {what} was not seen again"
            return None, Proof(exchange, False, reason)
        found = told if told is not None else self._observer.identify(resource, reading.values)
        if found is None:
            return None, Proof(exchange, False, f"no id of the new {resource.name} is told; say where with `id:`")
        address = reading.values.get(resource.address_field or "")
        path = fill_path(read_path(resource, "item"), {**slots, "self.id": found})
        canary = Canary(resource.name, found, address if isinstance(address, str) else path, marker, reading.values)
        self._observer.learn(resource, found, reading.values)
        if place is None:
            place = self.holdings.keep(resource, found, slots, marker, self._owner, sure=True)
        self.holdings.see(place)
        return canary, Proof(exchange, True, settle=waited)

    def names_tell(self, resource: Resource, slots: Mapping[str, Json]) -> bool:
        """Whether nothing is read under a name that nobody gave: then what is read under ours is what we made."""
        if resource.name not in self._telling:
            forms = [self._form_of(resource, one) or "{marker}" for one in resource.creators] or ["{marker}"]
            name = forms[0].replace("{marker}", self.markers.new(f"no {resource.name}"))
            parts = [name] * max(1, len(resource.id_parts))
            reading = self._observer.item(resource, {**slots, "self.id": "/".join(parts)})
            self._telling[resource.name] = reading.state == "absent"
        return self._telling[resource.name]

    def places(self, resource: Resource) -> list[dict[str, Json]]:
        """Slots of every list in which objects of ours can be: one, or one below each parent that we made."""
        wanted = resource.place
        if not wanted:
            return [{}]
        mine = [one.slots for one in self.holdings.made if one.resource.name == resource.name]
        found = [{name: slots[name] for name in wanted} for slots in mine if wanted <= slots.keys()]
        found += self._parents.places(resource)
        return [dict(one) for one in dict.fromkeys(tuple(sorted(slots.items())) for slots in found)]

    def adopt_names(self, resource: Resource) -> None:
        """Counts what may stand under a name of ours among what was made, where no list would show it."""
        if resource.operation("GET", "list") is not None:
            return
        named = {
            one.name: form
            for one in resource.creators
            if self._graph.place(one) == "create" and (form := self._form_of(resource, one))
        }
        known = {str(one.slots["self.id"]) for one in self.holdings.made if one.resource.name == resource.name}
        for slots in self.places(resource):
            for marker, operation in self.holdings.wrote.items():
                name = named.get(operation, "").replace("{marker}", marker)
                if name and name not in known:
                    self.holdings.made.append(Made(resource, {**slots, "self.id": name}, sure=True, seen=True))

    def _form_of(self, resource: Resource, operation: Operation) -> str:
        """What a creation calls its object, with a slot for the marker; empty where its path does not say so."""
        try:
            return self.template(resource, operation).name
        except Unsatisfiable:
            return ""

    def adopt(self, entries: Sequence[Mapping[str, Json]]) -> None:
        """Takes over the markers and canaries of another process's ledger."""
        for canary in self.holdings.adopt(entries):
            self._parents.adopt(canary)


def _is_sure(resource: Resource, exchange: Exchange, told: str, marker: str) -> bool:
    """Whether the id that an answer told is that of the new object."""
    return marker in told or tells_our_own(resource, exchange, told, marker)

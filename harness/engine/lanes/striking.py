"""One canary and what is aimed at it: making it, sending, looking at what is left of it, and the control that shows
what a valid request does to one like it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from harness.canaries import Canary, until
from harness.engine.lanes.lane import breaches
from harness.engine.lanes.leading import Lead, led
from harness.engine.lanes.leaves import changed
from harness.engine.lanes.owning import Owning
from harness.engine.lanes.stage import Stage, Strike
from harness.engine.lanes.watching import restless
from harness.engine.planning.plan import Lane
from harness.model import Effect, Evidence, Exchange, Json, Mutant, Probe, Proof
from harness.observe import Reading, bears
from harness.oracle import forbidden
from harness.resources import Resource, Template, fill_path


@dataclass(frozen=True)
class Sent:
    """A mutant that was sent."""

    probe: Probe
    marker: str
    exchange: Exchange
    path: str
    canary: str
    """Id of the canary that it was aimed at."""


@dataclass(frozen=True)
class After:
    """A canary as it was found when its mutants had been sent."""

    state: str
    """`same`, `written`, `gone`, `altered` or `unreadable`."""
    values: Mapping[str, Json]
    writers: tuple[str, ...] = ()
    """Ids of the probes whose markers were found."""


class Striker:
    """What a lane of changes or removals strikes, and with which control."""

    template: Template
    """The control's request; there once it was `prepare`d."""
    proof: Proof
    """The last control."""
    good: Proof
    """The last one that carried."""
    was_good: bool
    """Whether one ever did."""

    def __init__(self, stage: Stage, lane: Lane, resource: Resource) -> None:
        self._stage = stage
        self._lane = lane
        self._resource = resource
        self._fresh_controls = lane.operation.method in ("DELETE", "POST")
        """Whether a control uses its canary up: a removal, or an action that works in one state only."""
        self.alone: AbstractContextManager[object] = (
            stage.removing if lane.operation.method == "DELETE" else nullcontext()
        )
        """Held while something is struck: what is removed does not say by whom."""
        self.owning = Owning(stage, resource)
        self.parents: dict[str, Json] = {}
        self.sent: list[Sent] = []
        self.references: tuple[Exchange, Exchange] | None = None
        """What a guest and an unknown user were answered."""
        self.opening: tuple[Canary, list[Sent]] | None = None
        """A canary that the references left as it was, with those that were probes, until it is struck on."""
        self._of_another: Json = None
        self.volatile: frozenset[str] = frozenset()
        """Leaves that change by themselves."""
        self.lead = Lead()
        """What makes an object that the operation has an effect on."""
        self.guests_too = False
        """Whether a guest's own request was seen to have an effect."""

    def prepare(self) -> bool:
        """Finds the control's request and what it hangs on; True where mutants must be struck one by one. Raises
        Unsatisfiable or NoCanary."""
        self.template = self._stage.keeper.template(self._resource, self._lane.operation, self._lane.variants)
        self.parents = self._stage.keeper.parents(self._resource)
        # A proof may let in only once.
        self._fresh_controls |= self.template.acts or bool(self.template.proof)
        return bool(self.template.turn or self.template.acts or self.template.proof)

    def prove(self, own: Canary) -> Proof:
        """P1: the control, on the canary that controls are for."""
        self._own = own
        self.proof = self._stage.controls.write(self.template, own, self.parents, self._lane.variants)
        if self.template.acts:
            self.lead, self.proof = led(self._stage, self.template, own, self.proof)
        self._prove_another()
        self.good, self.was_good = self.proof, self.proof.good
        return self.proof

    def _prove_another(self) -> None:
        """The proof of an object that is struck by nobody."""
        if self.template.proof_from:
            other, _ = self._stage.keeper.make(self._resource)
            self._of_another = self._proof_of(other).get("self.proof") if other else None

    def slots(self, canary: Canary) -> dict[str, Json]:
        """What stands for a canary in requests and paths."""
        turned = self.template.turned(canary.values)
        return {
            **self.parents,
            **self.owning.slots,
            **canary.slots("self"),
            **canary.slots("other"),
            **turned,
            **self._proof_of(canary),
            **({"other.proof": self._of_another} if self._of_another else {}),
        }

    def _proof_of(self, canary: Canary) -> dict[str, Json]:
        slots = {**self.parents, **canary.slots("self")}
        proof = self._stage.keeper.proof_of(self.template, canary, slots)
        return {} if proof is None else {"self.proof": proof}

    def path(self, canary: Canary) -> str:
        """The path as it is read; a read brings no proof, which might use it up."""
        return fill_path(self.template.path, {**self.slots(canary), "self.proof": "-"})

    def fresh(self, spent: bool = False) -> tuple[Canary | None, Proof]:
        """An object to strike; with the lane's own fields where a mutant is to leave it as it is, and with its proof
        used before where it is to be `spent`."""
        if any(probe.mutant.without for probe in self._lane.probes):
            canary, proof = self._stage.keeper.make(self._resource, self._lane.variants)
            if canary:
                return canary, proof
        canary, proof = self.lead.fresh(self._stage, self._resource)
        if canary is None or not spent:
            return canary, proof
        proof = self._stage.controls.write(self.template, canary, self.parents)
        reading = self._stage.observer.item(self._resource, self.slots(canary))
        if not proof.good or reading.state != "present":
            return None, proof if not proof.good else replace(proof, seen=False, reason="its use removes the object")
        return replace(canary, values=reading.values), proof

    @property
    def opened(self) -> list[Probe]:
        """The probes that have struck a canary which others are to strike, too."""
        return [one.probe for one in self.opening[1]] if self.opening else []

    def begin(self, spent: bool) -> tuple[tuple[Canary | None, list[Sent]], Proof]:
        """An object to strike, with what struck it already."""
        if self.opening is not None and not spent:
            opening, self.opening = self.opening, None
            return opening, self.proof
        canary, proof = self.fresh(spent)
        return (canary, []), proof

    def control(self) -> Proof:
        """P2: on a canary that no mutant strikes, so that what is struck keeps what was done to it."""
        subject: Canary | None = self._own
        if self._fresh_controls:
            removes = self._lane.operation.method == "DELETE"
            subject, lost = self._stage.keeper.make(self._resource, read=False) if removes else self.fresh()
            if subject is None:
                return lost
        assert subject is not None
        proof = self._stage.controls.write(self.template, subject, self.parents, self._lane.variants)
        self.proof = proof
        if proof.good:
            self.good, self.was_good = proof, True
        return proof

    def likewise(self, mutant: Mutant) -> Proof:
        """What the entitled identity's own request comes to, changed as a mutant is in all but its credential."""
        subject, lost = self.fresh() if self._fresh_controls else (self._own, self.proof)
        if subject is None:
            return lost
        return self._stage.controls.write(self.template, subject, self.parents, self._lane.variants, mutant)

    def send(self, probe: Probe, canary: Canary, fresh_line: bool = False) -> Sent:
        """Aims a mutant at a canary."""
        marker, exchange = self._stage.attempt(probe, self.template, self.slots(canary), fresh_line)
        one = Sent(probe, marker, exchange, self.path(canary), canary.id)
        self.sent.append(one)
        return one

    def look(self, canary: Canary, sent: Sequence[Sent], more_to_come: bool = False) -> After:
        """The canary after the strike, also when any late effect should show. It is looked at once more at the end of
        the run, unless there is `more_to_come`: what another strikes says nothing of these."""
        slots = self.slots(canary)
        first, second = self._stage.look_twice(
            lambda: self._stage.observer.item(self._resource, slots), self.proof, self.good
        )
        turned = self._turned(canary, first) or self._turned(canary, second)
        writers = tuple(one.probe.id for one in sent if turned or _wrote(one, first) or _wrote(one, second))
        if writers:
            return After("written", second.values or first.values, writers)
        if "unreadable" in (first.state, second.state):
            return After("unreadable", {})
        if second.state == "absent":
            return After("gone", {})
        if self.altered(canary, second):
            return After("altered", second.values)
        if not more_to_come:
            self.look_later(canary, sent, second.values)
        return After("same", second.values)

    def look_later(self, canary: Canary, sent: Sequence[Sent], values: Mapping[str, Json]) -> None:
        """Has the canary looked at once more at the end of the run, when it is to be as it is now."""
        if self._resource.singleton or self._stage.keeper.is_itself(self._resource):
            # There is but one, which later mutants are aimed at, too.
            return
        self._stage.strikes.append(
            Strike(
                self._resource,
                self.slots(canary),
                values,
                self.volatile,
                tuple(one.probe.id for one in sent),
                self._stage.observer,
                self._stage.enduring.outages,
            )
        )

    def _turned(self, canary: Canary, reading: Reading) -> bool:
        """Whether a field that no marker fits into has the value that it was to get."""
        turn = self.template.turn
        return (
            turn is not None
            and reading.state == "present"
            and reading.values.get(turn.field) == turn.value(canary.values)
        )

    def altered(self, canary: Canary, reading: Reading) -> bool:
        """Whether a canary is no more as it was made, but for what changes by itself, or with every other one made."""
        moved = changed(canary.values, reading.values) - self.volatile
        return reading.state == "absent" or bool(moved and moved - restless(self._stage, self._resource))

    def effect(self, kind: str, values: Mapping[str, Json]) -> Effect:
        """What happened to a canary that was struck."""
        return Effect(kind, self._resource.name, "canary", True, values, breaches(self._resource, values))

    def effects(self, probe: Probe, found: After) -> tuple[Effect, ...]:
        """What a probe did to a canary, as its marker tells."""
        return (self.effect("changed", found.values),) if probe.id in found.writers else ()

    def control_after(self, sent: Sequence[Sent], found: After) -> Proof:
        """P2; the last control where nobody asks for one: what a mutant must not do counts whatever controls say, and
        who shared a canary that is gone is sent again."""
        gone = found.state == "gone"
        if gone and len(sent) > 1:
            return self.proof
        effects = [(self.effect("deleted", {}),)] if gone else [self.effects(one.probe, found) for one in sent]
        writers = [(one.probe, Evidence(effects=some)) for one, some in zip(sent, effects, strict=True) if some]
        return self.proof if writers and all(forbidden(*one) for one in writers) else self.control()

    def strike_alone(self, probe: Probe) -> tuple[Sent, After, Proof] | None:
        """One mutant on a fresh canary: what it was answered, what was found, and the control after it."""
        canary, _ = self.fresh(probe.mutant.spent)
        if canary is None:
            return None
        with self.alone:
            one = self.send(probe, canary, fresh_line=True)
            found = self.look(canary, [one])
        return one, found, self.control_after([one], found)

    def alone_effects(self, one: Sent, found: After) -> tuple[Effect, ...]:
        """What a mutant did to a canary that nothing else was aimed at."""
        if found.state == "gone":
            return (self.effect("deleted", {}),)
        if found.state == "altered" and self._only_with(one.probe):
            return (self.effect("changed", found.values),)
        return self.effects(one.probe, found)

    def _only_with(self, probe: Probe) -> bool:
        """Whether a change that holds no value of the mutant comes with it, and not with a guest's request in its
        place, nor by itself where guests change it, too; twice."""

        def itself(canary: Canary) -> None:
            self._stage.attempt(probe, self.template, self.slots(canary), fresh_line=True)

        def instead(canary: Canary) -> None:
            if not self.guests_too and not self._stage.asks_for_proof(self.template):
                self._stage.reference(self._lane, self.template, self.slots(canary), 0)

        pairs = ((self._moved(probe, instead), self._moved(probe, itself)) for _ in range(2))
        return all(pair == (False, True) for pair in pairs)

    def _moved(self, probe: Probe, strike: Callable[[Canary], None]) -> bool | None:
        """Whether a fresh canary is altered by what is done to it, late effects and all; None where that cannot be
        told."""
        canary, _ = self.fresh(probe.mutant.spent)
        if canary is None:
            return None
        strike(canary)
        slots, wait = self.slots(canary), self._stage.settle(self.proof, self.good)
        reading, _ = until(
            lambda: self._stage.observer.item(self._resource, slots), lambda one: self.altered(canary, one), wait
        )
        return None if reading.state == "unreadable" else self.altered(canary, reading)


def _wrote(one: Sent, reading: Reading) -> bool:
    return bears(reading.values, one.marker)

"""What every lane of a run shares: the means to send, to read back, to make canaries, and what was found out once."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TypeVar

from harness.canaries import Canary, Keeper, NoCanary, why_unmade
from harness.config import Target
from harness.controls import Controls, materialise
from harness.credentials import Signer
from harness.engine.planning.plan import Lane
from harness.engine.sending.aiming import Aimed
from harness.engine.sending.crowd import Crowd
from harness.engine.sending.enduring import Enduring
from harness.engine.sending.once import Once
from harness.engine.sending.patience import AGAIN, broke_down
from harness.engine.sending.sparing import Sparing
from harness.model import GUEST, REFUSALS, Bend, Credential, Effect, Exchange, Json, Mutant, Part, Probe, Proof
from harness.observe import Observer
from harness.openapi import Unsatisfiable
from harness.oracle import Rules
from harness.resources import Graph, Resource, Template
from harness.sweeping import Sweeper

LINES, TURNS = 16, 5
"""Mutants take turns on so many connections, so many at a time: behind one address there may be several workers, and a
connection only ever meets one of them."""
_Seen = TypeVar("_Seen")
STRANGER = "nobody-k3v9x2"
"""A name that no API has, with a key that is none: what a refusal of bad credentials looks like."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A canary that seemed untouched by the mutants aimed at it, to be looked at once more at the end of the run."""

    resource: Resource
    slots: Mapping[str, Json]
    values: Mapping[str, Json]
    """As it was found after the strike."""
    volatile: frozenset[str]
    """Leaves that say nothing."""
    probes: tuple[str, ...]
    """Ids of those that struck it."""
    observer: Observer
    """Who was shown to see it."""
    outages: int = 0
    """Outages of the target until then: one that forgets what it held tells nothing of who removed it."""


@dataclass
class Stage:
    """The run's means. One per run; lanes take turns on it."""

    send: Aimed
    signer: Signer
    observer: Observer
    keeper: Keeper
    controls: Controls
    target: Target
    graph: Graph
    rules: Rules
    owner: str
    """Name of the identity that makes the controls; `guest` for none."""
    sweeper: Sweeper
    sparing: Sparing
    enduring: Enduring
    crowd: Crowd
    public: Exchange | None = None
    """N4, as it was before anything else was sent."""
    public_path: str = "/"
    standing: Mapping[str, str] = field(default_factory=dict)
    """What is known of each identity: `proved`, `attested` or `disproved: why`."""
    wrote: dict[str, Probe] = field(default_factory=dict)
    """Marker -> the probe that sent it."""
    strikes: list[Strike] = field(default_factory=list)
    restless: dict[str, frozenset[str]] = field(default_factory=dict)
    """Leaves that change of their own accord, by resource, as far as they were found out."""
    listed_whole: set[tuple[str | None, ...]] = field(default_factory=set)
    """Objects of which a list shows all that is read of each of them: resource, reader, ids."""
    reference_probes: Mapping[str, tuple[Probe | None, Probe | None]] = field(default_factory=dict)
    """For each operation, the probes that its references are: a guest's and an unknown user's."""
    lasting: set[str] = field(default_factory=set)
    """Ids of probes beside which something happened that would not show a second time: they are not asked again."""
    answered: dict[str, tuple[Exchange, Exchange]] = field(default_factory=dict)
    """What the references of an operation got, where all is known that they do."""
    by_themselves: set[str] = field(default_factory=set)
    """Ids of probes of whose crash nothing else that was under way can be the cause."""
    charges: list[tuple[Probe, Effect]] = field(default_factory=list)
    """Effects that the references had."""
    told: Callable[[str], None] = lambda _: None
    """Called with the id of each probe when it has been sent."""
    base: "Stage | None" = None
    """The stage of the entitled identity, where another one acts."""
    tokens: Counter[str] = field(default_factory=Counter)
    """New tokens that were got since one had expired, by identity."""
    served: Once[tuple[str, str], Exchange] = field(default_factory=lambda: Once(lambda found: found.ok))
    """What the entitled identity was answered on paths, by its name and the path's form; of an object that is gone, it
    tells nothing."""
    spelled: Once[tuple[str, str, str], tuple[str, Exchange]] = field(
        default_factory=lambda: Once(lambda found: tells_of_path(found[1]))
    )
    """The same on paths as mutants spell them, with the path that was asked for."""
    guessed: dict[str, Canary | None] = field(default_factory=dict)
    """Hidden objects that no word of the target file tells how to make, by resource; None where none was found."""
    turns: int = TURNS
    """Mutants that one connection takes before it is the next one's turn."""
    removing: AbstractContextManager[object] = field(default_factory=RLock)
    """Held while mutants that are to remove something are under way, and until it was looked at: what goes then bears
    no name, and none but theirs is to be asked for."""
    once: AbstractContextManager[object] = field(default_factory=RLock)
    """Held while something is found out that is found out once."""
    _turns: "itertools.count[int]" = field(default_factory=itertools.count)

    def acting(self, name: str, lends: bool = False) -> "Stage":
        """The same run, with another identity's requests as controls. What it makes it reads itself; what a guest
        makes, the entitled identity reads. An empty `name` means nobody else. `lends` is for changes: see
        `Keeper.acting`."""
        if name in ("", self.owner):
            return self
        if self.base is not None:
            return self.base.acting(name, lends)
        guest = name == "guest"
        observer = self.observer if guest else self.observer.reading_as(name)
        keeper = self.keeper.acting(name, observer, lends)
        controls = self._controls(name, observer, keeper)
        return replace(self, owner=name, base=self, observer=observer, keeper=keeper, controls=controls)

    def within(self, lane: Lane) -> "Stage":
        """The same run, for one lane."""
        use = " ".join(("control of", lane.operation.name, lane.by, *lane.variants, "unbounded" * lane.unbounded))
        keeper = self.keeper.used_for(use)
        return replace(self, keeper=keeper, controls=self._controls(self.owner, self.observer, keeper))

    def _controls(self, name: str, observer: Observer, keeper: Keeper) -> Controls:
        return Controls(self.send, self.signer, observer, keeper, self.target, name)

    def attempt(
        self, probe: Probe, template: Template, slots: Mapping[str, Json], fresh_line: bool = False
    ) -> tuple[str, Exchange]:
        """Sends a mutant once, with a marker of its own that the ledger holds first; not if that would cost an account
        more refusals than it is to meet."""
        marker = self.keeper.new_marker(probe.operation, probe.id)
        self.wrote[marker] = probe
        own = {"marker": marker, "unique": marker, "unique_number": int.from_bytes(marker[-5:].encode())}
        filled = {**slots, **self.own_above(probe, template.resource), **own}
        self.observer.expects(template.resource, filled)
        line = f"as {probe.mutant.actor}" if probe.mutant.actor else "mutant"
        turn = next(self._turns)
        line = f"{line} again {turn}" if fresh_line else f"{line} {turn // self.turns % LINES}"
        exchange = self._sent(probe, template, filled, line)
        self.keeper.hear(probe.operation, marker, slots, exchange, plain=probe.mutant.method in ("", "POST"))
        self.told(probe.id)
        return marker, exchange

    def _sent(self, probe: Probe, template: Template, slots: Mapping[str, Json], line: str) -> Exchange:
        tokens = self.signer.tokens
        request = materialise(template, probe.mutant, slots, self.signer)
        if not self.sparing.takes(probe):
            return Exchange(request.shown or request, failure="budget")
        exchange = self.send(request, line)
        self.sparing.note(probe, exchange)
        replaced = exchange.status in REFUSALS and tokens != self.signer.tokens
        if replaced and materialise(template, probe.mutant, slots, self.signer) != request:
            # Its token was renewed while it was under way, which may be why it was refused.
            return self._sent(probe, template, slots, line)
        return exchange

    def own_above(self, probe: Probe, resource: Resource) -> dict[str, Json]:
        """Slots of the sender's own objects that stand in a mutant's path, made when first asked for. Raises
        NoCanary."""
        wanted = probe.mutant.own_above
        if not wanted:
            return {}
        slots = self.acting(probe.mutant.actor).keeper.own_parents(resource)
        return {key: value for key, value in slots.items() if key.rpartition(".")[0] in wanted}

    def lacks_above(self, probe: Probe, resource: Resource) -> str:
        """Why a mutant's sender has nothing of its own to put into the path; empty where it has, or needs none."""
        try:
            self.own_above(probe, resource)
        except (NoCanary, Unsatisfiable) as error:
            return why_unmade(error, f"{probe.mutant.actor} has nothing of its own: ")
        return ""

    def same_as_control(self, probes: Sequence[Probe], template: Template, slots: Mapping[str, Json]) -> frozenset[str]:
        """Ids of those whose mutants come out as the very bytes of their control."""
        filled = {**slots, "marker": "m", "unique": "m"}

        def octets(mutant: Mutant) -> tuple[Json, ...]:
            request = materialise(template, mutant, filled, self.signer)
            return request.target, request.headers, request.body

        control = octets(Mutant(self.signer.own(self.owner)))
        return frozenset(one.id for one in probes if octets(one.mutant) == control)

    def references(self, lane: Lane, template: Template, slots: Mapping[str, Json]) -> tuple[Exchange, Exchange]:
        """What a guest (N1) and an unknown user (N2) get for the lane's own request."""
        return self.reference(lane, template, slots, 0), self.reference(lane, template, slots, 1)

    def reference(self, lane: Lane, template: Template, slots: Mapping[str, Json], which: int) -> Exchange:
        """The guest's request (0) or the unknown user's (1). Its effect, should it have one, is a finding."""
        admin = self.signer.identities[(self.base or self).owner]
        stranger = Credential(admin.auth, Part(STRANGER), Part(STRANGER[::-1]))
        credential = stranger if which else GUEST
        mutant = Mutant(credential)
        if self.asks_for_proof(template):
            mutant = Mutant(GUEST, proof=Bend.RANDOM_ALIKE if which else "absent")
        exchange = self._as_reference(lane, template, slots, which, mutant)
        # Every mutant of the lane is held against it.
        for _ in range(AGAIN):
            if not broke_down(exchange):
                break
            exchange = self._as_reference(lane, template, slots, which, mutant)
        return exchange

    def _as_reference(
        self, lane: Lane, template: Template, slots: Mapping[str, Json], which: int, mutant: Mutant
    ) -> Exchange:
        marker = self.keeper.new_marker(lane.operation, f"reference, {self.keeper.use}")
        probe = self._reference_probe(lane, which)
        if probe:
            self.wrote[marker] = probe
        filled = {**slots, "marker": marker, "unique": marker}
        self.observer.expects(template.resource, filled)
        exchange = self.send(materialise(template, mutant, filled, self.signer), "mutant")
        self.keeper.hear(lane.operation, marker, slots, exchange)
        return exchange

    def charge(self, lane: Lane, which: int, *effects: Effect) -> None:
        """Lays the effects of a lane's reference to the charge of the probe that it is."""
        probe = self._reference_probe(lane, which)
        self.charges += [(probe, effect) for effect in effects if probe]

    def own_references(self, lane: Lane) -> list[Probe]:
        """The two probes that a lane's references are; nothing where it does not have both."""
        wanted = [self._reference_probe(lane, which) for which in (0, 1)]
        found = [probe for one in wanted if one for probe in lane.probes if probe.id == one.id]
        return found if len(found) == len(wanted) else []

    def _reference_probe(self, lane: Lane, which: int) -> Probe | None:
        return self.reference_probes.get(lane.operation.name, (None, None))[which]

    def asks_for_proof(self, template: Template) -> bool:
        """Whether the control is a guest's, whom nothing but a proof lets in: then a refusal is what one gets without
        it."""
        return self.owner == "guest" and template.proof != ""

    def guest_get(self, path: str) -> Exchange:
        """A guest's GET."""
        return self.send(self.signer.signed("GET", path, None), "guest")

    def get_as(self, name: str, path: str) -> Exchange:
        """An identity's GET."""
        return self.send(self.signer.signed("GET", path, name), f"as {name}")

    def unknown_path(self, path: str) -> Exchange:
        """The entitled identity's GET of a path beside this one that does not exist."""
        known, _, query = path.partition("?")
        marker = self.keeper.markers.new(f"beside {path}, {self.keeper.use}")
        unknown = f"{known.rstrip('/')}-{marker}{'/' if known.endswith('/') else ''}"
        beside = f"{unknown}?{query}" if query else unknown
        return self.send(self.signer.signed("GET", beside, self.owner), f"reader {self.owner}")

    def reference_of(self, probe: Probe, references: tuple[Exchange, Exchange]) -> Exchange:
        """The refusal that a probe is held against: a guest's, or the unknown user's for a mutant with no
        credential; where it goes another way, that of its like who goes the usual one."""
        signed = probe.mutant.credential.via != ""
        return references[0] if signed != probe.mutant.likewise else references[1]

    def look_twice(self, look: Callable[[], _Seen], *proofs: Proof) -> tuple[_Seen, _Seen]:
        """What is seen now, and when any late effect should show: the same where controls showed theirs at once."""
        first, pause = look(), self.settle(*proofs)
        if not pause:
            return first, first
        time.sleep(pause)
        return first, look()

    def settle(self, *proofs: Proof) -> float:
        """How long an effect may take to show: three times the longest that a control took."""
        return min(3 * max((proof.settle for proof in proofs), default=0.0), 3 * self.target.limits.settle)


def tells_of_path(found: Exchange) -> bool:
    """Whether an answer tells of the path, and not of the target's trouble."""
    return found.status is not None and found.status < 429

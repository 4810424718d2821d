"""All that was seen around a probe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harness.model.exchanges import Exchange
from harness.model.words import Json


@dataclass(frozen=True, slots=True)
class Effect:
    """A change in the state, attributed to one mutant."""

    kind: str
    """`created`, `changed` or `deleted`."""
    resource: str
    object_id: str
    inside: bool = True
    """Whether the object is the one that the request named (or would have made)."""
    values: Mapping[str, Json] = field(default_factory=dict)
    """The object as it was read back; empty when deleted."""
    outside_rule: Mapping[str, str] = field(default_factory=dict)
    """Fields whose value breaks their rule, with why."""
    foreign: bool = False
    """Whether the object belongs to somebody other than the actor."""
    asked: bool = True
    """Whether the rest of the request asked for it, too, and did not narrow what it named."""

    def __str__(self) -> str:
        return f"{self.resource} {self.object_id} {self.kind}"


@dataclass(frozen=True, slots=True)
class Proof:
    """A control as it went: what the entitled identity's own request answered, and whether its effect was read back."""

    exchange: Exchange | None
    seen: bool
    reason: str = ""
    """Why it does not count; empty where it does."""
    settle: float = 0.0
    """Seconds until the effect was seen."""

    @property
    def good(self) -> bool:
        """Whether operation, body, credential and reader are shown to work."""
        return self.exchange is not None and self.exchange.ok and self.seen


class Look(StrEnum):
    """What was seen where an effect would show."""

    NOT = "not-looked"
    UNCHANGED = "unchanged"
    NOISE = "noise"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about one probe. Pure data: the oracle judges it, and says what it still wants."""

    attempts: tuple[Exchange, ...] = ()
    """The mutant's own exchanges, oldest first."""
    effects: tuple[Effect, ...] = ()
    suspects: tuple[str, ...] = ()
    """Ids of the probes among which an effect lies that reproduces for none of them alone."""
    late: bool = False
    """Whether the effect was seen only after the verdict's own reads."""
    look: Look = Look.NOT
    before: Proof | None = None
    """P1: the control before the mutant."""
    after: Proof | None = None
    """P2: the control after it."""
    repeat_after: Proof | None = None
    """The control straight after a repeated crash."""
    reference: Exchange | None = None
    """What a refusal looks like here: the guest's exchange, or an unknown user's where the mutant is a guest's."""
    public: Exchange | None = None
    """N4: a harmless public read."""
    guest_item: Exchange | None = None
    """A guest's GET of the mutant's own path."""
    identity: str = "proved"
    """`proved`, `attested` or `disproved`, with why behind a colon, for the identities that the mutant rests on."""
    unknown_path: Exchange | None = None
    """The entitled identity's answer on a path that does not exist."""
    own_path: Exchange | None = None
    """The entitled identity's GET of the operation's own path."""
    spelled_path: Exchange | None = None
    """The entitled identity's GET of that path, spelled as the mutant's is."""
    likewise: Proof | None = None
    """What the entitled identity's own request came to, changed as the mutant is in all but its credential."""
    not_sent: str | None = None
    """Why the mutant was never sent: an INCONCLUSIVE reason."""
    same_as_control: bool = False
    uncontrolled: bool = False
    """Whether no valid key may be sent to the operation, so that there is no control."""
    pointless: str | None = None
    """Why there was nothing to test, as it turned out: a NOT-APPLICABLE reason, with a detail behind a colon."""
    usual: Mapping[str, Json] = field(default_factory=dict)
    """By field, what an object holds that was made without the part that counts. Only fields are in it of which a
    reader was shown another value, too."""
    told: tuple[str, ...] = ()
    """Where nothing was sent: what answers hold that they should not, a line each, without the secret."""
    answers: int = 0
    """Where nothing was sent: how many answers of the operation were listened to that were no refusals."""
    asked: int = 0
    """Where nothing was sent: how many answers of the operation there were at all."""
    hidden: tuple[str, ...] = ()
    """Markers that the mutant's caller may not read."""

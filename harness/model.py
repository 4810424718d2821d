"""The values that every part of Holdfast speaks in, and the one way to send.

A *probe* is one mutation of a *control*: a request that the entitled identity makes with success. An *exchange* is
one request with its answer; *evidence* is all that was seen around a probe; a *verdict* is what the oracle makes of
it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol, Self, TypeAlias

from harness.bodies import bounded_json

Json: TypeAlias = Any
"""Whatever `json.loads` gives."""

READS = frozenset({"GET", "HEAD", "OPTIONS"})
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
GATEWAY = frozenset({502, 503, 504})
"""Statuses by which others say that the target is away."""
_LOST = frozenset({"refused", "reset", "closed"})
REFUSALS = frozenset({401, 403})
"""Statuses that say: not you."""


class Secret:
    """A key, token or password: told only to who asks by `reveal`, shown to nobody."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the moment of signing."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Identity:
    """An account named by the target file."""

    name: str
    """The owner's name for it; free."""
    username: str | None = None
    """What the API calls it; None where a key alone is the credential."""
    key: Secret | None = field(default=None, repr=False)
    privileged: bool = False
    state: str | None = None
    """`inactive`, `revoked`, `rotated` or `expired`; None for a living account."""
    auth: str = ""
    """Name of the channel that its credential rides in."""
    may: tuple[str, ...] = ()
    """Patterns `METHOD /path` of what an ordinary account legitimately does."""
    alive: str | None = None
    """`METHOD /path` that answers differently to a living and a bent credential."""
    cookies: tuple[tuple[str, Secret], ...] = field(default=(), repr=False)
    """Of a session: names and values, the first of which is its `key`."""
    of: str = ""
    """Name of the identity whose session this is; empty for an account of its own."""
    throwaway: bool = False
    """Whether its valid key may go where logs keep it."""
    resource: str = ""
    """Resource by which a run makes the account; empty for one that exists."""


class Bend(StrEnum):
    """How a key or name is changed before it is sent. Each is a function in `credentials.bends`."""

    AS_IS = "as-is"
    LAST_CHANGED = "last-changed"
    FIRST_CHANGED = "first-changed"
    CASE_SWAPPED = "case-swapped"
    REVERSED = "reversed"
    SHORTENED = "shortened"
    LENGTHENED = "lengthened"
    RANDOM_ALIKE = "random-alike"
    ZEROS = "zeros"
    HASHED_SHA1 = "sha1"
    HASHED_SHA256 = "sha256"


@dataclass(frozen=True, slots=True)
class Part:
    """A name or key in a credential: our own text, or an identity's own bent in a named way, so that no probe holds
    a secret."""

    text: str = ""
    of: str | None = None
    """Name of the identity whose `kind` is meant; None where `text` is literal."""
    kind: str = "key"
    """`key`, `username`, or the name of one of the identity's cookies behind `cookie:`."""
    bend: Bend = Bend.AS_IS
    before: str = ""
    """Literal text in front."""
    after: str = ""
    """Literal text behind."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What signs a request, as a recipe that is followed only when sending."""

    via: str = ""
    """Name of the channel; empty for no credential at all."""
    username: Part = Part()
    key: Part = Part()
    cut: str = ""
    """`name`: the template ends behind the name; `scheme`: behind the scheme word; empty: it is whole."""
    literal: str | None = None
    """The whole header value, instead of the template."""
    valid: bool = False
    """Whether it is a living identity's own credential; such a one shares no connection with a mutant of another
    kind."""


GUEST = Credential()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path, query or header parameter of an operation."""

    name: str
    place: str
    """`path`, `query` or `header`."""
    required: bool
    schema: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path template of the document."""

    method: str
    path: str
    """Template as in the document, with the base path in front: `/api/v1/things/{id}/`."""
    parameters: tuple[Parameter, ...] = ()
    body_schema: Mapping[str, Json] | None = field(default=None, repr=False)
    """JSON Schema of the JSON body with every reference resolved; None where there is no JSON body."""
    answer_schema: Mapping[str, Json] | None = field(default=None, repr=False)
    """JSON Schema of the 2xx JSON answer, resolved; None where none is told."""
    media_type: str = "application/json"
    """What the JSON body calls itself."""
    declared_open: bool = False
    """Whether the document says that no credential is needed."""
    line: int = 0
    """Line of the operation in the document, from 1; 0 where unknown."""
    broken: str = ""
    """Why the document's words for it cannot be read; empty where they can."""

    @property
    def name(self) -> str:
        """`METHOD /template`."""
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Whether the method is an unsafe one."""
        return self.method in WRITES


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out; `target` is in origin form and is sent as written."""

    method: str
    target: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    shown: Self | None = field(default=None, repr=False)
    """The same request as a shell would write it, credentials as `$VARIABLES`; what evidence keeps instead of this
    one."""
    lines: tuple[bytes, ...] = field(default=(), repr=False)
    """Of a raw request, its head byte for byte, each line without its end; it is sent instead of what stands above."""


@dataclass(frozen=True)
class Exchange:
    """One request and what came back: an answer (`status` is set) or a typed failure (`failure` is set)."""

    request: Request
    """What was sent, as it may be shown: no secret in it."""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    failure: str | None = None
    """Short reason why there is no answer that counts: `refused`, `reset`, `deadline`, `framing-…`."""
    elapsed: float = 0.0
    """Seconds."""

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def lost(self) -> bool:
        """Whether it went wrong on the way, so that the same may go well when it is sent again."""
        return self.failure in _LOST or self.status in GATEWAY

    @property
    def media_type(self) -> str:
        """Media type without parameters, lower case; empty where there is none."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @cached_property
    def json(self) -> Json:
        """The body as JSON, or None where it is none. (`null` reads as None, too: it says nothing.)"""
        try:
            return bounded_json(self.body)
        except ValueError:
            return None

    @property
    def json_keys(self) -> frozenset[str]:
        """The top-level keys of a JSON object; empty otherwise."""
        return frozenset(self.json) if isinstance(self.json, dict) else frozenset()


class Send(Protocol):
    """Sends one request within the run's bounds. `line` names the connection: what shares a name may share a socket.

    Never raises for anything that a server does: that is a failure told in the exchange.
    """

    def __call__(self, request: Request, line: str) -> Exchange: ...


class Outcome(StrEnum):
    """The eight verdicts."""

    BYPASSED = "BYPASSED"
    LEAKED = "LEAKED"
    CRASHED = "CRASHED"
    WEAK = "WEAK"
    INCONCLUSIVE = "INCONCLUSIVE"
    HELD = "HELD"
    ACCEPTED = "ACCEPTED"
    NOT_APPLICABLE = "NOT-APPLICABLE"


FINDINGS = frozenset({Outcome.BYPASSED, Outcome.LEAKED, Outcome.CRASHED, Outcome.WEAK})


class Confidence(StrEnum):
    """How a verdict is known."""

    STATE = "state"
    RESPONSE = "response"
    ATTESTED = "attested"


class Severity(StrEnum):
    """How bad a finding of a family is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Expect(StrEnum):
    """What class of answer a probe is to get."""

    REFUSED = "refused"
    INVALID = "invalid"
    GUEST_VIEW = "guest-view"
    """Refused, or served exactly what a guest is served."""
    IGNORED = "ignored"
    """Refused in any way, or done without the part that counts: its sender may do the rest."""


PREDICATES = frozenset(
    {"any-change", "foreign-change", "outside-scope", "field-stored", "stored-outside-rule", "marker-read", "opened"}
)


@dataclass(frozen=True, slots=True)
class Forbid:
    """An effect that a probe must not have."""

    predicate: str
    """One of `PREDICATES`."""
    name: str = ""
    """The field meant, where the predicate is about one."""
    value: Json = None
    """The value meant, where the predicate is about one."""
    owner: str = ""
    """Name of the identity whose objects are meant, where a field names the owner."""

    def __post_init__(self) -> None:
        if self.predicate not in PREDICATES:
            raise ValueError(f"no such predicate: {self.predicate}; there are {', '.join(sorted(PREDICATES))}")

    def __str__(self) -> str:
        return f"{self.predicate}({self.name})" if self.name else self.predicate


ANY_CHANGE = Forbid("any-change")
OPENED = (Forbid("opened"), Forbid("marker-read"))
"""What a read must not do."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to a control, not yet a request: it is made into one, with a canary and a marker, whenever it is
    sent."""

    credential: Credential = GUEST
    headers: tuple[tuple[str, Part], ...] = ()
    query: tuple[tuple[str, Part], ...] = ()
    fields: tuple[tuple[str, Json | Part], ...] = ()
    """Body fields set; strings may hold the slots of a template."""
    without: tuple[str, ...] = ()
    """Body fields left out. The objects that are struck hold them then."""
    alone: bool = False
    """Whether the body holds nothing but `fields`."""
    method: str = ""
    """Sent instead of the operation's method; empty to keep that."""
    encoding: str = "json"
    """How the body is written: `json`, `form`, or `text` (JSON that calls itself plain text)."""
    pairs: tuple[tuple[str, str], ...] = ()
    """What tells it from its siblings, as `key=value` in its id."""
    expect: Expect = Expect.REFUSED
    forbids: tuple[Forbid, ...] = (ANY_CHANGE,)
    also: frozenset[int] = frozenset()
    """Statuses that the mutation itself may cause, taken for a refusal."""
    actor: str = ""
    """Name of the identity whose valid credential it carries; empty where it carries none."""
    listens: str = ""
    """What is listened for in all answers of the run, where nothing is sent: `own-key`, `other-key` or
    `password-hash`."""
    waived_by: str = ""
    """Policy of a target under which there is nothing to test, as `word: value`; empty for none."""
    telling: bool = False
    """Whether the smoke profile takes it where its mutation yields several."""

    @property
    def foreign(self) -> bool:
        """Whether it touches an object of somebody else, which its sender need not be shown."""
        return any(one.predicate == "foreign-change" and not one.owner for one in self.forbids)

    def with_header(self, name: str, value: str | Part) -> Self:
        """The same with one more header."""
        return replace(self, headers=(*self.headers, (name, _part(value))))

    def with_query(self, name: str, value: str | Part) -> Self:
        """The same with one more query parameter."""
        return replace(self, query=(*self.query, (name, _part(value))))

    def with_field(self, name: str, value: Json | Part) -> Self:
        """The same with this body field set."""
        return replace(self, fields=(*self.fields, (name, value)))

    def with_cookie(self, name: str, value: str | Part) -> Self:
        """The same with a cookie."""
        part = _part(value)
        return replace(self, headers=(*self.headers, ("Cookie", replace(part, before=f"{name}={part.before}"))))

    def parts(self) -> tuple[Part, ...]:
        """Every part in its headers, query and body fields, however deep; its credential's are not among them."""
        return tuple(_parts_in([part for _, part in (*self.headers, *self.query, *self.fields)]))

    def by_method(self, method: str) -> Self:
        """The same sent with another method."""
        return replace(self, method=method)

    def encoded(self, encoding: str) -> Self:
        """The same with its body written as `form` or `text`."""
        return replace(self, encoding=encoding)

    def accepting(self, *statuses: int) -> Self:
        """The same, where the mutation itself may cause these statuses: they are taken for a refusal."""
        return replace(self, also=self.also | frozenset(statuses))

    def in_smoke(self) -> Self:
        """The same, taken by the smoke profile where its unmarked siblings are not."""
        return replace(self, telling=True)

    def named(self, **pairs: str) -> Self:
        """The same, told from its siblings by `key=value` pairs (`field`, `as_`, `via`, `case`)."""
        return replace(self, pairs=(*self.pairs, *((key.rstrip("_"), value) for key, value in pairs.items())))


def _part(value: str | Part) -> Part:
    return value if isinstance(value, Part) else Part(value)


def _parts_in(value: Json | Part) -> Iterator[Part]:
    if isinstance(value, Part):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _parts_in(one)


@dataclass(frozen=True, slots=True)
class Probe:
    """One mutant of one operation: what is sent, what it claims, under which name."""

    id: str
    family: str
    mutation: str
    title: str
    operation: Operation
    mutant: Mutant
    severity: Severity
    variant: str = ""
    """Name of the body field that its control carries besides the smallest body; empty for the smallest."""
    parent: str | None = None
    """Mutation with one dimension less, where this one changes two."""
    not_applicable: str | None = None
    """Why there is nothing to test: one of the closed list, with what would make it testable."""
    public: bool = False
    """Whether guests may do this."""
    worst: Outcome = Outcome.BYPASSED
    """The gravest verdict that an effect comes to."""
    by: str = ""
    """Name of the identity that makes its control, `guest` for none; empty for the entitled one."""
    advisory: bool = False
    """Whether what it finds is told and does not fail a run."""


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
    """Where nothing was sent: how many answers of the operation were listened to."""
    hidden: tuple[str, ...] = ()
    """Markers that the mutant's caller may not read."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the oracle makes of a probe's evidence."""

    outcome: Outcome
    reason: str
    confidence: Confidence | None = None
    detail: str = ""
    """One line for a person; holds no secret."""

    def __str__(self) -> str:
        known = f", {self.confidence}" if self.confidence else ""
        return f"{self.outcome}({self.reason}{known})"

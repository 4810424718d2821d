"""What a family may change: the request proved to work, who may send it, and what the resource has to do with.

Its methods make mutants; each changes one thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.credentials import Channel, made_up
from harness.model import (
    GUEST,
    REFUSALS,
    Bend,
    Credential,
    Expect,
    Forbid,
    Identity,
    Json,
    Mutant,
    Operation,
    Outcome,
    Part,
)
from harness.urls import UrlRule


@dataclass(frozen=True, slots=True)
class Guard:
    """A proof that an operation asks for."""

    place: str
    """Where the request carries it: `body.NAME`, `query.NAME`, `header.NAME` or `path.NAME`."""
    alone: bool = True
    """Whether nothing else guards the operation, so that guests send it."""
    of_objects: bool = True
    """Whether each object has one of its own, and is there still when it was used."""
    once: bool = False
    """Whether one lets in only once."""
    beside: bool = True
    """Whether the request names the object beside the proof, too."""


@dataclass(frozen=True, slots=True)
class Kin:
    """Objects of another kind that a write has to do with."""

    resource: str
    closed: bool
    """Whether the identity that makes the control may not change or, for what hangs on others, remove such an object
    by itself."""
    shut: bool = False
    """Whether it may not make one, either."""
    within: str = ""
    """The body's field that names or holds them; empty where they hang on what the request is aimed at."""
    many: bool = False
    """Whether the field holds a list of them."""
    marker: str = ""
    """Their field that carries a marker."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Fields by which an object in another's body may say which one it is, with a slot each."""


@dataclass(frozen=True, slots=True)
class Control:
    """The request that a mutation changes, as a family sees it: who may send it, and what there is to change."""

    operation: Operation
    identity: Identity
    """The identity entitled to the operation."""
    channel: Channel
    """The channel that its credential rides in."""
    roles: Mapping[str, Identity] = field(default_factory=dict)
    """Identities by role: `admin`, `admin2`, `admin-nokey`, `low`. A family asks for those it `needs`."""
    address_field: str | None = None
    """Field in which objects of this resource tell their own address; None where they do not."""
    url_field: str = ""
    """For families on URL fields: the field whose value is changed."""
    rule: UrlRule | None = None
    """For families on URL fields: the rule that values of the field follow."""
    good: str = ""
    """For families on URL fields: a value that the rule allows, with the slot of a marker in its path."""
    followers: tuple[str, ...] = ()
    """For families on URL fields: the fields that continue the same artifact as this one, itself among them."""
    origin: str = ""
    """Scheme, host and port of the target."""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """Every channel that the target names."""
    owned: bool = False
    """Whether what the request writes on belongs to one account: an object that is there, or the place of a new one."""
    owner_places: tuple[str, ...] = ()
    """Where a request names the owner of an object: `body.FIELD`, `query.NAME` or `path.NAME`."""
    privileged_fields: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """Fields of the body that only the privileged may set, with values to try."""
    guard: Guard | None = None
    """The proof that the operation asks for; None where it asks for none."""
    scope: str = ""
    """For families on scopes: the query parameter that names what is reached."""
    filter: str = ""
    """For families on scopes: another one, by which a list can be narrowed to one object; empty where there is
    none."""
    methods: tuple[str, ...] = ()
    """For families on whole lists: the methods to ask for."""
    envelopes: tuple[str, ...] = ()
    """For families on whole lists: fields in which a body may hold several objects; empty for a bare list."""
    json_login: bool = False
    """For families on logins: whether the login takes JSON, in which a password may be no text."""
    marker_field: str = ""
    """For families on whole lists: the field that carries the marker; empty where there is none."""
    kin: tuple[Kin, ...] = ()
    """Objects of other kinds that the body names or holds."""
    hanging: tuple[Kin, ...] = ()
    """Objects of other kinds that hang on the one that a removal is aimed at."""
    readable: bool = False
    """Whether what stands at the path of the operation can be read there."""
    other_ways: tuple[Channel, ...] = ()
    """Ways in, by the target file or the document, besides the one that the credential rides in."""
    trespassers: tuple[Identity, ...] = ()
    """Ordinary accounts that may not do this to others' objects, and may make what those hang on."""
    above: tuple[str, ...] = ()
    """Resources that the path names before the object, the first of the path first, where there are trespassers."""

    def is_data(self, place: str, *names: str) -> bool:
        """Whether one of these names means something to the operation itself: in its `query`, or, by any other place,
        in its body."""
        schema = self.operation.body_schema or {}
        filters = (one.name for one in self.operation.parameters if one.place == "query")
        return not {*(filters if place == "query" else schema.get("properties", {}))}.isdisjoint(names)

    def has_body(self) -> bool:
        """Whether the operation takes a body of fields."""
        return self.operation.body_schema is not None

    def begins_with_words(self) -> bool:
        """Whether its path begins with two segments that are no ids."""
        return len(words := self.operation.path.split("/")) > 2 and not words[2].startswith("{") and words[2] != ""

    def signed(
        self, *, username: str | Part | None = None, key: str | Part | None = None, cut: str = "", of: str = ""
    ) -> Mutant:
        """The same request with another name or key in its credential; what is left out stays the entitled identity's.

        `of` takes the untouched parts from another role, `cut` ends the credential behind its `name` or its `scheme`.
        """
        whose = self.roles[of] if of else self.identity
        return Mutant(
            Credential(
                whose.auth,
                Part(of=whose.name, kind="username") if username is None else _as_part(username),
                Part(of=whose.name) if key is None else _as_part(key),
                cut,
            )
        )

    def at_way(self, way: Channel) -> Identity:
        """The first living privileged account whose credential rides there, or else the entitled one."""
        there = (one for one in self.roles.values() if one.auth == way.name and one.privileged and one.key)
        return next((one for one in there if one.state is None and not one.of), self.identity)

    def by_way(self, way: Channel, key: str | Part, username: Part | None = None) -> Mutant:
        """The same request by another way in, with a name of somebody who is privileged and this key."""
        name = username or Part(of=self.at_way(way).name, kind="username")
        return Mutant(Credential(way.name, name, _as_part(key))).named(via=way.name)

    def written(self, value: str) -> Mutant:
        """The same request with this text as the whole of the credential's header."""
        return Mutant(Credential(self.identity.auth, literal=value))

    def own(self) -> Mutant:
        """The control's own request, validly signed: something to add to."""
        return self._valid(self.identity)

    def proving(self, proof: str, spent: bool = False) -> Mutant:
        """The control's own request with something else in the place of its proof, by `Mutant.proof`; where `spent`, on
        an object whose proof was used before."""
        own = self.unsigned() if self.guard and self.guard.alone else self.own()
        return replace(own, proof=proof, spent=spent)

    def logging_in(self, kind: str) -> Mutant:
        """The entitled identity's login with something else in the place of its password, by `Mutant.login`."""
        own = Credential(self.identity.auth, Part(of=self.identity.name, kind="username"), Part(""))
        return Mutant(own, login=kind, also=frozenset(range(400, 500)) - {429})

    def listening(self, kind: str) -> Mutant:
        """Nothing is sent: all answers of the run are listened to, for an `own-key`, an `other-key` or a
        `password-hash`."""
        return Mutant(listens=kind)

    def name_of(self, role: str) -> Part:
        """A role's name as the API knows it."""
        return Part(of=self.roles[role].name, kind="username")

    def spelled(self, name: str) -> Mutant:
        """The same request with no credential, its path spelled in another way: see `harness.wire.spelling`."""
        return replace(self.unsigned(), spelling=name).named(case=name)

    def unsigned(self) -> Mutant:
        """The same request with no credential."""
        return Mutant(GUEST)

    def as_role(self, role: str) -> Mutant:
        """The same request, validly signed by another role."""
        return self._valid(self.roles[role])

    def _valid(self, whose: Identity) -> Mutant:
        own = Credential(
            whose.auth, Part(of=whose.name, kind="username"), Part(of=whose.name), valid=whose.state is None
        )
        # An API that knows no sessions answers one as it answers a guest, and one that does may ask for a CSRF token.
        return Mutant(own, actor=whose.name, also=REFUSALS if whose.of else frozenset())

    def storing(self, value: Json, **others: Json) -> Mutant:
        """The same request, validly signed, with this value in the field under test: to be refused as invalid, or
        ignored. `others` are fields that get a value besides."""
        return replace(
            self._valid(self.identity),
            fields=((self.url_field, value), *others.items()),
            expect=Expect.INVALID,
            forbids=(Forbid("stored-outside-rule", self.url_field),),
        )

    def reaching(self, query: str, names: str = "none", unbounded: bool = True) -> Mutant:
        """The same request, validly signed, with another query: to be refused, or to reach no more than that names.

        See `Mutant.names`; in the query may stand `{scope}`, `{beside}`, which names the other one, and `{one.FIELD}`.
        """
        return replace(
            self._valid(self.identity),
            raw_query=query,
            names=names,
            unbounded=unbounded,
            expect=Expect.INVALID,
            forbids=(Forbid("outside-scope"), Forbid("beyond-filter", worst=Outcome.WEAK)),
            also=frozenset({404, 405}),
        )

    def key_of(self, role: str, bent: Bend = Bend.AS_IS) -> Part:
        """A role's own key, bent in a named way."""
        return Part(of=self.roles[role].name, bend=bent)

    def own_key(self, bent: Bend) -> Part:
        """The entitled identity's key, bent in a named way."""
        return Part(of=self.identity.name, bend=bent)

    def made_up_token(self) -> str:
        """A token that names the entitled identity and that nobody issued; empty where nothing says how one does."""
        name, claim = self.identity.username, self.channel.subject
        return made_up(claim, name) if name and claim else ""

    def nesting(self, kin: Kin, value: Json) -> Mutant:
        """The same request, validly signed, with an object in the field that names one: to be refused, or not to be
        followed. For its slots see `Mutant.kin`."""
        fields = ((kin.within, [value] if kin.many else value),)
        return replace(self._leaving_alone(kin), fields=fields).named(field=kin.within)

    def taking_along(self, kin: Kin) -> Mutant:
        """The same removal of an object on which one of another kind hangs."""
        return replace(self._leaving_alone(kin), hanging=True).named(case=kin.resource)

    def below_own(self, count: int, which: int = 0) -> Mutant:
        """The same request by one of the trespassers, validly signed, with objects of its own for the first so many of
        those that the path names above the object."""
        who = self.trespassers[which]
        mutant = replace(self._valid(who), own_above=self.above[:count])
        return mutant.named(**({"as_": who.name} if which else {}), case=self.above[count - 1])

    def _leaving_alone(self, kin: Kin) -> Mutant:
        own = self._valid(self.identity)
        forbids = (Forbid("outside-scope"),)
        return replace(own, kin=kin.resource, expect=Expect.IGNORED, forbids=forbids, also=frozenset({404, 405, 409}))

    @property
    def leads(self) -> bool:
        """For families on URL fields: whether it is the first that continues its artifact, so that it may stand for
        the others where artifact and sidecar are changed together."""
        return self.followers[:1] == (self.url_field,)

    @property
    def prefix(self) -> str:
        """The first allowed prefix of the rule that names a host; empty where there is none."""
        allow = self.rule.allow if self.rule else ()
        return next((one for one in allow if one.partition("://")[2]), "")

    @property
    def username(self) -> str:
        """The entitled identity's name as the API knows it; empty where a key alone is the credential."""
        return self.identity.username or ""


def _as_part(value: str | Part) -> Part:
    return value if isinstance(value, Part) else Part(value)

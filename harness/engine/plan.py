"""Target + operations + families -> every probe and its id, and the lanes they run in. Pure: nothing is sent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.config import Target, matches
from harness.engine.opening import Opened
from harness.engine.permission import Permission, withheld
from harness.engine.profiles import Profile, smoke
from harness.engine.roles import MISSING, roles_of
from harness.errors import UsageError
from harness.family import Control, Family, Guard, Mutation
from harness.model import WRITES, Bend, Identity, Json, Mutant, Operation, Probe
from harness.openapi import property_schema
from harness.resources import LIST_WRITES, Resource, envelopes, good_url, guarded, proof_alone, ways_to_write
from harness.urls import UrlRule

PAIRS = ("field", "as", "via", "case")
MOST_VALUES = 8
"""Values of one field that are tried."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Probes that share an operation and its control, and run one after the other."""

    operation: Operation
    probes: tuple[Probe, ...]
    fixtures: Mapping[str, Json] = field(default_factory=dict)
    """Real ids for the parameters of a read that no canary fills."""
    by: str = ""
    """Name of the identity that makes the controls, `guest` for none; empty for the entitled one."""
    refuse_only: bool = False
    """Whether no valid key may be sent to the operation; such lanes come last."""
    unbounded: bool = False
    """Whether its mutants may reach more than the run has made; such lanes come last of all."""

    @property
    def variants(self) -> tuple[str, ...]:
        """The body fields that its control carries besides the smallest body."""
        return tuple(dict.fromkeys(probe.variant for probe in self.probes if probe.variant))

    def parts(self) -> list["Lane"]:
        """A lane for each of its variants."""
        return [
            replace(self, probes=tuple(one for one in self.probes if one.variant == name)) for name in self.variants
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run will judge."""

    probes: tuple[Probe, ...]
    roles: Mapping[str, Identity]
    """Identities by role; no `admin` makes it an observer run."""
    fixtures: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """Real ids by operation and parameter."""
    profile: Profile = "standard"
    refuse_only: frozenset[str] = frozenset()
    """Operations to which no valid key may be sent."""
    followed: frozenset[str] = frozenset()
    """URL fields that others continue: what those hold must fit them, so they are changed where those are absent."""
    snapshot: str = ""
    """What the target can be put back to, as the command line says; empty where it says nothing."""
    families: tuple[Family, ...] = ()
    bulk: bool = False
    """Whether the command line gives leave to reach further than what the run has made."""

    def lanes(self, selected: Sequence[str]) -> list[Lane]:
        """The lanes of the selected probes, in the plan's order; what is not applicable has none. URL fields share a
        control that carries them all, of which each probe changes one."""
        wanted, lanes = set(selected), dict[tuple[str, str, str, bool], list[Probe]]()
        for probe in self.probes:
            if probe.id in wanted and not probe.not_applicable and not probe.mutant.listens:
                shared = probe.variant not in self.followed and _changes_one(probe)
                operation = probe.base or probe.operation
                key = operation.name, "*" if shared else probe.variant, probe.by, probe.mutant.unbounded
                lanes.setdefault(key, []).append(probe)
        found = [
            Lane(
                probes[0].base or probes[0].operation,
                tuple(probes),
                self.fixtures.get(name, {}),
                by,
                name in self.refuse_only,
                unbounded,
            )
            for (name, _, by, unbounded), probes in lanes.items()
        ]
        return sorted(found, key=lambda lane: (lane.unbounded, lane.refuse_only))


def make_plan(
    families: Sequence[Family], opened: Opened, profile: Profile = "standard", permission: Permission | None = None
) -> Plan:
    """The plan of a run. Raises UsageError where two probes would have one id."""
    roles = roles_of((*opened.identities, *opened.sessions))
    planner = _planner(opened, roles, permission)
    operations = [one for one in opened.reading.operations if one.method in WRITES | {"GET"}]
    probes = [probe for one in operations for family in families for probe in planner.probes(family, one)]
    seen: set[str] = set()
    for probe in probes:
        if probe.id in seen:
            raise UsageError(f"two probes are called {probe.id}; tell their mutants apart with .named(case=…)")
        seen.add(probe.id)
    fixtures = {one.name: fixtures_of(opened.target, one) for one in operations if not one.writes}
    kept = smoke(probes, families, opened.graph) if profile == "smoke" else tuple(probes)
    refuse_only = frozenset(one.name for one in operations if _any(opened.target.operations.refuse_only, one))
    rules = (rule for one in opened.graph.resources for rule in one.url_rules.values())
    followed = frozenset(rule.suffix_of for rule in rules if rule and rule.suffix_of)
    snapshot = permission.snapshot if permission else ""
    return Plan(
        kept,
        roles,
        fixtures,
        profile,
        refuse_only,
        followed,
        snapshot,
        tuple(families),
        bool(permission and permission.bulk),
    )


def plan_operation(
    families: Sequence[Family], opened: Opened, roles: Mapping[str, Identity], operation: Operation
) -> list[Probe]:
    """The probes of one operation, with these identities in their roles."""
    planner = _planner(opened, roles, None)
    return [probe for family in families for probe in planner.probes(family, operation)]


def _planner(opened: Opened, roles: Mapping[str, Identity], permission: Permission | None) -> "_Planner":
    # No family asks for it: it takes the entitled identity's place where that one's own account would be written to.
    return _Planner(opened, {**roles, **({"fresh": opened.made[0]} if opened.made else {})}, permission)


class _Planner:
    def __init__(self, opened: Opened, roles: Mapping[str, Identity], permission: Permission | None) -> None:
        self._graph = opened.graph
        self._target = opened.target
        self._withheld = withheld(opened.target, permission or Permission())
        self._channels = opened.channels
        self._roles = roles
        self._unruled: set[tuple[str, str]] = set()

    def probes(self, family: Family, operation: Operation) -> Iterator[Probe]:
        """Every probe of a family on an operation."""
        for mutation in family.mutations.values():
            if operation.method not in family.on & mutation.on:
                continue
            if family.url_fields:
                yield from self._of_url_fields(family, mutation, operation)
            elif family.scopes:
                yield from self._of_scopes(family, mutation, operation)
            elif family.lists:
                yield from self._of_lists(family, mutation, operation)
            else:
                yield from self._of_credential(family, mutation, operation)

    def _of_credential(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        why = self._not_applicable(family, mutation, operation)
        if why or "admin" not in self._roles:
            yield self._probe(family, mutation, operation, Mutant(), why)
            return
        mutants = list(mutation.make(self._control(operation, by=self._by(mutation, operation))))
        kept = self._kept_out_of_logs(mutants) if mutation.exposes else ""
        if kept:
            why = f"policy: a valid key would go to access logs; say `throwaway: true` of {kept} to allow it"
            yield self._probe(family, mutation, operation, Mutant(), why)
        elif not mutants:
            yield self._probe(
                family, mutation, operation, Mutant(), f"{mutation.none}: there is nothing here to change"
            )
        for mutant in () if kept else mutants:
            why = self._waived(mutant.waived_by or family.waived_by) or self._keyless(operation, mutant)
            why = why or self._foreign_account(operation, mutant)
            yield self._probe(family, mutation, operation, mutant, why)

    def _by(self, mutation: Mutation, operation: Operation) -> str:
        """The role that makes the control: an account of the run where the object is the caller's own."""
        if mutation.by == "holder":
            return "guest" if proof_alone(operation, self._target) else ""
        role = self._graph.roles.get(operation.name)
        return "fresh" if role and role[0].singleton and operation.writes and "fresh" in self._roles else mutation.by

    def _foreign_account(self, operation: Operation, mutant: Mutant) -> str | None:
        """Why a mutant that names an account of the target file, or might, is not sent where it would be written to."""
        role = self._graph.roles.get(operation.name)
        if role is None or not role[0].singleton or not operation.writes:
            return None
        fresh = self._roles["fresh"].name if "fresh" in self._roles else ""
        credential = mutant.credential
        named = {part.of for part in (credential.username, credential.key, *mutant.parts())} - {None, fresh}
        if named or credential.username.text:
            return "policy: it would write to the own object of an account that the run did not make"
        return None

    def _keyless(self, operation: Operation, mutant: Mutant) -> str | None:
        """Why a mutant is not for an operation to which no valid key may be sent."""
        credential = mutant.credential
        parts = [part for part in (credential.key, *mutant.parts()) if part.kind != "username"]
        valid = credential.valid or any(part.of and part.bend is Bend.AS_IS for part in parts)
        if valid and _any(self._target.operations.refuse_only, operation):
            return "never: the target file says that no valid key is sent to it"
        return None

    def _waived(self, policy: str) -> str | None:
        """Why the owner's policy leaves nothing to test; None where it does not."""
        word, _, value = policy.partition(": ")
        waived = word != "" and str(getattr(self._target.policy, word)).lower() == value
        return f"policy: the target file says {policy}" if waived else None

    def _kept_out_of_logs(self, mutants: Sequence[Mutant]) -> str:
        """The first identity whose valid key these mutants hold and that is no throwaway; empty where there is none,
        and for a target of one's own."""
        if self._target.environment == "local":
            return ""
        keys = [part for one in mutants for part in (one.credential.key, *one.parts()) if part.kind != "username"]
        spared = {one.name for one in self._roles.values() if one.throwaway}
        return next((part.of for part in keys if part.of and part.bend is Bend.AS_IS and part.of not in spared), "")

    def _of_url_fields(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        role = self._graph.roles.get(operation.name)
        if role is None or operation.body_schema is None:
            return
        resource = role[0]
        for name, rule in resource.url_rules.items():
            if property_schema(operation.body_schema, name) is None:
                continue
            bare, why = Mutant().named(field=name), self._not_applicable(family, mutation, operation)
            if rule is None and not why:
                if family.covers and (resource.name, name) not in self._unruled:
                    self._unruled.add((resource.name, name))
                    why = f"policy: no rule for {name}; give it one under urls.fields"
                    yield self._probe(family, mutation, operation, bare, why)
            elif why or "admin" not in self._roles:
                yield self._probe(family, mutation, operation, bare, why)
            else:
                for made in mutation.make(self._control(operation, name, self._by(mutation, operation))):
                    yield self._probe(family, mutation, operation, made.named(field=name), variant=name)
        for name in resource.deep_url_fields if family.covers else ():
            if (resource.name, name) not in self._unruled:
                self._unruled.add((resource.name, name))
                why = f"no-field: {name} lies below the top of the body, where no value is tried"
                yield self._probe(family, mutation, operation, Mutant().named(field=name), why)

    def _of_scopes(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        scope = self._graph.scopes.get(operation.name)
        if scope is None:
            return
        why = self._not_applicable(family, mutation, operation)
        if why or "admin" not in self._roles:
            yield self._probe(family, mutation, operation, Mutant(), why)
            return
        control = replace(self._control(operation), scope=scope.parameter, filter=scope.filter)
        mutants = list(mutation.make(control))
        if not mutants:
            yield self._probe(
                family, mutation, operation, Mutant(), f"{mutation.none}: there is nothing here to change"
            )
        for made in mutants:
            if made.guard and not self._withheld:
                # Where all may be lost, nothing has to bound it.
                made = replace(made, guard="", unbounded=True)
            yield self._probe(family, mutation, operation, made, (self._withheld if made.unbounded else "") or None)

    def _of_lists(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        base, methods = ways_to_write(self._graph, operation)
        if not methods:
            return
        why = self._not_applicable(family, mutation, operation)
        if base is None and not why:
            why = "no-body: nothing makes an object on this list that could be looked for"
        if why or base is None or "admin" not in self._roles:
            yield self._probe(family, mutation, operation, Mutant(), why)
            return
        spared = [one for one in methods if _any(self._target.operations.never, replace(operation, method=one))]
        control = replace(
            self._control(base),
            operation=operation,
            methods=tuple(one for one in methods if one not in spared),
            envelopes=envelopes(self._graph, operation),
            marker_field=self._graph.roles[base.name][0].marker or "",
        )
        for made in mutation.make(control):
            told = (self._withheld if made.unbounded else "") or self._keyless(operation, made)
            yield replace(self._probe(family, mutation, operation, made, told or None), base=base)

    def _control(self, operation: Operation, url_field: str = "", by: str = "") -> Control:
        role = self._graph.roles.get(operation.name)
        resource: Resource | None = role[0] if role else None
        words = self._target.resources.get(role[0].name) if role and role[1] != "below" else None
        admin = self._roles.get(by, self._roles["admin"])
        rules = resource.url_rules if resource else {}
        return Control(
            operation,
            admin,
            self._channels[admin.auth],
            self._roles,
            resource.address_field if resource else None,
            url_field,
            rules.get(url_field),
            good_url(resource, url_field) if resource and url_field else "",
            _followers(rules, url_field),
            self._target.base_url.origin,
            self._channels,
            words is not None and words.owner is not None,
            words.owner.owner_field if words and words.owner else (),
            {name: _to_try(operation, name) for name in (words.privileged_fields if words else ())},
            self._guard(operation),
        )

    def _guard(self, operation: Operation) -> Guard | None:
        words, role = guarded(operation, self._target), self._graph.roles.get(operation.name)
        if words is None or words.proof is None:
            return None
        lasts = role is not None and role[1] in ("item", "below") and operation.method != "DELETE"
        return Guard(words.proof, proof_alone(operation, self._target), lasts and words.from_ is not None, words.once)

    def _not_applicable(self, family: Family, mutation: Mutation, operation: Operation) -> str | None:
        """Why a mutation has nothing to test on an operation; None where it has."""
        role = self._graph.roles.get(operation.name)
        if operation.writes and self._target.reads_only:
            return "policy: the target is in production, which is only read from"
        if _any((*self._target.operations.never, *self._logins()), operation):
            return "never: the target file says so, or it is how identities log in"
        if family.passive:
            return None
        if mutation.by and role and role[0].singleton:
            return "no-field: whose it is cannot be said in a request"
        why = self._of_its_proof(mutation, operation)
        if why:
            return why
        if mutation.by == "guest" and not self.is_public(operation):
            return "policy: guests may not do this"
        if mutation.by != "guest" and self.is_public(operation) and (operation.writes or not family.public):
            told = "the target file" if self._target.public is not None else "the document, as open to all,"
            return f"public: {told} says that guests may do this"
        refuse_only = _any(self._target.operations.refuse_only, operation)
        kept = self._not_refused_only(family, operation) if refuse_only else None
        if kept:
            return kept
        exempt = refuse_only or family.lists or operation.name in self._graph.scopes
        if not exempt and role and role[1] == "list" and operation.method in LIST_WRITES:
            return "bulk: a write on a whole list is asked by collection-write alone"
        low = self._roles.get("low")
        if low and not mutation.by and "low" in (*family.needs, *mutation.needs) and _any(low.may, operation):
            return f"policy: {low.name} may do this"
        missing = [one for one in (*family.needs, *mutation.needs) if one != "admin" and one not in self._roles]
        if missing:
            return f"no-identity: {missing[0]}; {MISSING[missing[0]]}"
        return self._not_for_this_credential(mutation, operation)

    def _of_its_proof(self, mutation: Mutation, operation: Operation) -> str | None:
        """Why there is nothing to test on an operation for the proof that it asks for, or for want of one."""
        words = guarded(operation, self._target)
        if mutation.by == "holder" and words is None:
            return "no-field: nothing proves that one may; name what does under `protected`"
        if mutation.by == "holder" and _any(self._target.operations.refuse_only, operation):
            return "never: the target file says that it is only to be refused"
        if mutation.by != "holder" and words and proof_alone(operation, self._target):
            return f"public: nothing but {words.proof} guards it"
        return None

    def _not_refused_only(self, family: Family, operation: Operation) -> str | None:
        """Why nothing is tried on an operation to which no valid key may be sent."""
        if family.url_fields or not operation.writes:
            return "never: the target file says that no valid key is sent to it"
        role = self._graph.roles.get(operation.name)
        bounded = role is not None and (role[1] != "list" or operation.method == "POST")
        return None if bounded else self._withheld or None

    def _logins(self) -> list[str]:
        return [one.login.operation for one in self._target.auth.values() if one.login]

    def _not_for_this_credential(self, mutation: Mutation, operation: Operation) -> str | None:
        admin = self._roles.get("admin")
        if admin is None:
            return None
        if mutation.named and not self._channels[admin.auth].named:
            return "no-channel: the credential carries no name, or none that counts"
        if not operation.writes and not self._path_can_be_filled(operation):
            return "no-fixture: give its parameters real ids under `fixtures`"
        return None

    def is_public(self, operation: Operation) -> bool:
        """Whether guests may do it: by the target's word, or, for reads on which that is silent, the document's."""
        if _any([one.operation for one in self._target.protected], operation):
            return False
        if self._target.public is not None:
            return _any(self._target.public, operation)
        return operation.declared_open and not operation.writes

    def _path_can_be_filled(self, operation: Operation) -> bool:
        wanted = {one.name for one in operation.parameters if one.place == "path"}
        role = self._graph.roles.get(operation.name)
        if self._target.reads_only:
            # No canary fills anything where nothing is written.
            role = None
        own = set(role[0].parents) if role else set()
        if role and role[1] != "list":
            own.add(role[0].parameter)
        return wanted <= own | fixtures_of(self._target, operation).keys()

    def _probe(
        self,
        family: Family,
        mutation: Mutation,
        operation: Operation,
        mutant: Mutant,
        why: str | None = None,
        variant: str = "",
    ) -> Probe:
        told = dict(mutant.pairs)
        pairs = "".join(f" {key}={told[key]}" for key in PAIRS if key in told)
        return Probe(
            f"{family.name}/{mutation.name}[{operation.name}{pairs}]",
            family.name,
            mutation.name,
            mutation.title,
            operation,
            mutant,
            family.severity,
            variant,
            mutation.parent,
            why,
            self.is_public(operation),
            mutation.worst,
            self._roles[by].name if (by := self._by(mutation, operation)) in self._roles else by,
            advisory=mutation.advisory,
        )


def fixtures_of(target: Target, operation: Operation) -> dict[str, Json]:
    """Real ids for the parameters of a read, by parameter or by operation."""
    general = {name: value for name, value in target.fixtures.items() if not isinstance(value, Mapping)}
    own = target.fixtures.get(operation.name)
    return {**general, **(own if isinstance(own, Mapping) else {})}


def _followers(rules: Mapping[str, UrlRule | None], name: str) -> tuple[str, ...]:
    """The fields that continue the same one as this field does."""
    own = rules.get(name)
    artifact = own.suffix_of if own else None
    return tuple(other for other, rule in rules.items() if artifact and rule and rule.suffix_of == artifact)


def _to_try(operation: Operation, name: str) -> tuple[Json, ...]:
    """Values that a privileged field may hold for the privileged: by its schema, or the usual ones."""
    schemas = (operation.body_schema, operation.answer_schema)
    found: Mapping[str, Json] = next((it for one in schemas if one and (it := property_schema(one, name))), {})
    if found.get("type") == "boolean":
        return (found.get("default") is not True,)
    values = found.get("enum")
    if isinstance(values, list):
        return tuple(one for one in values if one is not None and one != found.get("default"))[:MOST_VALUES]
    return ("admin",) if found.get("type") == "string" else (True, "admin")


def _changes_one(probe: Probe) -> bool:
    """Whether the field that its control carries is all that it changes there."""
    return {name for name, _ in probe.mutant.fields} == {probe.variant} and not probe.mutant.without


def _any(patterns: Iterable[str], operation: Operation) -> bool:
    return any(matches(one, operation.method, operation.path) for one in patterns)

"""Target + operations + families -> every probe and its id. Pure: nothing is sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from harness.config import any_of
from harness.engine.planning.applicability import Applicability
from harness.engine.planning.framing import Framing
from harness.engine.planning.makings import Makings, Seen
from harness.engine.planning.opening import Opened
from harness.engine.planning.permission import NO_LEAVE, Permission
from harness.engine.planning.plan import Plan
from harness.engine.planning.profiles import Profile, smoke
from harness.engine.planning.roles import roles_of
from harness.errors import UsageError
from harness.family import Control, Family, Mutation
from harness.model import WRITES, Identity, Mutant, Operation, Probe
from harness.resources import (
    envelopes,
    place_schema,
    ways_to_write,
)

PAIRS = ("field", "as", "via", "case")
_NOTHING = Mutant()


def make_plan(
    families: Sequence[Family], opened: Opened, profile: Profile = "standard", permission: Permission = NO_LEAVE
) -> Plan:
    """The plan of a run. Raises UsageError where two probes would have one id."""
    roles = roles_of((*opened.identities, *opened.sessions))
    planner = _planner(opened, roles, permission)
    operations = [one for one in opened.reading.operations if one.method in WRITES | {"GET"}]
    operations += opened.graph.undeclared
    asked = [(one, families) for one in operations if one.name not in opened.unlisted]
    asked += [(one, [each for each in families if each.logins]) for one in operations if one.name in opened.unlisted]
    probes = [probe for one, some in asked for family in some for probe in planner.probes(family, one)]
    seen: set[str] = set()
    for probe in probes:
        if probe.id in seen:
            raise UsageError(f"two probes are called {probe.id}; tell their mutants apart with .named(case=…)")
        seen.add(probe.id)
    fixtures = {one.name: opened.target.fixtures_of(one.name) for one in operations if not one.writes}
    kept = smoke(probes, families, opened.graph) if profile == "smoke" else tuple(probes)
    refuse_only = frozenset(one.name for one in operations if any_of(opened.target.operations.refuse_only, one))
    rules = (rule for one in opened.graph.resources for rule in one.url_rules.values())
    followed = frozenset(rule.suffix_of for rule in rules if rule and rule.suffix_of)
    return Plan(kept, roles, fixtures, profile, refuse_only, followed, tuple(families), permission)


def plan_operation(plan: Plan, opened: Opened, roles: Mapping[str, Identity], operation: Operation) -> list[Probe]:
    """The probes of one operation of a plan, with these identities in their roles."""
    planner = _planner(opened, roles, plan.permission)
    return [probe for family in plan.families for probe in planner.probes(family, operation)]


def _planner(opened: Opened, roles: Mapping[str, Identity], permission: Permission) -> "_Planner":
    # No family asks for it: it takes the entitled identity's place where that one's own account would be written to.
    return _Planner(opened, {**roles, **({"fresh": opened.made[0]} if opened.made else {})}, permission)


class _Planner:
    def __init__(self, opened: Opened, roles: Mapping[str, Identity], permission: Permission) -> None:
        self._graph = opened.graph
        self._target = opened.target
        self._applicable = Applicability(opened, roles, permission)
        self._channels = opened.ways
        self._roles = roles
        self._framing = Framing(opened, roles, self._applicable)
        self._untried = dict(opened.untried)
        """Ways in of the document that nothing can be sent for, with why; told once."""
        self._unruled: set[tuple[str, str]] = set()
        self._doors, self._shut = opened.doors, opened.shut
        self._makings = Makings()
        self._controls: dict[tuple[str, str, str], Seen] = {}

    def probes(self, family: Family, operation: Operation) -> Iterator[Probe]:
        """Every probe of a family on an operation."""
        for mutation in family.mutations.values():
            if operation.method not in family.on & mutation.on or operation.undeclared != mutation.undeclared:
                continue
            if mutation.itself and not self._framing.changes_itself(operation):
                continue
            if family.url_fields:
                yield from self._of_url_fields(family, mutation, operation)
            elif family.scopes:
                yield from self._of_scopes(family, mutation, operation)
            elif family.logins:
                yield from self._of_logins(family, mutation, operation)
            elif family.lists:
                yield from self._of_lists(family, mutation, operation)
            else:
                yield from self._of_credential(family, mutation, operation)

    def _of_credential(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        why = self._applicable.why_not(family, mutation, operation)
        if why or "admin" not in self._roles:
            yield self._probe(family, mutation, operation, _NOTHING, why)
            return
        if family.ways and operation.writes:
            for name, untold in self._untried.items():
                yield self._probe(family, mutation, operation, _NOTHING.named(via=name), f"no-channel: {untold}")
            self._untried = {}
        mutants = self._makings.of(mutation, self._seen(operation, by=self._by(mutation, operation)))
        kept = self._applicable.kept_out_of_logs(mutants) if mutation.exposes else ""
        if kept:
            why = f"policy: a valid key would go to access logs; say `throwaway: true` of {kept} to allow it"
            yield self._probe(family, mutation, operation, _NOTHING, why)
        elif not mutants:
            yield self._nothing(family, mutation, operation)
        else:
            probe, why_not = self._probing(family, mutation, operation), self._applicable.to(family, operation)
            yield from (probe(one, why_not(one)) for one in mutants)

    def _of_url_fields(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        role = self._graph.roles.get(operation.name)
        if role is None or operation.body_schema is None:
            return
        resource = role[0]
        for name, rule in resource.url_rules.items():
            if place_schema(operation.body_schema, name) is None:
                continue
            bare, why = Mutant().named(field=name), self._applicable.why_not(family, mutation, operation)
            if rule is None and not why:
                if family.covers and (resource.name, name) not in self._unruled:
                    self._unruled.add((resource.name, name))
                    why = f"policy: no rule for {name}; give it one under urls.fields"
                    yield self._probe(family, mutation, operation, bare, why)
            elif why or "admin" not in self._roles:
                yield self._probe(family, mutation, operation, bare, why)
            else:
                control = self._seen(operation, name, self._by(mutation, operation))
                probe = self._probing(family, mutation, operation)
                yield from (probe(one, None, name) for one in self._makings.of(mutation, control, field=name))
        for name in resource.deep_url_fields if family.covers else ():
            if (resource.name, name) not in self._unruled:
                self._unruled.add((resource.name, name))
                why = "no-field: it lies in a list, in another kind of object, or too deep; no value is tried there"
                yield self._probe(family, mutation, operation, Mutant().named(field=name), why)

    def _of_scopes(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        scope = self._graph.scopes.get(operation.name)
        if scope is None:
            return
        why = self._applicable.why_not(family, mutation, operation)
        if why or "admin" not in self._roles:
            yield self._probe(family, mutation, operation, _NOTHING, why)
            return
        control = replace(self._framing.control(operation), scope=scope.parameter, filter=scope.filter)
        mutants = list(mutation.make(control))
        if not mutants:
            yield self._nothing(family, mutation, operation)
        for made in mutants:
            if made.guard and not self._applicable.withheld:
                # Where all may be lost, nothing has to bound it.
                made = replace(made, guard="", unbounded=True)
            why = self._applicable.withheld if made.unbounded else ""
            yield self._probe(family, mutation, operation, made, why or None)

    def _of_logins(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        ways = {name: one.login for name, one in self._target.auth.items() if one.login}
        auth = next((one for one, way in ways.items() if any_of([way.operation], operation)), None)
        if auth is None:
            yield from self._of_doors(family, mutation, operation)
            return
        who = next((one for one in self._roles.values() if one.auth == auth and one.state is None and one.key), None)
        if who is None or "admin" not in self._roles:
            return
        control = replace(self._framing.control(operation), identity=who, channel=self._channels[auth])
        yield from self._at_login(family, mutation, replace(control, json_login=ways[auth].form is None))

    def _of_doors(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        """Of logins that the document alone tells."""
        door = next((one for name, one in self._doors.items() if any_of([name], operation)), None)
        if any_of(self._shut, operation):
            why = "no-identity: the target file tells no password for it; name it in a `login` under `auth`"
            yield self._probe(family, mutation, operation, _NOTHING, self._applicable.why_no_login(operation) or why)
        if door is None or "admin" not in self._roles:
            return
        control = replace(self._framing.control(operation), identity=door.who, channel=door.channel)
        for one in self._at_login(family, mutation, replace(control, json_login=door.login.form is None)):
            yield one if one.not_applicable else replace(one, by=door.who.name)

    def _at_login(self, family: Family, mutation: Mutation, control: Control) -> Iterator[Probe]:
        """Of a login, by whom the control says."""
        why, operation = self._applicable.why_no_login(control.operation), control.operation
        mutants = [] if why else list(mutation.make(control))
        yield from (self._probe(family, mutation, operation, one) for one in mutants)
        if why:
            yield self._probe(family, mutation, operation, _NOTHING, why)
        elif not mutants:
            yield self._nothing(family, mutation, operation)

    def _of_lists(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        base, methods = ways_to_write(self._graph, operation)
        if not methods:
            return
        why = self._applicable.why_not(family, mutation, operation)
        if base is None and not why:
            why = "no-body: nothing makes an object on this list that could be looked for"
        if why or base is None or "admin" not in self._roles:
            yield self._probe(family, mutation, operation, _NOTHING, why)
            return
        spared = [one for one in methods if any_of(self._target.operations.never, replace(operation, method=one))]
        control = replace(
            self._framing.control(base),
            operation=operation,
            methods=tuple(one for one in methods if one not in spared),
            envelopes=envelopes(self._graph, operation),
            marker_field=self._graph.roles[base.name][0].marker or "",
        )
        for made in mutation.make(control):
            told = (self._applicable.withheld if made.unbounded else "") or self._applicable.keyless(operation, made)
            yield replace(self._probe(family, mutation, operation, made, told or None), base=base)

    def _by(self, mutation: Mutation, operation: Operation) -> str:
        """The role that makes the control: an account of the run where the object is the caller's own."""
        if mutation.by == "holder":
            return "guest" if self._applicable.proof_alone(operation) else ""
        role = self._graph.roles.get(operation.name)
        return "fresh" if role and role[0].singleton and operation.writes and "fresh" in self._roles else mutation.by

    def _nothing(self, family: Family, mutation: Mutation, operation: Operation) -> Probe:
        why = mutation.none if ":" in mutation.none else f"{mutation.none}: there is nothing here to change"
        return self._probe(family, mutation, operation, _NOTHING, why)

    def _seen(self, operation: Operation, url_field: str = "", by: str = "") -> Seen:
        key = operation.name, url_field, by
        if key not in self._controls:
            self._controls[key] = Seen.of(self._framing.control(operation, url_field, by))
        return self._controls[key]

    def _probe(
        self, family: Family, mutation: Mutation, operation: Operation, mutant: Mutant, why: str | None = None
    ) -> Probe:
        return self._probing(family, mutation, operation)(mutant, why)

    def _probing(self, family: Family, mutation: Mutation, operation: Operation) -> "_Probing":
        """Makes probes of mutants. What is the same for all of them is found out once."""
        by, public = self._by(mutation, operation), self._applicable.is_public(operation)
        who = self._roles[by].name if by in self._roles else by
        start = f"{family.name}/{mutation.name}[{operation.name}"

        def probe(mutant: Mutant, why: str | None = None, variant: str = "") -> Probe:
            return Probe(
                f"{start}{_pairs(mutant.pairs)}]",
                family.name,
                mutation.name,
                mutation.title,
                operation,
                mutant,
                family.severity,
                variant,
                mutation.parent,
                why,
                public,
                mutation.worst,
                who,
                mutation.advisory,
            )

        return probe


class _Probing(Protocol):
    def __call__(self, mutant: Mutant, why: str | None = None, variant: str = "") -> Probe: ...


@lru_cache(maxsize=4096)
def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    told = dict(pairs)
    return "".join(f" {key}={told[key]}" for key in PAIRS if key in told)

"""Target + operations + families -> every probe and its id. Pure: nothing is sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from harness.config import any_of
from harness.engine.planning.applicability import Applicability
from harness.engine.planning.framing import Framing
from harness.engine.planning.makings import Makings, Seen
from harness.engine.planning.opening import Opened
from harness.engine.planning.permission import NO_LEAVE, Permission
from harness.engine.planning.plan import Plan
from harness.engine.planning.profiles import Profile, smoke
from harness.engine.planning.questions import NOTHING, Place, Question, Way
from harness.engine.planning.roles import roles_of
from harness.engine.planning.situations import Situation, Situations
from harness.errors import UsageError
from harness.family import Control, Family, Mutation
from harness.model import WRITES, Asked, Identity, Mutant, Operation, Probe
from harness.resources import (
    envelopes,
    place_schema,
    ways_to_write,
)


def make_plan(
    families: Sequence[Family], opened: Opened, profile: Profile = "standard", permission: Permission = NO_LEAVE
) -> Plan:
    """The plan of a run. Raises UsageError where two probes would have one id."""
    roles = roles_of((*opened.identities, *opened.sessions))
    planner = _planner(families, opened, roles, permission)
    operations = [one for one in opened.reading.operations if one.method in WRITES | {"GET"}]
    operations += opened.graph.undeclared
    listed = sorted(operations, key=lambda one: one.name in opened.unlisted)
    probes = [probe for one in listed for probe in planner.probes(one)]
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
    return list(_planner(plan.families, opened, roles, plan.permission).probes(operation))


def _planner(
    families: Sequence[Family], opened: Opened, roles: Mapping[str, Identity], permission: Permission
) -> "_Planner":
    # No family asks for it: it takes the entitled identity's place where that one's own account would be written to.
    fresh = {"fresh": opened.made[0]} if opened.made else {}
    return _Planner(families, opened, {**roles, **fresh}, permission)


class _Planner:
    def __init__(
        self, families: Sequence[Family], opened: Opened, roles: Mapping[str, Identity], permission: Permission
    ) -> None:
        self._families = families
        self._graph = opened.graph
        self._target = opened.target
        self._situations = Situations(opened, roles)
        self._applicable = Applicability(opened, roles, permission)
        self._channels = opened.ways
        self._roles = roles
        self._framing = Framing(opened, roles, self._situations)
        self._untried = dict(opened.untried)
        """Ways in of the document that nothing can be sent for, with why; told once."""
        self._unruled: set[tuple[str, str]] = set()
        self._doors, self._shut = opened.doors, opened.shut
        self._makings = Makings()
        self._questions: dict[Situation, list[Question]] = {}

    def probes(self, operation: Operation) -> Iterator[Probe]:
        """Every probe on an operation."""
        there = self._situations.of(operation)
        if there not in self._questions:
            self._questions[there] = list(self._put(there))
        place = Place(operation, there, self._framing)
        for question in self._questions[there]:
            if not question.mutation.itself or self._framing.changes_itself(operation):
                yield from question.way(question, place)

    def _put(self, there: Situation) -> Iterator[Question]:
        """What is asked of operations in a situation."""
        for family in self._families:
            way = self._way(family, there)
            if way is None:
                continue
            for mutation in family.mutations.values():
                if there.method in family.on & mutation.on and there.undeclared == mutation.undeclared:
                    why, why_not = self._applicable.why_not(family, mutation, there), self._applicable.to(family, there)
                    by = self._by(mutation, there)
                    yield Question(family, mutation, way, why, why_not, by, self._asked(family, mutation, by, there))

    def _asked(self, family: Family, mutation: Mutation, by: str, there: Situation) -> Asked:
        who = self._roles[by].name if by in self._roles else by
        return Asked(
            *(family.name, mutation.name, mutation.title, family.severity, mutation.parent),
            *(there.public, mutation.worst, who, mutation.advisory),
        )

    def _way(self, family: Family, there: Situation) -> Way | None:
        """How a family is asked in a situation; None where it has nothing to do with it."""
        if family.url_fields:
            return self._of_url_fields if there.has_urls and not there.unlisted else None
        if family.scopes:
            return self._of_scopes if there.scoped and not there.unlisted else None
        if family.logins:
            return self._of_logins if there.login else None
        if there.unlisted:
            return None
        return self._of_lists if family.lists else self._of_credential

    def _of_credential(self, question: Question, place: Place) -> list[Probe]:
        operation, mutation = place.operation, question.mutation
        if question.why or "admin" not in self._roles:
            return [question.probe(operation, NOTHING, question.why)]
        mutants = self._makings.of(mutation, place.seen(question.by))
        kept = self._applicable.kept_out_of_logs(mutants) if mutation.exposes else ""
        if kept:
            why = f"policy: a valid key would go to access logs; say `throwaway: true` of {kept} to allow it"
            found = [question.probe(operation, NOTHING, why)]
        elif not mutants:
            found = [question.nothing(operation)]
        else:
            found = question.probes(operation, mutants)
        if not kept and operation.method == "PUT" and operation.body_schema and place.there.place == "create":
            found += self._of_existing(question, replace(operation, replaces=True))
        return [*self._untold(question, operation), *found] if question.family.ways and operation.writes else found

    def _of_existing(self, question: Question, operation: Operation) -> Iterator[Probe]:
        """What is asked of the replacing of an object that is there, by what makes one under a name of the client's
        choice: whose it is, and the plainest forgeries."""
        mutation = question.mutation
        plainest = mutation.smoke in ("each", "kind") and not mutation.by
        for one in self._makings.of(
            mutation, Place(operation, self._situations.of(operation), self._framing).seen(question.by)
        ):
            if (plainest or one.foreign) and not one.listens and "case" not in dict(one.pairs):
                yield question.probe(operation, one.named(case="existing"), question.why_not(one))

    def _untold(self, question: Question, operation: Operation) -> Iterator[Probe]:
        """The ways in that nothing can be sent for, at the first operation that they might be tried on."""
        for name, untold in self._untried.items():
            yield question.probe(operation, NOTHING.named(via=name), f"no-channel: {untold}")
        self._untried = {}

    def _of_url_fields(self, question: Question, place: Place) -> Iterator[Probe]:
        family, operation, schema = question.family, place.operation, place.operation.body_schema
        if schema is None:
            return
        resource = self._graph.roles[operation.name][0]
        for name, rule in resource.url_rules.items():
            if place_schema(schema, name) is None:
                continue
            bare, why = Mutant().named(field=name), question.why
            if rule is None and not why:
                if family.covers and (resource.name, name) not in self._unruled:
                    self._unruled.add((resource.name, name))
                    why = f"policy: no rule for {name}; give it one under urls.fields"
                    yield question.probe(operation, bare, why)
            elif why or "admin" not in self._roles:
                yield question.probe(operation, bare, why)
            else:
                mutants = self._makings.of(question.mutation, place.seen(question.by, name), field=name)
                yield from (question.probe(operation, one, None, name) for one in mutants)
        for name in resource.deep_url_fields if family.covers else ():
            if (resource.name, name) not in self._unruled:
                self._unruled.add((resource.name, name))
                why = "no-field: it lies in a list, in another kind of object, or too deep; no value is tried there"
                yield question.probe(operation, Mutant().named(field=name), why)

    def _of_scopes(self, question: Question, place: Place) -> Iterator[Probe]:
        operation = place.operation
        scope = self._graph.scopes[operation.name]
        if question.why or "admin" not in self._roles:
            yield question.probe(operation, NOTHING, question.why)
            return
        control = replace(self._framing.control(operation), scope=scope.parameter, filter=scope.filter)
        mutants = list(question.mutation.make(control))
        if not mutants:
            yield question.nothing(operation)
        for made in mutants:
            if made.guard and not self._applicable.withheld:
                # Where all may be lost, nothing has to bound it.
                made = replace(made, guard="", unbounded=True)
            why = self._applicable.withheld if made.unbounded else ""
            yield question.probe(operation, made, why or None)

    def _of_logins(self, question: Question, place: Place) -> Iterator[Probe]:
        operation = place.operation
        ways = {name: one.login for name, one in self._target.auth.items() if one.login}
        auth = next((one for one, way in ways.items() if any_of([way.operation], operation)), None)
        if auth is None:
            yield from self._of_doors(question, operation)
            return
        who = next((one for one in self._roles.values() if one.auth == auth and one.state is None and one.key), None)
        if who is None or "admin" not in self._roles:
            return
        control = replace(self._framing.control(operation), identity=who, channel=self._channels[auth])
        yield from self._at_login(question, replace(control, json_login=ways[auth].form is None))

    def _of_doors(self, question: Question, operation: Operation) -> Iterator[Probe]:
        """Of logins that the document alone tells."""
        door = next((one for name, one in self._doors.items() if any_of([name], operation)), None)
        if any_of(self._shut, operation):
            why = "no-identity: the target file tells no password for it; name it in a `login` under `auth`"
            yield question.probe(operation, NOTHING, self._applicable.why_no_login(operation) or why)
        if door is None or "admin" not in self._roles:
            return
        control = replace(self._framing.control(operation), identity=door.who, channel=door.channel)
        for one in self._at_login(question, replace(control, json_login=door.login.form is None)):
            yield one if one.not_applicable else replace(one, asked=replace(one.asked, by=door.who.name))

    def _at_login(self, question: Question, control: Control) -> Iterator[Probe]:
        """Of a login, by whom the control says."""
        why, operation = self._applicable.why_no_login(control.operation), control.operation
        mutants = [] if why else list(question.mutation.make(control))
        yield from (question.probe(operation, one) for one in mutants)
        if why:
            yield question.probe(operation, NOTHING, why)
        elif not mutants:
            yield question.nothing(operation)

    def _of_lists(self, question: Question, place: Place) -> Iterator[Probe]:
        operation = place.operation
        base, methods = ways_to_write(self._graph, operation)
        if not methods:
            return
        why = question.why
        if base is None and not why:
            why = "no-body: nothing makes an object on this list that could be looked for"
        if why or base is None or "admin" not in self._roles:
            yield question.probe(operation, NOTHING, why)
            return
        spared = [one for one in methods if any_of(self._target.operations.never, replace(operation, method=one))]
        control = replace(
            self._framing.control(base),
            operation=operation,
            methods=tuple(one for one in methods if one not in spared),
            envelopes=envelopes(self._graph, operation),
            marker_field=self._graph.roles[base.name][0].marker or "",
        )
        for made in self._makings.of(question.mutation, Seen(control)):
            told = (self._applicable.withheld if made.unbounded else "") or self._applicable.keyless(place.there, made)
            yield replace(question.probe(operation, made, told or None), base=base)

    def _by(self, mutation: Mutation, there: Situation) -> str:
        """The role that makes the control: an account of the run where the object is the caller's own."""
        if mutation.by == "holder":
            return "guest" if there.proof_alone else ""
        return "fresh" if there.own and there.writes and "fresh" in self._roles else mutation.by

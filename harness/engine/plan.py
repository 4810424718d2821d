"""Target + operations + families -> every probe and its id, and the lanes they run in. Pure: nothing is sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.config import Target, matches
from harness.credentials import Channel
from harness.engine.opening import Opened
from harness.errors import UsageError
from harness.family import Control, Family, Mutation
from harness.model import Identity, Mutant, Operation, Probe
from harness.openapi import property_schema
from harness.resources import Graph, Resource

PAIRS = ("field", "as", "via", "case")


@dataclass(frozen=True, slots=True)
class Lane:
    """Probes that share an operation and its control, and run one after the other."""

    operation: Operation
    variant: str
    probes: tuple[Probe, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run will judge."""

    probes: tuple[Probe, ...]
    roles: Mapping[str, Identity]
    """Identities by role; no `admin` makes it an observer run."""

    def lanes(self, selected: Sequence[str]) -> list[Lane]:
        """The lanes of the selected probes, in the plan's order; what is not applicable has none."""
        wanted, lanes = set(selected), dict[tuple[str, str], list[Probe]]()
        for probe in self.probes:
            if probe.id in wanted and not probe.not_applicable:
                lanes.setdefault((probe.operation.name, probe.variant), []).append(probe)
        return [Lane(probes[0].operation, variant, tuple(probes)) for (_, variant), probes in lanes.items()]


def roles_of(identities: Sequence[Identity]) -> dict[str, Identity]:
    """The identities that families ask for by role."""
    living = [one for one in identities if one.state is None]
    keyed = [one for one in living if one.privileged and one.key]
    found = {
        "admin": next(iter(keyed), None),
        "admin2": next(iter(keyed[1:]), None),
        "admin-nokey": next((one for one in living if one.privileged and not one.key), None),
        "low": next((one for one in living if not one.privileged and one.key), None),
    }
    return {role: identity for role, identity in found.items() if identity}


def make_plan(families: Sequence[Family], opened: Opened) -> Plan:
    """The plan of a run. Raises UsageError where two probes would have one id."""
    roles = roles_of(opened.identities)
    planner = _Planner(opened.graph, opened.target, opened.channels, roles)
    probes = [
        probe
        for operation in opened.reading.operations
        if operation.writes
        for family in families
        for probe in planner.probes(family, operation)
    ]
    seen: set[str] = set()
    for probe in probes:
        if probe.id in seen:
            raise UsageError(f"two probes are called {probe.id}; tell their mutants apart with .named(case=…)")
        seen.add(probe.id)
    return Plan(tuple(probes), roles)


class _Planner:
    def __init__(
        self, graph: Graph, target: Target, channels: Mapping[str, Channel], roles: Mapping[str, Identity]
    ) -> None:
        self._graph = graph
        self._target = target
        self._channels = channels
        self._roles = roles
        self._unruled: set[tuple[str, str]] = set()

    def probes(self, family: Family, operation: Operation) -> Iterator[Probe]:
        """Every probe of a family on an operation."""
        if operation.method not in family.on:
            return
        for mutation in family.mutations.values():
            if operation.method not in mutation.on:
                continue
            if family.url_fields:
                yield from self._of_url_fields(family, mutation, operation)
            else:
                yield from self._of_credential(family, mutation, operation)

    def _of_credential(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        why = self._not_applicable(family, mutation, operation)
        if why or "admin" not in self._roles:
            yield _probe(family, mutation, operation, Mutant(), why)
            return
        for mutant in mutation.make(self._control(operation)):
            yield _probe(family, mutation, operation, mutant)

    def _of_url_fields(self, family: Family, mutation: Mutation, operation: Operation) -> Iterator[Probe]:
        role = self._graph.roles.get(operation.name)
        if role is None or operation.body_schema is None:
            return
        resource = role[0]
        for name, rule in resource.url_rules.items():
            if property_schema(operation.body_schema, name) is None:
                continue
            mutant, why = Mutant().named(field=name), self._not_applicable(family, mutation, operation)
            if rule is None and not why:
                if (resource.name, name) not in self._unruled:
                    self._unruled.add((resource.name, name))
                    why = f"policy: no rule for {name}; give it one under urls.fields"
                    yield _probe(family, mutation, operation, mutant, why)
                continue
            if why or "admin" not in self._roles:
                yield _probe(family, mutation, operation, mutant, why)
                continue
            control = self._control(operation, name)
            for made in mutation.make(control):
                yield _probe(family, mutation, operation, made.named(field=name), variant=name)

    def _control(self, operation: Operation, url_field: str = "") -> Control:
        role = self._graph.roles.get(operation.name)
        resource: Resource | None = role[0] if role else None
        admin = self._roles["admin"]
        return Control(
            operation,
            admin,
            self._channels[admin.auth],
            self._roles,
            resource.address_field if resource else None,
            url_field,
            resource.url_rules.get(url_field) if resource else None,
        )

    def _not_applicable(self, family: Family, mutation: Mutation, operation: Operation) -> str | None:
        role = self._graph.roles.get(operation.name)
        if any(matches(one, operation.method, operation.path) for one in self._target.operations.never):
            return "never: the target file says so"
        if any(matches(one, operation.method, operation.path) for one in self._target.public or ()):
            return "public: the target file says that guests may do this"
        if role and role[1] == "list" and operation.method != "POST":
            return "bulk: a write on a whole list is not sent"
        missing = [one for one in (*family.needs, *mutation.needs) if one != "admin" and one not in self._roles]
        if missing:
            return f"no-identity: {missing[0]}; {_MISSING[missing[0]]}"
        if mutation.named and "admin" in self._roles and not self._channels[self._roles["admin"].auth].named:
            return "no-channel: the credential carries no name"
        return None


_MISSING = {
    "admin2": "add a second identity with `privileged: true` and a key",
    "admin-nokey": "add an identity with `privileged: true` and no key",
    "low": "add an identity with a key and without `privileged`",
}


def _probe(
    family: Family, mutation: Mutation, operation: Operation, mutant: Mutant, why: str | None = None, variant: str = ""
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
    )

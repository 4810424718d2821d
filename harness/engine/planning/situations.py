"""What of an operation decides which mutations are asked of it. Those of a large document are in a few situations, and
what is asked in one is found out once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.config import Owner, Target, any_of
from harness.engine.planning.opening import Opened
from harness.engine.planning.roles import below
from harness.model import WRITES, Identity, Operation
from harness.resources import Graph, Resource, guarded, proof_alone


@dataclass(frozen=True, slots=True)
class Situation:
    """All that may differ between operations that are not asked the same."""

    method: str
    place: str
    """What its path is to its resource; empty where it has none."""
    own: bool
    """Whether it is about one object of each caller."""
    scoped: bool
    """Whether it reaches every object of what its query names."""
    has_urls: bool
    """Whether there may be something to say of URL fields in its body."""
    login: bool
    """Whether somebody logs in by it."""
    unlisted: bool
    """Whether the document does not have it among its operations."""
    undeclared: bool
    never: bool
    """Whether nothing is ever sent to it but a login."""
    public: bool
    """Whether guests may do it."""
    refuse_only: bool
    proof: str
    """Where a request carries the proof that it asks for; empty where it asks for none."""
    proof_alone: bool
    """Whether nothing but a proof guards it."""
    owned: bool
    """Whether each object that it is about belongs to somebody, by the target's word."""
    low_may: bool
    reader_may: bool
    fillable: bool
    """Whether every parameter of its path can be filled."""
    kept: str = ""
    """Why a method that the document does not mention is not tried; empty where it is."""
    low_may_otherwise: bool = False
    """Whether an ordinary account may do as much by a method that the document mentions."""

    @property
    def writes(self) -> bool:
        """Whether the method is an unsafe one."""
        return self.method in WRITES


class Situations:
    """The situations of the operations of one target, with these identities in their roles."""

    def __init__(self, opened: Opened, roles: Mapping[str, Identity]) -> None:
        self._graph = opened.graph
        self._target = opened.target
        self._roles = roles
        self._unlisted = frozenset(opened.unlisted)
        known = [one.login.operation for one in opened.target.auth.values() if one.login]
        self._never = (*opened.target.operations.never, *opened.target.logins)
        self._logins = (*known, *opened.doors, *opened.shut)
        self._of: dict[str, Situation] = {}

    def of(self, operation: Operation) -> Situation:
        """What decides what is asked of an operation."""
        name = operation.name
        if name not in self._of:
            self._of[name] = self._found(operation)
        return self._of[name]

    def _found(self, operation: Operation) -> Situation:
        role = self._graph.roles.get(operation.name)
        resource, place = role or (None, "")
        words, low = self._target.operations, below(self._roles, operation).get("low")
        guard = guarded(operation, self._target)
        ways = list(self._ways_besides(operation)) if operation.undeclared else []
        return Situation(
            method=operation.method,
            place=place,
            own=resource is not None and resource.singleton,
            scoped=operation.name in self._graph.scopes,
            has_urls=resource is not None and bool(resource.url_rules or resource.deep_url_fields),
            login=any_of(self._logins, operation),
            unlisted=operation.name in self._unlisted,
            undeclared=operation.undeclared,
            never=any_of(self._never, operation),
            public=is_public(operation, self._target),
            refuse_only=any_of(words.refuse_only, operation),
            proof=(guard.proof or "") if guard else "",
            proof_alone=proof_alone(operation, self._target),
            owned=owner_of(operation, self._graph, self._target) is not None,
            low_may=low is not None and any_of(low.may, operation),
            reader_may="reader" in self._roles and any_of(self._roles["reader"].may, operation),
            fillable=self._path_can_be_filled(operation, role),
            kept=self._kept(ways, operation),
            low_may_otherwise=any(self.of(one).low_may for one in ways if _alike(one, operation)),
        )

    def _ways_besides(self, operation: Operation) -> Iterator[Operation]:
        """The writes at the path of an operation that the document mentions."""
        resource, _ = self._graph.roles[operation.name]
        known = (*resource.operations.values(), *self._graph.below.get(resource.name, ()))
        return (one for one in known if one.writes and one.path == operation.path)

    def _kept(self, ways: list[Operation], operation: Operation) -> str:
        """Why a method that the document does not mention is not tried: by what the target says of those that it does
        at the same path."""
        kept = next((one for one in ways if self.of(one).never or self.of(one).refuse_only), None)
        if kept:
            return f"never: the target file keeps {kept.name} back"
        alike = [one for one in ways if _alike(one, operation)]
        if any(self.of(one).public for one in alike):
            return f"public: guests may do as much by {' or '.join(one.method for one in alike)}"
        return ""

    def _path_can_be_filled(self, operation: Operation, role: tuple[Resource, str] | None) -> bool:
        wanted = {one.name for one in operation.parameters if one.place == "path"}
        if self._target.reads_only:
            # No canary fills anything where nothing is written.
            role = None
        own = {*role[0].parents, *role[0].owners} if role else set()
        if role and role[1] != "list":
            own.add(role[0].parameter)
        return wanted <= own | self._target.fixtures_of(operation.name).keys()


def _alike(one: Operation, other: Operation) -> bool:
    return (one.method == "DELETE") == (other.method == "DELETE")


def owner_of(operation: Operation, graph: Graph, target: Target) -> Owner | None:
    """To whom each object that an operation is about belongs, by the target's word; None where it says nothing."""
    role = graph.roles.get(operation.name)
    words = target.resources.get(role[0].name) if role else None
    return words.owner if words else None


def is_public(operation: Operation, target: Target) -> bool:
    """Whether guests may do it: by the target's word, or, for reads on which that is silent, the document's."""
    if any_of([one.operation for one in target.protected], operation):
        return False
    if target.public is not None:
        return any_of(target.public, operation)
    return operation.declared_open and not operation.writes

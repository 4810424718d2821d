"""The values that the resource graph is made of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model import Json, Operation
from harness.urls import UrlRule

WHOSE = "whose"
"""What stands among the resources above an object where its path names an account."""
ACCOUNT = f"{WHOSE}.name"
"""The slot of the account that a path names as the owner of what is below it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A body field that names an object of another resource."""

    field: str
    resource: str
    form: str
    """`uri`, `id` (text) or `number`."""
    example: Json = "1"
    """A value of the form that a real one has, for schemas to check; never sent."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object that the API keeps, and how one is made, read and removed."""

    name: str
    list_path: str
    item_path: str
    parameter: str
    """The item path's last parameter."""
    operations: Mapping[str, Operation]
    """By `METHOD list` and `METHOD item`."""
    parents: Mapping[str, str] = field(default_factory=dict)
    """Resources that the other parameters of its paths name."""
    owners: tuple[str, ...] = ()
    """Parameters of its paths that name an account, whose object it is."""
    links: tuple[Link, ...] = ()
    """Those that a new one must have."""
    loose: tuple[Link, ...] = ()
    """Those that it may have, by their names."""
    marker: str | None = None
    """Field that carries the unguessable value."""
    address_field: str | None = None
    id_from: str = ""
    """Where a new object's id is told; empty to look in the usual places."""
    find: str | None = None
    """Path that reads back the object of a `{marker}` without listing all."""
    url_rules: Mapping[str, UrlRule | None] = field(default_factory=dict)
    """URL fields of a body with the rule each follows, by their place in it, as `homepage` or `data.attributes.url`;
    None where it deliberately has none."""
    deep_url_fields: tuple[str, ...] = ()
    """URL fields of a body that is written which no probe reaches, as `mirrors[].url`: in a list, in another kind of
    object, or too deep."""
    filtered: bool = False
    """Whether its list is read with a filter that nobody told the value of, and may not be the whole."""
    creators: tuple[Operation, ...] = ()
    """The operations that make an object, the first to be tried first."""
    singleton: bool = False
    """Whether it is one object of each caller, whose path names nobody."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """What the target file says that parameters name of which no run makes an object, by the shape of a path up to
    them."""
    id_parts: tuple[str, ...] = ()
    """The item path's parameters that its id fills, a slash between them, where one alone names no object, as
    `{owner}/{repo}`; empty where the last one does."""

    def operation(self, method: str, where: str) -> Operation | None:
        """The operation on the resource's `list` or `item` path."""
        return self.operations.get(f"{method} {where}")

    @property
    def needs(self) -> frozenset[str]:
        """Resources of which a canary must exist before one of this can be made."""
        return frozenset({link.resource for link in self.links} | set(self.parents.values()))

    @property
    def place(self) -> frozenset[str]:
        """Slots that tell its lists apart; none where there is one for all."""
        above = {f"{name}.id" for name in self.parents.values()}
        return frozenset(above | {ACCOUNT} if self.owners else above)


@dataclass(frozen=True, slots=True)
class Turn:
    """A field of a body that changes to another value than it has, where no marker tells a change."""

    field: str
    values: tuple[Json, ...]

    @property
    def slot(self) -> str:
        """What stands for the value in the body."""
        return f"turn.{self.field}"

    def value(self, present: Mapping[str, Json]) -> Json:
        """A value that the object, as it was read, does not have."""
        return next(one for one in self.values if one != present.get(self.field))


@dataclass(frozen=True, slots=True)
class Template:
    """A valid write with slots in it."""

    operation: Operation
    resource: Resource
    path: str
    body: Json = None
    where: str = "item"
    """`list`, `create` (another path that makes one), `item` or `below` (a path below an item)."""
    turn: Turn | None = None
    """What it changes, where no marker fits in."""
    proof: str = ""
    """Place in the request of what lets its sender in, as `body.token`; empty where there is none."""
    proof_from: tuple[str, str] | None = None
    """What tells a proof: `METHOD /path`, and the place in its answer."""
    proof_known: Json = None
    """The proof, where there is one for all objects."""

    @property
    def name(self) -> str:
        """What a new object is called, with a slot for the marker, where its path says so; empty where not."""
        return next((one for one in self.path.split("/") if "{marker}" in one), "")

    @property
    def acts(self) -> bool:
        """Whether its effect is any change at all: what it does is not in its body."""
        below = self.where == "below" and self.operation.method != "DELETE"
        return below and (self.operation.method == "POST" or "{marker}" not in json.dumps(self.body))

    def turned(self, present: Mapping[str, Json]) -> dict[str, Json]:
        """The slot of its turn, filled for an object as it was read; none where it has no turn."""
        return {self.turn.slot: self.turn.value(present)} if self.turn else {}


@dataclass(frozen=True, slots=True)
class Scope:
    """A write that reaches every object of what its query names."""

    operation: Operation
    resource: Resource
    """What it removes."""
    parameter: str
    """The query parameter that says of what."""
    value: str
    """What it says, with a slot: `{release.id}`."""
    filter: str = ""
    """Another parameter by which the list can be narrowed, to one object by its value; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The resources, parents before children, and what each write operation of the document is to them."""

    resources: tuple[Resource, ...]
    roles: Mapping[str, tuple[Resource, str]]
    """Operation name -> its resource and `list`, `create` (another path that makes one), `item` or `below` (a path
    below an item)."""
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    """Writes that reach every object of what their query names, by the operation's name."""
    below: Mapping[str, tuple[Operation, ...]] = field(default_factory=dict)
    """Writes on paths below an item, by the resource's name."""
    undeclared: tuple[Operation, ...] = ()
    """Writes on objects that the document does not mention, at paths that it does. They have roles, too."""

    def place(self, operation: Operation) -> str:
        """What the operation's path is to its resource, for what it is aimed at."""
        return "item" if operation.replaces else self.roles[operation.name][1]

    def resource(self, name: str) -> Resource:
        """The resource of that name."""
        return next(one for one in self.resources if one.name == name)

"""What a family sees of an operation: the request that is shown to work, who may send it, what it has to do with."""

from collections.abc import Iterator, Mapping

from harness.config import Owner, any_of
from harness.engine.planning.opening import Opened
from harness.engine.planning.roles import below
from harness.engine.planning.situations import Situations, owner_of
from harness.engine.planning.ways_in import other_ways
from harness.family import Control, Guard, Kin
from harness.model import Identity, Json, Operation
from harness.openapi import property_schema
from harness.resources import (
    WHOSE,
    Resource,
    above_in,
    good_url,
    guarded,
    hanging_on,
    held_in,
    own_key,
    proof_alone,
    spellings,
)
from harness.urls import UrlRule

MOST_VALUES = 8
"""Values of one field that are tried."""


class Framing:
    """Controls as families see them, of one target with these identities in their roles."""

    def __init__(self, opened: Opened, roles: Mapping[str, Identity], situations: Situations) -> None:
        self._graph = opened.graph
        self._target = opened.target
        self._channels = opened.ways
        self._roles = roles
        self._situations = situations

    def control(self, operation: Operation, url_field: str = "", by: str = "") -> Control:
        """The control of an operation, for a URL field where one is changed, as the role `by` makes it."""
        role = self._graph.roles.get(operation.name)
        resource: Resource | None = role[0] if role else None
        owner = owner_of(operation, self._graph, self._target)
        admin = self._roles.get(by, self._roles["admin"])
        rules = resource.url_rules if resource else {}
        trespassers = tuple(self._trespassers(operation, admin))
        return Control(
            operation,
            admin,
            self._channels[admin.auth],
            self._roles if by else below(self._roles, operation),
            resource.address_field if resource else None,
            url_field,
            rules.get(url_field),
            good_url(resource, url_field) if resource and url_field else "",
            _followers(rules, url_field),
            self._target.base_url.origin,
            self._channels,
            owner is not None and self._is_somebodys(operation, owner),
            owner.owner_field if owner and role and role[1] != "below" else (),
            {name: _to_try(operation, name) for name in self._guarded_fields(operation)},
            self._guard(operation),
            kin=tuple(self._kin(operation, admin)),
            hanging=tuple(self._hanging(operation, admin)),
            readable=self._readable(operation),
            other_ways=other_ways(self._channels.values(), self._channels[admin.auth], operation),
            trespassers=trespassers,
            above=above_in(self._graph, operation) if trespassers else (),
        )

    def _trespassers(self, operation: Operation, entitled: Identity) -> Iterator[Identity]:
        """The ordinary accounts that may make all that stands above the object in the path, and may not do the
        operation, or only to what is its own: one of another house may be let in where the entitled one's peer is
        not."""
        names = above_in(self._graph, operation)
        above = [self._graph.resource(one) for one in names if one != WHOSE]
        if not names or self._target.reads_only:
            return
        owned = self._situations.of(operation).owned
        for who in {one.name: one for one in self._roles.values()}.values():
            told = who.name != entitled.name and who.state is None and not who.of and who.key
            makes = all(any(self._does(made, who) for made in one.creators) for one in above)
            barred = owned or not operation.writes or not any_of(who.may, operation)
            named = who.username or WHOSE not in names
            if told and named and not who.privileged and makes and barred:
                yield who

    def _is_somebodys(self, operation: Operation, owner: Owner) -> bool:
        """Whether what it writes on belongs to one account: an object that is there, or, where a new one is made, the
        place that the path names."""
        named = {f"path.{one.name}" for one in operation.parameters if one.place == "path"}
        return self._graph.place(operation) not in ("list", "create") or not named.isdisjoint(owner.owner_field)

    def _readable(self, operation: Operation) -> bool:
        """Whether a read of the same path is an answer about the same object or list."""
        resource, place = self._graph.roles.get(operation.name, (None, ""))
        if not operation.writes or resource is None:
            return not operation.writes
        read = resource.operation("GET", "list" if place == "list" else "item")
        return place in ("list", "item") and read is not None and read.path == operation.path

    def changes_itself(self, operation: Operation) -> bool:
        """Whether an account may change rights of its own by it, if nothing is in its way."""
        return self._is_of_an_account(operation) and bool(self._guarded_fields(operation))

    def _is_of_an_account(self, operation: Operation) -> bool:
        """Whether an account may change itself by it: at an address such as `/me`, or at its own among others."""
        role = self._graph.roles.get(operation.name)
        return role is not None and (role[0].singleton or (role[1] == "item" and self._makes_accounts(role[0])))

    def _makes_accounts(self, resource: Resource) -> bool:
        """Whether what the resource keeps are accounts: by the target's word, else by the password that one is made
        with."""
        if "fresh" in self._roles:
            return self._roles["fresh"].resource.lower() in spellings(resource.name)
        return any(property_schema(one.body_schema or {}, "password") is not None for one in resource.creators)

    def _guarded_fields(self, operation: Operation) -> tuple[str, ...]:
        """The fields that only the privileged may set, by the target's word; of what is the caller's own, those of
        accounts."""
        role = self._graph.roles.get(operation.name)
        if role is None or role[1] == "below":
            return ()
        kinds = [role[0], *(filter(self._makes_accounts, self._graph.resources) if role[0].singleton else ())]
        words = (self._target.resources.get(one.name) for one in kinds)
        return tuple(dict.fromkeys(name for one in words if one for name in one.privileged_fields))

    def _kin(self, operation: Operation, who: Identity) -> Iterator[Kin]:
        """What the body of a write names or holds, for whom the target lets do that write."""
        for name, resource, many in held_in(self._graph, operation) if self._does(operation, who) else ():
            changes = [one for method in ("PUT", "PATCH") if (one := resource.operation(method, "item"))]
            keys = {resource.address_field: "{kin.uri}"} if resource.address_field else {}
            keys[own_key(resource)] = "{kin.number}"
            if resource.creators and resource.marker and resource.operation("GET", "item"):
                closed, shut = (not any(self._does(one, who) for one in some) for some in (changes, resource.creators))
                yield Kin(resource.name, closed, shut, name, many, resource.marker, keys)

    def _hanging(self, operation: Operation, who: Identity) -> Iterator[Kin]:
        role = self._graph.roles.get(operation.name)
        if role is None or role[1] != "item" or operation.method != "DELETE" or not self._does(operation, who):
            return
        for resource in hanging_on(self._graph, role[0]):
            removes = resource.operation("DELETE", "item")
            yield Kin(resource.name, removes is None or not self._does(removes, who))

    def _does(self, operation: Operation, who: Identity) -> bool:
        """Whether an identity may do it by the target's word; to the privileged, everything is open that there is."""
        return who.privileged or any_of(who.may, operation) or self._situations.of(operation).public

    def _guard(self, operation: Operation) -> Guard | None:
        words, role = guarded(operation, self._target), self._graph.roles.get(operation.name)
        if words is None or words.proof is None:
            return None
        lasts = role is not None and role[1] in ("item", "below") and operation.method != "DELETE"
        names = {one.name for one in operation.parameters if one.place == "path"} - {words.proof.partition(".")[2]}
        alone, of_objects = proof_alone(operation, self._target), lasts and words.from_ is not None
        return Guard(words.proof, alone, of_objects, words.once, bool(names))


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

"""Why there is nothing to test: what the target, its document or the command line say of a probe before it is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.config import Guarded, Owner, Target, any_of
from harness.engine.planning.opening import Opened
from harness.engine.planning.permission import Permission, withheld
from harness.engine.planning.roles import MISSING, below
from harness.family import Family, Mutation
from harness.model import Bend, Identity, Mutant, Operation
from harness.resources import LIST_WRITES, Resource, guarded, proof_alone


@dataclass(frozen=True, slots=True)
class _Said:
    """What holds of an operation whatever it is asked."""

    role: tuple[Resource, str] | None
    never: bool
    public: bool
    refuse_only: bool
    guarded: Guarded | None
    proof_alone: bool
    owner: Owner | None
    """To whom each object that it is about belongs, by the target's word."""
    low_may: bool
    reader_may: bool
    fillable: bool
    """Whether every parameter of its path can be filled."""


class Applicability:
    """What applies to the operations of one target, with these identities in their roles."""

    def __init__(self, opened: Opened, roles: Mapping[str, Identity], permission: Permission) -> None:
        self._graph = opened.graph
        self._target = opened.target
        self._channels = opened.channels
        self._roles = roles
        self.withheld = withheld(opened.target, permission)
        """Why nothing is sent that may reach more than the run has made; empty where it may be."""
        self._of: dict[str, _Said] = {}

    def why_not(self, family: Family, mutation: Mutation, operation: Operation) -> str | None:
        """Why a mutation has nothing to test on an operation; None where it has."""
        said = self._said(operation)
        role = said.role
        if operation.writes and self._target.reads_only:
            return "policy: the target is in production, which is only read from"
        if said.never:
            return "never: the target file says so, or it is how identities log in"
        if operation.undeclared and (why := self._of_its_path(mutation, operation)):
            return why
        if family.passive:
            return None
        if mutation.by and not mutation.itself and role and role[0].singleton:
            return "no-field: whose it is cannot be said in a request"
        why = self._of_its_proof(mutation, said)
        if why:
            return why
        if mutation.by == "guest" and not said.public:
            return "policy: guests may not do this"
        if mutation.by != "guest" and said.public and (operation.writes or not family.public):
            told = "the target file" if self._target.public is not None else "the document, as open to all,"
            return f"public: {told} says that guests may do this"
        kept = self._not_refused_only(family, operation) if said.refuse_only else None
        if kept:
            return kept
        exempt = said.refuse_only or family.lists or operation.name in self._graph.scopes
        if not exempt and role and role[1] == "list" and operation.method in LIST_WRITES:
            return "bulk: a write on a whole list is asked by collection-write alone"
        low = self._roles.get("low")
        its_own = said.owner is not None and mutation.others
        if low and not mutation.by and said.low_may and not its_own and "low" in (*family.needs, *mutation.needs):
            return f"policy: {low.name} may do this"
        if mutation.by == "full" and said.reader_may:
            return f"policy: {self._roles['reader'].name} may do this"
        missing = [one for one in (*family.needs, *mutation.needs) if one != "admin" and one not in self._roles]
        if missing:
            return f"no-identity: {missing[0]}; {MISSING[missing[0]]}"
        return self._not_for_this_credential(mutation, operation)

    def why_no_login(self, operation: Operation) -> str | None:
        """Why nothing is tried on an operation by which identities log in; None where it is."""
        if self._target.reads_only:
            return "policy: the target is in production, which is only read from"
        never = any_of(self._target.operations.never, operation)
        return "never: the target file says so; take it out of there to try its login" if never else None

    def to(self, family: Family, operation: Operation) -> Callable[[Mutant], str | None]:
        """Tells why one mutant of a family has nothing to test there; None where it has."""
        said = self._said(operation)
        own = said.role is not None and said.role[0].singleton and operation.writes
        many = operation.name in self._graph.scopes

        def why_not(mutant: Mutant) -> str | None:
            return (
                self._waived(mutant.waived_by or family.waived_by)
                or (self.keyless(operation, mutant) if said.refuse_only else None)
                or (self._foreign_account(mutant) if own else None)
                or ("bulk: a valid request of that form may reach many objects" if many and mutant.likewise else None)
            )

        return why_not

    def is_public(self, operation: Operation) -> bool:
        """Whether guests may do it: by the target's word, or, for reads on which that is silent, the document's."""
        return self._said(operation).public

    def proof_alone(self, operation: Operation) -> bool:
        """Whether nothing but a proof guards it."""
        return self._said(operation).proof_alone

    def owner(self, operation: Operation) -> Owner | None:
        """To whom each object that an operation is about belongs, by the target's word; None where it says nothing."""
        return self._said(operation).owner

    def _said(self, operation: Operation) -> _Said:
        if operation.name not in self._of:
            told, low = self._target.operations, below(self._roles, operation).get("low")
            role = self._graph.roles.get(operation.name)
            words = self._target.resources.get(role[0].name) if role else None
            self._of[operation.name] = _Said(
                role,
                any_of((*told.never, *self._logins()), operation),
                is_public(operation, self._target),
                any_of(told.refuse_only, operation),
                guarded(operation, self._target),
                proof_alone(operation, self._target),
                words.owner if words else None,
                low is not None and any_of(low.may, operation),
                "reader" in self._roles and any_of(self._roles["reader"].may, operation),
                self._path_can_be_filled(operation),
            )
        return self._of[operation.name]

    def _of_its_path(self, mutation: Mutation, operation: Operation) -> str | None:
        """Why a method that the document does not mention is not tried: by what the target says of those that it does
        at the same path."""
        resource, _ = self._graph.roles[operation.name]
        known = (*resource.operations.values(), *self._graph.below.get(resource.name, ()))
        there = [one for one in known if one.writes and one.path == operation.path]
        kept = next((one for one in there if self._said(one).never or self._said(one).refuse_only), None)
        if kept:
            return f"never: the target file keeps {kept.name} back"
        ways = [one for one in there if (one.method == "DELETE") == (operation.method == "DELETE")]
        if any(self._said(one).public for one in ways):
            return f"public: guests may do as much by {' or '.join(one.method for one in ways)}"
        low = "low" in mutation.needs and any(self._said(one).low_may for one in ways)
        return "policy: an ordinary account may do as much in another way" if low else None

    def _waived(self, policy: str) -> str | None:
        """Why the owner's policy leaves nothing to test; None where it does not."""
        if not policy:
            return None
        word, _, value = policy.partition(": ")
        waived = str(getattr(self._target.policy, word)).lower() == value
        return f"policy: the target file says {policy}" if waived else None

    def keyless(self, operation: Operation, mutant: Mutant) -> str | None:
        """Why a mutant is not for an operation to which no valid key may be sent."""
        if not self._said(operation).refuse_only:
            return None
        credential = mutant.credential
        parts = [part for part in (credential.key, *mutant.parts()) if part.kind != "username"]
        valid = credential.valid or any(part.of and part.bend is Bend.AS_IS for part in parts)
        return "never: the target file says that no valid key is sent to it" if valid else None

    def _foreign_account(self, mutant: Mutant) -> str | None:
        """Why a mutant that names an account of the target file, or might, is not sent where it would be written to."""
        fresh = self._roles["fresh"].name if "fresh" in self._roles else ""
        credential = mutant.credential
        named = {part.of for part in (credential.username, credential.key, *mutant.parts())} - {None, fresh}
        if named or credential.username.text:
            return "policy: it would write to the own object of an account that the run did not make"
        return None

    def kept_out_of_logs(self, mutants: Sequence[Mutant]) -> str:
        """The first identity whose valid key these mutants hold and that is no throwaway; empty where there is none,
        and for a target of one's own."""
        if self._target.environment == "local":
            return ""
        keys = [part for one in mutants for part in (one.credential.key, *one.parts()) if part.kind != "username"]
        spared = {one.name for one in self._roles.values() if one.throwaway}
        return next((part.of for part in keys if part.of and part.bend is Bend.AS_IS and part.of not in spared), "")

    def _of_its_proof(self, mutation: Mutation, said: _Said) -> str | None:
        """Why there is nothing to test on an operation for the proof that it asks for, or for want of one."""
        if mutation.by == "holder" and said.guarded is None:
            return "no-field: nothing proves that one may; name what does under `protected`"
        if mutation.by == "holder" and said.refuse_only:
            return "never: the target file says that it is only to be refused"
        if mutation.by != "holder" and said.guarded and said.proof_alone:
            return f"public: nothing but {said.guarded.proof} guards it"
        return None

    def _not_refused_only(self, family: Family, operation: Operation) -> str | None:
        """Why nothing is tried on an operation to which no valid key may be sent."""
        if family.url_fields or not operation.writes:
            return "never: the target file says that no valid key is sent to it"
        role = self._graph.roles.get(operation.name)
        bounded = role is not None and (role[1] != "list" or operation.method == "POST")
        return None if bounded else self.withheld or None

    def _logins(self) -> list[str]:
        return [one.login.operation for one in self._target.auth.values() if one.login]

    def _not_for_this_credential(self, mutation: Mutation, operation: Operation) -> str | None:
        admin = self._roles.get("admin")
        if admin is None:
            return None
        if mutation.named and not self._channels[admin.auth].named:
            return "no-channel: the credential carries no name, or none that counts"
        if not operation.writes and not self._said(operation).fillable:
            return "no-fixture: give its parameters real ids under `fixtures`"
        return None

    def _path_can_be_filled(self, operation: Operation) -> bool:
        wanted = {one.name for one in operation.parameters if one.place == "path"}
        role = self._graph.roles.get(operation.name)
        if self._target.reads_only:
            # No canary fills anything where nothing is written.
            role = None
        own = {*role[0].parents, *role[0].owners} if role else set()
        if role and role[1] != "list":
            own.add(role[0].parameter)
        return wanted <= own | self._target.fixtures_of(operation.name).keys()


def is_public(operation: Operation, target: Target) -> bool:
    """Whether guests may do it: by the target's word, or, for reads on which that is silent, the document's."""
    if any_of([one.operation for one in target.protected], operation):
        return False
    if target.public is not None:
        return any_of(target.public, operation)
    return operation.declared_open and not operation.writes

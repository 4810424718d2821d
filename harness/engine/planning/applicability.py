"""Why there is nothing to test: what the target, its document or the command line say of a probe before it is sent."""

from collections.abc import Callable, Mapping, Sequence

from harness.config import any_of
from harness.engine.planning.opening import Opened
from harness.engine.planning.permission import Permission, withheld
from harness.engine.planning.roles import MISSING
from harness.engine.planning.situations import Situation
from harness.family import Family, Mutation
from harness.model import Bend, Identity, Mutant, Operation
from harness.resources import LIST_WRITES


class Applicability:
    """What applies in the situations of one target, with these identities in their roles."""

    def __init__(self, opened: Opened, roles: Mapping[str, Identity], permission: Permission) -> None:
        self._target = opened.target
        self._channels = opened.channels
        self._roles = roles
        self.withheld = withheld(opened.target, permission)
        """Why nothing is sent that may reach more than the run has made; empty where it may be."""

    def why_not(self, family: Family, mutation: Mutation, there: Situation) -> str | None:
        """Why a mutation has nothing to test in a situation; None where it has."""
        if there.writes and self._target.reads_only:
            return "policy: the target is in production, which is only read from"
        if there.never:
            return "never: the target file says so, or it is how identities log in"
        if there.kept:
            return there.kept
        if there.low_may_otherwise and "low" in mutation.needs:
            return "policy: an ordinary account may do as much in another way"
        if family.passive:
            return None
        if mutation.by and not mutation.itself and there.own:
            return "no-field: whose it is cannot be said in a request"
        why = self._of_its_proof(mutation, there)
        if why:
            return why
        if mutation.by == "guest" and not there.public:
            return "policy: guests may not do this"
        if mutation.by != "guest" and there.public and (there.writes or not family.public):
            told = "the target file" if self._target.public is not None else "the document, as open to all,"
            return f"public: {told} says that guests may do this"
        kept = self._not_refused_only(family, there) if there.refuse_only else None
        if kept:
            return kept
        exempt = there.refuse_only or family.lists or there.scoped
        if not exempt and there.place == "list" and there.method in LIST_WRITES:
            return "bulk: a write on a whole list is asked by collection-write alone"
        low = self._roles.get("low")
        its_own = there.owned and mutation.others
        if low and not mutation.by and there.low_may and not its_own and "low" in (*family.needs, *mutation.needs):
            return f"policy: {low.name} may do this"
        if mutation.by == "full" and there.reader_may:
            return f"policy: {self._roles['reader'].name} may do this"
        missing = [one for one in (*family.needs, *mutation.needs) if one != "admin" and one not in self._roles]
        if missing:
            return f"no-identity: {missing[0]}; {MISSING[missing[0]]}"
        return self._not_for_this_credential(mutation, there)

    def why_no_login(self, operation: Operation) -> str | None:
        """Why nothing is tried on an operation by which identities log in; None where it is."""
        if self._target.reads_only:
            return "policy: the target is in production, which is only read from"
        never = any_of(self._target.operations.never, operation)
        return "never: the target file says so; take it out of there to try its login" if never else None

    def to(self, family: Family, there: Situation) -> Callable[[Mutant], str | None]:
        """Tells why one mutant of a family has nothing to test there; None where it has."""
        own, many = there.own and there.writes, there.scoped

        def why_not(mutant: Mutant) -> str | None:
            return (
                self._waived(mutant.waived_by or family.waived_by)
                or (self.keyless(there, mutant) if there.refuse_only else None)
                or (self._foreign_account(mutant) if own else None)
                or ("bulk: a valid request of that form may reach many objects" if many and mutant.likewise else None)
            )

        return why_not

    def _waived(self, policy: str) -> str | None:
        """Why the owner's policy leaves nothing to test; None where it does not."""
        if not policy:
            return None
        word, _, value = policy.partition(": ")
        waived = str(getattr(self._target.policy, word)).lower() == value
        return f"policy: the target file says {policy}" if waived else None

    def keyless(self, there: Situation, mutant: Mutant) -> str | None:
        """Why a mutant is not for an operation to which no valid key may be sent."""
        if not there.refuse_only:
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

    def _of_its_proof(self, mutation: Mutation, there: Situation) -> str | None:
        """Why there is nothing to test on an operation for the proof that it asks for, or for want of one."""
        if mutation.by == "holder" and not there.proof:
            return "no-field: nothing proves that one may; name what does under `protected`"
        if mutation.by == "holder" and there.refuse_only:
            return "never: the target file says that it is only to be refused"
        if mutation.by != "holder" and there.proof and there.proof_alone:
            return f"public: nothing but {there.proof} guards it"
        return None

    def _not_refused_only(self, family: Family, there: Situation) -> str | None:
        """Why nothing is tried on an operation to which no valid key may be sent."""
        if family.url_fields or not there.writes:
            return "never: the target file says that no valid key is sent to it"
        bounded = there.place != "" and (there.place != "list" or there.method == "POST")
        return None if bounded else self.withheld or None

    def _not_for_this_credential(self, mutation: Mutation, there: Situation) -> str | None:
        admin = self._roles.get("admin")
        if admin is None:
            return None
        if mutation.named and not self._channels[admin.auth].named:
            return "no-channel: the credential carries no name, or none that counts"
        if not there.writes and not there.fillable:
            return "no-fixture: give its parameters real ids under `fixtures`"
        return None

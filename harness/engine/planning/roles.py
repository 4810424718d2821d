"""The parts that accounts play: which identity is meant where a family asks for one."""

from collections.abc import Mapping, Sequence

from harness.config import any_of
from harness.model import READS, Identity, Operation

STATES = ("inactive", "revoked", "rotated", "expired")

MISSING = {
    "admin2": "add a second identity with `privileged: true` and a key",
    "admin-nokey": "add an identity with `privileged: true` and no key",
    "low": "add an identity with a key and without `privileged`",
    "peer": "add a second identity with a key and without `privileged`",
    "session": "add an identity with `of:` and a `cookie:`",
    "fresh": "add an account that the run makes, and that may change itself: `identities: {fresh: {resource: NAME}}`",
    "dead": "add an identity with a `state:`",
    **{state: f"add an identity with `state: {state}`" for state in STATES},
}
"""What to write for each role that a family may need."""


def roles_of(identities: Sequence[Identity]) -> dict[str, Identity]:
    """The identities, sessions among them, that families ask for by role."""
    living = [one for one in identities if one.state is None and not one.of]
    privileged = [one for one in living if one.privileged and one.key]
    ordinary = [one for one in living if not one.privileged and one.key]
    lesser = [(one, whose) for one in ordinary if (whose := _account_of(one, living))]
    alone = [one for one in ordinary if all(one is not other for other, _ in lesser)]
    # Two keys of one account are no two accounts.
    ordinary = alone or ordinary
    found = {
        "admin": privileged[:1],
        "admin2": privileged[1:2],
        "admin-nokey": [one for one in living if one.privileged and not one.key][:1],
        "low": ordinary[:1],
        "peer": ordinary[1:2],
        **{f"ordinary-{number}": [one] for number, one in enumerate(ordinary[2:], 3)},
        "reader": [one for one, _ in lesser[:1]],
        "full": [whose for _, whose in lesser[:1]],
        "session": [one for one in identities if one.of][:1],
        "dead": [one for one in identities if one.state][:1],
        **{state: [one for one in identities if one.state == state][:1] for state in STATES},
    }
    return {role: those[0] for role, those in found.items() if those}


def _account_of(key: Identity, living: Sequence[Identity]) -> Identity | None:
    """Whose account a key is a lesser one of: that of the first other key under the same name, where that is
    privileged, or said to write all that this one does, and more."""
    same = [one for one in living if one.username and one.username == key.username and one.key and one is not key]
    return next((one for one in same if one.privileged or _writes(key) < _writes(one)), None)


def _writes(one: Identity) -> frozenset[str]:
    return frozenset(said for said in one.may if said.partition(" ")[0] not in READS)


def below(roles: Mapping[str, Identity], operation: Operation) -> dict[str, Identity]:
    """The roles with an ordinary account as the low one that may not do an operation by the target's word; as they are
    where there is none, or the first is such a one, or where ordinary accounts are the entitled ones."""
    ordinary = [one for role, one in roles.items() if role in ("low", "peer") or role.startswith("ordinary-")]
    barred = [one for one in ordinary if not any_of(one.may, operation)]
    guarded = "admin" in roles and roles["admin"].privileged
    return {**roles, "low": barred[0]} if barred and guarded and "low" in roles else dict(roles)

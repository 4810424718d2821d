"""The parts that accounts play: which identity is meant where a family asks for one."""

from collections.abc import Sequence

from harness.model import Identity

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
    found = {
        "admin": privileged[:1],
        "admin2": privileged[1:2],
        "admin-nokey": [one for one in living if one.privileged and not one.key][:1],
        "low": ordinary[:1],
        "peer": ordinary[1:2],
        "session": [one for one in identities if one.of][:1],
        "dead": [one for one in identities if one.state][:1],
        **{state: [one for one in identities if one.state == state][:1] for state in STATES},
    }
    return {role: those[0] for role, those in found.items() if those}

"""What a mutation may itself cause: a server that is strict about the form of a request answers before it asks who
calls."""

import re

from harness.model import REFUSALS, Mutant, Part

_REJECTED = frozenset({400, 422})
_WITHOUT_PROOF = REFUSALS | _REJECTED | {404, 409, 410}
"""How a proof is refused: as one that is malformed, not this object's, unknown, used up or out of date."""
_PLAIN = re.compile(r"[\w.-]{1,100}", re.ASCII)
"""What any syntax of a credential takes for a name or key."""
_LOGIN = re.compile(r"log-?in|sign-?in|auth|sso\b", re.IGNORECASE)


def caused(mutant: Mutant) -> frozenset[int]:
    """Statuses other than a refusal's that the mutated dimension itself explains, whoever sends it."""
    found = mutant.also
    if mutant.query or mutant.fields:
        found |= _REJECTED
    if mutant.encoding != "json":
        found |= _REJECTED | {415}
    if mutant.method:
        found |= {400, 405, 415, 501}
    if mutant.own_above:
        # Nothing of that name is there.
        found |= {404, 410}
    if mutant.unproved:
        found |= _WITHOUT_PROOF
    if _malformed(mutant):
        found |= {400}
    if asks_for_html(mutant):
        found |= {406}
    return found


def asks_for_html(mutant: Mutant) -> bool:
    """Whether it wants a page: then a login page, or the way there, is how the API refuses."""
    return any(name.lower() == "accept" and "html" in part.text for name, part in mutant.headers)


def to_a_login(place: str) -> bool:
    """Whether a redirect's path is by its words that of a login."""
    return _LOGIN.search(place) is not None


def _malformed(mutant: Mutant) -> bool:
    """Whether the credential's own form is changed, and not its content alone."""
    credential = mutant.credential
    odd = credential.via and any(map(_odd, (credential.username, credential.key)))
    headers = any(name.lower().endswith("authorization") for name, _ in mutant.headers)
    return bool(credential.cut or odd or headers) or credential.literal is not None


def _odd(part: Part) -> bool:
    return part.of is None and _PLAIN.fullmatch(part.text) is None

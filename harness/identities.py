"""Liveness: whether each identity is what the target file says, shown by exchanges in which only a valid credential
differs.

Proved: valid and bent credentials are answered differently. Disproved: a read tells keys apart, and not this one; or
it is refused where a guest is served. Attested: nothing in this API would show it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.credentials import Signer
from harness.model import REFUSALS, Bend, Credential, Exchange, Identity, Mutant, Part, Send


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found of one identity."""

    name: str
    role: str
    proved: str
    """`proved`, `attested` or `disproved`."""
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.proved}: {self.detail}" if self.detail else self.proved


def bent(signer: Signer, name: str) -> Credential:
    """The identity's credential with a key that is not its own."""
    own = signer.own(name)
    return Credential(own.via, own.username, Part(of=name, bend=Bend.LAST_CHANGED))


def prove(
    send: Send,
    signer: Signer,
    identity: Identity,
    role: str,
    reads: Sequence[str],
    write: Callable[[Credential, str], Exchange | None],
) -> Standing:
    """The standing of a living identity, by its `alive:`, then by the reads, then by a write that leaves a canary at
    most.

    `reads` are paths that may be read; `write` sends a control's request with a credential on the connection named.
    """

    def get(path: str, credential: Credential, line: str) -> Exchange:
        return send(signer.request("GET", path, mutant=Mutant(credential)), line)

    own, wrong = signer.own(identity.name), bent(signer, identity.name)
    alive = [identity.alive.partition(" ")[2]] if identity.alive else []
    for path in [*alive, *reads]:
        valid = get(path, own, f"as {identity.name}")
        false = get(path, wrong, "mutant")
        if valid.ok and false.status in REFUSALS:
            return Standing(identity.name, role, "proved", f"GET {path} tells its key from a bent one")
        guest = get(path, Credential(), "guest")
        if valid.status in REFUSALS and (guest.ok or path in alive):
            served = "where a guest is served" if guest.ok else "by its own `alive:`"
            return Standing(identity.name, role, "disproved", f"GET {path}: {valid.status} {served}; check its key")
        if valid.status in REFUSALS and false.status in REFUSALS and valid.status != false.status:
            return Standing(
                identity.name, role, "proved", f"GET {path} answers {valid.status}, and {false.status} to a bent key"
            )
        if valid.status in REFUSALS and false.status == valid.status:
            return Standing(
                identity.name, role, "disproved", f"GET {path} refuses it as it refuses a bent key; check its key"
            )
    return _by_write(identity, role, write(own, f"as {identity.name}"), write(wrong, "mutant"))


def _by_write(identity: Identity, role: str, valid: Exchange | None, false: Exchange | None) -> Standing:
    if valid is None or false is None:
        return Standing(identity.name, role, "attested", "nothing could be written to try it")
    if valid.ok and identity.privileged:
        return Standing(identity.name, role, "proved", "it may write")
    if valid.status is not None and valid.status != false.status:
        return Standing(
            identity.name, role, "proved", f"a write is answered {valid.status}, and {false.status} to a bent key"
        )
    return Standing(identity.name, role, "attested", "no exchange of this API tells its key from a bent one")

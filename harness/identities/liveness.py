"""Liveness: whether each identity is what the target file says, shown by exchanges in which only a valid credential
differs.

Proved: the valid credential is served where a bent one is refused, or is told 403 where a bent one is told 401, or of a
write 404, as APIs do that hide what one may not; any other answer may come of a lock, a limit or a fault. Disproved: it
cannot log in, or with any password; a read tells keys apart, and not this one; or it is refused where a guest is
served. Attested: nothing in this API would show it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.credentials import Signer
from harness.identities.grants import Grant
from harness.identities.logins import Logins
from harness.model import GUEST, REFUSALS, Bend, Credential, Exchange, Identity, Mutant, Part, Send

_READ = 4096
_DEAD = re.compile(
    rb"disabled|inactiv|deactivat|suspend|\block(?:ed|out)|banned|expired|revoked|not active", re.IGNORECASE
)
"""Words of a 403 that speak of the account, and not of what it may do."""
_WHO = re.compile(rb"user|account|member|login|identity|principal|credential|key|token", re.IGNORECASE)
"""Words of a 404 that speak of who is asking."""
Write = Callable[[Credential, str], Exchange | None]


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
    write: Write,
    logins: Logins | None = None,
) -> Standing:
    """The standing of a living identity: by its `alive:`, its login, the reads, or a write that leaves a canary at
    most, whichever first tells.

    `reads` are paths that may be read; `write` sends a control's request with a credential on the connection named.
    A session is the same account by another way, which reads and writes need not accept: its `alive:` alone, or its
    login, shows that it lives. `logins` has logged in already.
    """
    trial = _Trial(send, signer, identity)
    login = logins if logins is not None and logins.way(identity.name) else None
    if login is not None and identity.name in login.failures:
        return Standing(identity.name, role, "disproved", login.failures[identity.name])
    alive = [identity.alive.partition(" ")[2]] if identity.alive else []
    paths = [*alive, *([] if identity.of else reads)]
    if login is not None:
        told = _by_login(trial, login, paths, alive)
    else:
        told = next(filter(None, (trial.read(path, path in alive) for path in paths)), None)
    if told is None and not identity.of:
        told = _by_write(write(trial.own, trial.line), write(trial.wrong, "mutant"))
    return Standing(identity.name, role, *(told or ("attested", "nothing shows whether the session lives")))


Told = tuple[str, str]
"""`proved`, `attested` or `disproved`, and why."""


class _Trial:
    """One identity's credential beside a bent one and none."""

    def __init__(self, send: Send, signer: Signer, identity: Identity) -> None:
        self._send = send
        self._signer = signer
        self.name = identity.name
        self.line = f"as {identity.name}"
        self.own, self.wrong = signer.own(identity.name), bent(signer, identity.name)

    def get(self, path: str, credential: Credential, line: str) -> Exchange:
        return self._send(self._signer.request("GET", path, mutant=Mutant(credential)), line)

    def read(self, path: str, alive: bool, known: bool = False) -> Told | None:
        """What one read tells; `known` where the identity is shown to have a credential, which may be one that this
        read is not for."""
        valid = self.get(path, self.own, self.line)
        false = self.get(path, self.wrong, "mutant")
        if valid.ok and false.status in REFUSALS:
            return "proved", f"GET {path} tells its key from a bent one"
        guest = self.get(path, GUEST, "guest")
        if _known(valid, false) and guest.ok and not alive:
            return "attested", f"GET {path} answers it 403, a bent key 401, and serves guests; say `alive:` of it"
        if valid.status in REFUSALS and (guest.ok or alive):
            served = "where a guest is served" if guest.ok else "by its own `alive:`"
            return "disproved", f"GET {path}: {valid.status} {served}; check its key"
        if _known(valid, false):
            return "proved", f"GET {path} answers 403, and 401 to a bent key"
        if valid.status not in REFUSALS or valid.status != false.status:
            return None
        if known and valid.status == 403:
            return None
        return "disproved", f"GET {path} refuses it as it refuses a bent key; check its key"


def _known(valid: Exchange, false: Exchange) -> bool:
    """Whether two refusals show that the first one's credential is known, and is that of a living account."""
    return valid.status == 403 and false.status == 401 and not _DEAD.search(valid.body[:_READ])


def _hidden(valid: Exchange, false: Exchange) -> bool:
    """Whether a write is hidden from whoever is known and may not do it: the two requests differ in the key alone, so
    that a 404 which speaks of no account comes after the key was looked at."""
    said = valid.body[:_READ]
    return valid.status == 404 and false.status == 401 and not _DEAD.search(said) and not _WHO.search(said)


def _by_login(trial: _Trial, logins: Logins, paths: Sequence[str], alive: Sequence[str]) -> Told | None:
    """What the login tells, with a password that is bent, and whether what it gives is taken anywhere."""
    way, other = logins.way(trial.name), logins.with_bent_password(trial.name)
    assert way is not None
    if other.token is not None:
        return _any_password(trial, logins, way.operation, other, paths)
    refused = other.status is not None and other.status < 500 and other.status not in (423, 429)
    reads = (trial.read(path, path in alive, known=refused) for path in paths)
    told = next((one for one in reads if one and (one[0] == "disproved" or not refused)), None)
    if told or not refused:
        return told
    return "proved", f"{way.operation} logs it in, and answers {other.told} to a bent password"


def _any_password(trial: _Trial, logins: Logins, operation: str, other: Grant, paths: Sequence[str]) -> Told:
    """A bent password got a token, too. Only where that one is refused what the identity's own is served was the
    password looked at after all."""
    assert other.token is not None
    if other.token != logins.held(trial.name):
        alias = logins.stand_in(trial.name, other.token)
        try:
            stranger = Credential(trial.own.via, trial.own.username, Part(of=alias))
            for path in paths:
                valid, false = trial.get(path, trial.own, trial.line), trial.get(path, stranger, "mutant")
                if valid.ok and false.status in REFUSALS:
                    return "proved", f"GET {path} serves its token, and refuses the one that a bent password gets"
        finally:
            logins.dismiss(alias)
    return (
        "disproved",
        f"its login takes any password: {operation} gives a token for a bent one, and nothing tells it apart",
    )


def _by_write(valid: Exchange | None, false: Exchange | None) -> Told:
    if valid is None or false is None:
        return "attested", "nothing could be written to try it"
    if valid.ok and false.status in REFUSALS:
        return "proved", "it may write"
    if _known(valid, false) or _hidden(valid, false):
        return "proved", f"a write is answered {valid.status}, and 401 to a bent key"
    return "attested", "no exchange of this API tells its key from a bent one"

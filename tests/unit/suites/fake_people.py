"""A session and dead accounts beside the made-up ones, and each mutant as it goes out."""

from dataclasses import dataclass

from harness.credentials import Channel, Signer
from harness.family import READS, WRITES_WITH_BODY, Control
from harness.model import Identity, Mutant, Request, Secret
from tests.unit.suites.fake_control import Fake

SESSION, CSRF = "5e55ion0fAdm1n", "c5rfT0ken0fIt"
DEAD = {state: f"d3ad{state}K3y" for state in ("inactive", "revoked", "rotated", "expired")}
COOKIE = "cookie:sessionid"


@dataclass(frozen=True, slots=True)
class Sent:
    """One mutant and its request."""

    mutant: Mutant
    request: Request

    def header(self, name: str) -> str | None:
        """The header as sent; None where there is none. Two of one name are refused."""
        found = self.headers(name)
        assert len(found) < 2
        return found[0] if found else None

    def headers(self, name: str) -> list[str]:
        """All headers of the name, as sent."""
        return [value for key, value in self.request.headers if key == name]

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return self.request.target.partition("?")[2]

    @property
    def body(self) -> str:
        """The body as text; empty where there is none."""
        return (self.request.body or b"").decode()


def channels(fake: Fake) -> dict[str, Channel]:
    """The documented channel, and that of the session."""
    return {fake.channel.name: fake.channel, COOKIE: Channel.of(COOKIE, "cookie", "sessionid")}


def people(fake: Fake, token: str = "csrftoken") -> dict[str, Identity]:
    """Every role: the living, the dead, and the session of `admin`, whose second cookie is called `token`."""
    name = fake.roles["admin"].username
    cookies = (("sessionid", Secret(SESSION)), (token, Secret(CSRF)))
    session = Identity("the-session", name, cookies[0][1], True, auth=COOKIE, cookies=cookies, of="the-admin")
    dead = {
        state: Identity(f"the-{state}", f"{state}-user", Secret(key), True, state, fake.channel.name)
        for state, key in DEAD.items()
    }
    return {**fake.roles, "session": session, **dead}


def control(fake: Fake, method: str = "POST", **changes: object) -> Control:
    """The request of `admin`, where all of these accounts are."""
    return fake.control(method, **{"roles": people(fake), "channels": channels(fake), **changes})


def sent(fake: Fake, family: str, method: str = "POST", made: Control | None = None) -> dict[str, Sent]:
    """The requests of a family on an operation, by mutation and pairs."""
    made = made or control(fake, method)
    method = made.operation.method
    signer = Signer({**channels(fake), **made.channels}, made.roles.values(), {})
    body = {"name": "one"} if method in WRITES_WITH_BODY else None
    found: dict[str, Sent] = {}
    for key, mutant in fake.mutants(family, made):
        fields = {**(body or {}), **dict(mutant.fields)} if mutant.fields else body
        assert key not in found
        found[key] = Sent(mutant, signer.request(method, "/things/", fields, mutant))
    return found


def bare(method: str) -> str:
    """The body of a request that nothing is changed in."""
    return "" if method in READS | {"DELETE"} else '{"name": "one"}'

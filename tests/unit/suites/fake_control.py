"""Made-up accounts on each kind of channel, and what the shipped families make of a request of theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.credentials import Channel, Signer
from harness.family import Control, Family, load_families
from harness.model import Identity, Mutant, Operation, Request, Secret

SUITES = Path(__file__).parents[3] / "suites"
ADMIN, SECOND, LOW = "c0ffeeBadF00d9", "5ecoNd00Key77x", "10wKey0fPlain3"
"""Keys; the first changes under every bend."""


@cache
def family(name: str) -> Family:
    """The shipped family of that name."""
    return {one.name: one for one in load_families(SUITES)}[name]


@dataclass(frozen=True, slots=True)
class Fake:
    """A target that exists on paper: one channel and four accounts, one of them without a key."""

    channel: Channel
    names: bool = True
    """Whether its accounts have names."""

    @property
    def roles(self) -> dict[str, Identity]:
        """The accounts by role."""
        rows = (
            *(("admin", "release-admin", ADMIN), ("admin2", "other-admin", SECOND)),
            *(("admin-nokey", "keyless-admin", ""), ("low", "plainuser", LOW)),
        )
        return {
            role: Identity(
                f"the-{role}",
                name if self.names else None,
                Secret(key) if key else None,
                role != "low",
                auth=self.channel.name,
            )
            for role, name, key in rows
        }

    def control(self, method: str = "POST", **changes: object) -> Control:
        """The request of `admin`, on an operation with nothing special about it."""
        made = {
            "operation": Operation(method, "/api/v1/things/"),
            "identity": self.roles["admin"],
            "channel": self.channel,
            "roles": self.roles,
            "origin": "https://api.example.org",
            "channels": {self.channel.name: self.channel},
        }
        return Control(**{**made, **changes})  # type: ignore[arg-type]

    def mutants(self, name: str, control: Control | None = None) -> Iterator[tuple[str, Mutant]]:
        """The mutants of a family, each with its mutation and pairs as one text, chosen as a plan would."""
        control = control or self.control()
        for mutation in family(name).mutations.values():
            if control.operation.method in mutation.on and (self.channel.named or not mutation.named):
                for mutant in mutation.make(control):
                    yield " ".join([mutation.name, *(f"{key}={value}" for key, value in mutant.pairs)]), mutant

    def request(self, mutant: Mutant | None = None, method: str = "POST") -> Request:
        """What goes out for a mutant, or for the control itself."""
        signer = Signer({self.channel.name: self.channel}, self.roles.values(), {})
        body = {"name": "one"} | (dict(mutant.fields) if mutant else {})
        if mutant is None:
            return signer.signed(method, "/api/v1/things/", "the-admin", body)
        return signer.request(method, "/api/v1/things/", body, mutant)

    def credential(self, mutant: Mutant) -> str | None:
        """The value of the credential's header as sent; None where there is no such header."""
        return dict(self.request(mutant).headers).get(self.channel.header)


API_KEY = Fake(Channel.of("key", "header", template="ApiKey {username}:{key}"))
TOKEN = Fake(Channel.of("token", "header", template="Token {key}"), names=False)
NAMED_TOKEN = Fake(Channel.of("token", "header", template="Token {key}"))
BARE = Fake(Channel.of("bare", "header", "X-API-Key"), names=False)
BASIC = Fake(Channel.of("basic", "basic"))
BEARER = Fake(Channel.of("bearer", "bearer"), names=False)
PAIR = {"user": "{username}", "secret": "{key}"}
QUERY = Fake(Channel.of("query", "query", parameters=PAIR))
FORM = Fake(Channel.of("form", "form", parameters=PAIR))
JSON = Fake(Channel.of("json", "json", parameters=PAIR))

FAKES = {
    "api-key": API_KEY,
    "token": TOKEN,
    "named-token": NAMED_TOKEN,
    "bare": BARE,
    "basic": BASIC,
    "bearer": BEARER,
    "query": QUERY,
    "form": FORM,
    "json": JSON,
}

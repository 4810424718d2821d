"""From a recipe to a request: the only place where a secret is revealed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from harness.credentials.bends import bend, shell_form
from harness.credentials.channels import Channel
from harness.credentials.written import BOUNDARY, Written, form_text, joined, json_text, multipart_text, quoted
from harness.model import GUEST, Credential, Identity, Json, Mutant, Part, Request, Secret

_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": f"multipart/form-data; boundary={BOUNDARY}",
    "text": "text/plain",
}
Pairs = list[tuple[str, Written]]


@dataclass(frozen=True, slots=True)
class _Held:
    """What an identity got by logging in."""

    token: Secret
    variable: str


class Signer:
    """Writes requests for the identities of one target."""

    def __init__(
        self, channels: Mapping[str, Channel], identities: Iterable[Identity], variables: Mapping[str, str]
    ) -> None:
        """`variables` gives, for each identity with a key, the name of the shell variable that stands for it, and for
        a cookie besides under `IDENTITY cookie:NAME`."""
        self.channels = dict(channels)
        self.identities = {identity.name: identity for identity in identities}
        self._variables = dict(variables)
        self._held: dict[str, _Held] = {}
        self.tokens = 0
        """How often a token was taken in place of another, or none."""
        first = next(iter(self.identities.values()), None)
        self.takes_form: Callable[[str, str], bool] = lambda method, path: False
        """Whether the document has the body of a method on a path as a form."""
        self._forms = first is not None and first.auth in channels and channels[first.auth].place == "form"

    def own(self, name: str) -> Credential:
        """The valid credential of a living identity; none for `guest`."""
        if name == "guest":
            return GUEST
        identity = self.identities[name]
        return Credential(identity.auth, Part(of=name, kind="username"), Part(of=name), valid=identity.state is None)

    def add(self, identity: Identity, variable: str) -> None:
        """From now on signs for one more identity, whose key a shell knows as `variable`."""
        self.identities[identity.name] = identity
        self._variables[identity.name] = variable

    def variable(self, name: str) -> str:
        """What a shell knows an identity's key as."""
        return self._variables.get(name, "KEY")

    def remove(self, name: str) -> None:
        """Forgets an identity and its token."""
        self.drop(name)
        self.identities.pop(name, None)
        self._variables.pop(name, None)

    def hold(self, name: str, token: Secret, variable: str) -> None:
        """From now on an identity's credential is this token, which a shell knows as `variable`."""
        self._held[name] = _Held(token, variable)
        self.tokens += 1

    def drop(self, name: str) -> None:
        """Forgets an identity's token, if it has one."""
        self._held.pop(name, None)

    def password(self, name: str, bent: Part | None = None) -> Written:
        """What an identity logs in with: its key, whatever token it holds; bent as a part of it says."""
        identity, part = self.identities[name], bent or Part(of=name)
        return _written(part, identity.key, self._variables.get(name, "KEY"))

    def text(self, part: Part) -> tuple[str, str]:
        """What a part is, and how a shell writes it."""
        text = self.written(part)
        return text.real, text.told

    def written(self, part: Part) -> Written:
        """What a part is. The key of an identity that has to log in is its token; empty until it has one."""
        if part.of is None:
            return Written.plain(part.before + part.text + part.after)
        identity = self.identities[part.of]
        if part.kind == "username":
            return Written.plain(part.before + bend(part.bend, identity.username or "") + part.after)
        held = self._held.get(part.of)
        if part.kind.startswith("cookie:"):
            return self._cookie(part, identity, held)
        if held is not None:
            return _written(part, held.token, held.variable)
        channel = self.channels.get(identity.auth)
        key = None if channel is not None and channel.login else identity.key
        return _written(part, key, self._variables.get(part.of, "KEY"))

    def request(self, method: str, path: str, body: Json = None, mutant: Mutant | None = None) -> Request:
        """A request as `mutant` wants it sent, signed and added to; its body fields are already in `body`, where a
        `Part` stands for a text.

        A credential that rides in a form makes the whole body a form; it makes one where there is none. A guest's
        body is written as the first identity's is.
        """
        mutant = mutant or Mutant()
        form = self.takes_form(method, path.partition("?")[0])
        method = mutant.method or method
        body = self._spelled(body)
        place, pairs = self._signature(mutant.credential, method, body)
        headers = [(name, self.written(part)) for name, part in mutant.headers]
        query = [*(pairs if place == "query" else []), *((name, self.written(part)) for name, part in mutant.query)]
        if place == "header":
            headers += pairs
        elif place == "cookie" and pairs:
            headers.append(("Cookie", _cookies(pairs)))
        if place in ("form", "json"):
            body = {**(body or {}), **dict(pairs)}
        if body is None:
            return _request(method, path, query, headers, None)
        encoding = "form" if self._in_a_form(mutant, body, place, form) else mutant.encoding
        if encoding != "untyped":
            headers.append(("Content-Type", Written.plain(_TYPES.get(encoding, encoding))))
        write = {"form": form_text, "multipart": multipart_text}.get(encoding, json_text)
        return _request(method, path, query, headers, write(body))

    def signed(self, method: str, path: str, name: str | None, body: Json = None) -> Request:
        """A request with the identity's own credential, or a guest's where `name` is None."""
        return self.request(method, path, body, Mutant(self.own(name) if name else GUEST))

    def _in_a_form(self, mutant: Mutant, body: Json, place: str, documented: bool) -> bool:
        own = documented or (self._forms if not mutant.credential.via else place == "form")
        return isinstance(body, dict) and (mutant.encoding == "form" or (mutant.encoding == "json" and own))

    def _signature(self, credential: Credential, method: str, body: Json) -> tuple[str, Pairs]:
        """Where the credential rides, and what it adds there."""
        if not credential.via:
            return "", []
        channel = self.channels[credential.via]
        place = channel.place_in(method, body is None or isinstance(body, dict))
        if credential.literal is not None:
            return place, channel.literal(credential.literal)
        pairs = channel.pairs(self.written(credential.username), self.written(credential.key), credential.cut)
        return place, pairs + self._other_cookies(credential)

    def _other_cookies(self, credential: Credential) -> Pairs:
        """The cookies that go with a session besides the one that is its key."""
        identity = self.identities.get(credential.key.of or "")
        if identity is None or identity.auth != credential.via:
            return []
        parts = [(name, Part(of=identity.name, kind=f"cookie:{name}")) for name, _ in identity.cookies[1:]]
        return [(name, self.written(part)) for name, part in parts]

    def _cookie(self, part: Part, identity: Identity, held: _Held | None) -> Written:
        name = part.kind.removeprefix("cookie:")
        channel = self.channels.get(identity.auth)
        if held is not None and channel is not None and name in dict(channel.parameters):
            return _written(part, held.token, held.variable)
        variable = self._variables.get(f"{identity.name} {part.kind}", "COOKIE")
        return _written(part, dict(identity.cookies).get(name), variable)

    def _spelled(self, body: Json) -> Json:
        """The body with what its parts stand for."""
        match body:
            case Part():
                return self.written(body)
            case dict():
                return {name: self._spelled(value) for name, value in body.items()}
            case list():
                return [self._spelled(value) for value in body]
            case _:
                return body


def _written(part: Part, secret: Secret | None, variable: str) -> Written:
    key = secret.reveal() if secret else ""
    told = quoted(part.before) + shell_form(part.bend, variable, key) + quoted(part.after)
    return Written(part.before + bend(part.bend, key) + part.after, told)


def _cookies(pairs: Pairs) -> Written:
    return Written(
        "; ".join(f"{name}={value.real}" for name, value in pairs),
        "; ".join(f"{quoted(name)}={value.told}" for name, value in pairs),
    )


def _request(method: str, path: str, query: Pairs, headers: Pairs, body: tuple[str, str] | None) -> Request:
    def form(number: int) -> Request:
        added = joined(query)[number]
        target = f"{path}{'&' if '?' in path else '?'}{added}" if query else path
        written = tuple((name, value.told if number else value.real) for name, value in headers)
        written = _kept(written) if number else written
        return Request(method, target, written, None if body is None else body[number].encode())

    sent, shown = form(0), form(1)
    return Request(method, sent.target, sent.headers, sent.body, shown=shown)


@lru_cache(maxsize=4096)
def _kept(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Headers as they are shown; requests that show the same share them, for they are kept to the end of the run."""
    return headers

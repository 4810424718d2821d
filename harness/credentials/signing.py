"""From a recipe to a request: the only place where a secret is revealed."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from harness.credentials.bends import bend, shell_form
from harness.credentials.channels import Channel
from harness.model import GUEST, Credential, Identity, Json, Mutant, Part, Request


class Signer:
    """Writes requests for the identities of one target."""

    def __init__(
        self, channels: Mapping[str, Channel], identities: Iterable[Identity], variables: Mapping[str, str]
    ) -> None:
        """`variables` gives, for each identity with a key, the name of the shell variable that stands for it."""
        self.channels = dict(channels)
        self.identities = {identity.name: identity for identity in identities}
        self._variables = dict(variables)

    def own(self, name: str) -> Credential:
        """The valid credential of a living identity."""
        identity = self.identities[name]
        return Credential(identity.auth, Part(of=name, kind="username"), Part(of=name), valid=identity.state is None)

    def text(self, part: Part) -> tuple[str, str]:
        """What a part is, and how a shell writes it."""
        if part.of is None:
            return part.text, _quoted(part.text)
        identity = self.identities[part.of]
        if part.kind == "username":
            name = bend(part.bend, identity.username or "")
            return name, _quoted(name)
        key = identity.key.reveal() if identity.key else ""
        return bend(part.bend, key), shell_form(part.bend, self._variables.get(part.of, "KEY"))

    def request(self, method: str, path: str, body: Json = None, mutant: Mutant | None = None) -> Request:
        """A request as `mutant` wants it signed and added to; its body fields are already in `body`."""
        mutant = mutant or Mutant()
        headers, shown = [], []
        for name, part in mutant.headers:
            real, told = self.text(part)
            headers.append((name, real))
            shown.append((name, told))
        signature = self._signature(mutant.credential)
        if signature:
            headers.append(signature[0])
            shown.append(signature[1])
        if body is not None:
            headers.append(("Content-Type", "application/json"))
            shown.append(("Content-Type", "application/json"))
        data = None if body is None else json.dumps(body).encode()
        query = [(name, self.text(part)) for name, part in mutant.query]
        return Request(
            method,
            _target(path, [(name, real) for name, (real, _) in query]),
            tuple(headers),
            data,
            shown=Request(method, _target(path, [(name, real) for name, (real, _) in query]), tuple(shown), data),
        )

    def signed(self, method: str, path: str, name: str | None, body: Json = None) -> Request:
        """A request with the identity's own credential, or a guest's where `name` is None."""
        return self.request(method, path, body, Mutant(self.own(name) if name else GUEST))

    def _signature(self, credential: Credential) -> tuple[tuple[str, str], tuple[str, str]] | None:
        if not credential.via:
            return None
        channel = self.channels[credential.via]
        if credential.literal is not None:
            return (channel.header, credential.literal), (channel.header, _quoted(credential.literal))
        (username, shown_name), (key, shown_key) = self.text(credential.username), self.text(credential.key)
        return (
            (channel.header, channel.value(username, key, credential.cut)),
            (channel.header, channel.shown(shown_name, shown_key, credential.cut)),
        )


def _target(path: str, query: list[tuple[str, str]]) -> str:
    if not query:
        return path
    joined = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    return f"{path}{'&' if '?' in path else '?'}{joined}"


def _quoted(text: str) -> str:
    """The text as it stands inside double quotes in a shell."""
    return "".join("\\" + char if char in '\\"$`' else char for char in text)

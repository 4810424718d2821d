"""A request of a finding as source: its mutant's recipe followed with the names of variables in place of keys."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.credentials import Channel, Written
from harness.emitting.bends import EXPRESSIONS
from harness.emitting.source import expression, pieces
from harness.engine import Opened
from harness.errors import UsageError
from harness.model import Bend, Credential, Json, Mutant, Operation, Part
from harness.resources import Template, fill

_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain"}


class Unwritable(UsageError):
    """Why no test of its own can show a finding."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, its texts with expressions in them."""

    method: str
    target: str
    headers: Mapping[str, Json]
    query: tuple[tuple[str, str], ...] = ()
    body: Json = None
    form: bool = False


@dataclass(slots=True)
class Scribe:
    """Follows recipes, and keeps what they need."""

    opened: Opened
    variables: dict[str, str] = field(default_factory=dict)
    """Variables of the environment that hold keys, by the names of their constants."""
    bent: dict[tuple[str, Bend], str] = field(default_factory=dict)
    """Bent keys by constant and way, with the local name of each."""
    encodes: bool = False
    """Whether something is sent in base64."""

    def own(self, name: str) -> Mutant:
        """The valid request of an identity."""
        return Mutant(self.opened.signer.own(name), actor=name)

    def request(self, template: Template, mutant: Mutant, slots: Mapping[str, Json], path: str) -> Sent:
        """What a mutant of a template sends to a path. Raises Unwritable."""
        body = None if mutant.alone else fill(template.body, slots)
        fields = {name: fill(self._spelled(value), slots) for name, value in mutant.fields}
        if fields:
            body = {**(body or {}), **fields}
        if mutant.without and isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in mutant.without}
        if mutant.envelope is not None:
            rows = [body] if mutant.listed else []
            body = {mutant.envelope: rows} if mutant.envelope else rows
        body = None if mutant.bodiless else body
        method = mutant.method or template.operation.method
        return self._signed(method, path, body, mutant, template.operation)

    def _signed(self, method: str, path: str, body: Json, mutant: Mutant, operation: Operation) -> Sent:
        place, pairs = self._signature(mutant.credential, method, body)
        named = [(name, self.part(part)) for name, part in mutant.headers]
        query = [*(pairs if place == "query" else []), *((name, self.part(part)) for name, part in mutant.query)]
        if place == "header":
            named += pairs
        elif place == "cookie" and pairs:
            named.append(("Cookie", "; ".join(f"{name}={value}" for name, value in pairs)))
        if place in ("form", "json"):
            body = {**(body or {}), **dict(pairs)}
        own = place == "form" or operation.in_a_form
        form = mutant.encoding == "form" or (mutant.encoding == "json" and own)
        encoding = "form" if isinstance(body, dict) and form else mutant.encoding
        if body is not None:
            named.append(
                ("Content-Type", operation.media_type if encoding == "json" else _TYPES.get(encoding, encoding))
            )
        headers = dict(named)
        if len({name.lower() for name in headers}) < len(named):
            raise Unwritable("it sends a header twice, which requests cannot; `holdfast retest` can")
        if not all(_fits(value) for value in headers.values()):
            raise Unwritable("it sends a header that requests will not write; `holdfast retest` does")
        return Sent(method, path, headers, tuple(query), body, encoding == "form")

    def _signature(self, credential: Credential, method: str, body: Json) -> tuple[str, list[tuple[str, str]]]:
        if not credential.via:
            return "", []
        channel = self.opened.ways[credential.via]
        if channel.login:
            raise Unwritable("its credential is a token that has to be got first; `holdfast retest` gets one")
        place = channel.place_in(method, body is None or isinstance(body, dict))
        if credential.literal is not None:
            return place, [(name, one.real) for name, one in channel.literal(credential.literal)]
        username, key = self.part(credential.username), self.part(credential.key)
        if channel.encoded and not credential.cut:
            return place, [(channel.header, self._encoded(channel, username, key))]
        found = channel.pairs(Written(username, ""), Written(key, ""), credential.cut)
        return place, [(name, one.real) for name, one in found]

    def _encoded(self, channel: Channel, username: str, key: str) -> str:
        self.encodes = True
        text = channel.form.replace("{username}", username).replace("{key}", key)
        parts = re.split("[\ue000\ue001]", text)
        code = " + ".join(part if number % 2 else json.dumps(part) for number, part in enumerate(parts) if part)
        return f"{channel.scheme} {expression(f'base64.b64encode(({code}).encode()).decode()')}"

    def part(self, part: Part) -> str:
        """A part of a credential, a constant's name in place of a key."""
        if part.of is None:
            return part.before + part.text + part.after
        identity = self.opened.signer.identities[part.of]
        if part.kind == "username":
            if part.bend is not Bend.AS_IS:
                raise Unwritable("it bends a user name in a way that only a run knows; `holdfast retest` does")
            return part.before + (identity.username or "") + part.after
        if identity.resource:
            raise Unwritable("it is of an account that a run makes; `holdfast retest` makes one")
        variables = self.opened.target.variables
        known = variables.get(f"{part.of} {part.kind}" if part.kind.startswith("cookie:") else part.of)
        if known is None:
            return part.before + part.after
        self.variables[_constant(known)] = known
        name = _constant(known)
        if part.bend is not Bend.AS_IS:
            name = self.bent.setdefault((name, part.bend), f"bent_{len(self.bent) + 1}" if self.bent else "bent")
        return part.before + expression(name) + part.after

    def _spelled(self, value: Json) -> Json:
        match value:
            case Part():
                return self.part(value)
            case dict():
                return {name: self._spelled(one) for name, one in value.items()}
            case list() | tuple():
                return [self._spelled(one) for one in value]
            case _:
                return value

    def bends(self) -> list[tuple[str, str, str]]:
        """Local name, expression and constant of each bent key."""
        return [(local, EXPRESSIONS[way].format(name), name) for (name, way), local in self.bent.items()]


def _fits(value: str) -> bool:
    """Whether requests sends this header's value as it is."""
    plain = "".join(pieces(value))
    return not value[:1].isspace() and not set(plain) & set("\r\n\0") and all(char <= "\xff" for char in plain)


def _constant(variable: str) -> str:
    return variable.upper()

"""How a credential rides, as entries of `auth`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.config import BaseUrl
from harness.errors import UsageError
from harness.model import Json
from harness.openapi import LogIn, channels, logins, schemes_of_writes

_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of `auth`."""

    name: str
    words: Mapping[str, Json]
    why: str
    """What it rests on, in one line."""

    @property
    def named(self) -> bool:
        """Whether a user name goes with the key."""
        return "{username}" in str(self.words) or self.words["channel"] == "basic"

    @property
    def secret(self) -> str:
        """What the secret is: `KEY`, `TOKEN` or `PASSWORD`."""
        if "login" in self.words or self.words["channel"] == "basic":
            return "PASSWORD"
        return "TOKEN" if self.words["channel"] == "bearer" else "KEY"


def ways_of(data: Mapping[str, Json], base_url: BaseUrl | None, header: str | None) -> tuple[Way, ...]:
    """The ways that the document tells, the one that its writes name most first; `header`, as `HEADER: TEMPLATE`, takes
    their place. Raises UsageError for one that is none."""
    if header is not None:
        return (_told(header),)
    used = schemes_of_writes(data)
    known = logins(data, base_url.prefix if base_url else "")
    found = sorted(channels(data).items(), key=lambda pair: -used[pair[0]])
    made = list[Way]()
    for name, facts in found:
        words, why = _words(facts, name, known[0] if known else None)
        if all(one.words != words for one in made):
            made.append(Way(_free(name, made), words, why))
    return tuple(made)


def _told(header: str) -> Way:
    found = _HEADER.fullmatch(header)
    if not found or not ("{key}" in found[2] or "{token}" in found[2]):
        raise UsageError("--auth: must be a header and its value with {key} in it, as 'X-Api-Key: {key}'")
    return Way("key", {"channel": "header", "name": found[1], "template": found[2]}, "your word")


def _words(facts: Mapping[str, str], scheme: str, login: LogIn | None) -> tuple[dict[str, Json], str]:
    channel, name, template = facts["channel"], facts["name"], facts["template"]
    said = f"the document's security scheme {scheme!r}"
    if channel == "basic":
        return {"channel": channel}, f"{said}: name and password, in base64"
    if channel == "bearer":
        return ({"channel": channel}, f"{said}: a token that you have") if login is None else _with_login(said, login)
    if channel == "header":
        bare = name.lower() == "authorization" and template == "{key}"
        told = '; it says no more: if a word stands in front, write "Word {key}"' if bare else ""
        return {"channel": channel, "name": name, "template": template}, said + told
    return {"channel": channel, "parameters": {name: template}}, said


def _with_login(said: str, login: LogIn) -> tuple[dict[str, Json], str]:
    fields = {login.username: "{username}", login.password: "{password}"}
    words = {"operation": login.operation, login.body: fields, "token": login.token}
    sure = "where its answer tells the token" if login.told else "where such answers usually tell the token"
    return {
        "channel": "bearer",
        "login": words,
    }, f"{said}: a token that {login.operation} gives; {login.token} is {sure}"


def _free(name: str, made: list[Way]) -> str:
    word = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")
    word = word if re.match("[a-z]", word) else f"way-{word}".rstrip("-")
    return next(one for one in _numbered(word) if all(one != other.name for other in made))


def _numbered(word: str) -> Iterator[str]:
    yield word
    yield from (f"{word}-{number}" for number in range(2, 10_000))

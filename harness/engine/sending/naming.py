"""Whose names a probe shows to the target, and whether the target should refuse it.

Servers that lock accounts count refusals by name, however the name is spelled and wherever it stands.
"""

import base64
import binascii
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from harness.model import Identity, Json, Mutant, Part, Probe


def named(probe: Probe, identities: Iterable[Identity]) -> frozenset[str]:
    """The accounts that a probe names, or whose key it bends; a session counts as the account that it is of."""
    known = {one.name: one.of or one.name for one in identities}
    words = {_plain(one.username): known[one.name] for one in identities if one.username}
    borrowed = {probe.mutant.actor, *(part.of for part in _parts(probe.mutant))}
    told = [_plain(text) for text in _texts(probe.mutant)]
    spelled = {name for word, name in words.items() if word and any(word in text for text in told)}
    return frozenset({known[one] for one in borrowed if one in known} | spelled)


def refusable(probe: Probe, identities: Mapping[str, Identity]) -> bool:
    """Whether its sender is to be refused: everybody but a living privileged account that shows its own credential."""
    actor = identities.get(probe.mutant.actor)
    entitled = actor is not None and actor.privileged and actor.state is None
    return not (entitled and probe.mutant.credential.valid)


def _parts(mutant: Mutant) -> Iterator[Part]:
    yield from (mutant.credential.username, mutant.credential.key, *mutant.parts())


def _texts(mutant: Mutant) -> Iterator[str]:
    """Every text in which a name may stand; those in base64 decoded as well."""
    literal = mutant.credential.literal or ""
    yield literal
    for word in literal.split():
        try:
            yield base64.b64decode(word, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    for part in _parts(mutant):
        yield f"{part.before}{part.text}{part.after}"
    yield from (text for _, value in mutant.fields for text in _strings(value))


def _strings(value: Json | Part) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """A name as a careless server may compare it: no marks, no case, letters and digits alone."""
    told = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in told if char.isalnum())

"""What signs a request, as a recipe that holds no secret."""

from dataclasses import dataclass
from enum import StrEnum


class Bend(StrEnum):
    """How a key or name is changed before it is sent. Each is a function in `credentials.bends`."""

    AS_IS = "as-is"
    LAST_CHANGED = "last-changed"
    FIRST_CHANGED = "first-changed"
    CASE_SWAPPED = "case-swapped"
    REVERSED = "reversed"
    SHORTENED = "shortened"
    LENGTHENED = "lengthened"
    RANDOM_ALIKE = "random-alike"
    ZEROS = "zeros"
    HASHED_SHA1 = "sha1"
    HASHED_SHA256 = "sha256"
    UNSIGNED = "unsigned"
    """The rest are for signed tokens (JWT); another key comes out as it is."""
    ALG_NONE = "alg-none"
    ALG_NONE_MIXED = "alg-none-mixed"
    ALG_NONE_SIGNED = "alg-none-signed"
    EMPTY_SECRET = "empty-secret"
    WELL_KNOWN_SECRET = "well-known-secret"


@dataclass(frozen=True, slots=True)
class Part:
    """A name or key in a credential: our own text, or an identity's own bent in a named way, so that no probe holds
    a secret."""

    text: str = ""
    of: str | None = None
    """Name of the identity whose `kind` is meant; None where `text` is literal."""
    kind: str = "key"
    """`key`, `username`, or the name of one of the identity's cookies behind `cookie:`."""
    bend: Bend = Bend.AS_IS
    before: str = ""
    """Literal text in front."""
    after: str = ""
    """Literal text behind."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What signs a request, as a recipe that is followed only when sending."""

    via: str = ""
    """Name of the channel; empty for no credential at all."""
    username: Part = Part()
    key: Part = Part()
    cut: str = ""
    """`name`: the template ends behind the name; `scheme`: behind the scheme word; empty: it is whole."""
    literal: str | None = None
    """The whole header value, instead of the template."""
    valid: bool = False
    """Whether it is a living identity's own credential; such a one shares no connection with a mutant of another
    kind."""


GUEST = Credential()

"""The words of a target file: each model is one mapping in it, each field one word.

A word on its own is checked here, words against each other in `relations`. A new word is a field here; where it holds
a secret, its place is added in `interpolation`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Word

from harness.config import shapes
from harness.model import Json


class Words(BaseModel):
    """A mapping whose keys are known words and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


class Statuses(Words):
    """What each class of refusal answers."""

    unauthenticated: shapes.Statuses = (401, 403)
    forbidden: shapes.Statuses = (401, 403)
    invalid: shapes.Statuses = (400, 422)


class Denial(Words):
    """An answer that counts as a refusal although its status says otherwise. All that is given must hold."""

    status: shapes.Status = Word(examples=[302])
    location: shapes.Text | None = None
    """Text somewhere in the Location header."""
    json_: Mapping[shapes.JsonPath, Json] | None = Word(default=None, alias="json")
    """Values by their path in the JSON answer."""
    operation: shapes.Pattern | None = None


class Source(Words):
    """Where the document comes from."""

    from_: shapes.DocumentPlace = Word(alias="from", examples=["/openapi.json"])
    as_: shapes.IdentityName | None = Word(default=None, alias="as")
    """Identity that it is asked for as; None: a guest."""


class Answer(Words):
    """An answer that tells a value."""

    operation: shapes.Reference = Word(examples=["POST /users"])
    value: shapes.JsonPath = Word(examples=["$.activation_token"])


class Guarded(Words):
    """An operation that is guarded although the document calls it open."""

    operation: shapes.Pattern = Word(examples=["PUT /users/{name}/activate"])
    proof: shapes.Place | None = None
    """Where the request carries what lets it in."""
    from_: Answer | None = Word(default=None, alias="from")
    """Where a real one comes from."""
    once: shapes.Flag = False
    """Whether one lets in only once."""


class Added(Words):
    """An operation that the document leaves out."""

    operation: shapes.Reference = Word(examples=["GET /debug"])
    public: shapes.Flag = False


class Scoped(Words):
    """A write that reaches every object of what its query names."""

    operation: shapes.Writing = Word(examples=["DELETE /files/by_release/"])
    removes: shapes.FieldName = Word(examples=["files"])
    """The resource whose objects go."""
    query: shapes.Scope = Word(examples=[{"release": "{releases.id}"}])


class Operations(Words):
    """Corrections to the document."""

    add: tuple[Annotated[Added, shapes.in_short("operation")], ...] = ()
    never: tuple[shapes.Pattern, ...] = ()
    """Sent by nobody."""
    refuse_only: tuple[shapes.Pattern, ...] = ()
    """Sent as a probe, never with a valid key."""
    scoped: tuple[Scoped, ...] = ()


class Policy(Words):
    """What the owner holds right where APIs differ."""

    invalid_on_read: Literal["strict", "lenient"] = "lenient"
    """Whether a bad key on a read is to be refused, or may be served as a guest."""
    legacy_channels: Literal["refused", "allowed"] = "refused"
    crash: Literal["fail", "warn"] = "fail"
    case_insensitive_names: shapes.Flag = False


class UrlRule(Words):
    """What one field may hold. All that is given must hold."""

    allow: tuple[shapes.Prefix, ...] | None = None
    suffix_of: shapes.FieldName | None = None
    """The value is that field's, plus `suffix`."""
    suffix: shapes.Text | None = None
    rule: Literal["none"] | None = None
    """`none`: this field deliberately has no rule."""


class Urls(Words):
    """Where URL fields may point."""

    allow: tuple[shapes.Prefix, ...] = ()
    """Prefixes for every URL field that `fields` does not name."""
    fields: Mapping[shapes.FieldName, UrlRule] = {}


class Tls(Words):
    """Who is trusted to vouch for the target. There is no word that switches verification off."""

    ca: shapes.Text = Word(examples=["ca.pem"])
    """PEM certificates of the authority, in a file named from this one's folder; nothing else is trusted then."""


class Limits(Words):
    """Bounds of a run."""

    deadline: shapes.SomeSeconds = 10.0
    """Seconds for one exchange."""
    requests: shapes.Count | None = None
    """Requests in one run; None: `Target.requests` decides."""
    settle: shapes.Seconds = 3.0
    """Longest time in seconds to wait for an effect to show."""
    recovery: shapes.Seconds = 30.0
    """Seconds that the target may be away before it is given up."""
    rate: shapes.Rate | None = None
    """Requests a second; None: `Target.rate` decides."""
    concurrency: shapes.Lines | None = None
    """Requests under way at once; None: `Target.concurrency` decides."""
    failures_per_identity: shapes.Count | None = None
    """Refusals that an identity's name may meet in one run; None: `Target.failures` decides."""

"""The words of a target file: each model is one mapping in it, each field one word.

A word on its own is checked here, words against each other in `relations`. A new word is a field here; where it holds
a secret, its place is added in `interpolation`.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Word

from harness.config import shapes
from harness.model import Json


class Words(BaseModel):
    """A mapping whose keys are known words and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


class Auth(Words):
    """How a credential rides."""

    channel: Literal["header", "basic", "bearer"] = Word(examples=["header"])
    name: shapes.HeaderName = "Authorization"
    """Header; only for the channel `header`, as is `template`."""
    template: shapes.Template = "{key}"
    """The header's value, where `{username}` and `{key}` stand for the identity's own."""


class Account(Words):
    """One entry of `identities`, as written; `Target.identities` gives them as the other parts use them."""

    username: shapes.Text | None = None
    key: shapes.SecretText | None = Word(default=None, repr=False)
    privileged: shapes.Flag = False
    state: Literal["inactive", "revoked", "rotated", "expired"] | None = None
    may: tuple[shapes.Pattern, ...] = ()
    alive: shapes.Reference | None = None
    auth: shapes.Named | None = None
    """Entry of `auth`; needed only where there are several."""


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


class Resource(Words):
    """What cannot be inferred from the document about one kind of object. None: inferred."""

    create: shapes.Creation | None = None
    item: shapes.ItemPath | None = None
    id: shapes.IdPlace | None = None
    """Where a new object's id is told: `location`, `$.json.path` of the answer, `sent:field` or `path:name`."""
    find: shapes.Reading | None = None
    marker: shapes.FieldName | None = None
    """Free text field that carries the unguessable value."""
    unique: tuple[shapes.FieldName, ...] = ()
    body: Mapping[str, Json] | None = None
    """Fields of the body that creates one."""


class Operations(Words):
    """Corrections to the document."""

    never: tuple[shapes.Pattern, ...] = ()
    """Sent by nobody."""


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


class Limits(Words):
    """Bounds of a run."""

    deadline: shapes.SomeSeconds = 10.0
    """Seconds for one exchange."""
    requests: shapes.Count = 20_000
    """Requests in one run."""
    settle: shapes.Seconds = 3.0
    """Longest time in seconds to wait for an effect to show."""

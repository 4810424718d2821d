"""The words of `resources`: what cannot be inferred from the document about one kind of object."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field as Word

from harness.config import shapes
from harness.config.words import Words
from harness.model import Json

_CREATOR = "creator"
COPY, FIXTURE = "copy", "fixture"


def _owner(value: Json) -> Json:
    if isinstance(value, dict):
        return value
    if value != _CREATOR:
        raise shapes.fault("must be 'creator', or say what chooses the owner, like {owner_field: [body.username]}")
    return {}


class Owner(Words):
    """Who alone may touch an object."""

    owner_field: tuple[shapes.Place, ...] = ()
    """Where a request names the owner; empty: it is whoever creates the object."""


class Need(Words):
    """What must happen to a new object before it is usable."""

    operation: shapes.Writing = Word(examples=["POST /things/{id}/check"])
    until: shapes.Until | None = None
    """The answer to wait for afterwards."""


class Credentials(Words):
    """The two values that somebody logs in with, with the slots of a body."""

    username: shapes.Text = Word(examples=["{name}"])
    password: shapes.Text = Word(examples=["{password}"])


class Effect(Words):
    """Where a change shows only to whoever logs in as the object."""

    login: Credentials
    then: shapes.Reading = Word(examples=["GET /me"])
    field: shapes.JsonPath = Word(examples=["$.admin"])


class Resource(Words):
    """One kind of object. None: inferred."""

    creations: shapes.Creations | None = Word(default=None, alias="create")
    item: shapes.ItemPath | None = None
    id: shapes.IdPlace | None = None
    """Where a new object's id is told: `location`, `$.json.path` of the answer, `sent:field` or `path:name`."""
    find: shapes.Reading | None = None
    marker: shapes.FieldName | None = None
    """Free text field that carries the unguessable value."""
    unique: tuple[shapes.FieldName, ...] = ()
    body_: Mapping[str, Json] | None = Word(default=None, alias="body")
    needs: tuple[Annotated[Need, shapes.in_short("operation")], ...] = ()
    owner: Annotated[Owner | None, shapes.Short(_owner, ("const", _CREATOR))] = None
    draft: Mapping[shapes.FieldName, Json] | None = None
    """Fields of the body that make a hidden one."""
    draft_hides: tuple[shapes.FieldName, ...] = ()
    """Resources whose objects are hidden with the draft that they hang on."""
    privileged_fields: tuple[shapes.FieldName, ...] = ()
    """Set by the privileged only."""
    effect: Effect | None = None

    @property
    def create(self) -> str | None:
        """The operation that creates one; the first, where there are several."""
        return self.creations[0] if self.creations else None

    @property
    def body(self) -> Mapping[str, Json] | None:
        """Fields of the body that creates one."""
        fields = {name: value for name, value in (self.body_ or {}).items() if (name, value) != (COPY, FIXTURE)}
        return fields or None

    @property
    def copies_fixture(self) -> bool:
        """Whether the body starts from an existing object's."""
        return (self.body_ or {}).get(COPY) == FIXTURE

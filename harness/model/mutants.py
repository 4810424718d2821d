"""One change to a control."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Self

from harness.model.claims import ANY_CHANGE, Expect, Forbid
from harness.model.credentials import GUEST, Credential, Part
from harness.model.words import Json


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to a control, not yet a request: it is made into one, with a canary and a marker, whenever it is
    sent."""

    credential: Credential = GUEST
    headers: tuple[tuple[str, Part], ...] = ()
    query: tuple[tuple[str, Part], ...] = ()
    fields: tuple[tuple[str, Json | Part], ...] = ()
    """Body fields set; strings may hold the slots of a template."""
    without: tuple[str, ...] = ()
    """Body fields left out. The objects that are struck hold them then."""
    alone: bool = False
    """Whether the body holds nothing but `fields`."""
    bodiless: bool = False
    """Whether it has no body at all."""
    envelope: str | None = None
    """What the body is put into: a list, in a field of this name, or bare where it is empty; None for neither."""
    listed: bool = True
    """Whether the list in the envelope holds the body, or nothing."""
    unbounded: bool = False
    """Whether it may reach more than the run has made, on a server that is wrong."""
    raw_query: str | None = None
    """The whole query as it is written, with slots, in the place of the control's; None to keep that."""
    names: str = "scope"
    """Which of the objects that are set out its query names: all in the `scope`, `one` of those, `both` scopes, or
    `none`."""
    guard: str = ""
    """A query that the entitled identity has to be seen to remove one object with, and no more, before the mutant is
    sent: what bounds it. Empty where nothing has to."""
    method: str = ""
    """Sent instead of the operation's method; empty to keep that."""
    encoding: str = "json"
    """How the body is written: `json`, `form`, `multipart`, `text` (JSON that calls itself plain text), `untyped` (JSON
    that calls itself nothing), or a media type by which JSON calls itself."""
    pairs: tuple[tuple[str, str], ...] = ()
    """What tells it from its siblings, as `key=value` in its id."""
    expect: Expect = Expect.REFUSED
    forbids: tuple[Forbid, ...] = (ANY_CHANGE,)
    also: frozenset[int] = frozenset()
    """Statuses that the mutation itself may cause, taken for a refusal."""
    actor: str = ""
    """Name of the identity whose valid credential it carries; empty where it carries none."""
    listens: str = ""
    """What is listened for in all answers of the run, where nothing is sent: `own-key`, `other-key` or
    `password-hash`."""
    waived_by: str = ""
    """Policy of a target under which there is nothing to test, as `word: value`; empty for none."""
    telling: bool = False
    """Whether the smoke profile takes it where its mutation yields several."""
    login: str = ""
    """Of a login, what stands where the password belongs: `bent`, `empty`, `missing`, `null`, `true`, `zero`, `list` or
    `condition`; empty for any other request."""
    proof: str = "real"
    """What stands where the operation's proof belongs: `real`, `absent`, `empty`, `null`, `other` (that of another
    object), `condition` (an object that reads as one which the real one fulfils), or a bend of the real one."""
    spent: bool = False
    """Whether the proof of the object that it is aimed at was used before."""

    kin: str = ""
    """Another kind of object than the request is about, of which one is set out that it must leave alone; empty where
    nothing of the kind is looked at. In `fields`, `{kin.id}`, `{kin.number}` and `{kin.uri}` name that object,
    `{kin.marker}` is a marker that belongs to the kind, and `{kin.body}` what makes one more."""
    spelling: str = ""
    """How its path is spelled, by name; empty for as it stands."""
    likewise: bool = False
    """Whether it goes a way that nobody need be served on, so that another answer than a guest's refusal says something
    only where the entitled identity is let in likewise."""
    hanging: bool = False
    """Whether the object of the other kind hangs on the one that the request is aimed at."""
    invalid: str = ""
    """A field of its body by which a validator that is reached before anybody is asked who they are betrays itself;
    empty where the body is none that it refuses."""
    own_above: tuple[str, ...] = ()
    """Resources of which an object of its sender's own stands in the path, where one stood on which the object that it
    is aimed at hangs."""

    @property
    def foreign(self) -> bool:
        """Whether it touches an object of somebody else, which its sender need not be shown."""
        return any(one.predicate == "foreign-change" and not one.owner for one in self.forbids)

    @property
    def bare(self) -> bool:
        """Whether it is the control's request without a credential, and nothing else of it is changed."""
        return not self.credential.via and all(getattr(self, name) == value for name, value in _CONTROL)

    @property
    def unproved(self) -> bool:
        """Whether it comes without a proof that still counts."""
        return self.proof != "real" or self.spent

    def with_header(self, name: str, value: str | Part) -> Self:
        """The same with one more header."""
        return replace(self, headers=(*self.headers, (name, _part(value))))

    def with_query(self, name: str, value: str | Part) -> Self:
        """The same with one more query parameter."""
        return replace(self, query=(*self.query, (name, _part(value))))

    def with_field(self, name: str, value: Json | Part) -> Self:
        """The same with this body field set."""
        return replace(self, fields=(*self.fields, (name, value)))

    def with_cookie(self, name: str, value: str | Part) -> Self:
        """The same with a cookie."""
        part = _part(value)
        return replace(self, headers=(*self.headers, ("Cookie", replace(part, before=f"{name}={part.before}"))))

    def parts(self) -> tuple[Part, ...]:
        """Every part in its headers, query and body fields, however deep; its credential's are not among them."""
        return tuple(_parts_in([part for _, part in (*self.headers, *self.query, *self.fields)]))

    def by_method(self, method: str) -> Self:
        """The same sent with another method."""
        return replace(self, method=method)

    def encoded(self, encoding: str) -> Self:
        """The same with its body written in another way: see `encoding`."""
        return replace(self, encoding=encoding)

    def accepting(self, *statuses: int) -> Self:
        """The same, where the mutation itself may cause these statuses: they are taken for a refusal."""
        return replace(self, also=self.also | frozenset(statuses))

    def in_smoke(self) -> Self:
        """The same, taken by the smoke profile where its unmarked siblings are not."""
        return replace(self, telling=True)

    def in_list(self, field: str, holds_it: bool = True) -> Self:
        """The same with its body, or nothing, in a list: in a field of that name, or bare where it is empty."""
        return replace(self, envelope=field, listed=holds_it)

    def named(self, **pairs: str) -> Self:
        """The same, told from its siblings by `key=value` pairs (`field`, `as_`, `via`, `case`)."""
        return replace(self, pairs=(*self.pairs, *((key.rstrip("_"), value) for key, value in pairs.items())))


_SAID = ("pairs", "expect", "forbids", "also", "telling", "waived_by")
"""What is said of a mutant, and does not change what is sent."""
_CONTROL = tuple((one.name, getattr(Mutant(), one.name)) for one in fields(Mutant) if one.name not in _SAID)
"""What is sent where nothing is changed but that there is no credential."""


def _part(value: str | Part) -> Part:
    return value if isinstance(value, Part) else Part(value)


def _parts_in(value: Json | Part) -> Iterator[Part]:
    if isinstance(value, Part):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _parts_in(one)

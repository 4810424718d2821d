"""What a test of one finding needs: objects of its own, the valid request, and what must not come of the changed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from harness.emitting.requests import Scribe, Sent, Unwritable
from harness.emitting.source import expression
from harness.engine import Opened
from harness.model import Expect, Json, Operation, Probe
from harness.openapi import Unsatisfiable
from harness.resources import Asked, Resource, Template, asked, fill, hiding_fields, read_path, template

JUDGED = {"any-change", "stored-outside-rule", "opened", "marker-read"}
"""What a test can see for itself."""


@dataclass(frozen=True, slots=True)
class Making:
    """How an object of a resource is made."""

    variable: str
    method: str
    target: str
    body: Json
    item: str
    """Path of an object, with `{}` for its id."""


@dataclass(frozen=True, slots=True)
class Aim:
    """One finding, as a test sends it."""

    probe: Probe
    resource: Resource | None
    parents: tuple[Making, ...]
    making: Making | None
    """Of the object that the finding is about; None for a read of no object."""
    valid: Sent
    """The control; its body speaks of `marker`."""
    mutant: Sent
    list_path: str
    creates: bool
    """Whether the operation is on the list, so that its effect shows there."""
    others: bool
    """Whether the request names another object of ours."""
    turned: tuple[str, tuple[Json, ...]] | None = None
    """A field that changes, with its values, where no marker fits in."""
    hidden: bool = False
    """Whether the object is made so that no guest may see it."""
    strict: bool = False
    """Whether nothing but a refusal will do, and being served as a guest will not."""


def aim(opened: Opened, probe: Probe, owner: str, scribe: Scribe) -> Aim:
    """Raises Unwritable where a test of its own cannot show it."""
    _writable(probe, owner)
    operation = probe.base or probe.operation
    role = opened.graph.roles.get(probe.operation.name)
    resource, where = role if role else (None, "")
    if operation.method == "GET":
        resource, where = _read_of(opened, operation)
        return _reading(opened, probe, owner, scribe, resource, where)
    if resource is None or where not in ("list", "item") or resource.singleton:
        raise Unwritable("what it did shows neither on a list nor on an object of a list; `holdfast retest` tries it")
    variants = [probe.variant] if probe.variant else []
    made = _template(opened, resource, operation, "list" if probe.base else where, variants)
    slots = _slots(opened, resource)
    path = str(fill(made.path, _in_path(opened, resource)))
    making = _making(opened, resource, scribe, variants, "canary")
    turned = (made.turn.field, made.turn.values) if made.turn else None
    if turned:
        slots[f"turn.{turned[0]}"] = expression("turned")
    mutant = scribe.request(made, probe.mutant, slots, path)
    return Aim(
        probe,
        resource,
        tuple(_parents(opened, resource, scribe)),
        making,
        scribe.request(made, scribe.own(owner), slots, path),
        mutant,
        str(fill(read_path(resource, "list"), _in_path(opened, resource))),
        where == "list",
        "canary." in str((mutant.body, mutant.query, mutant.headers)),
        turned,
    )


def _writable(probe: Probe, owner: str) -> None:
    mutant = probe.mutant
    if mutant.unbounded or mutant.raw_query is not None or mutant.guard:
        raise Unwritable(
            "it may destroy what is not the test's own; `holdfast retest` sends it only where that is allowed"
        )
    if any("." in name for name in (probe.variant, *(one for one, _ in mutant.fields))):
        raise Unwritable("the field that it sets lies below others in the body; `holdfast retest` sets it")
    if mutant.spelling:
        raise Unwritable("its path is spelled in a way that `requests` would mend; `holdfast retest` sends it as it is")
    if mutant.method != mutant.method.upper():
        raise Unwritable("its method is in small letters, which requests makes capitals; `holdfast retest` keeps them")
    if mutant.encoding in ("multipart", "untyped"):
        raise Unwritable("its body is written in a way that a run knows; `holdfast retest` sends it as it is")
    if mutant.listens:
        raise Unwritable("nothing is sent for it: a run hears it in all answers; try it with `holdfast retest`")
    if mutant.expect is Expect.IGNORED or mutant.foreign or not {one.predicate for one in mutant.forbids} <= JUDGED:
        raise Unwritable(
            "whether it is one rests on whose object it is or on what a field usually holds; `holdfast retest` knows"
        )
    if mutant.own_above:
        raise Unwritable("an object of its sender's own stands in its path; `holdfast retest` makes one")
    if probe.by not in ("", owner):
        raise Unwritable(f"its control is made as {probe.by}; `holdfast retest` does so")
    if mutant.unproved:
        raise Unwritable("its control carries a proof that the API makes anew each time; `holdfast retest` gets one")


def _template(opened: Opened, resource: Resource, operation: Operation, where: str, variants: list[str]) -> Template:
    if asked(operation, opened.target) != Asked():
        raise Unwritable(f"{operation.name} asks for parameters that a run fills anew each time; use `holdfast retest`")
    if resource.owners:
        raise Unwritable(f"its path names the account whose the {resource.name} are; `holdfast retest` fills it in")
    words = opened.target.resources.get(resource.name)
    if words and (words.copies_fixture or words.needs):
        raise Unwritable(f"a {resource.name} is made in several steps; `holdfast retest` takes them")
    try:
        made = template(resource, operation, where, opened.target, variants)
    except Unsatisfiable as error:
        raise Unwritable(f"{operation.name}: {error}") from None
    if made.proof:
        raise Unwritable("its request carries a proof that the API makes anew each time; `holdfast retest` gets one")
    return made


def _making(opened: Opened, resource: Resource, scribe: Scribe, variants: list[str], variable: str) -> Making:
    create = next(
        (one for one in resource.creators if f"{one.method} {one.path}" == f"POST {resource.list_path}"), None
    )
    if create is None or resource.operation("GET", "item") is None:
        raise Unwritable(
            f"no POST on a list makes a {resource.name} that can be read; `holdfast retest` knows other ways"
        )
    if resource.id_parts:
        raise Unwritable(f"several parameters name a {resource.name} together; `holdfast retest` fills them")
    made = _template(opened, resource, create, "list", variants)
    item = str(fill(read_path(resource, "item"), {**_in_path(opened, resource), "self.id": "{}"}))
    body = fill(made.body, _slots(opened, resource))
    return Making(variable, "POST", str(fill(made.path, _in_path(opened, resource))), body, item)


def _parents(opened: Opened, resource: Resource, scribe: Scribe) -> Iterator[Making]:
    for one in _above(opened, resource):
        yield _making(opened, one, scribe, [], variable_of(one.name))


def _above(opened: Opened, resource: Resource) -> list[Resource]:
    """All that an object hangs on, the first to be made first."""
    wanted, waiting = set[str](), set(resource.needs)
    while waiting:
        name = waiting.pop()
        if name not in wanted and name != resource.name:
            wanted.add(name)
            waiting |= opened.graph.resource(name).needs
    return [one for one in opened.graph.resources if one.name in wanted]


def variable_of(resource: str) -> str:
    """What an object of a resource is called in a test."""
    return "the_" + re.sub(r"\W", "_", resource.lower())


def _slots(opened: Opened, resource: Resource) -> dict[str, Json]:
    slots: dict[str, Json] = {"marker": expression("marker"), "unique": expression("marker")}
    slots["unique_number"] = expression('int.from_bytes(marker[-5:].encode(), "big")')
    named = {one.name: variable_of(one.name) for one in opened.graph.resources if one.name != resource.name}
    for name, variable in {**named, "self": "canary", "other": "canary"}.items():
        slots |= {f"{name}.id": expression(f"{variable}.id"), f"{name}.uri": expression(f"{variable}.uri")}
        slots[f"{name}.number"] = expression(f"int({variable}.id)")
    return slots


def _in_path(opened: Opened, resource: Resource) -> dict[str, Json]:
    named = {f"{one.name}.id": expression(f"{variable_of(one.name)}.key") for one in opened.graph.resources}
    return {**named, "self.id": expression("canary.key"), "marker": expression("marker")}


def _read_of(opened: Opened, operation: Operation) -> tuple[Resource | None, str]:
    for one in opened.graph.resources:
        if operation.path in (one.list_path, one.item_path) and not one.singleton:
            return one, "item" if operation.path == one.item_path else "list"
    return None, ""


def _reading(opened: Opened, probe: Probe, owner: str, scribe: Scribe, resource: Resource | None, where: str) -> Aim:
    operation = probe.operation
    if "{" in operation.path and resource is None:
        raise Unwritable(f"{operation.path} names an object that no operation makes; `holdfast retest` knows fixtures")
    if asked(operation, opened.target) != Asked():
        raise Unwritable(f"{operation.name} asks for parameters that a run fills anew each time; use `holdfast retest`")
    making, path = None, operation.path
    parents: tuple[Making, ...] = ()
    hidden = False
    if resource is not None and resource.creators:
        made = [_making(opened, resource, scribe, [], "canary"), *_parents(opened, resource, scribe)]
        words = opened.target.resources.get(resource.name)
        above = [hiding_fields(opened.target, one.name, resource) for one in _above(opened, resource)]
        fields = [words.draft or {} if words else {}, *above]
        drafts = [_with(one, more) for one, more in zip(made, fields, strict=True)]
        hidden = drafts != made
        making, parents = drafts[0], tuple(drafts[1:])
        path = str(fill(read_path(resource, where), _in_path(opened, resource)))
    elif "{" in path:
        raise Unwritable(f"{path} names an object that no operation makes; `holdfast retest` knows fixtures")
    nothing = Template(operation, resource or Resource("", path, "", "", {}), path)
    slots = _slots(opened, resource) if resource else {}
    mutant = scribe.request(nothing, probe.mutant, slots, path)
    own = scribe.request(nothing, scribe.own(owner), slots, path)
    refuses = opened.target.policy.invalid_on_read == "strict" and probe.mutant.expect is Expect.GUEST_VIEW
    strict = refuses and probe.mutant.credential.via != ""
    return Aim(
        probe, resource, parents, making, own, mutant, path, where == "list", False, hidden=hidden, strict=strict
    )


def _with(making: Making, fields: Mapping[str, Json]) -> Making:
    return replace(making, body={**making.body, **fields}) if isinstance(making.body, dict) else making

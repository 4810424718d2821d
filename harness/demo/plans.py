"""What a write would do, worked out before anybody asks whether the caller may do it.

The service looks at a body before it looks at rights. So a write is first a plan, made of the path, the query and the
body, which later stages judge and carry out.
"""

from dataclasses import dataclass, replace

from harness.demo.bodies import Body, Save, as_list, as_object, identifier, save
from harness.demo.builds import Build
from harness.demo.call import Call, Refusal
from harness.demo.queries import condition
from harness.demo.replies import empty, explained
from harness.demo.resources import RELEASE_FILE, Resource
from harness.demo.store import EVERY, Condition, Store

DIGITS = 18
"""The longest number that is looked up; a longer one names nothing, as SQLite's integers end there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The effect of one write, and the status that reports it."""

    status: int
    """201, 202 or 204."""
    removes: Condition | None = None
    """Rows to be removed first."""
    saves: tuple[Save, ...] = ()
    """Rows to be stored then."""

    @property
    def idle(self) -> bool:
        """Whether nothing at all was asked for, which anybody may ask for."""
        return self.removes is None and not self.saves


class Planner:
    """Plans the writes of one build."""

    def __init__(self, build: Build, store: Store) -> None:
        self._build = build
        self._store = store

    def plan(self, call: Call, resource: Resource, body: Body) -> Plan:
        """What the call asks for; refuses with 400, 401 or 404 what cannot be meant."""
        if call.item is not None:
            return self._on_item(call, resource, body, call.item)
        match call.method:
            case "POST":
                return Plan(201, saves=(self._save(call, resource, body),))
            case "PUT":
                return Plan(204, EVERY, self._saves(call, resource, body))
            case "PATCH":
                return self._bulk(call, resource, body)
            case _:
                return Plan(204, removes=self._scope(call, resource))

    def _on_item(self, call: Call, resource: Resource, body: Body, item: str) -> Plan:
        number = number_of(item)
        before = None if number is None else self._store.get(resource, number)
        if before is not None and call.method == "DELETE":
            return Plan(204, removes=Condition("id = ?", (number,)))
        if before is not None:
            changed = save(resource, body, before, self._store, call.user)
            return Plan(204 if call.method == "PUT" else 202, saves=(changed,))
        if number is not None and call.method == "PUT":
            made = save(resource, body, None, self._store, call.user)
            return Plan(201, saves=(replace(made, values={"id": number, **made.values}),))
        raise Refusal(empty(404))

    def _bulk(self, call: Call, resource: Resource, body: Body) -> Plan:
        saves = self._saves(call, resource, body)
        gone = as_list(body, "deleted_objects") if "deleted_objects" in body else []
        numbers = tuple(identifier(resource, uri) for uri in gone)
        if any(self._store.get(resource, number) is None for number in numbers):
            raise Refusal(empty(404))
        marks = ", ".join("?" * len(numbers))
        return Plan(202, Condition(f"id IN ({marks})", numbers) if numbers else None, saves)

    def _saves(self, call: Call, resource: Resource, body: Body) -> tuple[Save, ...]:
        objects = [as_object(member) for member in as_list(body, "objects")]
        return tuple(self._save(call, resource, member) for member in objects)

    def _save(self, call: Call, resource: Resource, body: Body) -> Save:
        before = None
        if call.method == "PATCH" and "resource_uri" in body:
            before = self._store.get(resource, identifier(resource, body["resource_uri"]))
        return save(resource, body, before, self._store, call.user)

    def _scope(self, call: Call, resource: Resource) -> Condition:
        if not self._build.one_release:
            return condition(resource, call.query)
        values = call.query.get("release", [])
        if set(call.query) != {"release"} or len(values) != 1 or not _is_number(values[0]):
            raise Refusal(explained("Exactly one release has to be named, by its number."))
        return condition(RELEASE_FILE, call.query)


def number_of(item: str) -> int | None:
    """The number in the path of an object; None where it can be nobody's."""
    return int(item) if _is_number(item) and len(item) <= DIGITS else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()

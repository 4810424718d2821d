"""What mutations make of controls. A mutation that saw no difference between two controls makes the same of both, and
is asked only once: most operations of a large document are alike to most mutations."""

from collections.abc import Callable
from dataclasses import fields
from hashlib import sha256
from typing import Any, TypeAlias

from harness.family import Control, Mutation
from harness.model import Mutant, Operation

_Names: TypeAlias = tuple[str, ...]
_Values: TypeAlias = tuple[str | bytes, ...]

_OF_CONTROL = {one.name: one.name for one in fields(Control) if one.name != "operation"}
_OF_OPERATION = {one.name: f"operation.{one.name}" for one in fields(Operation)}


class Makings:
    """The mutants of every mutation, by what was read of a control to make them. Nothing else can make a difference."""

    def __init__(self) -> None:
        self._made: dict[tuple[Callable[..., Any], str], dict[_Names, dict[_Values, tuple[Mutant, ...]]]] = {}

    def of(self, mutation: Mutation, control: "Seen", field: str = "") -> tuple[Mutant, ...]:
        """The mutants that a mutation makes of a control, named after a body field where one is given."""
        readings = self._made.setdefault((mutation.make, field), {})
        for names, known in readings.items():
            made = known.get(control.values(names))
            if made is not None:
                return made
        control.read.clear()
        found = mutation.make(control)
        made = tuple(one.named(field=field) for one in found) if field else tuple(found)
        names = tuple(sorted(control.read))
        readings.setdefault(names, {})[control.values(names)] = made
        return made


class Seen(Control):
    """A control that notes what is read of it and of its operation."""

    read: set[str]
    _values: dict[str, str | bytes]

    @classmethod
    def of(cls, control: Control) -> "Seen":
        """The same control, of which nothing was read yet."""
        read, whole = set[str](), control.operation
        operation = _SeenOperation(**{name: getattr(whole, name) for name in _OF_OPERATION})
        seen = cls(operation=operation, **{name: getattr(control, name) for name in _OF_CONTROL})
        vars(operation)["read"] = read
        vars(seen).update(read=read, _values={})
        return seen

    def __getattribute__(self, name: str) -> Any:
        return _noted(self, name, _OF_CONTROL)

    def values(self, names: _Names) -> _Values:
        """What stands under these names, so that it is alike only where it is equal."""
        known = self._values
        for name in names:
            if name not in known:
                known[name] = _told(self._value(name))
        return tuple(known[name] for name in names)

    def _value(self, name: str) -> Any:
        of_operation = name.removeprefix("operation.")
        return getattr(self, name) if of_operation == name else getattr(self.operation, of_operation)


class _SeenOperation(Operation):
    def __getattribute__(self, name: str) -> Any:
        return _noted(self, name, _OF_OPERATION)


def _noted(one: object, name: str, names: dict[str, str]) -> Any:
    # A copy that a family makes notes nothing: all was read to make it.
    if name in names and (read := object.__getattribute__(one, "__dict__").get("read")) is not None:
        read.add(names[name])
    return object.__getattribute__(one, name)


def _told(value: object) -> str | bytes:
    return value if isinstance(value, str) else sha256(repr(value).encode()).digest()

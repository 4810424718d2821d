"""What mutations make of controls. A mutation that saw no difference between two controls makes the same of both, and
is asked only once: most operations of a large document are alike to most mutations."""

from collections.abc import Callable
from dataclasses import fields
from hashlib import sha256
from typing import Any, TypeAlias

from harness.family import Control, Mutation
from harness.model import Mutant, Operation

_Question: TypeAlias = tuple[str, ...]
"""A field of a control, `operation` and a field of that, or a method of a control with its arguments."""
_Questions: TypeAlias = tuple[_Question, ...]
_Answers: TypeAlias = tuple[str | bytes, ...]

_OF_CONTROL: dict[str, _Question] = {one.name: (one.name,) for one in fields(Control) if one.name != "operation"}
_OF_OPERATION: dict[str, _Question] = {one.name: ("operation", one.name) for one in fields(Operation)}


class Makings:
    """The mutants of every mutation, by what was read of a control to make them. Nothing else can make a difference."""

    def __init__(self) -> None:
        self._made: dict[tuple[Callable[..., Any], str], dict[_Questions, dict[_Answers, tuple[Mutant, ...]]]] = {}

    def of(self, mutation: Mutation, control: "Seen", field: str = "") -> tuple[Mutant, ...]:
        """The mutants that a mutation makes of a control, named after a body field where one is given."""
        readings = self._made.setdefault((mutation.make, field), {})
        for questions, known in readings.items():
            made = known.get(control.answers(questions))
            if made is not None:
                return made
        control.read.clear()
        found = mutation.make(control)
        made = tuple(one.named(field=field) for one in found) if field else tuple(found)
        questions = tuple(sorted(control.read))
        readings.setdefault(questions, {})[control.answers(questions)] = made
        return made


class Seen(Control):
    """A control that notes what is read of it and of its operation. Where it was asked, only the answer was read."""

    read: set[_Question]
    _whole: Control
    _answers: dict[_Questions, _Answers]
    _answer: dict[_Question, str | bytes]

    @classmethod
    def of(cls, control: Control) -> "Seen":
        """The same control, of which nothing was read yet."""
        read, whole = set[_Question](), control.operation
        operation = _SeenOperation(**{name: getattr(whole, name) for name in _OF_OPERATION})
        seen = cls(operation=operation, **{name: getattr(control, name) for name in _OF_CONTROL})
        vars(operation)["read"] = read
        vars(seen).update(read=read, _whole=control, _answers={}, _answer={})
        return seen

    def __getattribute__(self, name: str) -> Any:
        return _noted(self, name, _OF_CONTROL)

    def is_data(self, place: str, *names: str) -> bool:
        return self._noting("is_data", place, *names).is_data(place, *names)

    def has_body(self) -> bool:
        return self._noting("has_body").has_body()

    def begins_with_words(self) -> bool:
        return self._noting("begins_with_words").begins_with_words()

    def _noting(self, *question: str) -> Control:
        """Who is to answer a question."""
        if "read" not in vars(self):
            # Of a copy that a family makes, all was read to make it.
            return Control(**{one.name: getattr(self, one.name) for one in fields(Control)})
        self.read.add(question)
        return self._whole

    def answers(self, questions: _Questions) -> _Answers:
        """What is answered to these questions, so that it is alike only where it is equal."""
        if questions not in self._answers:
            self._answers[questions] = tuple(map(self._answered, questions))
        return self._answers[questions]

    def _answered(self, question: _Question) -> str | bytes:
        if question not in self._answer:
            self._answer[question] = _told(self._told(question))
        return self._answer[question]

    def _told(self, question: _Question) -> Any:
        name, *arguments = question
        if name == "operation":
            return getattr(self._whole.operation, *arguments)
        value = getattr(self._whole, name)
        return value(*arguments) if name not in _OF_CONTROL else value


class _SeenOperation(Operation):
    def __getattribute__(self, name: str) -> Any:
        return _noted(self, name, _OF_OPERATION)


def _noted(one: object, name: str, names: dict[str, _Question]) -> Any:
    # A copy that a family makes notes nothing: all was read to make it.
    if name in names and (read := object.__getattribute__(one, "__dict__").get("read")) is not None:
        read.add(names[name])
    return object.__getattribute__(one, name)


def _told(value: object) -> str | bytes:
    return value if isinstance(value, str) else sha256(repr(value).encode()).digest()

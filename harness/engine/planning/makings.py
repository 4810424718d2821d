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

    def of(self, mutation: Mutation, seen: "Seen", field: str = "") -> tuple[Mutant, ...]:
        """The mutants that a mutation makes of a control, named after a body field where one is given."""
        readings = self._made.setdefault((mutation.make, field), {})
        for questions, known in readings.items():
            made = known.get(seen.answers(questions))
            if made is not None:
                return made
        control = _Noting.of(seen.control)
        found = mutation.make(control)
        made = tuple(one.named(field=field) for one in found) if field else tuple(found)
        questions = tuple(sorted(control.read))
        readings.setdefault(questions, {})[seen.answers(questions)] = made
        return made


class Seen:
    """A control, and what was read of it."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self._answers: dict[_Questions, _Answers] = {}
        self._answer: dict[_Question, str | bytes] = {}

    def answers(self, questions: _Questions) -> _Answers:
        """What is answered to these questions, so that it is alike only where it is equal."""
        found = self._answers.get(questions)
        if found is None:
            found = self._answers[questions] = tuple(map(self._answered, questions))
        return found

    def _answered(self, question: _Question) -> str | bytes:
        if question not in self._answer:
            told = self._told(question)
            self._answer[question] = told if isinstance(told, str) else sha256(repr(told).encode()).digest()
        return self._answer[question]

    def _told(self, question: _Question) -> Any:
        name, *arguments = question
        if name == "operation":
            return getattr(self.control.operation, *arguments)
        value = getattr(self.control, name)
        return value if name in _OF_CONTROL else value(*arguments)


class _Noting(Control):
    """A control that notes what is read of it and of its operation. Where it was asked, only the answer was read."""

    read: set[_Question]
    _whole: Control

    @classmethod
    def of(cls, control: Control) -> "_Noting":
        """The same control, of which nothing was read yet."""
        read, whole = set[_Question](), control.operation
        operation = _NotingOperation(**{name: getattr(whole, name) for name in _OF_OPERATION})
        noting = cls(operation=operation, **{name: getattr(control, name) for name in _OF_CONTROL})
        vars(operation)["read"] = read
        vars(noting).update(read=read, _whole=control)
        return noting

    def __getattribute__(self, name: str) -> Any:
        return _noted(self, name, _OF_CONTROL)

    def is_data(self, place: str, *names: str) -> bool:
        return self._asked("is_data", place, *names).is_data(place, *names)

    def has_body(self) -> bool:
        return self._asked("has_body").has_body()

    def begins_with_words(self) -> bool:
        return self._asked("begins_with_words").begins_with_words()

    def _asked(self, *question: str) -> Control:
        """Who is to answer a question."""
        if "read" not in vars(self):
            # Of a copy that a family makes, all was read to make it.
            return Control(**{one.name: getattr(self, one.name) for one in fields(Control)})
        self.read.add(question)
        return self._whole


class _NotingOperation(Operation):
    def __getattribute__(self, name: str) -> Any:
        return _noted(self, name, _OF_OPERATION)


def _noted(one: object, name: str, names: dict[str, _Question]) -> Any:
    # A copy that a family makes notes nothing: all was read to make it.
    if name in names and (read := object.__getattribute__(one, "__dict__").get("read")) is not None:
        read.add(names[name])
    return object.__getattribute__(one, name)

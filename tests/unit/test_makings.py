"""Mutants are made once for all controls in which a mutation sees no difference, and for each of the others."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from harness.credentials import Channel
from harness.engine.planning.makings import Makings, Seen
from harness.family import Control, Family, Mutation, Severity
from harness.model import Identity, Json, Mutant, Operation

Make = Callable[[Control], Iterator[Mutant]]

BODY: dict[str, Json] = {"type": "object", "properties": {"name": {"type": "string"}}}
OTHER: dict[str, Json] = {"type": "object", "properties": {"username": {"type": "string"}}}


def _control(path: str, method: str = "POST", body: dict[str, Json] = BODY, auth: str = "key") -> Control:
    return Control(Operation(method, path, body_schema=body), Identity("admin", auth=auth), Channel(auth))


def _asks_for_nothing(control: Control) -> Iterator[Mutant]:
    yield control.unsigned()


def _asks_who(control: Control) -> Iterator[Mutant]:
    yield control.signed(key="x")


def _asks_for_the_path(control: Control) -> Iterator[Mutant]:
    yield control.unsigned().with_query("next", control.operation.path)


def _asks_for_the_name(control: Control) -> Iterator[Mutant]:
    yield control.unsigned().with_query("next", control.operation.name)


def _asks_for_fields_of_posts(control: Control) -> Iterator[Mutant]:
    if control.operation.method == "POST" and "username" in (control.operation.body_schema or {})["properties"]:
        yield control.unsigned().with_field("username", "x")
    else:
        yield control.unsigned()


def _changes_a_copy(control: Control) -> Iterator[Mutant]:
    yield (
        replace(control, operation=replace(control.operation, line=1))
        .unsigned()
        .with_header("X-Path", control.operation.path)
    )


def _asks_whether_a_name_is_data(control: Control) -> Iterator[Mutant]:
    yield control.unsigned() if control.is_data("json", "username") else control.unsigned().with_query("username", "x")


def _asks_for_words_of_a_body(control: Control) -> Iterator[Mutant]:
    if control.has_body() and not control.begins_with_words():
        yield control.unsigned()


def _asks_a_copy(control: Control) -> Iterator[Mutant]:
    if not replace(control, url_field="x").is_data("json", "username"):
        yield control.unsigned()


CONTROLS = (
    _control("/a/"),
    _control("/b/b/"),
    _control("/c/", "PUT"),
    _control("/d/", "PUT", OTHER),
    _control("/e/", "POST", OTHER),
    _control("/f/", auth="other"),
)


@pytest.mark.parametrize(
    ("make", "times"),
    [
        (_asks_for_nothing, 1),
        (_asks_who, 2),
        (_asks_for_the_path, 6),
        (_asks_for_the_name, 6),
        (_asks_for_fields_of_posts, 3),
        (_changes_a_copy, 6),
        (_asks_whether_a_name_is_data, 2),
        (_asks_for_words_of_a_body, 2),
        (_asks_a_copy, 3),
    ],
)
def test_a_mutation_is_asked_again_only_where_it_saw_a_difference(make: Make, times: int) -> None:
    asked = 0

    def counted(control: Control) -> Iterator[Mutant]:
        nonlocal asked
        asked += 1
        yield from make(control)

    mutation = _mutation(counted)
    makings = Makings()
    for _ in range(2):
        made = [makings.of(mutation, Seen(one)) for one in CONTROLS]
        assert made == [tuple(counted(one)) for one in CONTROLS]
        asked -= len(CONTROLS)
    assert asked == times


def test_mutants_of_two_fields_are_told_apart() -> None:
    makings, mutation = Makings(), _mutation(_asks_for_nothing)
    first, second = (makings.of(mutation, Seen(CONTROLS[0]), field=one) for one in ("a", "b"))
    assert (first[0].pairs, second[0].pairs) == ((("field", "a"),), (("field", "b"),))


def _mutation(make: Make) -> Mutation:
    family = Family(severity=Severity.HIGH, cwe=(287,), owasp="API2:2023")
    make.__doc__ = "A change."
    family.mutation(make)
    return next(iter(family.mutations.values()))

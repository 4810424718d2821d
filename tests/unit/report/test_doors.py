"""How many findings become few doors, without saying more than was found."""

from dataclasses import replace

from harness.model import Mutant, Operation, Severity
from harness.report.doors import advisory, doors, got_in
from tests.unit.report.factories import bypassed, held, not_applicable, probe

OPERATIONS = {
    f"{method} /{name}/": Operation(method, f"/{name}/") for name in ("os", "file") for method in ("DELETE", "POST")
}
NAMES = {name: one.path.strip("/") for name, one in OPERATIONS.items()}


def test_what_got_in_everywhere_alike_is_one_door() -> None:
    found = [bypassed(probe(mutation=name, operation=one)) for one in OPERATIONS.values() for name in ("a", "b")]
    found += [held(probe(mutation="c", operation=one)) for one in OPERATIONS.values()]
    (door,) = doors(found, got_in, NAMES)
    assert door.where == "POST DELETE on os, file"
    assert (door.hits, door.tried, door.known, door.identity) == (2, 3, "state", "admin")


def test_operations_that_differ_in_what_got_in_are_doors_of_their_own() -> None:
    post, delete = OPERATIONS["POST /os/"], OPERATIONS["DELETE /os/"]
    found = [bypassed(probe(mutation="a", operation=post)), bypassed(probe(mutation="b", operation=delete))]
    found += [held(probe(mutation="b", operation=post)), held(probe(mutation="a", operation=delete))]
    assert [(door.where, door.hits, door.tried) for door in doors(found, got_in, NAMES)] == [
        ("POST on os", 1, 2),
        ("DELETE on os", 1, 2),
    ]


def test_the_most_severe_comes_first_and_nothing_else_counts() -> None:
    low = probe("z", severity=Severity.LOW)
    found = [bypassed(low), bypassed(probe("a")), held(probe("b"))]
    found.append(not_applicable(probe("a", "c", mutant=Mutant(), not_applicable="bulk: not sent")))
    assert [(door.family, door.hits, door.tried) for door in doors(found, got_in, {})] == [("a", 1, 1), ("z", 1, 1)]


def test_of_equally_severe_doors_the_widest_comes_first() -> None:
    post, delete = OPERATIONS["POST /os/"], OPERATIONS["DELETE /os/"]
    found = [bypassed(probe("narrow", operation=post))]
    found += [bypassed(probe("wide", operation=one)) for one in (post, delete)]
    assert [door.family for door in doors(found, got_in, NAMES)] == ["wide", "narrow"]


def test_what_fails_nothing_is_a_door_of_its_own_and_comes_last() -> None:
    post, delete = OPERATIONS["POST /os/"], OPERATIONS["DELETE /os/"]
    found = [bypassed(probe("a", operation=post)), bypassed(probe("z", severity=Severity.LOW))]
    told = bypassed(probe("a", operation=delete))
    found.append(replace(told, verdict=replace(told.verdict, reason="advisory")))
    assert [door.family for door in doors(found, got_in, NAMES)] == ["a", "z"]
    assert [(door.family, door.where) for door in doors(found, advisory, NAMES)] == [("a", "DELETE on os")]
    everything = doors(found, lambda one: got_in(one) or advisory(one), NAMES)
    assert [door.advisory for door in everything] == [False, False, True]

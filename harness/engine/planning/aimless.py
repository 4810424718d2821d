"""Patterns and names of the target file that mean nothing in its document: by a slip of the pen in one of them, what
its owner took for forbidden is sent, and what guests may do is called a hole."""

import difflib
from collections.abc import Iterator, Sequence

from harness.config import METHODS, Target, can_mean, matches
from harness.documents import Pointer
from harness.engine.planning.opening import Opened
from harness.errors import ConfigError
from harness.resources import ways_to_write

_PERMITS = frozenset({"public", "identities", "never"})
"""Words that open nothing where what they name is not there."""


def see_patterns(opened: Opened) -> None:
    """Raises ConfigError with every pattern that can mean nothing. One that names no path, as `GET /**`, is none, and
    one that is `needless`, neither."""
    wrong = [*_aimless(opened), *_misnamed(opened)]
    if wrong:
        opened.wire.close()
        raise ConfigError(opened.target.problems(wrong))


def needless(opened: Opened) -> Iterator[str]:
    """Patterns of what is allowed or never asked for that the document does not have, nor anything like it."""
    names = _names(opened)
    return (said for place, said in _idle(opened, names) if _permits(place) and not _near(said, names))


def _aimless(opened: Opened) -> list[tuple[Pointer, str]]:
    names = _names(opened)
    return [
        (place, f"means no operation of {opened.document_name}; {_advice(said, names)}")
        for place, said in _idle(opened, names)
        if not _permits(place) or _near(said, names)
    ]


def _misnamed(opened: Opened) -> Iterator[tuple[Pointer, str]]:
    """Resources that there are not, where one that nothing is said of is called nearly so. Others may be those of
    another build."""
    words = opened.target.resources
    unsaid = [one.name for one in opened.graph.resources if one.name not in words]
    for name in words.keys() - {one.name for one in opened.graph.resources}:
        near = difflib.get_close_matches(name, unsaid, n=1, cutoff=0.75)
        if near:
            yield ("resources", name), f"is no resource of {opened.document_name}; did you mean '{near[0]}'?"


def _permits(place: Pointer) -> bool:
    return not _PERMITS.isdisjoint(place[:2])


def _names(opened: Opened) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in opened.reading.operations]


def _idle(opened: Opened, names: Sequence[tuple[str, str]]) -> Iterator[tuple[Pointer, str]]:
    """Place and text of every pattern with a path that means no operation."""
    target, operations = opened.target, opened.reading.operations
    unasked = [(method, one.path) for one in operations for method in ways_to_write(opened.graph, one)[1]]
    unasked += [(one.method, one.path) for one in opened.graph.undeclared]
    unread = tuple(name.rpartition(" ")[2] for name, _ in opened.reading.broken)
    wrong = [
        *((place, said) for place, said in _meant(target) if not any(matches(said, *name) for name in names)),
        *((place, said) for place, said in _kept(target) if not _keeps(said, [*names, *unasked])),
        *((place, said) for place, said in _named(target) if tuple(said.split(" ", 1)) not in names),
    ]
    return (
        (place, said) for place, said in wrong if said.partition(" ")[2].strip("*") != "/" and not said.endswith(unread)
    )


def _meant(target: Target) -> Iterator[tuple[Pointer, str]]:
    """Place and text of patterns of operations."""
    yield from ((("public", number), said) for number, said in enumerate(target.public or ()))
    for name, account in target.accounts.items():
        yield from ((("identities", name, "may", number), said) for number, said in enumerate(account.may))
    yield from ((("protected", number), one.operation) for number, one in enumerate(target.protected))
    for number, denial in enumerate(target.denied_when):
        if denial.operation:
            yield ("denied_when", number, "operation"), denial.operation


def _kept(target: Target) -> Iterator[tuple[Pointer, str]]:
    """Place and text of patterns of requests that are not sent, which may name an object by its id."""
    words = target.operations
    yield from ((("operations", "never", number), said) for number, said in enumerate(words.never))
    yield from ((("operations", "refuse_only", number), said) for number, said in enumerate(words.refuse_only))


def _keeps(said: str, names: Sequence[tuple[str, str]]) -> bool:
    """With a star in it, it may be a precaution against methods that the document does not tell there."""
    any_method = "*" in said
    path = said.partition(" ")[2]
    return any(can_mean(f"{method} {path}" if any_method else said, method, there) for method, there in names)


def _named(target: Target) -> Iterator[tuple[Pointer, str]]:
    """Place and text of operations that are written as the document writes them."""
    for word, values in (("fixtures", target.fixtures), ("parameters", target.parameters)):
        yield from (((word, name), name) for name in values if name.partition(" ")[0] in METHODS)


def _advice(said: str, names: Sequence[tuple[str, str]]) -> str:
    """What to write in its place."""
    if near := _near(said, names):
        return near
    return f"write it as there, like '{' '.join(names[0])}', or remove it" if names else "it has none"


def _near(said: str, names: Sequence[tuple[str, str]]) -> str:
    """What may have been meant: the same path with another method or behind a prefix, or whatever is most like it;
    empty where nothing is."""
    method, _, path = said.partition(" ")
    full = [" ".join(name) for name in names]
    there = [one for one, other in names if can_mean(f"{one} {path}", one, other)]
    if there and method not in there:
        return f"the methods there are {', '.join(sorted(set(there)))}"
    same = [f"{one} {other}" for one, other in names if can_mean(said, one, other)]
    behind = [
        f"{one} {other}" for one, other in names if one == method and other.rstrip("/").endswith(path.rstrip("/"))
    ]
    near = same or behind or difflib.get_close_matches(said, full, n=1, cutoff=0.75)
    return f"did you mean '{near[0]}'?" if near else ""

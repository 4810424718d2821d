"""Regular expressions of a document: which can be enforced, and a short text that one matches.

They come from outside, so they are only ever *matched* by an engine that is linear, or gives up after a fixed number of
steps. Python's own `re` is not; what might make it backtrack for hours is never handed to anything that uses it.
"""

import re
import string
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from itertools import product
from typing import Any

import jsonschema_rs

OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000, size_limit=20_000_000)
_LONGEST = 2_000
_MANY = 16
"""Repeats from which on a repeat of what may go two ways is taken to be able to backtrack without end."""
_OPEN = 3
"""Choices side by side that are still tried: each multiplies by the length of the text."""
_ALPHABET = "x0aA-_.1/" + string.printable[:95]
_EXAMPLES = ("x", "1", "1.0.0", "example", "a" * 32, "0" * 40, "a" * 64, "Aa1!Aa1!Aa1!")


@lru_cache(maxsize=4096)
def enforceable(pattern: str) -> bool:
    """Whether the engine takes the pattern: well-formed, and of a size that it can compile."""
    if len(pattern) > _LONGEST:
        return False
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=OPTIONS)
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


def matching(pattern: str, fits: Callable[[str], bool], before: Sequence[str] = (), more: int = 0) -> str | None:
    """A text that `fits`, which is to include that it matches; None where none was found. The same in every process.

    What may stand `before` the match is tried as well, and `more` turns of what may be repeated.
    """
    tried = next((text for text in _EXAMPLES if fits(text)), None)
    if tried is not None:
        return tried
    try:
        tree = import_module("re._parser").parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    for extra, start in product((0, more), ("", *before)):
        drawn = _shortest(tree, extra)
        if drawn is not None and fits(start + drawn):
            return start + drawn
    return None if _backtracks(tree) else _searched(pattern, fits)


def _shortest(tree: Any, extra: int) -> str | None:
    """The text that takes every first choice; an open repeat is taken `extra` times more. None where it gets long."""
    texts: list[str] = []
    for operator, argument in tree:
        text = _piece(str(operator), argument, extra)
        if text is None or len(text) > _LONGEST:
            return None
        texts.append(text)
    return "".join(texts)


def _piece(operator: str, argument: Any, extra: int) -> str | None:
    match operator:
        case "LITERAL":
            return chr(argument)
        case "ANY":
            return "x"
        case "NOT_LITERAL":
            return next(letter for letter in _ALPHABET if ord(letter) != argument)
        case "IN":
            return _letter(argument)
        case "SUBPATTERN":
            return _shortest(argument[3], extra)
        case "ATOMIC_GROUP":
            return _shortest(argument, extra)
        case "BRANCH":
            return _shortest(argument[1][0], extra)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inner = argument
            times = min(int(high), low + extra)
            text = _shortest(inner, 0)
            return None if text is None or len(text) * times > _LONGEST else text * times
    # Anchors take no room; what looks around is left to whether the text fits in the end.
    return ""


def _letter(choices: Any) -> str | None:
    negated = str(choices[0][0]) == "NEGATE"
    wanted = choices[1:] if negated else choices
    letters = (*_ALPHABET, *(chr(low) for low in _starts(wanted)))
    return next((letter for letter in letters if any(_in(letter, one) for one in wanted) != negated), None)


def _starts(choices: Any) -> list[int]:
    return [
        value if str(kind) == "LITERAL" else value[0] for kind, value in choices if str(kind) in ("LITERAL", "RANGE")
    ]


def _in(letter: str, choice: Any) -> bool:
    kind, value = str(choice[0]), choice[1]
    if kind == "LITERAL":
        return ord(letter) == int(value)
    if kind == "RANGE":
        return int(value[0]) <= ord(letter) <= int(value[1])
    name = str(value).removeprefix("CATEGORY_")
    held = {"DIGIT": letter.isdigit(), "SPACE": letter.isspace(), "WORD": letter.isalnum() or letter == "_"}
    return not held[name[4:]] if name.startswith("NOT_") else held[name]


def _backtracks(tree: Any) -> bool:
    """Whether a text may match in more ways than can be tried, as far as can be told in a moment.

    So it is where a long repeat holds anything that may go two ways, and where many repeats stand side by side.
    """
    return _choices(tree) > _OPEN or any(
        (_is_long(operator, argument) and _choices(argument[-1]) > 0)
        or any(_backtracks(part) for part in _inner(operator, argument))
        for operator, argument in _named(tree)
    )


def _choices(tree: Any) -> int:
    """Places where the pattern may go on in more than one way."""
    found = 0
    for operator, argument in _named(tree):
        repeats = operator.endswith("_REPEAT") and argument[0] != argument[1]
        found += repeats or operator == "BRANCH" or operator.startswith("GROUPREF")
        found += sum(_choices(part) for part in _inner(operator, argument))
    return found


def _is_long(operator: str, argument: Any) -> bool:
    return operator.endswith("_REPEAT") and argument[1] > _MANY


def _named(tree: Any) -> list[tuple[str, Any]]:
    return [(str(operator), argument) for operator, argument in tree]


def _inner(operator: str, argument: Any) -> list[Any]:
    if operator == "BRANCH":
        return list(argument[1])
    if operator == "ATOMIC_GROUP":
        return [argument]
    if operator == "SUBPATTERN" or operator.endswith("_REPEAT") or operator.startswith("ASSERT"):
        return [argument[-1]]
    return []


def _searched(pattern: str, fits: Callable[[str], bool]) -> str | None:
    """The smallest text that Hypothesis finds in a fixed number of tries, seeded by the pattern alone."""
    import hypothesis
    from hypothesis.configuration import set_hypothesis_home_dir
    from hypothesis.strategies import from_regex

    settings = hypothesis.settings(
        database=None,
        derandomize=True,
        deadline=None,
        max_examples=100,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    # It writes tables of characters beside the user's work otherwise.
    with tempfile.TemporaryDirectory(prefix="holdfast-") as home:
        set_hypothesis_home_dir(home)
        try:
            return hypothesis.find(from_regex(pattern, alphabet=string.printable[:95]), fits, settings=settings)
        except (hypothesis.errors.HypothesisException, re.error):
            return None
        finally:
            set_hypothesis_home_dir(None)

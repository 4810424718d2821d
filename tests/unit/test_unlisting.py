"""When an object that is off its list was taken off it."""

from collections.abc import Callable, Iterable

import pytest

from harness.canaries import Canary
from harness.engine.lanes.unlisting import takes_off

Show = Callable[[list[str]], Iterable[str] | None]


def told(show: Show, removed: int) -> bool:
    """What is said of a list that shows this of its objects, where a strike removes one: the struck one is 0, the
    witness 1, and 2 is neither."""
    made: list[str] = []

    def fresh() -> Canary:
        made.append(str(len(made)))
        return Canary("things", made[-1], "", "")

    def strike(canary: Canary) -> None:
        assert canary.id == "0"
        if str(removed) in made:
            made.remove(str(removed))

    def ids() -> frozenset[str] | None:
        shown = show(made)
        return None if shown is None else frozenset(shown)

    return takes_off(ids, fresh, strike)


@pytest.mark.parametrize(
    ("show", "removed", "said"),
    [
        (lambda made: made, 0, True),
        (lambda made: made, 1, False),
        (lambda made: made, 2, False),
        (lambda made: made[-1:], 0, False),
        (lambda made: made[:1], 0, False),
        (lambda made: None, 0, False),
        (lambda made: (), 2, False),
    ],
    ids=["struck", "witness", "neither", "newest-alone", "oldest-alone", "unreadable", "empty"],
)
def test_only_what_was_seen_there_beside_another_is_taken_off(show: Show, removed: int, said: bool) -> None:
    assert told(show, removed) is said


def test_what_cannot_be_made_tells_nothing() -> None:
    assert not takes_off(lambda: frozenset({"0"}), lambda: None, lambda _: None)
